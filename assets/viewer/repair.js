// Correcting boxes: what is chosen, what is asked of the server, and what is said about it.
//
// Corrections are sent one at a time, each with the version of the boxes it was made on. What is moved or drawn
// is shown at once as a draft; the box itself is what the server answers.

const repair = {
  on: false,
  coarse: window.matchMedia("(pointer: coarse)").matches, // the last hand was a finger
  chosen: [], // word numbers
  more: false, // the next box is chosen too
  cut: null, // where the chosen box would be cut, 0..1
  draft: null, // {number or null, box}, under the hand
  asked: [], // drafts without an answer yet
  waiting: [], // corrections that are not sent yet, in order
  sent: null, // the one that is
  seq: 0,
};
const ANSWER_SECONDS = 30;
const LOST = tr("No answer came to the last correction; please look whether it was made.");
const CHANGED = tr("A box had changed before its correction could be made; please look again and repeat it.");
const NUDGE_PAUSE = 600; // milliseconds without a key after which a box has arrived
const USUAL_LABEL = tr(
  "Words on this page. Arrow keys walk the words and hits, Enter finds the word, Y confirms a hit, N rejects it, plus and minus zoom."
);
const REPAIR_LABEL = tr(
  "Boxes on this page. Arrow keys walk the boxes, Enter chooses one. Arrow keys then move it, with Alt they resize it. Delete deletes, J joins, S splits, M chooses more, N makes a new box, Escape leaves."
);
const repairBar = find(".mk-repair-bar");
let nudgeTimer = 0;

const isChosen = (number) => repair.on && repair.chosen.includes(number);
const drafts = () => (repair.draft ? [...repair.asked, repair.draft] : repair.asked);

function boxNow(number) {
  const draft = [...drafts()].reverse().find((other) => other.number === number);
  return draft ? draft.box : wordOf(number).box;
}

function setRepair(on) {
  if (on && !state.page) return say(tr("Open a page first; its boxes can then be corrected."));
  flush();
  repair.on = on;
  repair.more = false;
  find(".mk").classList.toggle("mk-repairing", on);
  find(".mk-repair").setAttribute("aria-pressed", String(on));
  repairBar.hidden = !on;
  setAll(stage, { "aria-label": on ? REPAIR_LABEL : USUAL_LABEL, "aria-multiselectable": on ? "true" : null });
  choose([]);
  if (!on) drawPageHits(); // it names hits as such again
}

function choose(numbers) {
  flush();
  repair.chosen = numbers.filter((number) => wordOf(number));
  repair.cut = null;
  drawRepair();
  if (document.activeElement === stage) moveCursor(state.cursor);
  tellChosen();
}

function tellChosen() {
  const [number] = repair.chosen;
  if (repair.chosen.length > 1) tell(tr("{number} boxes chosen; Join makes one of them.", { number: repair.chosen.length }));
  else if (repair.chosen.length === 1) {
    const place = { word: number + 1, line: wordOf(number).line + 1 };
    tell(tr("Word {word} in line {line} chosen. Drag it to move it, a corner to resize it.", place));
  } else if (repair.coarse) tell(tr("Tap a box to choose it, or draw one where none is. Two fingers move the page."));
  else tell(tr("Click a box to choose it, or draw one around a word that has none."));
}

function chooseWord(number, add) {
  if (!wordOf(number)) return;
  const others = repair.chosen.filter((other) => other !== number);
  const again = repair.chosen.includes(number);
  state.cursor = number;
  choose(!add ? [number] : again ? others : [...others, number]);
}

function tell(sentence) {
  const line = find(".mk-repair-said");
  const again = line.textContent === String(sentence);
  put(line, again ? joined([sentence, "\u00a0"], "") : sentence); // said again when it happens again
}

// facts: words, and box or share where the kind has one; draft: what shows it until the answer is there
function correct(kind, facts = {}, draft = null) {
  repair.waiting.push({ kind, words: repair.chosen, ...facts, draft, page: state.page, version: null, chosen: repair.chosen });
  sendNext();
}

function sendNext() {
  if (repair.sent || !repair.waiting.length) return;
  const entry = repair.waiting.shift();
  const { kind, words, box, share, page } = entry;
  repair.seq += 1;
  const seq = repair.seq;
  const timer = setTimeout(() => settleRepair({ seq, error: LOST, text: "", words: [] }), ANSWER_SECONDS * 1000);
  repair.sent = { ...entry, seq, timer };
  trigger("correct_boxes", { seq, page, version: entry.version ?? state.version, kind, words, box, share });
}

// What was moved or drawn becomes a correction.
function flush() {
  clearTimeout(nudgeTimer);
  const draft = repair.draft;
  repair.draft = null;
  if (!draft) return;
  if (draft.number !== null && String(boxNow(draft.number)) === String(draft.box)) return;
  repair.asked = [...repair.asked, draft];
  if (draft.number === null) correct("add", { words: [], box: draft.box }, draft);
  else correct("change", { words: [draft.number], box: draft.box }, draft);
}

