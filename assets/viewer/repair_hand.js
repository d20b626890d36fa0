// Correcting boxes with a mouse or a finger. A drag on a chosen box moves it, on a grip resizes it, on paper draws one.
// These listeners come before those of the stage, which still zooms with two fingers and moves the page with one.

const hand = { id: null, kind: null, number: null, grip: null, start: null, box: null, moved: false };
const SLIP = { mouse: 4, touch: 8, pen: 6 }; // CSS pixels that are no drag yet

function pagePoint(event) {
  const at = stagePoint(event);
  return [view.x + at.x / view.scale, view.y + at.y / view.scale];
}

function take(event) {
  // what lies under the very point: a browser may give a finger's event to a grip nearby
  const target = document.elementFromPoint(event.clientX, event.clientY) || stage;
  const grip = target.closest(".mk-grip");
  const chosen = target.closest(".mk-chosen[data-word]");
  const number = chosen ? Number(chosen.dataset.word) : grip ? repair.chosen[0] : wordAt({ target });
  let kind = "draw";
  if (repair.cut !== null && (chosen || target.closest(".mk-cut-grip"))) kind = "cut";
  else if (grip) kind = "resize";
  else if (chosen || (number !== null && event.pointerType === "mouse")) kind = "move";
  else if (number !== null) kind = "tap"; // a finger on another box moves the page
  Object.assign(hand, {
    id: event.pointerId, kind, number, moved: false, start: pagePoint(event), from: [event.clientX, event.clientY],
    grip: grip && grip.dataset.grip.split(",").map(Number), box: kind === "move" || kind === "resize" ? boxNow(number) : null,
  });
}

function letGo() {
  hand.id = null;
  stage.classList.remove("mk-moving");
}

function dropDrag() {
  if (hand.moved && hand.kind !== "cut") repair.draft = null;
  letGo();
  drawRepair();
}

const MIN_BOX = 4; // page pixels; the server says the same
function moved(box, [dx, dy]) {
  return [
    clamp(Math.round(box[0] + dx), 0, view.width - box[2]), clamp(Math.round(box[1] + dy), 0, view.height - box[3]), box[2], box[3],
  ];
}

// sides: -1 left or top, 1 right or bottom, 0 neither
function resized(box, sides, by) {
  const result = [...box];
  const size = [view.width, view.height];
  for (const axis of [0, 1]) {
    const end = box[axis] + box[2 + axis];
    if (sides[axis] < 0) {
      result[axis] = clamp(Math.round(box[axis] + by[axis]), 0, end - MIN_BOX);
      result[2 + axis] = end - result[axis];
    } else if (sides[axis] > 0) {
      result[2 + axis] = clamp(Math.round(end + by[axis]), box[axis] + MIN_BOX, size[axis]) - box[axis];
    }
  }
  return result;
}

function drawn(start, end) {
  const at = (point, axis) => clamp(Math.round(point[axis]), 0, axis ? view.height : view.width);
  const [x0, x1] = [at(start, 0), at(end, 0)].sort((a, b) => a - b);
  const [y0, y1] = [at(start, 1), at(end, 1)].sort((a, b) => a - b);
  return [x0, y0, x1 - x0, y1 - y0];
}

function cutAt(point) {
  const [number] = repair.chosen;
  const along = wordOf(number).direction === "ttb" ? 1 : 0;
  const box = boxNow(number);
  repair.cut = clamp((point[along] - box[along]) / box[2 + along], 0, 1);
  drawRepair();
}

function drag(event) {
  const point = pagePoint(event);
  const by = [point[0] - hand.start[0], point[1] - hand.start[1]];
  if (hand.kind === "cut") return cutAt(point);
  if (hand.kind === "move") repair.draft = { number: hand.number, box: moved(hand.box, by) };
  else if (hand.kind === "resize") repair.draft = { number: hand.number, box: resized(hand.box, hand.grip, by) };
  else repair.draft = { number: null, box: drawn(hand.start, point) };
  drawRepair();
}

const inRepair = (type, act) => stage.addEventListener(type, (event) => repair.on && act(event), true);

inRepair("pointerdown", (event) => {
  if (event.pointerType === "mouse" && event.button !== 0) return;
  const coarse = event.pointerType === "touch";
  if (hand.id !== null || (fingers.size && !fingers.has(event.pointerId))) return dropDrag(); // a second finger: the page is moved and zoomed
  take(event);
  if (coarse !== repair.coarse) {
    repair.coarse = coarse;
    drawRepair();
  }
  stage.setPointerCapture(event.pointerId); // what it began on may be drawn anew meanwhile
});

inRepair("pointermove", (event) => {
  if (event.pointerType === "mouse" && !event.buttons && repair.cut !== null && event.target.closest(".mk-chosen[data-word]")) {
    return cutAt(pagePoint(event));
  }
  const finger = fingers.get(event.pointerId);
  if (finger && fingers.size === 2) {
    const now = stagePoint(event);
    panBy((now.x - finger.x) / 2, (now.y - finger.y) / 2); // two fingers move the page, where one draws
    return;
  }
  if (event.pointerId !== hand.id || hand.kind === "tap") return;
  event.stopImmediatePropagation();
  Object.assign(finger || {}, stagePoint(event)); // for a second finger that may follow
  if (!hand.moved) {
    if (Math.hypot(event.clientX - hand.from[0], event.clientY - hand.from[1]) < (SLIP[event.pointerType] ?? 4)) return;
    hand.moved = true;
    stage.classList.add("mk-moving");
    if (hand.kind === "draw") choose([]);
    else if (!repair.chosen.includes(hand.number) || (hand.kind === "move" && repair.chosen.length > 1)) choose([hand.number]);
  }
  drag(event);
});

inRepair("pointerup", (event) => {
  if (event.pointerId !== hand.id) return;
  const byMouse = event.pointerType === "mouse";
  letGo();
  if (hand.kind === "cut") {
    cutAt(pagePoint(event));
    if (byMouse) cutHere();
  } else if (hand.moved) flush();
  else if (hand.kind === "tap" && dragged) return; // the page was moved
  else if (hand.number !== null) chooseWord(hand.number, event.shiftKey || repair.more);
  else if (!repair.more) choose([]);
});

inRepair("pointercancel", dropDrag);
for (const type of ["click", "dblclick"]) inRepair(type, (event) => event.stopImmediatePropagation());
