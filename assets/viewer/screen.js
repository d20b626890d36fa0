// The screen: every feature, and what a view of the server means to them. Loaded once the component is known, because its
// modules look up their parts when they are loaded.

import "./search/keys.js";
import "./search/hits.js";
import "./search/score_histogram.js";
import "./search/example_weight.js";
import "./search/options.js";
import "./search/step_hits.js";
import "./uploads/pages.js";
import "./search/suggestions.js";
import "./uploads/samples.js";
import "./uploads/manifest_selection.js";
import "./uploads/photograph.js";
import "./editing/editing_pointer.js";
import "./editing/editing_keys.js";
import "./tools/export.js";
import "./tools/list_search.js";
import "./tools/word_clusters.js";
import "./tools/transcript.js";
import "./tools/class_sharing.js";
import "./tools/projects.js";
import "./tools/working_copy.js";
import "./learning/active_learning.js";
import "./frame/print.js";
import "./frame/shortcuts.js";
import "./frame/tour.js";
import { begin as listen, receiveArrival, tellState, wishes } from "./frame/session.js";
import { receiveReplies } from "./shared/requests.js";
import { emit, newNotices, setFocus, setView, state } from "./shared/store.js";
import { find } from "./shared/host.js";
import { showPage } from "./page/current_page.js";
import { drawAfterBoxes, drawResult, receiveResult } from "./search/results.js";
import { chooseExample } from "./search/search.js";
import { followLink } from "./search/link.js";
import { say } from "./shared/notices.js";
import { remembered } from "./shared/tab_memory.js";
import { worded } from "./shared/language.js";

const namesOf = (pages) => JSON.stringify([...pages.values()].map((page) => [page.id, page.title]));

/** Draws a view of the server. @param {import("./shared/types.js").View | null} view */
export function receive(view) {
  if (!view || typeof view !== "object") return;
  const before = namesOf(state.pages);
  const session = state.view?.session;
  if (!setView(view)) return;
  if (session && session !== view.session) find(".mk-hits").removeAttribute("aria-busy"); // nothing is asked of it
  for (const { message, calm } of newNotices()) say(worded(message), calm);
  receiveReplies(view.replies);
  emit("view");
  if (state.example && !state.pages.has(state.example.page)) chooseExample(null);
  const answered = receiveResult(view.search);
  followLink();
  const changed = before !== namesOf(state.pages);
  if (changed) emit("pages-changed");
  turnTo(view.focus);
  drawAfterBoxes(changed || answered);
}

// The page that the server shows is shown, unless the visitor has turned to something else.
function turnTo(focus) {
  if (focus && focus !== state.focus && state.pages.has(focus)) {
    setFocus(focus);
    if (!state.acted || !state.pages.has(state.page)) showPage(focus);
  } else if (!state.pages.has(state.page)) {
    const { page } = remembered(); // as it was before a reload
    showPage(state.pages.has(page) ? page : ([...state.pages.keys()][0] ?? null));
  }
}

/** Opens the tab's session, or takes it up again, and draws its views. */
export async function begin(connection) {
  connection.onView = receive;
  connection.onState = tellState;
  connection.onArrival = receiveArrival;
  await connection.arrive(wishes());
  listen(connection);
}

drawResult();
