// One word of the text in a bar below the page, to be corrected: that of the chosen word.

import { setAll, put } from "../shared/dom.js";
import { find } from "../shared/host.js";
import { tr } from "../shared/language.js";
import { say } from "../shared/notices.js";
import { request } from "../shared/requests.js";
import { emit, on, state, textsAt, wordOf } from "../shared/store.js";
import { certaintySaid } from "./transcript_certainty.js";
import { isShown, markText } from "./transcript_layer.js";

const bar = find(".mk-transcript-bar");
const input = find(".mk-transcript-input");
const drop = find(".mk-transcript-drop");
/** @type {number | null} */
let chosen = null; // place of the word in the text; null where the chosen word of the page has none
let isOpen = false; // the panel

/** @returns {import("../shared/types.js").TextWord | undefined} */
const wordNow = () => state.texts[chosen ?? -1];

/** Chooses a word of the text. */
export function chooseText(place) {
  chosen = place;
  draw();
}

/** The place of the chosen word in the text. */
export const chosenText = () => chosen;

/** Whether the panel is open, in which words are typed also on a page without text. */
export function setOpen(open) {
  isOpen = open;
  draw();
}

function draw() {
  const word = wordNow();
  const box = state.cursor === null ? undefined : wordOf(state.cursor);
  bar.hidden = !(isShown() || isOpen) || !(word || box);
  markText(bar.hidden ? null : chosen);
  emit("text-chosen");
  if (bar.hidden) return;
  const [line, number] = word ? [word.line, word.place] : [box?.line ?? 0, state.cursor ?? 0];
  const facts = { word: number + 1, line: line + 1 };
  put(
    find(".mk-transcript-which"),
    word ? tr("Transcript, line {line}", facts) : tr("Word {word}, line {line}", facts)
  );
  setAll(input, { "aria-label": tr("Text of this word") });
  if (document.activeElement !== input || input.dataset.of !== String(chosen)) input.value = word?.text ?? "";
  input.dataset.of = String(chosen);
  put(find(".mk-transcript-sure"), word ? certaintySaid(word) : tr("no text yet"));
  drop.hidden = !word;
}

async function keep(text) {
  const word = wordNow();
  const page = state.page;
  const fields = word
    ? { page, number_of_word: word.place, was: word.text, text }
    : { page, word: state.cursor, version: state.version, text };
  if (!word && !text) return;
  try {
    await request("transcript", word ? "correct" : "type", fields);
  } catch (error) {
    say(error.said);
  }
}

bar.addEventListener("submit", (event) => {
  event.preventDefault();
  input.select();
  keep(input.value.trim());
});
drop.addEventListener("click", () => {
  keep("");
  chosen = null; // the number is that of the next word then
});
input.addEventListener("keydown", (event) => {
  if (event.key !== "Escape") return;
  input.value = wordNow()?.text ?? "";
  find(".mk-stage").focus();
});

// The text of the word that the cursor is on, unless another one in it was chosen.
on("cursor", () => {
  const here = state.cursor === null ? [] : textsAt(state.cursor);
  if (!here.some(({ place }) => place === chosen)) chosen = here[0]?.place ?? null;
  draw();
});
on("texts", () => {
  const here = state.cursor === null ? [] : textsAt(state.cursor);
  if (here.length || !wordNow())
    chosen = here.find(({ place }) => place === chosen)?.place ?? here[0]?.place ?? null;
  draw();
});
on("texts-shown", draw);
on("page-hits", draw);
