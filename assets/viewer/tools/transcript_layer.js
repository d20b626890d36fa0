// The text under the lines of the page, small, with a mark where its place is unsure; a switch shows and hides it.

import { camera, fitWidth, svg } from "../page/stage.js";
import { makeSvg, put } from "../shared/dom.js";
import { find } from "../shared/host.js";
import { tr } from "../shared/language.js";
import { emit, on, state } from "../shared/store.js";
import { layOut } from "./text_layout.js";
import { doubtOf } from "./transcript_certainty.js";
import { textOfPage } from "./transcript_words.js";

const NARROWEST = 0.62; // of its natural length that a word is pressed to
const layer = makeSvg("g", { class: "mk-transcript-layer", "aria-hidden": "true" });
svg.append(layer);
const shower = find(".mk-show-transcript");
const hint = find(".mk-transcript-zoom");
const pen = document.createElement("canvas").getContext("2d");
let isOn = true;
let isNew = false; // it is shown for the first time: in full width, where it can be read
let drawnWords = null; // the boxes with which it was drawn
let drawnScale = 0;
/** @type {number | null} */
let current = null; // place of the word that is marked

/** Whether the text of the page is shown under its lines. */
export const isShown = () => isOn && Boolean(textOfPage());

/** Shows it as soon as it is there, as when it has just been attached. */
export function showText() {
  isOn = true;
  isNew = true;
  draw();
}

/** Marks a word of the text, by its place in it. @param {number | null} place */
export function markText(place) {
  current = place;
  for (const node of layer.childNodes)
    node.classList.toggle("mk-current", Number(node.dataset.place) === place);
}

function draw() {
  shower.hidden = !textOfPage();
  shower.setAttribute("aria-pressed", String(isOn));
  layer.replaceChildren();
  drawnWords = state.words;
  drawnScale = camera.scale;
  const { size, places } = isShown()
    ? layOut(state.texts, state.words, camera.scale)
    : { size: 0, places: [] };
  hint.hidden = !isShown() || !state.texts.some(({ box }) => box) || size > 0;
  put(hint, tr("Zoom in to read the transcript."));
  if (isNew && state.texts.length) {
    isNew = false;
    if (!hint.hidden) fitWidth();
  }
  if (!size) return;
  layer.append(...places.map((place) => textNode(place, size)));
  markText(current);
}

function textNode({ word, x, y, column, room }, size) {
  const doubt = doubtOf(word);
  const said = doubt ? `${word.text}\u202f?` : word.text;
  const natural = size * lengthOf(said);
  const pressed = natural > room ? Math.max(room, NARROWEST * natural) : null;
  return makeSvg(
    "text",
    {
      x: column ? 0 : x,
      y: column ? 0 : y + 0.36 * size,
      transform: column ? `translate(${x} ${y}) rotate(90)` : null,
      "font-size": size,
      "stroke-width": size * 0.24,
      textLength: pressed,
      lengthAdjust: pressed ? "spacingAndGlyphs" : null,
      class: doubt ? `mk-${doubt}` : null,
      "data-place": word.place,
    },
    said
  );
}

/** Of a text in letters one pixel high. */
function lengthOf(text) {
  if (!pen) return 0.55 * text.length;
  pen.font = "600 100px system-ui, sans-serif";
  return pen.measureText(text).width / 100;
}

on("texts", draw);
on("view", () => (shower.hidden = !textOfPage()));
on("page-hits", () => state.words !== drawnWords && draw());
on("zoom", () => camera.scale !== drawnScale && isShown() && draw());
shower.addEventListener("click", () => {
  isOn = !isOn;
  draw();
  emit("texts-shown");
});
