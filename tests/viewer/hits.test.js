import assert from "node:assert/strict";
import { test } from "node:test";
import { BINS, binsOf } from "../../assets/viewer/search/score_bins.js";
import { GUESSES, byPage, numberOf, splitHits } from "../../assets/viewer/search/split_hits.js";

const hit = (rank, score, more = {}) => ({
  rank,
  score,
  page: "a",
  word: rank,
  line: 0,
  box: [0, 0, 9, 9],
  ...more,
});
const decisionOf = (one) => one.decision ?? null;
const ranks = (hits) => hits.map((one) => one.rank);

test("hits are split at the threshold and cut at the limit", () => {
  const split = splitHits([hit(1, 0.9), hit(2, 0.7), hit(3, 0.6), hit(4, 0.2)], 0.5, 2, decisionOf);
  assert.deepEqual([split.above, split.found, ranks(split.lit), ranks(split.guesses)], [3, 3, [1, 2], [4]]);
});

test("what has a decision is always shown, rejected hits are not counted", () => {
  const hits = [hit(1, 0.9), hit(2, 0.1, { decision: "confirmed" }), hit(3, 0.8, { decision: "rejected" })];
  const split = splitHits(hits, 0.5, 1, decisionOf);
  assert.deepEqual([ranks(split.lit), split.found, ranks(split.guesses)], [[1, 2, 3], 2, []]);
});

test("guesses are few, and phrases that stand nowhere are none", () => {
  const hits = Array.from({ length: 30 }, (_, place) => hit(place + 1, 0.1));
  assert.equal(splitHits(hits, 0.5, 50, decisionOf).guesses.length, GUESSES);
  const nowhere = hit(1, 0, { boxes: [[0, 0, 1, 1]] });
  assert.deepEqual(
    splitHits([nowhere, hit(2, 0)], 0.5, 50, decisionOf).guesses.map((one) => one.rank),
    [2]
  );
});

test("by page is the reading order of the pages as they stand", () => {
  const hits = [
    hit(1, 0.9, { page: "b", word: 5 }),
    hit(2, 0.8, { page: "a", word: 7 }),
    hit(3, 0.7, { page: "b", word: 2 }),
  ];
  assert.deepEqual(ranks(byPage(hits, ["b", "a"])), [3, 1, 2]);
  assert.deepEqual(ranks(hits), [1, 2, 3]);
});

test("where nothing is above the threshold, what stands out is possible", () => {
  const hits = [
    hit(1, 0.39, { possible: true }),
    hit(2, 0.36, { possible: true }),
    hit(3, 0.13, { possible: true }),
    hit(4, 0.01),
    hit(5, 0.001),
  ];
  const split = splitHits(hits, 0.5, 50, decisionOf);
  assert.deepEqual(
    [split.possible, split.found, ranks(split.lit), ranks(split.guesses)],
    [3, 3, [1, 2, 3], [4]] // none at 0 %
  );
  const sure = splitHits([hit(1, 0.6, { possible: true }), ...hits.slice(1)], 0.5, 50, decisionOf);
  assert.deepEqual([sure.possible, ranks(sure.lit), ranks(sure.guesses)], [0, [1], [2, 3, 4]]);
  const chosen = splitHits(hits, 0.5, 50, decisionOf, true);
  assert.deepEqual([chosen.possible, ranks(chosen.lit)], [0, []]);
});

test("hits are numbered as they stand, also after a decision about a guess", () => {
  const hits = [hit(1, 0.9), hit(2, 0.3), hit(3, 0.2, { decision: "confirmed" }), hit(4, 0.1)];
  const split = splitHits(hits, 0.5, 50, decisionOf);
  assert.deepEqual(
    [...split.lit, ...split.guesses].map((one) => [one.rank, numberOf(one)]),
    [
      [1, 1],
      [3, 2],
      [2, 3],
      [4, 4],
    ]
  );
  assert.equal(numberOf(hit(7, 0.5)), 7);
});

test("scores are counted in bins, those of hits among all", () => {
  const bins = binsOf([hit(1, 1), hit(2, 0.5), hit(3, 0.001), hit(4, 0)], [hit(1, 1)]);
  assert.equal(bins.length, BINS);
  assert.deepEqual(bins[BINS - 1], { all: 1, lit: 1 });
  assert.deepEqual(bins[0], { all: 2, lit: 0 });
  assert.equal(
    bins.reduce((sum, { all }) => sum + all, 0),
    4
  );
});
