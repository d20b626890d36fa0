// What a tab keeps while it is open, through reloads too: the key to its session and what the server does not know.
// A copy of a tab begins with a copy of it.

const STORED = "mark-tab";

/** @typedef {{token?: string, owned?: boolean, page?: string | null, notice?: number, done?: number, saved?: number, copy?: string, unsent?: boolean, files?: string[]}} Memory */

/** @returns {Memory} */
function read() {
  try {
    return JSON.parse(sessionStorage.getItem(STORED) || "{}") || {};
  } catch {
    return {}; // forbidden inside a frame: what is kept lasts as long as the page
  }
}

/** @type {Memory} */
let kept = read();

/** @type {() => Readonly<Memory>} */
export const remembered = () => kept;

/** Keeps some more facts. @param {Memory} facts */
export function remember(facts) {
  kept = { ...kept, ...facts };
  try {
    sessionStorage.setItem(STORED, JSON.stringify(kept));
  } catch {
    // forbidden
  }
}

/** Begins with nothing. */
export function forget() {
  kept = {};
  remember({});
}
