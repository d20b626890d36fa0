// Help MARK with ten words: words whose answers tell most about others, each with a field for what is written there.

import { drawCrop, whenSeen } from "../page/crops.js";
import { Dialog } from "../shared/dialog.js";
import { make, put } from "../shared/dom.js";
import { fetchJson } from "../shared/files.js";
import { find } from "../shared/host.js";
import { joined, plural, tr } from "../shared/language.js";
import { request } from "../shared/requests.js";
import { on, openBoxes, state } from "../shared/store.js";
import { dialog as learning, learningPlan } from "./learning.js";

const UNREADABLE = tr("I can’t read it");
const NOT_ASKED = { action: "withdrawn", text: "" };
const list = find(".mk-active_learning-list");
const undoButton = find(".mk-active_learning-undo");
const clearButton = find(".mk-active_learning-clear");
const more = find(".mk-active_learning-more");

let rows = []; // of the questions that are shown
let askedOf = ""; // the boxes they are about
let steps = []; // what undo brings back: lists of [row, what it showed]
let counted = { read: 0, unreadable: 0 };

const dialog = new Dialog("active_learning", {
  opener: false,
  opened() {
    if (!rows.length || askedOf !== openBoxes()) askWords();
  },
});

find(".mk-active_learning").addEventListener("click", () => {
  learning.close();
  dialog.open();
});

function askWords() {
  if (dialog.waiting) return;
  askedOf = openBoxes();
  rows = [];
  list.replaceChildren();
  dialog.say(tr("Looking at every word…"));
  dialog.ask("ask", learningPlan(), async ({ data }) => {
    try {
      drawQuestions(await fetchJson(data));
    } catch {
      dialog.fail(tr("The words could not be fetched; please ask for them again."));
    }
  });
}

function drawQuestions(questions) {
  rows = questions.map((question, place) => questionRow(question, place, questions.length));
  list.replaceChildren(...rows.map((row) => row.item));
  if (rows.length) rows[0].input.focus();
  tellCounted(questions.length ? null : tr("There is no word left that MARK would ask about."));
}

function questionRow(question, place, of) {
  const facts = { number: place + 1, of };
  const canvas = make("canvas", { role: "img", "aria-label": tr("Word {number} of {of}", facts) });
  const page = state.pages.get(question.page);
  if (page) whenSeen(canvas, () => drawCrop(canvas, page, question.box, 220, 62));
  const input = make("input", {
    type: "text",
    class: "mk-active_learning-input",
    maxlength: 80,
    autocomplete: "off",
    autocapitalize: "off",
    spellcheck: "false",
    "aria-label": tr("What is written in word {number} of {of}", facts),
    enterkeyhint: "next",
  });
  const attributes = { type: "button", class: "mk-tool mk-active_learning-skip", "aria-pressed": "false" };
  const skip = make("button", attributes, UNREADABLE);
  const item = make("li", {}, make("span", { class: "mk-snippet" }, canvas), input, skip);
  const row = { question, item, input, skip, now: NOT_ASKED };
  listenTo(row);
  return row;
}

function listenTo(row) {
  const { input, skip } = row;
  input.addEventListener("change", () => {
    const text = input.value.trim();
    if (text || row.now.action === "answered") answer(row, { action: text ? "answered" : "withdrawn", text });
  });
  input.addEventListener("keydown", (event) => {
    if (event.key !== "Enter" || event.isComposing) return;
    event.preventDefault();
    nextQuestion(row).focus(); // leaving the field keeps what was typed
  });
  skip.addEventListener("click", () => {
    const isOn = row.now.action === "unreadable";
    answer(row, { action: isOn ? "withdrawn" : "unreadable", text: "" });
    if (!isOn) nextQuestion(row).focus();
  });
}

function nextQuestion(row) {
  const rest = rows.slice(rows.indexOf(row) + 1).find(({ now }) => now.action === "withdrawn");
  return rest ? rest.input : more;
}

function show(row, now) {
  row.now = now;
  row.input.value = now.text;
  row.skip.setAttribute("aria-pressed", String(now.action === "unreadable"));
  row.item.classList.toggle("mk-active_learning-kept", now.action === "answered");
  row.item.classList.toggle("mk-active_learning-skipped", now.action === "unreadable");
}

function answer(row, now) {
  if (now.action === row.now.action && now.text === row.now.text) return;
  const { page, word, version } = row.question;
  sendAnswer([[row, row.now]], now.action, { text: now.text, page, word, version });
  show(row, now);
}

// before: rows with what they showed, which undo brings back.
async function sendAnswer(before, action, fields = {}) {
  steps.push(before);
  try {
    const { learnable } = await request("active_learning", action, fields);
    if (!learnable) {
      dialog.say(
        tr("Kept. MARK learns from Latin letters and digits only, so it does not learn from this one.")
      );
    }
  } catch (error) {
    steps = steps.filter((step) => step !== before);
    for (const [row, now] of before) show(row, now);
    dialog.fail(error.said);
  }
}

undoButton.addEventListener("click", () => {
  const step = steps.pop() || []; // what was answered before the page was loaded has no row here
  for (const [row, now] of step) show(row, now);
  request("active_learning", "undone").catch((error) => dialog.fail(error.said));
});

clearButton.addEventListener("click", () => {
  sendAnswer(
    rows.map((row) => [row, row.now]),
    "cleared"
  );
  for (const row of rows) show(row, NOT_ASKED);
});

more.addEventListener("click", askWords);
dialog.onSubmit(() => {
  dialog.close();
  learning.open();
});

function tellCounted(sentence = null) {
  const { read, unreadable } = counted;
  const readSaid = plural(read, "{n} word is read.", "{n} words are read.");
  const unreadableSaid = unreadable
    ? plural(unreadable, "{n} could not be read.", "{n} could not be read.")
    : null;
  dialog.say(joined([sentence, read || unreadable ? readSaid : null, unreadableSaid], " "));
}

on("view", () => {
  const view = state.view.active_learning;
  if (!view) return;
  const { read, unreadable, learnable, undo } = view;
  const changed = read !== counted.read || unreadable !== counted.unreadable;
  counted = { read, unreadable };
  undoButton.disabled = !undo;
  clearButton.disabled = !read && !unreadable;
  const known = find(".mk-active_learning-known");
  known.hidden = !learnable;
  put(
    known,
    plural(
      learnable,
      "{n} word that you have read will be learnt as it is.",
      "{n} words that you have read will be learnt as they are."
    )
  );
  if (changed && !dialog.waiting) tellCounted();
});
