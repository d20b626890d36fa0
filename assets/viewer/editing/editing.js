// Editing boxes: what is chosen, what is asked of the server, and what is said about it.
//
// Edits are sent one at a time, each with the version of the boxes it was made on. What is moved or drawn is shown at
// once as a draft; the box itself is what the server answers.

import { moveCursor } from "../page/boxes.js";
import { boxesDrawn } from "../page/current_page.js";
import { stage } from "../page/stage.js";
import { put, setAll } from "../shared/dom.js";
import { find } from "../shared/host.js";
import { joined, tr, worded } from "../shared/language.js";
import { say } from "../shared/notices.js";
import { replyTo, send } from "../shared/requests.js";
import { emit, on, setCursor, state, wordOf } from "../shared/store.js";
import { drawEditing } from "./editing_layer.js";
import { cursorAfter, numbering } from "./numbering.js";
import {
  boxNow,
  dropDraft,
  forgetPage,
  renumberSelection,
  selection,
  sendDraft,
  setChosen,
  setCut,
  setDraft,
  setMore,
  setOn,
} from "./selection.js";

const ANSWER_SECONDS = 30;
const LOST = tr("The server did not answer the last edit; please check whether it was made.");
const CHANGED = tr("A box had changed before its edit could be made; please look again and repeat it.");
const NUDGE_PAUSE = 600; // milliseconds without a key after which a box has arrived
const USUAL_LABEL = tr(
  "Words on this page. Arrow keys go through words and hits, Enter finds the word, Y confirms a hit, N rejects it, plus, minus and the mouse wheel zoom."
);
const EDITING_LABEL = tr(
  "Boxes on this page. Arrow keys go through the boxes, Enter chooses one. Arrow keys then move it, with Alt they resize it. Delete deletes, J joins, S splits, M chooses more, N makes a new box, Escape leaves."
);
const bar = find(".mk-editing-bar");
const opener = find(".mk-editing");

/** @typedef {{action: string, words: any[], box?: any, share?: number, draft: any, page: string, version: number | null, chosen: number[], number: number}} Edit */
/** @type {Edit[]} edits that are not sent yet, in order */
let waiting = [];
/** @type {Edit | null} the one that is */
let sent = null;
let nudgeTimer = 0;

/** Begins or ends editing. */
export function setEditing(isOn) {
  if (isOn && !state.page) return say(tr("Open a page first; its boxes can then be edited."));
  flush();
  setOn(isOn);
  find(".mk").classList.toggle("mk-is-editing", isOn);
  opener.setAttribute("aria-pressed", String(isOn));
  bar.hidden = !isOn;
  setAll(stage, {
    "aria-label": isOn ? EDITING_LABEL : USUAL_LABEL,
    "aria-multiselectable": isOn ? "true" : null,
  });
  choose([]);
  if (!isOn) emit("page-hits"); // it names hits as such again
}

/** Chooses the words of these numbers and no others. */
export function choose(numbers) {
  flush();
  setChosen(numbers);
  drawEditing();
  if (document.activeElement === stage) moveCursor(state.cursor);
  tellChosen();
}

function tellChosen() {
  const [number] = selection.chosen;
  if (selection.chosen.length > 1) {
    tell(tr("{number} boxes chosen; Join makes one of them.", { number: selection.chosen.length }));
  } else if (selection.chosen.length === 1) {
    const place = { word: number + 1, line: wordOf(number).line + 1 };
    tell(tr("Word {word} in line {line} chosen. Drag it to move it, a corner to resize it.", place));
  } else if (selection.coarse) {
    tell(tr("Tap a box to choose it, or draw one where none is. Two fingers move the page."));
  } else tell(tr("Click a box to choose it, or draw one around a word that has none."));
}

/** Chooses a word, or lets go of it, beside the others if `add`. */
export function chooseWord(number, add) {
  if (!wordOf(number)) return;
  const others = selection.chosen.filter((other) => other !== number);
  const again = selection.chosen.includes(number);
  setCursor(number);
  choose(!add ? [number] : again ? others : [...others, number]);
}

/** Says a sentence beside the buttons, again when it happens again. */
export function tell(sentence) {
  const line = find(".mk-editing-status");
  const again = line.textContent === String(sentence);
  put(line, again ? joined([sentence, "\u00a0"], "") : sentence);
}

// facts: words, and box or share where the action has one; draft: what shows it until the answer is there
function edit(action, facts = {}, draft = null) {
  const { chosen } = selection;
  waiting.push({
    action,
    words: chosen,
    ...facts,
    draft,
    page: state.page,
    version: null,
    chosen,
    number: 0,
  });
  sendNext();
}

function sendNext() {
  if (sent || !waiting.length) return;
  const entry = waiting.shift();
  const { action, words, box, share, page } = entry;
  const fields = { page, version: entry.version ?? state.version, words, box, share };
  const { number, reply } = send("editing", action, fields, { seconds: ANSWER_SECONDS, lost: LOST });
  sent = { ...entry, number };
  // boxes that the answer speaks of are drawn first
  reply.then(
    (data) => boxesDrawn().then(() => settle(() => tell(worded(data.message)))),
    (error) =>
      boxesDrawn().then(() =>
        settle(() => {
          tellChosen();
          say(error.said);
        })
      )
  );
}

