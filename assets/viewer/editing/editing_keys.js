// Editing boxes with the keyboard alone. Keys that mean nothing here keep their meaning on the page.

import { walkLines } from "../page/lines.js";
import { camera, reveal, stage, stageSize } from "../page/stage.js";
import { clamp, median, movedBox, resizedBox } from "../shared/geometry.js";
import { find } from "../shared/host.js";
import { tr } from "../shared/language.js";
import { state, wordOf } from "../shared/store.js";
import {
  choose,
  chooseMore,
  chooseWord,
  cutHere,
  deleteChosen,
  escapeEditing,
  flush,
  joinChosen,
  nudge,
  showCut,
  splitChosen,
  tell,
  undoOrRedo,
} from "./editing.js";
import { boxNow, pageSize, selection, setDraft } from "./selection.js";

const ARROWS = { ArrowLeft: [-1, 0], ArrowRight: [1, 0], ArrowUp: [0, -1], ArrowDown: [0, 1] };

// Moves or resizes the chosen box.
function moveChosen(change) {
  const [number] = selection.chosen;
  const box = change(boxNow(number));
  nudge({ number, box });
  reveal(box);
}

function arrow(event) {
  const [dx, dy] = ARROWS[event.key];
  const step = event.shiftKey ? 10 : 1;
  if (selection.cut !== null) {
    const word = wordOf(selection.chosen[0]);
    const length = boxNow(selection.chosen[0])[word.direction === "ttb" ? 3 : 2];
    showCut(clamp(selection.cut + ((dx + dy) * step) / length, 0, 1));
  } else if (selection.chosen.length === 1 && !selection.more) {
    const by = [dx * step, dy * step];
    const sides = [dx && 1, dy && 1];
    moveChosen((box) =>
      event.altKey ? resizedBox(box, sides, by, pageSize()) : movedBox(box, by, pageSize())
    );
  } else if (event.altKey || !dy)
    return event.altKey; // the page walks along the line
  else walkLines(dy);
  return true;
}

// A new box in the middle of what is seen, as high as its neighbours; arrow keys bring it to its word.
function newBox() {
  const [x, y, w, h] = camera.seen(stageSize());
  const size = pageSize();
  const height = median([...state.words.values()].map((word) => word.box[3])) || Math.round(size[1] / 40);
  choose([]);
  const box = [x + w / 2 - height, y + h / 2 - height / 2, 2 * height, height];
  setDraft({ number: null, box: movedBox(box, [0, 0], size) });
  flush();
}

function pick(event) {
  if (selection.cut !== null) cutHere();
  else if (state.cursor === null) tell(tr("Go to a box with the arrow keys first."));
  else if (String(selection.chosen) === String([state.cursor])) choose([]);
  else chooseWord(state.cursor, event.shiftKey || selection.more);
}

const PLAIN = {
  Enter: pick,
  " ": pick,
  Escape: escapeEditing,
  Delete: deleteChosen,
  Backspace: deleteChosen,
  j: joinChosen,
  s: splitChosen,
  m: () => chooseMore(!selection.more),
  n: newBox,
};

function undoKey(event) {
  const key = event.key.toLowerCase();
  if (!(event.ctrlKey || event.metaKey) || event.altKey || !["z", "y"].includes(key)) return false;
  undoOrRedo(key === "y" || event.shiftKey ? "redo" : "undo");
  return true;
}

function editingKey(event) {
  if (undoKey(event)) return true;
  if (event.ctrlKey || event.metaKey) return false;
  if (ARROWS[event.key]) return arrow(event);
  const act = event.altKey ? null : PLAIN[event.key.length === 1 ? event.key.toLowerCase() : event.key];
  if (act) act(event);
  return Boolean(act);
}

stage.addEventListener(
  "keydown",
  (event) => {
    if (!selection.on || !editingKey(event)) return;
    event.preventDefault();
    event.stopImmediatePropagation();
  },
  true
);
find(".mk-editing-bar").addEventListener("keydown", (event) => {
  if (event.key === "Escape") escapeEditing();
  else if (!undoKey(event)) return;
  event.preventDefault();
});
