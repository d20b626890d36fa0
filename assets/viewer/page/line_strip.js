// The strip of a text line around some of its words, in whole: which part of the line is seen, in which scale, and where
// the words lie in it. Of a column, which is shown turned to the left, along is y.

import { clamp } from "../shared/geometry.js";

/** @typedef {import("../shared/types.js").Box} Box */
/** @typedef {import("../shared/types.js").Curve} Curve */

const AIR = 1.2; // heights of the words that a strip is high at least
const FULL = 0.92; // of the strip that the words take at most

/** Where a curve is across at a place along it; level beyond its ends. @param {Curve} curve */
export function acrossAt({ points }, along) {
  const last = points[points.length - 1];
  if (along <= points[0][0]) return points[0][1];
  if (along >= last[0]) return last[1];
  const place = points.findIndex(([at]) => at > along);
  const [[from, near], [to, far]] = [points[place - 1], points[place]];
  return near + ((far - near) * (along - from)) / (to - from);
}

/**
 * boxes: of the words, in page pixels. curve: of their line; null if it was not traced, which makes it level. column:
 * whether the line runs downwards. length: of the page along the line. room: [width, height] in CSS pixels.
 * @param {Box[]} boxes @param {{curve: Curve | null, column: boolean, length: number, room: number[]}} options
 */
export function lineStrip(boxes, { curve, column, length, room }) {
  const ends = boxes.map(([x, y, w, h]) => (column ? [y, y + h, x, x + w] : [x, x + w, y, y + h]));
  const first = Math.min(...ends.map(([start]) => start));
  const last = Math.max(...ends.map(([, stop]) => stop));
  const level = (Math.min(...ends.map((one) => one[2])) + Math.max(...ends.map((one) => one[3]))) / 2;
  const middle = (along) => (curve ? acrossAt(curve, along) : level);
  const reach = (near, far, along) => Math.max(middle(along) - near, far - middle(along));
  const highest = Math.max(...ends.map(([start, stop, near, far]) => reach(near, far, (start + stop) / 2)));
  const band = Math.max(2 * (curve?.reach ?? 0), 2 * AIR * highest, 1);
  const scale = Math.min(room[1] / band, (FULL * room[0]) / Math.max(1, last - first));
  const seen = Math.min(room[0] / scale, length);
  const start = clamp((first + last - seen) / 2, 0, length - seen);
  const marks = ends.map(([from, to, near, far]) => {
    const top = middle((from + to) / 2) - band / 2;
    const y = column ? top + band - far : near - top; // turned to the left, what was right is above
    return { x: (from - start) * scale, y: y * scale, w: (to - from) * scale, h: (far - near) * scale };
  });
  return { start, seen, band, scale, width: seen * scale, height: band * scale, middle, marks };
}

/**
 * The pieces in which a strip is cut out of the page, so that it follows its line: places along it in CSS pixels of the
 * strip. A line that is level is one piece. @param {ReturnType<typeof lineStrip>} strip
 */
export function piecesOf({ start, width, scale, middle }, step = 6) {
  const cuts = Array.from({ length: Math.ceil(width / step) + 1 }, (_, place) =>
    Math.min(width, place * step)
  );
  const levels = cuts.map((cut) => middle(start + cut / scale));
  if ((Math.max(...levels) - Math.min(...levels)) * scale < 1) return [[0, width]];
  return cuts.slice(1).map((cut, place) => [cuts[place], cut]);
}
