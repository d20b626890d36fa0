// The list of hits: the line around each, best first or page by page, above the threshold; then the best guesses below it.

import { decisionOf, DECISIONS } from "../feedback/decisions.js";
import { decisionButtons } from "../feedback/feedback.js";
import { showStage } from "../frame/jump.js";
import { rankAt, strength } from "../page/boxes.js";
import { whenSeen } from "../page/crops.js";
import { drawLines, lineCanvases } from "../page/line_snippet.js";
import { titleOf } from "../page/title.js";
import { make, scrollWithin, setAll } from "../shared/dom.js";
import { percent } from "../shared/format.js";
import { clamp } from "../shared/geometry.js";
import { find } from "../shared/host.js";
import { count, joined, tr } from "../shared/language.js";
import { emit, hitOf, on, state } from "../shared/store.js";
import { explanationButton } from "./explanation.js";
import { basisNode } from "./hit_basis.js";
import { countBar, hitCounts } from "./hit_counts.js";
import { drawHead } from "./hits_head.js";
import { readsAs } from "./query_name.js";
import { readingButton } from "./reading.js";
import { selectHit } from "./results.js";
import { fillRow, isLong, windowRow } from "./row_window.js";
import { focusQuery } from "./search.js";
import { numberOf } from "./split_hits.js";

const BESIDE = 28; // CSS pixels of the list that are beside a line
const LINE_HEIGHT = 40; // CSS pixels
const IN_SIGHT = 12; // snippets that are drawn at once; the others when they come into sight
const SMALLEST = 0.0001; // what is listed is not impossible, only rounded to nothing
const hitList = find(".mk-hit-list");
const guessList = find(".mk-guess-list");
const hitScroll = find(".mk-hit-scroll");

/** @type {() => any[]} */
const hitItems = () => [...hitScroll.querySelectorAll("li[data-rank]")];

/** Draws the list anew; the focus stays on the same part of the same hit. */
export function drawList() {
  const { result, split } = state;
  keepFocus(() => {
    drawHead(result, split);
    const hits = result && !result.error ? split : { lit: [], guesses: [] };
    hitList.replaceChildren(...listItems(hits.lit, result));
    guessList.replaceChildren(
      ...hits.guesses.map((hit, place) =>
        hitItem(hit, result, { isGuess: true, place: hits.lit.length + place })
      )
    );
  });
  markSelected(false);
}
on("hits", drawList);

// Page by page, each page has a heading.
function listItems(hits, result) {
  const items = [];
  const grouped = state.order === "page" && new Set(hits.map((hit) => hit.page)).size > 1;
  const counts = hitCounts(hits, decisionOf);
  const windowed = isLong(hits.length);
  hits.forEach((hit, place) => {
    if (grouped && (!place || hits[place - 1].page !== hit.page)) items.push(groupItem(hit.page, counts));
    items.push(hitItem(hit, result, { named: !grouped, place, windowed }));
  });
  return items;
}

function groupItem(id, counts) {
  const number = counts.get(id) ?? 0;
  const title = titleOf(state.pages.get(id));
  return make(
    "li",
    { class: "mk-group" },
    make("h3", { title }, title),
    countBar(number, Math.max(...counts.values())),
    make("span", {}, count(number, "hit", "hits"))
  );
}

function hitItem(hit, result, { isGuess = false, named = true, place = 0, windowed = false }) {
  const decision = decisionOf(hit);
  const attributes = {
    class: decision ? `mk-${decision}` : null,
    "data-rank": hit.rank,
    "data-page": hit.page,
    "data-word": hit.word,
  };
  const item = make("li", attributes);
  const build = () => {
    const button = hitButton(hit, { decision, isGuess, place, where: whereIs(hit, result, named) });
    showSelected(button, hit.rank === state.selected);
    return [button, readingButton(hit), explanationButton(hit), decisionButtons(hit, decision)];
  };
  if (windowed) windowRow(item, build);
  else item.append(...build());
  item.addEventListener("click", (event) => {
    selectHit(hit);
    if (event.target.closest(".mk-hit")) showStage();
  });
  item.addEventListener("pointerenter", () => emit("hover", hit.page, hit.word));
  item.addEventListener("pointerleave", () => emit("hover", null, null));
  return item;
}

