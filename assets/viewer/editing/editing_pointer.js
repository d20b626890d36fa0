// Editing boxes with a mouse or a finger. A drag on a chosen box moves it, on a grip resizes it, on paper draws one.
// These listeners come before those of the stage, which still zooms with two fingers and moves the page with one.

import { wordAt } from "../page/boxes.js";
import { followPointer, hasOtherPointers, pagePoint, panWithTwo, stage, wasDragged } from "../page/stage.js";
import { boxBetween, clamp, movedBox, resizedBox } from "../shared/geometry.js";
import { on, wordOf } from "../shared/store.js";
import { choose, chooseWord, cutHere, flush, showCut } from "./editing.js";
import { drawEditing } from "./editing_layer.js";
import { boxNow, pageSize, selection, setCoarse, setDraft } from "./selection.js";

const hand = {
  id: null,
  kind: null,
  number: null,
  grip: null,
  start: null,
  from: [0, 0],
  box: null,
  moved: false,
};
const SLIP = { mouse: 4, touch: 8, pen: 6 }; // CSS pixels that are no drag yet

function take(event) {
  // what lies under the very point: a browser may give a finger's event to a grip nearby
  const target = document.elementFromPoint(event.clientX, event.clientY) || stage;
  const grip = target.closest(".mk-grip");
  const chosen = target.closest(".mk-chosen[data-word]");
  const number = chosen ? Number(chosen.dataset.word) : grip ? selection.chosen[0] : wordAt({ target });
  let kind = "draw";
  if (selection.cut !== null && (chosen || target.closest(".mk-cut-grip"))) kind = "cut";
  else if (grip) kind = "resize";
  else if (chosen || (number !== null && event.pointerType === "mouse")) kind = "move";
  else if (number !== null) kind = "tap"; // a finger on another box moves the page
  Object.assign(hand, {
    id: event.pointerId,
    kind,
    number,
    moved: false,
    start: pagePoint(event),
    from: [event.clientX, event.clientY],
    grip: grip && grip.dataset.grip.split(",").map(Number),
    box: kind === "move" || kind === "resize" ? boxNow(number) : null,
  });
}

function letGo() {
  hand.id = null;
  stage.classList.remove("mk-moving");
}

on("boxes-renumbered", (now) => {
  hand.number = now(hand.number);
  if (hand.number === undefined) letGo();
});

function dropDrag() {
  if (hand.moved && hand.kind !== "cut") setDraft(null);
  letGo();
  drawEditing();
}

function cutAt(point) {
  const [number] = selection.chosen;
  const along = wordOf(number).direction === "ttb" ? 1 : 0;
  const box = boxNow(number);
  showCut(clamp((point[along] - box[along]) / box[2 + along], 0, 1));
}

function drag(event) {
  const point = pagePoint(event);
  const by = [point[0] - hand.start[0], point[1] - hand.start[1]];
  if (hand.kind === "cut") return cutAt(point);
  const size = pageSize();
  if (hand.kind === "move") setDraft({ number: hand.number, box: movedBox(hand.box, by, size) });
  else if (hand.kind === "resize")
    setDraft({ number: hand.number, box: resizedBox(hand.box, hand.grip, by, size) });
  else setDraft({ number: null, box: boxBetween(hand.start, point, size) });
  return drawEditing();
}

const whileEditing = (type, act) => stage.addEventListener(type, (event) => selection.on && act(event), true);

whileEditing("pointerdown", (event) => {
  if (event.pointerType === "mouse" && event.button !== 0) return;
  const coarse = event.pointerType === "touch";
  // a second finger: the page is moved and zoomed
  if (hand.id !== null || hasOtherPointers(event.pointerId)) return dropDrag();
  take(event);
  if (coarse !== selection.coarse) {
    setCoarse(coarse);
    drawEditing();
  }
  stage.setPointerCapture(event.pointerId); // what it began on may be drawn anew meanwhile
});

whileEditing("pointermove", (event) => {
  if (
    event.pointerType === "mouse" &&
    !event.buttons &&
    selection.cut !== null &&
    event.target.closest(".mk-chosen[data-word]")
  ) {
    return cutAt(pagePoint(event));
  }
  if (panWithTwo(event)) return;
  if (event.pointerId !== hand.id || hand.kind === "tap") return;
  event.stopImmediatePropagation();
  followPointer(event); // for a second finger that may follow
  if (!hand.moved) {
    if (
      Math.hypot(event.clientX - hand.from[0], event.clientY - hand.from[1]) < (SLIP[event.pointerType] ?? 4)
    )
      return;
    hand.moved = true;
    stage.classList.add("mk-moving");
    if (hand.kind === "draw") choose([]);
    else if (!selection.chosen.includes(hand.number) || (hand.kind === "move" && selection.chosen.length > 1))
      choose([hand.number]);
  }
  drag(event);
});

whileEditing("pointerup", (event) => {
  if (event.pointerId !== hand.id) return;
  const byMouse = event.pointerType === "mouse";
  letGo();
  if (hand.kind === "cut") {
    cutAt(pagePoint(event));
    if (byMouse) cutHere();
  } else if (hand.moved) flush();
  else if (hand.kind === "tap" && wasDragged())
    return; // the page was moved
  else if (hand.number !== null) chooseWord(hand.number, event.shiftKey || selection.more);
  else if (!selection.more) choose([]);
});

whileEditing("pointercancel", dropDrag);
for (const type of ["click", "dblclick"]) whileEditing(type, (event) => event.stopImmediatePropagation());
