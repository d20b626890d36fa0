// The stage on which the page is seen: zoomed and moved by mouse, wheel, fingers and buttons.

import { isOneColumn } from "../frame/jump.js";
import { percent } from "../shared/format.js";
import { find } from "../shared/host.js";
import { emit } from "../shared/store.js";
import { Camera } from "./camera.js";

export const stage = find(".mk-stage");
export const svg = find(".mk-svg");
/** Which part of the page is seen; moved by the functions of this module only. */
export const camera = new Camera();

const SLIP = 6; // CSS pixels that are no drag yet
const fingers = new Map(); // pointer -> where it was last, in CSS pixels of the stage
let dragged = false;
let isWhole = false; // whether all of the page is shown whatever the camera sees, as on paper

export const stageSize = () => ({ w: Math.max(1, stage.clientWidth), h: Math.max(1, stage.clientHeight) });

/** Whether the last touch or press moved the page. */
export const wasDragged = () => dragged;

/** Whether other pointers than this one are down. */
export const hasOtherPointers = (pointer) => fingers.size > 0 && !fingers.has(pointer);

function draw() {
  if (isWhole) return;
  svg.setAttribute("viewBox", camera.seen(stageSize()).join(" "));
  // A page that is wholly seen lets a finger scroll the screen; an enlarged one is moved by it.
  const whole = camera.seesAll(stageSize());
  stage.style.touchAction = whole ? "pan-y" : "none";
  stage.classList.toggle("mk-movable", !whole);
  find(".mk-zoom-value").textContent = percent(camera.scale);
  emit("zoom", camera.scale);
}

export function openPage(width, height) {
  camera.open(width, height, stageSize());
  draw();
}

export function fitPage() {
  camera.fitPage(stageSize());
  draw();
}

export function fitWidth() {
  camera.fitWidth(stageSize());
  draw();
}

/** Zooms about a point in CSS pixels of the stage; about its middle by default. */
export function zoomBy(factor, at = undefined) {
  camera.zoomBy(factor, stageSize(), at);
  draw();
}

/** Shows the whole page until `showSeen`, at whatever size the stage has. */
export function showWhole() {
  isWhole = true;
  svg.setAttribute("viewBox", `0 0 ${camera.width} ${camera.height}`);
}

/** Shows again what the camera sees. */
export function showSeen() {
  isWhole = false;
  camera.refit(stageSize());
  draw();
}

/** Brings a box into view. */
export function reveal(box) {
  camera.reveal(box, stageSize());
  draw();
}

function panBy(dx, dy) {
  const moved = camera.panBy(dx, dy, stageSize());
  draw();
  return moved;
}

/** Where an event is, in CSS pixels of the stage. */
export function stagePoint(event) {
  const frame = stage.getBoundingClientRect();
  return { x: event.clientX - frame.left - stage.clientLeft, y: event.clientY - frame.top - stage.clientTop };
}

/** Where an event is, in page pixels. */
export function pagePoint(event) {
  const at = stagePoint(event);
  return [camera.x + at.x / camera.scale, camera.y + at.y / camera.scale];
}

/** A pointer that did something else than moving the page; a second finger zooms from where it is now. */
export function followPointer(event) {
  Object.assign(fingers.get(event.pointerId) || {}, stagePoint(event));
}

/** Two fingers move the page where one draws; whether two are down. */
export function panWithTwo(event) {
  const finger = fingers.get(event.pointerId);
  if (!finger || fingers.size !== 2) return false;
  const now = stagePoint(event);
  panBy((now.x - finger.x) / 2, (now.y - finger.y) / 2);
  return true;
}

stage.addEventListener("pointerdown", (event) => {
  if (event.pointerType === "mouse" && event.button !== 0) return;
  if (fingers.size === 0) dragged = false;
  fingers.set(event.pointerId, { ...stagePoint(event), startX: event.clientX, startY: event.clientY });
});

stage.addEventListener("pointermove", (event) => {
  const finger = fingers.get(event.pointerId);
  if (!finger) return;
  const now = stagePoint(event);
  if (fingers.size === 1) {
    if (!dragged && Math.hypot(event.clientX - finger.startX, event.clientY - finger.startY) < SLIP) return;
    if (!dragged) {
      dragged = true;
      stage.setPointerCapture(event.pointerId);
      stage.classList.add("mk-dragging");
    }
    panBy(now.x - finger.x, now.y - finger.y);
  } else if (fingers.size === 2) pinch(event.pointerId, finger, now);
  finger.x = now.x;
  finger.y = now.y;
});

function pinch(pointer, finger, now) {
  dragged = true;
  const [other] = [...fingers.entries()].filter(([id]) => id !== pointer).map(([, value]) => value);
  const before = Math.hypot(finger.x - other.x, finger.y - other.y);
  const after = Math.hypot(now.x - other.x, now.y - other.y);
  if (before > 8 && after > 8) zoomBy(after / before, { x: (now.x + other.x) / 2, y: (now.y + other.y) / 2 });
}

function liftFinger(event) {
  fingers.delete(event.pointerId);
  if (fingers.size === 0) stage.classList.remove("mk-dragging");
}
stage.addEventListener("pointerup", liftFinger);
stage.addEventListener("pointercancel", liftFinger);
// A touch is captured by the box it began on; handing that over to the stage is no end of the touch.
stage.addEventListener("lostpointercapture", (event) => event.target === stage && liftFinger(event));
stage.addEventListener("pointerleave", (event) => {
  if (!stage.hasPointerCapture(event.pointerId)) liftFinger(event);
});

// The wheel zooms, as in other viewers; with Shift it moves sideways. Where the whole screen scrolls it moves the page, and
// beyond the page's end the screen.
function turnWheel(event) {
  const { deltaX, deltaY, deltaMode, ctrlKey, metaKey, shiftKey } = event;
  const isSideways = Math.abs(deltaX) > Math.abs(deltaY);
  if (ctrlKey || metaKey || (!shiftKey && !isSideways && !isOneColumn())) {
    event.preventDefault();
    zoomBy(Math.exp(-deltaY * (deltaMode ? 0.05 : 0.0022)), stagePoint(event));
    return;
  }
  const step = deltaMode ? 24 : 1;
  const [dx, dy] = shiftKey && !deltaX ? [deltaY, 0] : [deltaX, deltaY];
  if (panBy(-dx * step, -dy * step)) event.preventDefault();
}
stage.addEventListener("wheel", turnWheel, { passive: false });
stage.addEventListener("dblclick", (event) => zoomBy(event.shiftKey ? 0.5 : 2, stagePoint(event)));

find(".mk-zoom-in").addEventListener("click", () => zoomBy(1.4));
find(".mk-zoom-out").addEventListener("click", () => zoomBy(1 / 1.4));
find(".mk-fit-page").addEventListener("click", fitPage);
find(".mk-fit-width").addEventListener("click", fitWidth);
new ResizeObserver(() => {
  if (isWhole) return; // the size of a sheet of paper
  camera.refit(stageSize());
  draw();
}).observe(stage);
