// The stage: which part of the page is seen. Coordinates are page pixels; scale is CSS pixels per page pixel.

const stage = find(".mk-stage");
const svg = find(".mk-svg");
const view = { x: 0, y: 0, scale: 1, width: 1, height: 1, fit: "page" };
const MAX_SCALE = 6;
const READABLE = 15; // CSS pixels of height below which a box that is looked for is enlarged
const EDGE = 24;
const zoomListeners = [];

function stageSize() {
  return { w: Math.max(1, stage.clientWidth), h: Math.max(1, stage.clientHeight) };
}

function pageScale() {
  const { w, h } = stageSize();
  return Math.min(w / view.width, h / view.height);
}

function minScale() {
  return Math.min(pageScale(), 1);
}

function applyView() {
  const { w, h } = stageSize();
  const seenW = w / view.scale;
  const seenH = h / view.scale;
  view.x = seenW >= view.width ? (view.width - seenW) / 2 : clamp(view.x, 0, view.width - seenW);
  view.y = seenH >= view.height ? (view.height - seenH) / 2 : clamp(view.y, 0, view.height - seenH);
  svg.setAttribute("viewBox", `${view.x} ${view.y} ${seenW} ${seenH}`);
  // A page that is wholly seen lets a finger scroll the screen; an enlarged one is moved by it.
  const roomy = seenW >= view.width - 1 && seenH >= view.height - 1;
  stage.style.touchAction = roomy ? "pan-y" : "none";
  stage.classList.toggle("mk-movable", !roomy);
  find(".mk-zoom-value").textContent = percent(view.scale);
  for (const listener of zoomListeners) listener(view.scale);
}

function fitPage() {
  view.fit = "page";
  view.scale = pageScale();
  applyView();
}

function fitWidth() {
  view.fit = "width";
  view.scale = stageSize().w / view.width;
  applyView();
}

function refit() {
  if (view.fit === "page") fitPage();
  else if (view.fit === "width") fitWidth();
  else applyView();
}

function setPageSize(width, height) {
  view.width = width;
  view.height = height;
  view.x = 0;
  view.y = 0;
  fitPage();
}

// Zooms about a point given in CSS pixels of the stage; about its middle by default.
function zoomBy(factor, at) {
  const { w, h } = stageSize();
  const point = at || { x: w / 2, y: h / 2 };
  const scale = clamp(view.scale * factor, minScale(), MAX_SCALE);
  view.x += point.x / view.scale - point.x / scale;
  view.y += point.y / view.scale - point.y / scale;
  view.scale = scale;
  view.fit = "free";
  applyView();
}

function panBy(dx, dy) {
  const before = `${view.x},${view.y}`;
  view.x -= dx / view.scale;
  view.y -= dy / view.scale;
  applyView();
  const moved = before !== `${view.x},${view.y}`;
  if (moved && view.fit === "page") view.fit = "free";
  return moved;
}

// Brings a box into view; enlarges only what would be too small to recognise.
function reveal(box) {
  const { w, h } = stageSize();
  if (box[3] * view.scale < READABLE) {
    view.scale = clamp((READABLE * 1.7) / box[3], minScale(), 2);
    view.fit = "free";
    view.x = box[0] + box[2] / 2 - w / view.scale / 2;
    view.y = box[1] + box[3] / 2 - h / view.scale / 2;
  } else {
    const edge = EDGE / view.scale;
    const inside =
      box[0] >= view.x + edge / 2 && box[0] + box[2] <= view.x + w / view.scale - edge / 2 &&
      box[1] >= view.y + edge && box[1] + box[3] <= view.y + h / view.scale - edge;
    if (inside) return;
    view.x = box[0] + box[2] / 2 - w / view.scale / 2;
    view.y = box[1] + box[3] / 2 - h / view.scale / 2;
  }
  applyView();
}

function stagePoint(event) {
  const frame = stage.getBoundingClientRect();
  return { x: event.clientX - frame.left - stage.clientLeft, y: event.clientY - frame.top - stage.clientTop };
}

const fingers = new Map();
let dragged = false;

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
    if (!dragged && Math.hypot(event.clientX - finger.startX, event.clientY - finger.startY) < 6) return;
    if (!dragged) {
      dragged = true;
      stage.setPointerCapture(event.pointerId);
      stage.classList.add("mk-dragging");
    }
    panBy(now.x - finger.x, now.y - finger.y);
  } else if (fingers.size === 2) {
    dragged = true;
    const [other] = [...fingers.entries()].filter(([id]) => id !== event.pointerId).map(([, value]) => value);
    const before = Math.hypot(finger.x - other.x, finger.y - other.y);
    const after = Math.hypot(now.x - other.x, now.y - other.y);
    if (before > 8 && after > 8) zoomBy(after / before, { x: (now.x + other.x) / 2, y: (now.y + other.y) / 2 });
  }
  finger.x = now.x;
  finger.y = now.y;
});

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

stage.addEventListener(
  "wheel",
  (event) => {
    if (event.ctrlKey || event.metaKey) {
      event.preventDefault();
      zoomBy(Math.exp(-event.deltaY * (event.deltaMode ? 0.05 : 0.0022)), stagePoint(event));
    } else {
      const step = event.deltaMode ? 24 : 1;
      const [dx, dy] = event.shiftKey ? [event.deltaY, 0] : [event.deltaX, event.deltaY];
      if (panBy(-dx * step, -dy * step)) event.preventDefault();
    }
  },
  { passive: false }
);
stage.addEventListener("dblclick", (event) => zoomBy(event.shiftKey ? 0.5 : 2, stagePoint(event)));

find(".mk-zoom-in").addEventListener("click", () => zoomBy(1.4));
find(".mk-zoom-out").addEventListener("click", () => zoomBy(1 / 1.4));
find(".mk-fit-page").addEventListener("click", fitPage);
find(".mk-fit-width").addEventListener("click", fitWidth);
new ResizeObserver(refit).observe(stage);
