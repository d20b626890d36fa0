// The line around a hit, cut from the picture of its page along the traced line, with the words framed in it.

import { make } from "../shared/dom.js";
import { clamp } from "../shared/geometry.js";
import { picture } from "./crops.js";
import { lineStrip, piecesOf } from "./line_strip.js";
import { wordsOf } from "./words.js";

const FRAME = [
  { width: 4, colour: "#fff" },
  { width: 2, colour: "#0b3d91" },
]; // CSS pixels; as a hit is framed on the page

/** Draws the lines of a hit below each other into a node. room: [width, height] of each in CSS pixels. */
export async function drawLines(node, page, hit, room, canvases) {
  try {
    const [words, image] = await Promise.all([wordsOf(page), picture(page)]);
    const all = hit.boxes || [hit.box];
    const parts = hit.parts || [hit.box];
    parts.forEach((part, place) => {
      const inside = all.filter((box) => holds(part, box));
      const word = words.get(hit.word + all.indexOf(inside[0])) ?? words.get(hit.word);
      const column = word?.direction === "ttb";
      const length = column ? page.height : page.width;
      const strip = lineStrip(inside.length ? inside : [part], {
        curve: word?.curve ?? null,
        column,
        length,
        room,
      });
      drawStrip(canvases[place], image, image.naturalWidth / page.width, strip, column);
    });
  } catch {
    node.classList.add("mk-unseen-line"); // without a connection the words beside it say what it is
  }
}

/** A canvas for each line of a hit, of the room that it will take. */
export const lineCanvases = (hit, label) =>
  (hit.parts || [hit.box]).map((_, place) =>
    make(
      "canvas",
      place
        ? { class: "mk-line-strip", "aria-hidden": "true" }
        : { class: "mk-line-strip", role: "img", "aria-label": label }
    )
  );

const holds = ([x, y, w, h], box) => {
  const [cx, cy] = [box[0] + box[2] / 2, box[1] + box[3] / 2];
  return cx >= x && cx <= x + w && cy >= y && cy <= y + h;
};

function drawStrip(canvas, image, reduced, strip, column) {
  const { start, band, scale, middle } = strip;
  const density = Math.min(2, window.devicePixelRatio || 1);
  canvas.width = Math.max(1, Math.round(strip.width * density));
  canvas.height = Math.max(1, Math.round(strip.height * density));
  canvas.style.width = `${Math.round(strip.width)}px`;
  canvas.style.height = `${Math.round(strip.height)}px`;
  const pen = canvas.getContext("2d");
  pen.imageSmoothingQuality = "high";
  for (const [from, to] of piecesOf(strip)) {
    const [left, right] = [Math.round(from * density), Math.round(to * density)]; // whole pixels leave no seam
    const [along, length] = [start + left / density / scale, (right - left) / density / scale];
    const top = middle(along + length / 2) - band / 2;
    if (column) drawTurned(pen, image, reduced, { top, band, along, length, left, right }, canvas.height);
    else
      pen.drawImage(
        image,
        along * reduced,
        top * reduced,
        length * reduced,
        band * reduced,
        left,
        0,
        right - left,
        canvas.height
      );
  }
  for (const mark of strip.marks) drawFrame(pen, mark, density, strip);
}

function drawTurned(pen, image, reduced, { top, band, along, length, left, right }, height) {
  pen.save();
  pen.translate(0, height);
  pen.rotate(-Math.PI / 2);
  pen.drawImage(
    image,
    top * reduced,
    along * reduced,
    band * reduced,
    length * reduced,
    0,
    left,
    height,
    right - left
  );
  pen.restore();
}

// A dark frame with a light edge is seen on ink and paper alike.
function drawFrame(pen, { x, y, w, h }, density, strip) {
  const edge = FRAME[0].width / 2;
  const left = clamp(x - 2, edge, strip.width - edge);
  const top = clamp(y - 2, edge, strip.height - edge);
  const right = clamp(x + w + 2, edge, strip.width - edge);
  const bottom = clamp(y + h + 2, edge, strip.height - edge);
  const frame = [left, top, right - left, bottom - top].map((side) => side * density);
  for (const { width, colour } of FRAME) {
    pen.lineWidth = width * density;
    pen.strokeStyle = colour;
    pen.strokeRect(frame[0], frame[1], frame[2], frame[3]);
  }
}
