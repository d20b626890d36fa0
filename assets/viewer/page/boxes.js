// What is drawn on the page: its picture, an outline for every word, and the hits.

import { isChosen } from "../editing/selection.js";
import { DECISIONS, SIGNS, decisionOf } from "../feedback/decisions.js";
import { makeSvg, setAll } from "../shared/dom.js";
import { fileUrl } from "../shared/files.js";
import { percent } from "../shared/format.js";
import { clamp, median, rectOf } from "../shared/geometry.js";
import { find } from "../shared/host.js";
import { tr } from "../shared/language.js";
import { say } from "../shared/notices.js";
import { on, state, textsAt, wordOf } from "../shared/store.js";
import { basisOf } from "../search/hit_basis.js";
import { numberOf } from "../search/split_hits.js";
import { picture } from "./crops.js";
import { camera, stage, svg } from "./stage.js";

const uid = `mk${Math.random().toString(36).slice(2, 8)}`;
const PATIENCE = 1500; // milliseconds within which a connection that is lost is noticed
/** @type {import("../shared/types.js").Page | null} */
let missed = null; // the page whose picture could not be fetched
const pictureNode = makeSvg("image", { preserveAspectRatio: "none", "aria-hidden": "true" });
const wordLayer = makeSvg("g", { class: "mk-words", role: "none" });
const hitLayer = makeSvg("g", { class: "mk-lit", "aria-hidden": "true" });
const cursorNode = makeSvg("rect", {
  class: "mk-cursor",
  "aria-hidden": "true",
  rx: 3,
  visibility: "hidden",
});
svg.append(pictureNode, wordLayer, hitLayer, cursorNode);

let wordNodes = new Map(); // word number -> rect
let litNodes = new Map(); // word number -> group of the best hit it belongs to
let litGroups = [];
let badges = []; // {node, x, y}
let usualHeight = 40; // of the lit boxes, page pixels

/** How sure a hit is: strong, fair or weak. */
export const strength = (score) => (score >= 0.85 ? "strong" : score >= 0.6 ? "fair" : "weak");

/** Marks the words of these numbers as selected for screen readers. */
export function markChosen(isMarked) {
  for (const [number, node] of wordNodes) node.setAttribute("aria-selected", String(isMarked(number)));
}

/** The rank of the hit that a word belongs to; undefined if it is none. */
export const rankAt = (number) => litNodes.get(number)?.dataset.rank;

/** A page, or none, with its words in reading order. */
export function drawPage(page, words) {
  pictureNode.removeAttribute("href");
  drawWords(words);
  if (!page) return;
  setAll(pictureNode, { x: 0, y: 0, width: page.width, height: page.height });
  drawPicture(page);
}

async function drawPicture(page) {
  const isWanted = () => state.page === page.id;
  try {
    await picture(page);
    if (isWanted()) pictureNode.setAttribute("href", fileUrl(page.picture));
  } catch {
    missed = page;
    await new Promise((resolve) => setTimeout(resolve, PATIENCE));
    if (missed === page && isWanted() && state.connection === "there")
      say(tr("The picture of this page could not be fetched; please reload the page."));
  }
}

// What could not be fetched without a connection is fetched when it is back.
on("connected", () => {
  const page = missed;
  missed = null;
  if (page && state.page === page.id) drawPicture(page);
});

/** An outline for every word. */
export function drawWords(words) {
  wordNodes = new Map();
  clearHits();
  moveCursor(null);
  for (const [number, word] of words) {
    const node = makeSvg("rect", {
      ...rectOf(word.box),
      id: `${uid}-${number}`,
      class: "mk-word",
      role: "option",
      "aria-selected": "false",
      "aria-label": wordName(number, word),
      "data-word": number,
    });
    wordNodes.set(number, node);
  }
  wordLayer.replaceChildren(...wordNodes.values());
}

function wordName(number, { line }) {
  const text = textsAt(number)
    .map((one) => one.text)
    .join(" ");
  const facts = { word: number + 1, line: line + 1, text };
  return text ? tr("Word {word}, line {line}: {text}", facts) : tr("Word {word}, line {line}", facts);
}
on("texts", () => drawHits());

function clearHits() {
  hitLayer.replaceChildren();
  litNodes = new Map();
  litGroups = [];
  badges = [];
}

/** The hits of the shown page. The best are drawn last, above the others. */
export function drawHits() {
  const hits = state.split.lit.filter((hit) => hit.page === state.page);
  clearHits();
  for (const [number, node] of wordNodes) {
    const word = wordOf(number);
    if (word) setAll(node, { "aria-selected": "false", "aria-label": wordName(number, word) });
  }
  for (const hit of [...hits].sort((one, other) => other.rank - one.rank)) litGroups.push(drawHit(hit));
  hitLayer.append(...litGroups);
  if (hits.length) usualHeight = median(hits.map((hit) => hit.box[3]));
  placeBadges(camera.scale);
  markSelected(state.selected);
}

