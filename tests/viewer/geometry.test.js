import assert from "node:assert/strict";
import { test } from "node:test";
import {
  MIN_BOX,
  boxBetween,
  median,
  movedBox,
  rectOf,
  resizedBox,
} from "../../assets/viewer/shared/geometry.js";

const PAGE = [1000, 600];

test("a moved box stays on the page", () => {
  assert.deepEqual(movedBox([10, 20, 30, 40], [5.4, -3.6], PAGE), [15, 16, 30, 40]);
  assert.deepEqual(movedBox([10, 20, 30, 40], [-100, 1e4], PAGE), [0, 560, 30, 40]);
});

test("a resized box keeps the opposite side and a least size", () => {
  assert.deepEqual(resizedBox([100, 100, 50, 20], [-1, 0], [10, 99], PAGE), [110, 100, 40, 20]);
  assert.deepEqual(resizedBox([100, 100, 50, 20], [1, 1], [10, 5], PAGE), [100, 100, 60, 25]);
  assert.deepEqual(resizedBox([100, 100, 50, 20], [-1, -1], [500, 500], PAGE), [146, 116, MIN_BOX, MIN_BOX]);
  assert.deepEqual(resizedBox([950, 100, 40, 20], [1, 0], [500, 0], PAGE), [950, 100, 50, 20]);
});

test("a box is drawn between two points in any order", () => {
  const box = [10, 20, 30, 40];
  assert.deepEqual(boxBetween([10, 20], [40, 60], PAGE), box);
  assert.deepEqual(boxBetween([40, 60], [10, 20], PAGE), box);
  assert.deepEqual(boxBetween([-5, 590], [10, 700], PAGE), [0, 590, 10, 10]);
});

test("a rect grows on every side", () => {
  assert.deepEqual(rectOf([10, 20, 30, 40], 2), { x: 8, y: 18, width: 34, height: 44 });
});

test("the median is the middle one and leaves the list as it is", () => {
  const heights = [9, 1, 5];
  assert.equal(median(heights), 5);
  assert.deepEqual(heights, [9, 1, 5]);
  assert.equal(median([]), undefined);
});