function settle(say) {
  const { draft } = sent;
  sent = null;
  dropDraft(draft);
  say();
  if (document.activeElement === stage) moveCursor(state.cursor);
  drawEditing();
  sendNext();
}

/** What was moved or drawn becomes an edit. */
export function flush() {
  clearTimeout(nudgeTimer);
  const { draft } = selection;
  if (!draft) return;
  if (draft.number !== null) {
    setDraft(null);
    if (String(boxNow(draft.number)) === String(draft.box)) return;
    setDraft(draft);
  }
  sendDraft();
  if (draft.number === null) edit("add", { words: [], box: draft.box }, draft);
  else edit("change", { words: [draft.number], box: draft.box }, draft);
}

/** Shows the chosen box as moved by keys; the server is asked when they have rested. */
export function nudge(draft) {
  clearTimeout(nudgeTimer);
  setDraft(draft);
  drawEditing();
  nudgeTimer = setTimeout(flush, NUDGE_PAUSE);
}

// Boxes have changed: everything that names a word by its number follows it.
on("boxes-changed", (before, after) => {
  const reply = sent && replyTo("editing", sent.number);
  const fresh = reply?.state === "done" ? reply.data.words : [];
  const now = numbering(before, after, fresh.length ? { words: sent.words, fresh } : null);
  const former = selection.chosen;
  const left = fresh.length && former === sent.chosen ? fresh : former.map(now);
  const kept = [...new Set(left)].filter((number) => after.has(number));
  renumberSelection(now, kept);
  for (const entry of waiting) {
    if (entry.version !== null) continue; // it was made on a page that was left
    entry.words = entry.words.map(now);
    if (entry.chosen === former) entry.chosen = kept;
  }
  if (waiting.some((entry) => entry.words.includes(undefined))) say(CHANGED);
  waiting = waiting.filter((entry) => !entry.words.includes(undefined));
  emit("boxes-renumbered", now);
  setCursor(cursorAfter(state.cursor, kept, now, after.size));
});

// Another page comes: what waits is fixed on the boxes it was meant for.
on("page-left", () => {
  flush();
  for (const entry of waiting) entry.version = entry.version ?? state.version;
  forgetPage();
  if (selection.on) tellChosen(); // the last sentence spoke of a box of the page that is left
});

export function joinChosen() {
  if (selection.chosen.length < 2) {
    return tell(tr("Choose two boxes to join: the second with “Choose more” or with Shift held."));
  }
  flush();
  setMore(false);
  return edit("join");
}

export function deleteChosen() {
  if (!selection.chosen.length) return tell(tr("Choose a box to delete first."));
  flush();
  setMore(false);
  edit("remove");
  setChosen([]); // a second press deletes nothing else
  return drawEditing();
}

export function splitChosen() {
  if (selection.cut !== null) return cutHere();
  if (selection.chosen.length !== 1) return tell(tr("Choose one box to split."));
  flush();
  showCut(0.5);
  return tell(
    selection.coarse
      ? tr("Drag the line to the end of the word, then press “Cut here”.")
      : tr("Move the line to the end of the word and click; or arrow keys and Enter.")
  );
}

/** Draws the line of a cut at a share of the chosen box. */
export function showCut(share) {
  setCut(share);
  drawEditing();
}

export function cutHere() {
  const share = selection.cut;
  showCut(null);
  edit("split", { share });
}

/** @param {"undo" | "redo"} action */
export function undoOrRedo(action) {
  const page = state.pages.get(state.page);
  const busy = selection.draft || sent || waiting.length; // what is on its way can be undone too
  if (!busy && page && !page[action]) {
    return tell(action === "undo" ? tr("There is nothing to undo.") : tr("There is nothing to redo."));
  }
  setCut(null);
  flush();
  return edit(action, { words: [] });
}

export function chooseMore(more) {
  setMore(more);
  drawEditing();
  if (more) {
    tell(
      selection.coarse ? tr("Tap more boxes to choose them too.") : tr("Click more boxes to choose them too.")
    );
  } else tellChosen();
}

/** Lets go of the cut, of the chosen boxes, or of editing. */
export function escapeEditing() {
  if (selection.cut !== null) {
    showCut(null);
    tellChosen();
  } else if (selection.chosen.length) choose([]);
  else leave();
}

function leave() {
  setEditing(false);
  opener.focus();
}

for (const [name, act] of Object.entries({
  ".mk-join": joinChosen,
  ".mk-split": splitChosen,
  ".mk-delete": deleteChosen,
  ".mk-more": () => chooseMore(!selection.more),
  ".mk-undo": () => undoOrRedo("undo"),
  ".mk-redo": () => undoOrRedo("redo"),
  ".mk-done": leave,
})) {
  find(name).addEventListener("click", (event) => {
    act();
    // after a click the keys belong to the page again; who came by keyboard stays on the button
    if (event.detail && selection.on) stage.focus({ preventScroll: true });
  });
}
opener.addEventListener("click", (event) => {
  setEditing(!selection.on);
  if (event.detail && selection.on) stage.focus({ preventScroll: true });
});
