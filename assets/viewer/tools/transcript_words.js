// The words of the text of the shown page, fetched once for each version of it.

import { fetchJson } from "../shared/files.js";
import { emit, on, setTexts, state } from "../shared/store.js";

/** @typedef {import("../shared/types.js").TextWord} TextWord */

/** What the view says of the text of the shown page; undefined if it has none. */
export const textOfPage = () => state.view?.transcript?.pages[state.page ?? ""];

let wanted = null; // address of the words that are shown, or waited for

/** @returns {TextWord} */
const wordFrom = ([text, line, box, certainty, byHand, word], place) => ({
  text,
  line,
  box,
  certainty,
  byHand,
  word,
  place,
});

function show(words) {
  setTexts(words);
  emit("texts");
}

async function refresh() {
  const data = textOfPage()?.data ?? null;
  if (data === wanted) return;
  wanted = data;
  if (!data) return show([]);
  try {
    const { words } = await fetchJson(data);
    if (wanted === data) show(words.map(wordFrom));
  } catch {
    if (wanted === data) wanted = null; // the next view asks again
  }
}
on("view", refresh);
on("page-shown", refresh);
on("page-left", () => {
  wanted = null;
  show([]);
});
on("connected", refresh);
