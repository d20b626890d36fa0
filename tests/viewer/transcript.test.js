// Where the words of a text stand under the lines, and what a hit rests on.

import assert from "node:assert/strict";
import { test } from "node:test";

import { basisOf } from "../../assets/viewer/search/hit_basis.js";
import { layOut } from "../../assets/viewer/tools/text_layout.js";

const word = (place, text, box, more = {}) => ({
  place,
  text,
  box,
  line: 0,
  certainty: 1,
  byHand: false,
  word: place,
  ...more,
});
const words = new Map([
  [0, { box: [0, 0, 80, 40], line: 0, direction: "ltr", curve: null }],
  [1, { box: [100, 0, 80, 40], line: 0, direction: "ltr", curve: null }],
]);

test("words stand below the middle of their ink and keep clear of each other", () => {
  const texts = [word(0, "the", [0, 0, 80, 40]), word(1, "orders", [100, 0, 80, 40])];
  const { size, places } = layOut(texts, words, 1);
  assert.deepEqual(
    places.map(({ x }) => x),
    [40, 140]
  );
  assert.equal(size, 16);
  for (const { y, room } of places) {
    assert.ok(y > 40 && y < 60);
    assert.ok(room <= 100 - 0.2 * size);
  }
});

test("letters keep a size that can be read, and none is shown where it would hide the ink", () => {
  const texts = [word(0, "the", [0, 0, 80, 40])];
  assert.equal(layOut(texts, words, 0.5).size * 0.5, 10);
  assert.equal(layOut(texts, words, 4).size * 4, 17);
  assert.equal(layOut(texts, words, 0.2).size, 0);
  assert.deepEqual(layOut([word(0, "lost", null)], words, 1), { size: 0, places: [] });
});

test("the text of a column stands beside it", () => {
  const column = new Map([[0, { box: [100, 0, 40, 80], line: 0, direction: "ttb", curve: null }]]);
  const [{ x, y, column: turned }] = layOut([word(0, "a", [100, 0, 40, 80])], column, 1).places;
  assert.equal(y, 40);
  assert.ok(x <= 100);
  assert.ok(turned);
});

test("a hit says what it rests on", () => {
  const basis = (hit) => basisOf(hit, 0.5);
  assert.equal(basis({}), "");
  assert.equal(basis({ ink: 0.7 }), "ink");
  assert.equal(basis({ ink: 0.7, text: 0.9 }), "both");
  assert.equal(basis({ ink: 0.3, text: 0.9 }), "transcript");
  assert.equal(basis({ text: 0.9 }), "transcript");
  assert.equal(basis({ ink: 0.7, other: "lazy" }), "against");
});
