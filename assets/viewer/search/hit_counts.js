// How many hits each page has, as a number and as a small bar.

import { make } from "../shared/dom.js";

/**
 * How many hits each page has, rejected ones left out. @param {import("../shared/types.js").Hit[]} hits
 * @param {(hit: any) => string | null} decisionOf @returns {Map<string, number>}
 */
export function hitCounts(hits, decisionOf) {
  const counts = new Map();
  for (const hit of hits) {
    if (decisionOf(hit) !== "rejected") counts.set(hit.page, (counts.get(hit.page) || 0) + 1);
  }
  return counts;
}

/** A bar as long as a number is to the highest one; the number itself stands beside it. */
export function countBar(number, highest) {
  const fill = make("span", { class: "mk-bar-fill" });
  fill.style.width = `${highest ? Math.round((100 * number) / highest) : 0}%`;
  return make("span", { class: "mk-count-bar", "aria-hidden": "true" }, fill);
}
