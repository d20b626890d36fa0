// How sure the place of a word of a transcript is, in words and as a class.

import { percent } from "../shared/format.js";
import { tr } from "../shared/language.js";

const UNSURE = 0.5; // the library says the same

/** "", "unplaced" or "unsure". @param {import("../shared/types.js").TextWord} word */
export function doubtOf({ box, byHand, certainty }) {
  if (!box) return "unplaced";
  return byHand || certainty >= UNSURE ? "" : "unsure";
}

/** @param {import("../shared/types.js").TextWord} word */
export function certaintySaid(word) {
  if (!word.box) return tr("not found on the page");
  if (word.byHand) return tr("by hand");
  const facts = { score: percent(word.certainty) };
  return doubtOf(word) ? tr("unsure, {score}", facts) : tr("{score} sure", facts);
}
