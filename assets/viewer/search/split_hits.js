// Which hits are highlighted, which are listed as guesses, and in which order.

/** @typedef {import("../shared/types.js").Hit} Hit */

export const GUESSES = 12;

// A phrase that does not stand there; of a word on a hard page the order of small scores still counts.
const isNowhere = (hit) => Boolean(hit.boxes) && hit.score === 0;

// Shown as 1 % and more; on a page on which none is, the order of smaller scores still counts.
const LEAST = 0.005;

/**
 * Splits hits by threshold and number; both lists keep the server's ranks and are numbered as they stand. What has a
 * decision is always shown. Where nothing is above the threshold, the hits that stand out in the collection are possible
 * ones.
 * @param {Hit[]} hits @param {(hit: Hit) => string | null} decisionOf
 * @param {boolean} chosen the threshold was set by the visitor, who then decides alone
 * @returns {import("../shared/types.js").SplitHits}
 */
export function splitHits(hits, threshold, limit, decisionOf, chosen = false) {
  const sure = hits.filter((hit) => hit.score >= threshold && !decisionOf(hit)).length;
  const standsOut = (hit) => !chosen && !sure && Boolean(hit.possible) && !isNowhere(hit);
  const isShown = (hit) => hit.score >= threshold || Boolean(decisionOf(hit)) || standsOut(hit);
  const above = hits.filter(isShown);
  const below = hits.filter((hit) => !isShown(hit) && !isNowhere(hit));
  const likely = below.filter((hit) => hit.score >= LEAST);
  const lit = above.filter((hit, place) => place < limit || decisionOf(hit));
  return {
    above: above.length,
    found: above.filter((hit) => decisionOf(hit) !== "rejected").length,
    lit: numbered(lit, 1),
    guesses: numbered((likely.length ? likely : below).slice(0, GUESSES), lit.length + 1),
    possible: above.filter((hit) => hit.score < threshold && !decisionOf(hit)).length,
  };
}

// A hit with a decision is listed before likelier ones that are only guesses; its rank stays, its number does not.
const numbered = (hits, first) => hits.map((hit, place) => ({ ...hit, number: first + place }));

/** The number by which a hit is shown. @param {Hit} hit */
export const numberOf = (hit) => hit.number ?? hit.rank;

/** The hits in reading order. pages: their ids in order. @param {Hit[]} hits @param {Iterable<string>} pages */
export function byPage(hits, pages) {
  const places = new Map([...pages].map((page, place) => [page, place]));
  return [...hits].sort(
    (one, other) => places.get(one.page) - places.get(other.page) || one.word - other.word
  );
}
