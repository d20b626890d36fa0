// Where the words of a text stand under the lines of a page, and how large, in page pixels.

import { acrossAt } from "../page/line_strip.js";
import { clamp, median } from "../shared/geometry.js";

/** @typedef {import("../shared/types.js").TextWord} TextWord */
/** @typedef {import("../shared/types.js").Words} Words */
/** @typedef {{word: TextWord, x: number, y: number, column: boolean, room: number}} Place */

const SIZE = 0.4; // of the usual height of a word
const SMALLEST = 10; // CSS pixels of a letter that can be read
const LARGEST = 17;
const TIGHT = 1.75; // letters that a word must be high, or its ink would be hidden
const GAP = 0.3; // letters between two words

/**
 * The words that have a place, a line after the other. size: of the letters; 0 where the page is too small for any.
 * scale: CSS pixels per page pixel. @param {TextWord[]} texts @param {Words} words
 * @returns {{size: number, places: Place[]}}
 */
export function layOut(texts, words, scale) {
  const placed = texts.filter(({ box }) => box);
  if (!placed.length) return { size: 0, places: [] };
  const columns = words.get(placed[0].word ?? -1)?.direction === "ttb";
  const along = columns ? 1 : 0;
  const across = 1 - along;
  const high = median(placed.map(({ box }) => /** @type {any} */ (box)[2 + across])) || 1;
  const size = clamp(SIZE * high * scale, SMALLEST, LARGEST) / scale;
  if (high < TIGHT * size) return { size: 0, places: [] };
  const places = [];
  for (const line of linesOf(placed, words)) {
    line.sort((one, other) => one.box[along] - other.box[along]);
    line.forEach((word, place) => {
      const middle = word.box[along] + word.box[2 + along] / 2;
      const curve = words.get(word.word ?? -1)?.curve;
      const level = curve ? acrossAt(curve, middle) : word.box[across] + word.box[2 + across] / 2;
      const below = level + (columns ? -1 : 1) * (high / 2 + (columns ? 0 : 0.55 * size));
      const room = roomOf(line, place, along, size);
      places.push({ word, x: columns ? below : middle, y: columns ? middle : below, column: columns, room });
    });
  }
  return { size, places };
}

// By the lines of the page where they are known, else by those of the text.
function linesOf(placed, words) {
  const lines = new Map();
  for (const word of placed) {
    const line = words.get(word.word ?? -1)?.line ?? `text ${word.line}`;
    lines.set(line, [...(lines.get(line) ?? []), word]);
  }
  return lines.values();
}

// How long a word may be so that it keeps clear of its neighbours, about its middle.
function roomOf(line, place, along, size) {
  const box = line[place].box;
  const [before, after] = [line[place - 1], line[place + 1]];
  const left = before ? box[along] - before.box[along] - before.box[2 + along] : Infinity;
  const right = after ? after.box[along] - box[along] - box[2 + along] : Infinity;
  const free = Math.min(left, right, 4 * size);
  return Math.max(box[2 + along] + free - GAP * size, size);
}
