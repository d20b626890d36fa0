// Cropping a page to a region that is drawn by hand, splitting it at a line, and the offer to split a spread. Both are
// done in a dialog with the picture of the page: by mouse, pen or finger on the picture, or by sliders with the keyboard.

import { titleOf } from "../page/title.js";
import { Dialog } from "../shared/dialog.js";
import { make, makeSvg, put, setAll } from "../shared/dom.js";
import { fileUrl } from "../shared/files.js";
import { percent } from "../shared/format.js";
import { boxBetween, clamp, rectOf, resizedBox } from "../shared/geometry.js";
import { chosenValue, find, findAll } from "../shared/host.js";
import { tr } from "../shared/language.js";
import { say } from "../shared/notices.js";
import { state } from "../shared/store.js";
import { askForPages } from "./uploads.js";

/** @typedef {import("../shared/types.js").Page} Page */
/** @typedef {import("../shared/types.js").Box} Box */

const MIN_SIDE = 64; // page pixels; the server says the same
const STEPS = 1000; // of a slider
const REACH = { mouse: 14, pen: 18, touch: 30 }; // CSS pixels from a corner of the region that take hold of it
/** @type {[number, number][]} */
const CORNERS = [
  [-1, -1],
  [1, -1],
  [-1, 1],
  [1, 1],
];
const picture = find(".mk-cropping-picture");
const submit = find(".mk-cropping-panel .mk-primary");
const dialog = new Dialog("cropping", { opener: false });

/** @type {Page} as it was when the dialog was opened */
let shown;
/** @type {Box} */
let region;
let line = 0; // x of the line
/** @type {{id: number, start: number[], corner: number[] | null, from: Box} | null} */
let drag = null;

const splits = () => chosenValue("mk-cropping-kind") === "split";
const isWhole = () => region[2] === shown.width && region[3] === shown.height;
const isTooSmall = () => Math.min(region[2], region[3]) < MIN_SIDE;

/** The button that opens the dialog. @param {Page} page */
export function croppingButton(page) {
  const button = make(
    "button",
    {
      type: "button",
      class: "mk-tool",
      "data-act": "crop",
      "aria-label": tr("Crop or split {title}", { title: titleOf(page) }),
      "aria-haspopup": "dialog",
      title: tr("Cut this page to a region, or make two pages of it"),
    },
    tr("Crop")
  );
  button.addEventListener("click", () => openDialog(page.id));
  return button;
}

/** The offer to split a page that seems to be two. @param {Page} page */
export function spreadOffer({ id, gutter }) {
  if (gutter === null) return "";
  const split = make("button", { type: "button", class: "mk-tool", "data-act": "split" }, tr("Split in two"));
  split.addEventListener("click", () => {
    const now = state.pages.get(id);
    if (now) askForPages("uploads", "split", { page: id, version: now.version, at: gutter });
  });
  return make(
    "div",
    { class: "mk-spread" },
    make("span", {}, tr("This seems to be two pages side by side.")),
    split
  );
}

function openDialog(id) {
  const page = state.pages.get(id);
  if (!page) return say(tr("This page is no longer open."));
  shown = page;
  region = [0, 0, page.width, page.height];
  line = page.gutter ?? Math.round(page.width / 2);
  find(`input[name="mk-cropping-kind"][value="${page.gutter === null ? "crop" : "split"}"]`).checked = true;
  drag = null;
  setAll(picture, { viewBox: `0 0 ${page.width} ${page.height}` });
  picture.style.setProperty("--ratio", String(page.width / page.height));
  draw();
  dialog.open();
  return draw(); // the marks have the size that they have in sight
}

function draw() {
  const { width, height } = shown;
  const image = { href: fileUrl(shown.picture), width, height, preserveAspectRatio: "none" };
  const there = picture.querySelector("image") ?? makeSvg("image");
  setAll(there, image);
  picture.replaceChildren(there, ...(splits() ? lineMarks() : regionMarks()));
  find(".mk-cropping-edges").hidden = splits();
  find(".mk-cropping-cut").hidden = !splits();
  put(
    find(".mk-cropping-hint"),
    splits()
      ? tr("Drag the line to the gutter, or move it with the slider. Each side becomes a page.")
      : tr("Draw a region on the picture, drag its corners, or move its edges with the sliders.")
  );
  put(submit, splits() ? tr("Split in two") : tr("Crop"));
  submit.disabled = !splits() && (isWhole() || isTooSmall());
  dialog.say(!splits() && isTooSmall() ? tr("This part of the page is too small to be a page.") : "");
  for (const slider of findAll(".mk-cropping-sliders input")) drawSlider(slider);
}

function drawSlider(slider) {
  const share = edgeNow(slider.dataset.edge);
  slider.value = String(Math.round(STEPS * share));
  slider.setAttribute("aria-valuetext", String(percent(share)));
}

