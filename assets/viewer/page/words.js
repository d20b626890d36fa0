// The words of pages, fetched once for each version of their boxes.

import { fetchJson } from "../shared/files.js";
import { on, state } from "../shared/store.js";

/** @typedef {import("../shared/types.js").Page} Page */
/** @typedef {import("../shared/types.js").Words} Words */

const fetched = new Map(); // address of the boxes -> promise of Words

/** The words of a page. @param {Page} page @returns {Promise<Words>} */
export function wordsOf(page) {
  if (!fetched.has(page.data)) {
    const words = fetchJson(page.data).then(({ words, direction, lines = {} }) => {
      const curves = new Map(
        Object.entries(lines).map(([line, [reach, ...points]]) => [Number(line), { reach, points }])
      );
      const wordFrom = ([number, x, y, w, h, line]) => [
        number,
        { box: [x, y, w, h], line, direction, curve: curves.get(line) ?? null },
      ];
      return new Map(words.map(wordFrom));
    });
    words.catch(() => fetched.delete(page.data));
    fetched.set(page.data, words);
  }
  return fetched.get(page.data);
}

on("view", () => {
  const addresses = new Set([...state.pages.values()].map((page) => page.data));
  for (const address of fetched.keys()) if (!addresses.has(address)) fetched.delete(address);
});
