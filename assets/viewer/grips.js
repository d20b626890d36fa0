// What is drawn while boxes are corrected: the chosen boxes, the grips of one, a new box, the line of a cut.

const repairLayer = makeSvg("g", { class: "mk-repair-layer", "aria-hidden": "true" });
svg.append(repairLayer);

// A finger needs 44 pixels, so its grips stand off the corners and a small word stays free between them.
const FINE = { size: 9, reach: 16, away: 6, middles: 40 };
const COARSE = { size: 20, reach: 44, away: 18, middles: Infinity };
const CORNERS = [[-1, -1], [1, -1], [-1, 1], [1, 1]];
const MIDDLES = [[0, -1], [0, 1], [-1, 0], [1, 0]];

function drawRepair() {
  repairLayer.replaceChildren();
  drawRepairBar();
  if (!repair.on) return;
  for (const [number, node] of wordNodes) node.setAttribute("aria-selected", String(isChosen(number)));
  const shown = new Set(repair.chosen.filter((number) => wordOf(number)));
  for (const number of shown) drawChosen(boxNow(number), { "data-word": number });
  for (const draft of drafts()) if (!shown.has(draft.number)) drawChosen(draft.box, { class: "mk-chosen mk-draft" });
  if (shown.size !== 1) return;
  const [number] = shown;
  if (repair.cut !== null) drawCut(boxNow(number), wordOf(number).direction);
  else drawGrips(boxNow(number));
}
zoomListeners.push(() => repair.on && drawRepair());

function drawChosen(box, attributes) {
  repairLayer.append(
    makeSvg("rect", { ...boxAttributes(box), class: "mk-chosen-halo" }),
    makeSvg("rect", { ...boxAttributes(box), class: "mk-chosen", ...attributes })
  );
}

function drawGrips(box) {
  const kind = repair.coarse ? COARSE : FINE;
  const places = [...CORNERS, ...MIDDLES.filter(([dx]) => (dx ? box[3] : box[2]) * view.scale >= kind.middles)];
  for (const [dx, dy] of places) {
    const x = box[0] + ((dx + 1) / 2) * box[2] + (dx * kind.away) / view.scale;
    const y = box[1] + ((dy + 1) / 2) * box[3] + (dy * kind.away) / view.scale;
    const grip = makeSvg("g", { class: "mk-grip", "data-grip": `${dx},${dy}` }, ...knob(x, y, kind));
    repairLayer.append(grip);
  }
}

// A point to take hold of: what is seen, and around it what can be hit.
function knob(x, y, kind) {
  const { w, h } = stageSize();
  const edge = kind.size / 2 + 2; // at the edge of the page it stays in sight
  const cx = clamp(x, view.x + edge / view.scale, view.x + (w - edge) / view.scale);
  const cy = clamp(y, view.y + edge / view.scale, view.y + (h - edge) / view.scale);
  const square = (side, name, rx) =>
    makeSvg("rect", {
      x: cx - side / 2 / view.scale, y: cy - side / 2 / view.scale, width: side / view.scale, height: side / view.scale,
      rx: rx / view.scale, class: name,
    });
  return [square(kind.reach, "mk-reach", 0), square(kind.size, "mk-knob", repair.coarse ? kind.size / 2 : 2)];
}

function drawCut(box, direction) {
  const along = direction === "ttb" ? 1 : 0;
  const across = 1 - along;
  const over = 9 / view.scale; // the line is seen above and below the word
  const from = [0, 0];
  const to = [0, 0];
  from[along] = to[along] = box[along] + box[2 + along] * repair.cut;
  from[across] = box[across] - over;
  to[across] = box[across] + box[2 + across] + over;
  const ends = { x1: from[0], y1: from[1], x2: to[0], y2: to[1] };
  const kind = repair.coarse ? COARSE : FINE;
  repairLayer.append(
    makeSvg("line", { ...ends, class: "mk-cut-halo" }),
    makeSvg("line", { ...ends, class: "mk-cut" }),
    makeSvg("g", { class: "mk-cut-grip" }, ...knob(...from, kind), ...knob(...to, kind))
  );
}