// Where an edge is, 0 to 1 of the page.
function edgeNow(edge) {
  const [x, y, w, h] = region;
  const { width, height } = shown;
  const places = { left: x / width, right: (x + w) / width, top: y / height, bottom: (y + h) / height };
  return edge === "line" ? line / width : places[edge];
}

function regionMarks() {
  const [x, y, w, h] = region;
  const outside = `M0 0H${shown.width}V${shown.height}H0ZM${x} ${y}V${y + h}H${x + w}V${y}Z`;
  return [
    makeSvg("path", { d: outside, class: "mk-cropping-out" }),
    makeSvg("rect", { ...rectOf(region), class: "mk-cropping-halo" }),
    makeSvg("rect", { ...rectOf(region), class: "mk-cropping-edge" }),
    ...CORNERS.map((corner) => knob(cornerAt(corner))),
  ];
}

function lineMarks() {
  const ends = { x1: line, x2: line, y1: 0, y2: shown.height };
  return [
    makeSvg("line", { ...ends, class: "mk-cropping-halo" }),
    makeSvg("line", { ...ends, class: "mk-cropping-edge" }),
    knob([line, shown.height / 2]),
  ];
}

/** @param {number[]} place */
const knob = ([cx, cy]) => makeSvg("circle", { cx, cy, r: 7 * pagePixels(), class: "mk-cropping-knob" });
/** @param {number[]} corner */
const cornerAt = ([dx, dy]) => [region[0] + (dx > 0 ? region[2] : 0), region[1] + (dy > 0 ? region[3] : 0)];

// Page pixels in a CSS pixel of the picture.
function pagePixels() {
  const { width, height } = picture.getBoundingClientRect();
  return width && height ? Math.max(shown.width / width, shown.height / height) : 0;
}

function pointOf(event) {
  const there = new DOMPoint(event.clientX, event.clientY).matrixTransform(picture.getScreenCTM().inverse());
  return [there.x, there.y];
}

function moveLine(x) {
  line = clamp(Math.round(x), MIN_SIDE, Math.max(MIN_SIDE, shown.width - MIN_SIDE));
}

picture.addEventListener("pointerdown", (event) => {
  if (drag || (event.pointerType === "mouse" && event.button !== 0)) return;
  event.preventDefault();
  picture.setPointerCapture(event.pointerId);
  const start = pointOf(event);
  const reach = (REACH[event.pointerType] ?? REACH.mouse) * pagePixels();
  const corner = CORNERS.find((one) => {
    const [x, y] = cornerAt(one);
    return Math.hypot(x - start[0], y - start[1]) <= reach;
  });
  drag = { id: event.pointerId, start, corner: corner ?? null, from: region };
  if (splits()) follow(event);
});

picture.addEventListener("pointermove", (event) => {
  if (drag?.id === event.pointerId) follow(event);
});

function follow(event) {
  const point = pointOf(event);
  const size = [shown.width, shown.height];
  const { start, corner, from } = drag;
  const by = [point[0] - start[0], point[1] - start[1]];
  if (splits()) moveLine(point[0]);
  else if (corner) region = resizedBox(from, corner, by, size);
  else if (Math.hypot(...by) > 4 * pagePixels()) region = boxBetween(start, point, size);
  draw();
}

for (const type of ["pointerup", "pointercancel"]) {
  picture.addEventListener(type, (event) => {
    if (drag?.id !== event.pointerId) return;
    if (type === "pointercancel") region = drag.from;
    drag = null;
    draw();
  });
}

for (const slider of findAll(".mk-cropping-sliders input")) {
  slider.addEventListener("input", () => {
    moveEdge(slider.dataset.edge, Number(slider.value) / STEPS);
    draw();
  });
}

function moveEdge(edge, share) {
  if (edge === "line") return moveLine(share * shown.width);
  const axis = edge === "left" || edge === "right" ? 0 : 1;
  const side = edge === "left" || edge === "top" ? -1 : 1;
  const size = [shown.width, shown.height];
  const room = Math.max(0, region[2 + axis] - MIN_SIDE); // as far as the edge may go inwards
  const by = Math.round(share * size[axis]) - (region[axis] + (side > 0 ? region[2 + axis] : 0));
  const shift = side > 0 ? Math.max(by, -room) : Math.min(by, room);
  region = resizedBox(region, axis ? [0, side] : [side, 0], axis ? [0, shift] : [shift, 0], size);
  return undefined;
}

for (const choice of findAll('input[name="mk-cropping-kind"]')) choice.addEventListener("change", draw);

dialog.onSubmit(() => {
  if (submit.disabled) return;
  const fields = { page: shown.id, version: shown.version };
  if (splits()) askForPages("uploads", "split", { ...fields, at: line });
  else askForPages("uploads", "crop", { ...fields, box: region });
  dialog.close();
});
