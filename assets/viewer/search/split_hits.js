// Which hits are highlighted, which are listed as guesses, and in which order.

/** @typedef {import("../shared/types.js").Hit} Hit */

export const GUESSES = 12;

// A phrase that does not stand there; of a word on a hard page the order of small scores still counts.
const isNowhere = (hit) => Boolean(hit.boxes) && hit.score === 0;

/**
 * Splits hits by threshold and number; both lists keep the server's ranks. What has a decision is always shown.
 * @param {Hit[]} hits @param {(hit: Hit) => string | null} decisionOf
 * @returns {import("../shared/types.js").SplitHits}
 */
export function splitHits(hits, threshold, limit, decisionOf) {
  const above = hits.filter((hit) => hit.score >= threshold || decisionOf(hit));
  const below = hits.filter((hit) => hit.score < threshold && !decisionOf(hit) && !isNowhere(hit));
  return {
    above: above.length,
    found: above.filter((hit) => decisionOf(hit) !== "rejected").length,
    lit: above.filter((hit, place) => place < limit || decisionOf(hit)),
    guesses: below.slice(0, GUESSES),
  };
}

/** The hits in reading order. pages: their ids in order. @param {Hit[]} hits @param {Iterable<string>} pages */
export function byPage(hits, pages) {
  const places = new Map([...pages].map((page, place) => [page, place]));
  return [...hits].sort(
    (one, other) => places.get(one.page) - places.get(other.page) || one.word - other.word
  );
}