function whereIs(hit, result, named) {
  const own = result.example && result.example.page === hit.page && result.example.word === hit.word;
  const page = state.pages.get(hit.page);
  const parts = [
    own ? tr("the word you clicked") : null,
    tr("line {line}", { line: hit.line + 1 }),
    named && page ? titleOf(page) : null,
  ];
  return joined(parts, " · ");
}

function hitButton(hit, { decision, isGuess, place, where }) {
  const bar = make("span", { class: "mk-bar-fill" });
  bar.style.width = `${Math.max(2, hit.score * 100)}%`;
  return make(
    "button",
    { type: "button", class: `mk-hit mk-${strength(hit.score)}${isGuess ? " mk-guess" : ""}` },
    make("span", { class: "mk-rank" }, String(numberOf(hit))),
    make("span", { class: "mk-where", title: where }, where),
    make("span", { class: "mk-score" }, decision ? DECISIONS[decision] : percent(hit.score || SMALLEST)),
    decision ? "" : make("span", { class: "mk-strength", "aria-hidden": "true" }, bar),
    snippet(hit, place),
    basisNode(hit),
    hit.reads ? make("span", { class: "mk-reads" }, readsAs(hit.reads)) : ""
  );
}

function snippet(hit, place) {
  const canvases = lineCanvases(hit, tr("Snippet of hit {rank}", { rank: numberOf(hit) }));
  const node = make("span", { class: "mk-snippet" }, ...canvases);
  node.style.minHeight = `${LINE_HEIGHT * canvases.length}px`;
  const page = state.pages.get(hit.page);
  if (!page) return node;
  const room = [clamp(listWidth() - BESIDE, 120, 640), LINE_HEIGHT];
  const draw = () => drawLines(node, page, hit, room, canvases);
  if (place < IN_SIGHT) draw();
  else whenSeen(node, draw);
  return node;
}

// To ask for it while rows are put in would have the browser lay out the list for each of them.
let width = hitScroll.clientWidth;
const listWidth = () => width || hitScroll.clientWidth;
new ResizeObserver(() => (width = hitScroll.clientWidth)).observe(hitScroll);

function keepFocus(redraw) {
  /** @type {any} */
  const part = document.activeElement;
  const item = hitScroll.contains(part) && part.closest("li[data-rank]");
  redraw();
  if (!item) return;
  const { page, word } = item.dataset;
  const again = hitItems().find((other) => other.dataset.page === page && other.dataset.word === word);
  if (!again) return;
  fillRow(again);
  again.querySelector(`.${part.classList[0]}`)?.focus({ preventScroll: true });
}

function markSelected(scroll) {
  for (const item of hitItems()) {
    const selected = Number(item.dataset.rank) === state.selected;
    if (selected) fillRow(item);
    if (item.firstElementChild) showSelected(item.firstElementChild, selected);
    if (selected && scroll) scrollWithin(hitScroll, item);
  }
}

function showSelected(button, selected) {
  button.classList.toggle("mk-selected", selected);
  setAll(button, { "aria-current": selected ? "true" : null });
}
on("selected", markSelected);

on("hover", (page, word) => {
  const rank = page === state.page ? rankAt(word) : undefined; // of a phrase every word
  for (const item of hitItems()) {
    const { dataset } = item;
    const hovered = rank ? dataset.rank === rank : dataset.page === page && Number(dataset.word) === word;
    item.firstElementChild?.classList.toggle("mk-hover", hovered);
  }
});

function goToItem(item) {
  fillRow(item);
  item.querySelector(".mk-hit").focus({ preventScroll: true });
  selectHit(hitOf(Number(item.dataset.rank)));
  scrollWithin(hitScroll, item);
}

hitScroll.addEventListener("keydown", (event) => {
  const step = { ArrowDown: 1, ArrowUp: -1 }[event.key];
  if (!step) return;
  const items = hitItems();
  const next = items[items.indexOf(event.target.closest("li[data-rank]")) + step];
  if (next) goToItem(next);
  else if (step < 0) focusQuery();
  event.preventDefault();
});
find(".mk-text").addEventListener("keydown", (event) => {
  const [first] = hitItems();
  if (event.key !== "ArrowDown" || !first) return;
  event.preventDefault();
  goToItem(first);
});
