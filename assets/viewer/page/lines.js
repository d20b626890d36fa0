// The keyboard's way along the words of a page.

import { clamp } from "../shared/geometry.js";
import { state, wordOf } from "../shared/store.js";
import { goToWord } from "./current_page.js";

/** The number of the word that a key leads to; undefined if it leads nowhere. */
export function nextWord(key) {
  const numbers = [...state.words.keys()];
  const place = numbers.indexOf(state.cursor);
  const step = { ArrowRight: 1, ArrowLeft: -1 }[key];
  if (step) return numbers[place < 0 ? 0 : clamp(place + step, 0, numbers.length - 1)];
  if (key === "Home") return numbers[0];
  return key === "End" ? numbers[numbers.length - 1] : undefined;
}

/** Moves the cursor to the nearest word of the line above (-1) or below (1). */
export function walkLines(direction) {
  const from = wordOf(state.cursor);
  const words = [...state.words];
  if (!words.length) return;
  if (!from) return goToWord(words[0][0]);
  const line = words.filter(([, word]) => word.line === from.line + direction);
  const distance = ([, word]) => Math.abs(word.box[0] + word.box[2] / 2 - from.box[0] - from.box[2] / 2);
  if (line.length) goToWord(line.reduce((best, word) => (distance(word) < distance(best) ? word : best))[0]);
}