// Boxes have changed: everything that names a word by its number follows it. answer: to what was sent, if it is that.
function renumber(before, after, answer) {
  const mine = repair.sent && answer && answer.seq === repair.sent.seq && answer.words.length ? repair.sent : null;
  const places = new Map([...after].map(([number, word]) => [String(word.box), number]));
  const now = (number) => {
    if (number === null) return null;
    if (mine && mine.words.includes(number)) return answer.words[0];
    return before.has(number) ? places.get(String(before.get(number).box)) : undefined;
  };
  const former = repair.chosen;
  const left = mine && former === mine.chosen ? answer.words : former.map(now);
  const kept = [...new Set(left)].filter((number) => after.has(number));
  if (kept.length !== 1) repair.cut = null;
  repair.chosen = kept;
  for (const entry of repair.waiting) {
    if (entry.version !== null) continue; // it was made on a page that was left
    entry.words = entry.words.map(now);
    if (entry.chosen === former) entry.chosen = kept;
  }
  if (repair.waiting.some((entry) => entry.words.includes(undefined))) say(CHANGED);
  repair.waiting = repair.waiting.filter((entry) => !entry.words.includes(undefined));
  for (const draft of drafts()) draft.number = now(draft.number);
  repair.asked = repair.asked.filter((draft) => draft.number !== undefined);
  hand.number = now(hand.number);
  if (hand.number === undefined) letGo();
  if (repair.draft && repair.draft.number === undefined) repair.draft = null;
  if (kept.length) state.cursor = kept[0];
  else if (state.cursor !== null) state.cursor = now(state.cursor) ?? (after.size ? Math.min(state.cursor, after.size - 1) : null);
}

// The server's answer to what was sent.
function settleRepair(answer) {
  const sent = repair.sent;
  if (!sent || !answer || answer.seq !== sent.seq) return;
  clearTimeout(sent.timer);
  repair.sent = null;
  repair.asked = repair.asked.filter((draft) => draft !== sent.draft);
  if (answer.error === null) tell(served(answer.text));
  else {
    tellChosen();
    say(answer.error instanceof Saying ? answer.error : served(answer.error));
  }
  if (document.activeElement === stage) moveCursor(state.cursor);
  drawRepair();
  sendNext();
}

// Another page comes: what waits is fixed on the boxes it was meant for.
function leavePage() {
  flush();
  for (const entry of repair.waiting) entry.version = entry.version ?? state.version;
  repair.asked = [];
  repair.chosen = [];
  repair.cut = null;
  if (repair.on) tellChosen(); // the last sentence spoke of a box of the page that is left
}

function joinChosen() {
  if (repair.chosen.length < 2) return tell(tr("Choose two boxes to join: the second with “Choose more” or with Shift held."));
  flush();
  repair.more = false;
  correct("join");
}

function deleteChosen() {
  if (!repair.chosen.length) return tell(tr("Choose a box to delete first."));
  flush();
  repair.more = false;
  correct("remove");
  repair.chosen = []; // a second press deletes nothing else
  drawRepair();
}

function splitChosen() {
  if (repair.cut !== null) return cutHere();
  if (repair.chosen.length !== 1) return tell(tr("Choose one box to split."));
  flush();
  repair.cut = 0.5;
  drawRepair();
  tell(repair.coarse
    ? tr("Drag the line to the end of the word, then press “Cut here”.")
    : tr("Move the line to the end of the word and click; or arrow keys and Enter."));
}

function cutHere() {
  const share = repair.cut;
  repair.cut = null;
  drawRepair();
  correct("split", { share });
}

function goBack(kind) {
  const page = state.pages.get(state.page);
  const busy = repair.draft || repair.sent || repair.waiting.length; // what is on its way can be undone too
  if (!busy && page && !page[kind]) return tell(kind === "undo" ? tr("There is nothing to undo.") : tr("There is nothing to redo."));
  repair.cut = null;
  flush();
  correct(kind, { words: [] });
}

function setMore(more) {
  repair.more = more;
  drawRepair();
  if (more) tell(repair.coarse ? tr("Tap more boxes to choose them too.") : tr("Click more boxes to choose them too."));
  else tellChosen();
}

function escapeRepair() {
  if (repair.cut !== null) {
    repair.cut = null;
    drawRepair();
    tellChosen();
  } else if (repair.chosen.length) choose([]);
  else leaveRepair();
}

function leaveRepair() {
  setRepair(false);
  find(".mk-repair").focus();
}

// Buttons that have nothing to act on say so when pressed; a button that vanishes would take the focus with it.
function drawRepairBar() {
  const page = state.pages.get(state.page);
  const usable = {
    ".mk-join": repair.chosen.length > 1, ".mk-split": repair.chosen.length === 1, ".mk-delete": repair.chosen.length > 0,
    ".mk-undo": page && page.undo, ".mk-redo": page && page.redo,
  };
  for (const [name, use] of Object.entries(usable)) setAll(find(name), { "aria-disabled": use ? null : "true" });
  find(".mk-more").setAttribute("aria-pressed", String(repair.more));
  put(find(".mk-split"), repair.cut === null ? tr("Split") : tr("Cut here"));
  find(".mk-split").classList.toggle("mk-ready", repair.cut !== null);
}

for (const [name, act] of Object.entries({
  ".mk-join": joinChosen, ".mk-split": splitChosen, ".mk-delete": deleteChosen, ".mk-more": () => setMore(!repair.more),
  ".mk-undo": () => goBack("undo"), ".mk-redo": () => goBack("redo"), ".mk-done": leaveRepair,
})) {
  find(name).addEventListener("click", (event) => {
    act();
    // after a click the keys belong to the page again; who came by keyboard stays on the button
    if (event.detail && repair.on) stage.focus({ preventScroll: true });
  });
}
find(".mk-repair").addEventListener("click", (event) => {
  setRepair(!repair.on);
  if (event.detail && repair.on) stage.focus({ preventScroll: true });
});
