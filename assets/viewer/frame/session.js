// The tab's session: opened or taken up again, and what is told of its connection.

import { setQuery } from "../search/search.js";
import { make, put } from "../shared/dom.js";
import { find } from "../shared/host.js";
import { list, tr } from "../shared/language.js";
import { say } from "../shared/notices.js";
import { postLast, watchBrowser } from "../shared/post.js";
import { countFrom, dropPending } from "../shared/requests.js";
import {
  emit,
  on,
  setActed,
  setAsked,
  setArrival,
  setConnection,
  setExample,
  setFocus,
  setNotice,
  state,
} from "../shared/store.js";
import { forget, remember, remembered } from "../shared/tab_memory.js";

const LOST = tr("No connection to the server. Your pages are kept; MARK tries again by itself.");
const WAITS = tr("Your requests are sent as soon as the connection is back.");
const TAKEN = tr("Your session was opened in another tab, so this tab no longer changes.");
const COPIED = tr("These pages are open in another tab too; this copy has begun a session of its own.");
const UNSENT = tr("Your last request did not reach the server; please repeat it.");
const DROPPED = tr("The session ended before this could be done.");

let connection = null;

/** What the address asks for, and what the tab had. */
export function wishes() {
  const address = new URLSearchParams(window.location.search);
  const wanted = address.getAll("sample").join("\n");
  const code = address.get("class") ?? "";
  const [entry] = performance.getEntriesByType("navigation");
  const fresh = /** @type {any} */ (entry)?.type === "navigate";
  return { wanted, code, follow: Boolean(wanted || code) && fresh, owned: Boolean(remembered().owned) };
}

/** The state of the connection has changed. */
export function tellState(now) {
  if (now !== state.connection) {
    setConnection(now);
    emit(now === "there" ? "connected" : "disconnected");
  }
  const bar = find(".mk-connection");
  if (bar) drawBar(bar, now);
}

function drawBar(bar, now) {
  const shown = now === "lost" && connection?.waits ? "waits" : now;
  if (bar.dataset.shown === shown) return;
  bar.dataset.shown = shown;
  bar.hidden = now === "there";
  if (now === "taken") {
    const again = make("button", { type: "button", class: "mk-tool" }, tr("Start again in this tab"));
    again.addEventListener("click", () => {
      forget();
      window.location.reload();
    });
    put(bar, make("span", {}, TAKEN), again);
  } else if (now === "lost") put(bar, make("span", {}, LOST, " ", shown === "waits" ? WAITS : ""));
  else bar.replaceChildren();
}

/** A session was opened or taken up again. again: in a page that had one before. */
export function receiveArrival(answer, again) {
  const { unsent = false, files = [] } = remembered();
  if (answer.resumed) {
    countFrom(answer.number);
    setNotice(remembered().notice ?? 0);
  } else {
    if (!again) forget();
    remember({ owned: false, page: null, notice: 0, done: 0, saved: 0 });
    if (again) dropPending(DROPPED);
  }
  remember({ token: answer.token, unsent: false, files: [] });
  setArrival(answer.resumed, answer.minutes);
  emit("arrived");
  if (answer.resumed) restore(answer.view);
  if (answer.copied) say(COPIED, true);
  else if (files.length)
    say(tr("{files}: not sent, because the page was left; please add them again.", { files: list(files) }));
  else if (unsent) say(UNSENT);
}

// The query as it was; hits and page follow when the view is drawn.
function restore({ search, focus, uploads }) {
  setFocus(focus);
  setActed(!uploads.length && !wishes().follow);
  if (!search) return;
  const { text, example, variants, page, number } = search;
  setQuery(text ?? "", null, variants);
  setExample(example);
  setAsked({ text: text ?? "", example }, number);
  find(`.mk-scope input[value="${page ? "page" : "all"}"]`).checked = true;
}

/** Begins to listen. The page tells when it goes, so that its session can be taken up again at once. */
export function begin(opened) {
  connection = opened;
  tellState(state.connection);
  watchBrowser();
  connection.listen();
  window.addEventListener("pagehide", (event) => {
    remember({ unsent: connection.waits, files: state.sending?.files ?? [] });
    if (!event.persisted && state.connection !== "taken")
      postLast("leave", { token: connection.token, tab: connection.tab });
  });
  window.addEventListener("pageshow", (event) => {
    if (event.persisted) remember({ unsent: false, files: [] });
  });
}

on("request", () => tellState(state.connection));
on("page-shown", () => remember({ page: state.page }));
on("view", () => {
  const owned = [...state.pages.values()].some((page) => !page.sample);
  const { notice } = state;
  if (owned !== Boolean(remembered().owned) || notice !== remembered().notice) remember({ owned, notice });
});
