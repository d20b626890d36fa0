// What is drawn while boxes are edited: the chosen boxes, the grips of one, a new box, the line of a cut.

import { markChosen } from "../page/boxes.js";
import { camera, stageSize, svg } from "../page/stage.js";
import { makeSvg, put, setAll } from "../shared/dom.js";
import { clamp, rectOf } from "../shared/geometry.js";
import { find } from "../shared/host.js";
import { tr } from "../shared/language.js";
import { on, state, wordOf } from "../shared/store.js";
import { boxNow, drafts, isChosen, selection } from "./selection.js";

const layer = makeSvg("g", { class: "mk-editing-layer", "aria-hidden": "true" });
svg.append(layer);

// A finger needs 44 pixels, so its grips stand off the corners and a small word stays free between them.
const FINE = { size: 9, area: 16, away: 6, middles: 40 };
const COARSE = { size: 20, area: 44, away: 18, middles: Infinity };
const CORNERS = [
  [-1, -1],
  [1, -1],
  [-1, 1],
  [1, 1],
];
const MIDDLES = [
  [0, -1],
  [0, 1],
  [-1, 0],
  [1, 0],
];

/** Everything that is drawn over the page, and the buttons. */
export function drawEditing() {
  layer.replaceChildren();
  drawBar();
  if (!selection.on) return;
  markChosen(isChosen);
  const shown = new Set(selection.chosen.filter((number) => wordOf(number)));
  for (const number of shown) drawChosen(boxNow(number), { "data-word": number });
  for (const draft of drafts()) {
    if (!shown.has(draft.number)) drawChosen(draft.box, { class: "mk-chosen mk-draft" });
  }
  if (shown.size !== 1) return;
  const [number] = shown;
  if (selection.cut !== null) drawCut(boxNow(number), wordOf(number).direction);
  else drawGrips(boxNow(number));
}
on("zoom", () => selection.on && drawEditing());
on("page-hits", drawEditing);

// Buttons that have nothing to act on say so when pressed; a button that vanishes would take the focus with it.
function drawBar() {
  const page = state.pages.get(state.page);
  const usable = {
    ".mk-join": selection.chosen.length > 1,
    ".mk-split": selection.chosen.length === 1,
    ".mk-delete": selection.chosen.length > 0,
    ".mk-undo": page && page.undo,
    ".mk-redo": page && page.redo,
  };
  for (const [name, use] of Object.entries(usable))
    setAll(find(name), { "aria-disabled": use ? null : "true" });
  find(".mk-more").setAttribute("aria-pressed", String(selection.more));
  put(find(".mk-split"), selection.cut === null ? tr("Split") : tr("Cut here"));
  find(".mk-split").classList.toggle("mk-ready", selection.cut !== null);
}

function drawChosen(box, attributes) {
  layer.append(
    makeSvg("rect", { ...rectOf(box), class: "mk-chosen-halo" }),
    makeSvg("rect", { ...rectOf(box), class: "mk-chosen", ...attributes })
  );
}

function drawGrips(box) {
  const kind = selection.coarse ? COARSE : FINE;
  const places = [
    ...CORNERS,
    ...MIDDLES.filter(([dx]) => (dx ? box[3] : box[2]) * camera.scale >= kind.middles),
  ];
  for (const [dx, dy] of places) {
    const x = box[0] + ((dx + 1) / 2) * box[2] + (dx * kind.away) / camera.scale;
    const y = box[1] + ((dy + 1) / 2) * box[3] + (dy * kind.away) / camera.scale;
    const grip = makeSvg("g", { class: "mk-grip", "data-grip": `${dx},${dy}` }, ...knob(x, y, kind));
    layer.append(grip);
  }
}

// A point to take hold of: what is seen, and around it what can be hit.
function knob(x, y, kind) {
  const { w, h } = stageSize();
  const edge = kind.size / 2 + 2; // at the edge of the page it stays in sight
  const cx = clamp(x, camera.x + edge / camera.scale, camera.x + (w - edge) / camera.scale);
  const cy = clamp(y, camera.y + edge / camera.scale, camera.y + (h - edge) / camera.scale);
  const square = (side, name, rx) =>
    makeSvg("rect", {
      x: cx - side / 2 / camera.scale,
      y: cy - side / 2 / camera.scale,
      width: side / camera.scale,
      height: side / camera.scale,
      rx: rx / camera.scale,
      class: name,
    });
  return [
    square(kind.area, "mk-grip-area", 0),
    square(kind.size, "mk-knob", selection.coarse ? kind.size / 2 : 2),
  ];
}

function drawCut(box, direction) {
  const along = direction === "ttb" ? 1 : 0;
  const across = 1 - along;
  const over = 9 / camera.scale; // the line is seen above and below the word
  const from = [0, 0];
  const to = [0, 0];
  from[along] = to[along] = box[along] + box[2 + along] * selection.cut;
  from[across] = box[across] - over;
  to[across] = box[across] + box[2 + across] + over;
  const ends = { x1: from[0], y1: from[1], x2: to[0], y2: to[1] };
  const kind = selection.coarse ? COARSE : FINE;
  layer.append(
    makeSvg("line", { ...ends, class: "mk-cut-halo" }),
    makeSvg("line", { ...ends, class: "mk-cut" }),
    makeSvg("g", { class: "mk-cut-grip" }, ...knob(...from, kind), ...knob(...to, kind))
  );
}
