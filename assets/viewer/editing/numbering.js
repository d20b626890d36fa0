// Which numbers words have after boxes have changed.

/** @typedef {import("../shared/types.js").Words} Words */

/**
 * A function from old numbers to new ones: a word keeps its box, or is one of those that an edit has changed into others.
 * It gives null for null, and undefined for a word that is gone.
 * @param {Words} before
 * @param {Words} after
 * @param {{words: (number | null | undefined)[], fresh: number[]} | null} edit the old numbers of an edit and its new ones
 */
export function numbering(before, after, edit) {
  const places = new Map([...after].map(([number, word]) => [String(word.box), number]));
  return (number) => {
    if (number === null) return null;
    if (edit && edit.words.includes(number)) return edit.fresh[0];
    return before.has(number) ? places.get(String(before.get(number).box)) : undefined;
  };
}

/** Where the cursor goes: to what is chosen, to its word's new number, or near its old place. */
export function cursorAfter(cursor, chosen, now, count) {
  if (chosen.length) return chosen[0];
  if (cursor === null) return null;
  return now(cursor) ?? (count ? Math.min(cursor, count - 1) : null);
}
