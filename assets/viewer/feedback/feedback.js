// Confirming and rejecting hits. A decision is drawn at once; the list in its new order is what the server answers.
//
// Decisions are sent one at a time, so that they arrive in the order in which they were made.

import { stage } from "../page/stage.js";
import { drawResult } from "../search/results.js";
import { focusQuery } from "../search/search.js";
import { selection } from "../editing/selection.js";
import { make, put } from "../shared/dom.js";
import { find } from "../shared/host.js";
import { joined, tr } from "../shared/language.js";
import { say } from "../shared/notices.js";
import { send } from "../shared/requests.js";
import { hitOf, on, state } from "../shared/store.js";
import { SIGNS, addPending, decisionOf, markSent, nextPending, removePending } from "./decisions.js";
import { numberOf } from "../search/split_hits.js";

const ANSWER_SECONDS = 30;
const LOST = tr("The server did not answer the last decision; please check whether it was kept.");
const KEYS = { y: "confirmed", n: "rejected" };

// The same decision once more takes it back.
function decide(hit, kind) {
  const action = decisionOf(hit) === kind ? "withdrawn" : kind;
  const { version } = state.pages.get(hit.page);
  give(action, hit, { page: hit.page, word: hit.word, version });
  drawResult();
}

function give(action, hit = null, fields = {}) {
  addPending(action, hit, { search: state.result.number, ...fields });
  sendNext();
}

function sendNext() {
  const entry = nextPending();
  if (!entry) return;
  const options = { seconds: ANSWER_SECONDS, lost: LOST };
  const { number, reply } = send("feedback", entry.action, entry.fields, options);
  markSent(entry, number);
  const settle = () => {
    removePending(entry);
    sendNext();
  };
  reply.then(settle, (error) => {
    settle();
    say(error.said);
    drawResult();
  });
}

/** The buttons of a hit. decision: what is decided about it. */
export function decisionButtons(hit, decision) {
  const rank = numberOf(hit);
  const button = (kind, name, title, label, key) => {
    const attributes = {
      type: "button",
      class: `mk-${name} mk-feedback`,
      title,
      "aria-label": label,
      "aria-pressed": String(decision === kind),
      "aria-keyshortcuts": key,
    };
    const node = make("button", attributes, SIGNS[kind]);
    node.addEventListener("click", () => decide(hit, kind));
    return node;
  };
  return make(
    "div",
    { class: "mk-acts" },
    button("confirmed", "yes", tr("Confirm (Y)"), tr("Confirm hit {rank}", { rank }), "Y"),
    button("rejected", "no", tr("Reject (N)"), tr("Reject hit {rank}", { rank }), "N")
  );
}

// One line above the list: how many are decided in this search, on whatever page.
on("hits", () => {
  const {
    confirmed = 0,
    rejected = 0,
    undo = false,
  } = (state.result && !state.result.error && state.result.decisions) || {};
  const parts = [
    confirmed && tr("{number} confirmed", { number: confirmed }),
    rejected && tr("{number} rejected", { number: rejected }),
  ].filter(Boolean);
  put(find(".mk-decisions-status"), parts.length ? joined(parts, ", ") : undo ? tr("No decisions left") : "");
  find(".mk-decisions").classList.toggle("mk-none", !parts.length && !undo);
  const buttons = [
    [find(".mk-feedback-undo"), undo],
    [find(".mk-feedback-clear"), parts.length],
  ];
  const left = buttons.some(([button, use]) => !use && button === document.activeElement);
  for (const [button, use] of buttons) button.hidden = !use;
  if (!left) return; // its button goes
  const hit = find(".mk-hit-scroll .mk-hit");
  if (hit) hit.focus({ preventScroll: true });
  else focusQuery();
});

function decisionKey(event) {
  const kind = KEYS[event.key.toLowerCase()];
  if (!kind || event.repeat || event.ctrlKey || event.metaKey || event.altKey) return;
  if (event.target.closest("input, select, textarea") || (selection.on && event.currentTarget === stage))
    return;
  const item = event.target.closest("li[data-rank]");
  const hit = hitOf(item ? Number(item.dataset.rank) : state.selected);
  event.preventDefault();
  if (hit) decide(hit, kind);
  else if (state.split.lit.length || state.split.guesses.length) {
    put(find(".mk-decisions-status"), tr("Choose a hit first, for example with the arrow keys."));
    find(".mk-decisions").classList.remove("mk-none");
  }
}

for (const place of [stage, find(".mk-hits")]) place.addEventListener("keydown", decisionKey);
for (const [name, action] of [
  [".mk-feedback-undo", "undone"],
  [".mk-feedback-clear", "cleared"],
]) {
  find(name).addEventListener("click", () => give(action));
}
