import assert from "node:assert/strict";
import { test } from "node:test";
import { cursorAfter, numbering } from "../../assets/viewer/editing/numbering.js";

const words = (...lefts) =>
  new Map(lefts.map((left, number) => [number, { box: [left, 0, 10, 10], line: 0, direction: "ltr" }]));

test("a word keeps its box under another number", () => {
  const now = numbering(words(0, 20, 40), words(0, 10, 20, 40), null);
  assert.deepEqual([0, 1, 2].map(now), [0, 2, 3]);
});

test("a word whose box is gone has no number", () => {
  const now = numbering(words(0, 20, 40), words(0, 40), null);
  assert.deepEqual([now(1), now(2), now(7), now(null)], [undefined, 1, undefined, null]);
});

test("what an edit changed is the first of its new words", () => {
  const now = numbering(words(0, 20), words(0, 21, 26), { words: [1], fresh: [1, 2] });
  assert.deepEqual([now(0), now(1)], [0, 1]);
});

test("the cursor goes to what is chosen, else stays near its place", () => {
  const now = (number) => (number === 3 ? 2 : undefined);
  assert.equal(cursorAfter(5, [1, 2], now, 4), 1);
  assert.equal(cursorAfter(3, [], now, 4), 2);
  assert.equal(cursorAfter(9, [], now, 4), 3);
  assert.equal(cursorAfter(9, [], now, 0), null);
  assert.equal(cursorAfter(null, [], now, 4), null);
});
