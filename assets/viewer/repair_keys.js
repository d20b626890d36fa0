// Correcting boxes with the keyboard alone. Keys that mean nothing here keep their meaning on the page.

const ARROWS = { ArrowLeft: [-1, 0], ArrowRight: [1, 0], ArrowUp: [0, -1], ArrowDown: [0, 1] };

// Moves or resizes the chosen box; the server is asked when the keys have rested.
function nudge(change) {
  const [number] = repair.chosen;
  const box = change(boxNow(number));
  clearTimeout(nudgeTimer);
  repair.draft = { number, box };
  drawRepair();
  reveal(box);
  nudgeTimer = setTimeout(flush, NUDGE_PAUSE);
}

function arrow(event) {
  const [dx, dy] = ARROWS[event.key];
  const step = event.shiftKey ? 10 : 1;
  if (repair.cut !== null) {
    const word = wordOf(repair.chosen[0]);
    const length = boxNow(repair.chosen[0])[word.direction === "ttb" ? 3 : 2];
    repair.cut = clamp(repair.cut + ((dx + dy) * step) / length, 0, 1);
    drawRepair();
  } else if (repair.chosen.length === 1 && !repair.more) {
    const by = [dx * step, dy * step];
    nudge((box) => (event.altKey ? resized(box, [dx && 1, dy && 1], by) : moved(box, by)));
  } else if (event.altKey || !dy) return event.altKey; // the page walks along the line
  else walkLines(dy);
  return true;
}

// A new box in the middle of what is seen, as high as its neighbours; arrow keys bring it to its word.
function newBox() {
  const { w, h } = stageSize();
  const heights = [...state.here.values()].map((word) => word.box[3]).sort((a, b) => a - b);
  const height = heights[heights.length >> 1] || Math.round(view.height / 40);
  const middle = [view.x + w / view.scale / 2, view.y + h / view.scale / 2];
  choose([]);
  repair.draft = { number: null, box: moved([middle[0] - height, middle[1] - height / 2, 2 * height, height], [0, 0]) };
  flush();
}

function pick(event) {
  if (repair.cut !== null) cutHere();
  else if (state.cursor === null) tell(tr("Walk to a box with the arrow keys first."));
  else if (String(repair.chosen) === String([state.cursor])) choose([]);
  else chooseWord(state.cursor, event.shiftKey || repair.more);
}

const PLAIN = {
  Enter: pick, " ": pick, Escape: escapeRepair, Delete: deleteChosen, Backspace: deleteChosen,
  j: joinChosen, s: splitChosen, m: () => setMore(!repair.more), n: newBox,
};

function wayBack(event) {
  const key = event.key.toLowerCase();
  if (!(event.ctrlKey || event.metaKey) || event.altKey || !["z", "y"].includes(key)) return false;
  goBack(key === "y" || event.shiftKey ? "redo" : "undo");
  return true;
}

function repairKey(event) {
  if (wayBack(event)) return true;
  if (event.ctrlKey || event.metaKey) return false;
  if (ARROWS[event.key]) return arrow(event);
  const act = event.altKey ? null : PLAIN[event.key.length === 1 ? event.key.toLowerCase() : event.key];
  if (act) act(event);
  return Boolean(act);
}

inRepair("keydown", (event) => {
  if (!repairKey(event)) return;
  event.preventDefault();
  event.stopImmediatePropagation();
});
repairBar.addEventListener("keydown", (event) => {
  if (event.key === "Escape") escapeRepair();
  else if (!wayBack(event)) return;
  event.preventDefault();
});