function drawHit(hit) {
  const decision = decisionOf(hit);
  const possible = !decision && hit.score < state.threshold;
  const names = [
    "mk-hit-box",
    `mk-${strength(hit.score)}`,
    decision && `mk-${decision}`,
    possible && "mk-possible",
  ];
  const group = makeSvg("g", { class: names.filter(Boolean).join(" "), "data-rank": hit.rank });
  // every word of a phrase has the number of the hit; what goes on in the next line has it once
  (hit.boxes || [hit.box]).forEach((box, place) => {
    drawLit(group, box, decision === "confirmed");
    const sign = decision ? SIGNS[decision] : basisOf(hit, state.threshold) === "against" ? "≠" : "";
    const badge = sign ? `${numberOf(hit)}\u2009${sign}` : String(numberOf(hit));
    if (!place || !hit.divided) drawBadge(group, box, badge);
    litNodes.set(hit.word + place, group);
    const node = wordNodes.get(hit.word + place);
    const score = decision ? DECISIONS[decision] : percent(hit.score);
    const facts = { rank: numberOf(hit), score, line: hit.line + 1 };
    if (node) setAll(node, { "aria-label": tr("Hit {rank}, {score}, line {line}", facts) });
  });
  return group;
}

const litGrow = (box) => Math.max(2, box[3] * 0.05);

function drawLit(group, box, doubled) {
  const frame = { ...rectOf(box, litGrow(box)), rx: 3 };
  group.append(
    makeSvg("rect", { ...frame, class: "mk-halo" }),
    makeSvg("rect", { ...frame, class: "mk-line" })
  );
  if (doubled) group.append(makeSvg("rect", { ...frame, class: "mk-seam" }));
}

function drawBadge(group, box, text) {
  const node = makeSvg(
    "g",
    { class: "mk-badge" },
    makeSvg("rect", { x: -1, y: -17, width: 10 + 7 * text.length, height: 16, rx: 4 }),
    makeSvg("text", { x: 4 + 3.5 * text.length, y: -5, "text-anchor": "middle" }, text)
  );
  badges.push({ node, x: box[0] - litGrow(box), y: box[1] - litGrow(box) });
  group.append(node);
}

// Badges keep their size on the screen whatever the zoom; outlines grow thin before they hide a small word.
function placeBadges(scale) {
  const pen = clamp((usualHeight * scale) / 24, 0.65, 1);
  hitLayer.style.setProperty("--pen", pen.toFixed(2));
  const size = (pen < 0.75 ? 0.86 : 1) / scale;
  for (const { node, x, y } of badges) node.setAttribute("transform", `translate(${x} ${y}) scale(${size})`);
}
on("zoom", placeBadges);

/** Marks the hit of a rank as the selected one. */
export function markSelected(rank) {
  for (const group of litGroups) {
    const selected = Number(group.dataset.rank) === rank;
    group.classList.toggle("mk-selected", selected);
    if (selected) hitLayer.append(group); // drawn last, above its neighbours
  }
}

on("hover", (page, word) => {
  const number = page === state.page ? word : null;
  for (const [other, node] of wordNodes) node.classList.toggle("mk-hover", other === number);
  for (const group of litGroups) group.classList.toggle("mk-hover", group === litNodes.get(number));
});

/** Draws the keyboard's cursor at a word, or nowhere. */
export function moveCursor(number) {
  const word = number === null ? null : wordOf(number);
  if (!word) {
    cursorNode.setAttribute("visibility", "hidden");
    stage.removeAttribute("aria-activedescendant");
    return;
  }
  const grow = Math.max(3, word.box[3] * 0.1);
  const marked = litNodes.get(number)?.classList.contains("mk-selected") || isChosen(number); // its own outline says it already
  setAll(cursorNode, { ...rectOf(word.box, grow), visibility: marked ? "hidden" : "visible" });
  stage.setAttribute("aria-activedescendant", `${uid}-${number}`);
}

/** The number of the word that an event is on; null if it is on none. */
export function wordAt(event) {
  const node = event.target instanceof Element ? event.target.closest(".mk-word") : null;
  return node ? Number(node.dataset.word) : null;
}

find(".mk-show-boxes").addEventListener("click", (event) => {
  const shown = event.target.getAttribute("aria-pressed") !== "true";
  event.target.setAttribute("aria-pressed", String(shown));
  wordLayer.classList.toggle("mk-quiet", !shown);
});
stage.addEventListener("blur", () => moveCursor(null));
stage.addEventListener("focus", () => moveCursor(state.cursor));
