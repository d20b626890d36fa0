import assert from "node:assert/strict";
import { test } from "node:test";
import { acrossAt, lineStrip, piecesOf } from "../../assets/viewer/page/line_strip.js";
import { hitCounts } from "../../assets/viewer/search/hit_counts.js";

const near = (one, other, by = 0.01) => assert.ok(Math.abs(one - other) <= by, `${one} is not ${other}`);
const rising = {
  reach: 20,
  points: [
    [0, 100],
    [1000, 200],
  ],
};
const room = [320, 40];

test("a curve is followed between its points and goes on level", () => {
  assert.equal(acrossAt(rising, 500), 150);
  assert.deepEqual([acrossAt(rising, -50), acrossAt(rising, 5000)], [100, 200]);
});

test("a strip has its word in the middle and is as wide as there is room", () => {
  const box = [480, 135, 40, 30];
  const strip = lineStrip([box], { curve: rising, column: false, length: 1000, room });
  assert.equal(strip.height, 40);
  assert.equal(strip.scale, 1); // the reach of the line is 20 pixels on either side
  near(strip.width, 320);
  const [mark] = strip.marks;
  near(mark.x + mark.w / 2, 160);
  near(mark.y + mark.h / 2, 20); // the curve goes through the middle of the word
});

test("at the end of a page the strip ends too, and the word keeps its place", () => {
  const box = [10, 90, 40, 30];
  const strip = lineStrip([box], { curve: rising, column: false, length: 1000, room });
  assert.equal(strip.start, 0);
  near(strip.marks[0].x, 10 * strip.scale);
});

test("a long phrase is shown whole, smaller", () => {
  const boxes = [
    [0, 90, 300, 30],
    [400, 120, 400, 30],
  ];
  const strip = lineStrip(boxes, { curve: rising, column: false, length: 1000, room });
  assert.ok(strip.marks[0].x >= 0);
  assert.ok(strip.marks[1].x + strip.marks[1].w <= strip.width);
  assert.ok(strip.height < 40);
});

test("high letters stay in the strip", () => {
  const box = [480, 60, 40, 120];
  const strip = lineStrip([box], { curve: rising, column: false, length: 1000, room });
  const [mark] = strip.marks;
  assert.ok(mark.y >= 0 && mark.y + mark.h <= strip.height);
});

test("a line that was not traced is level through its word", () => {
  const strip = lineStrip([[480, 135, 40, 30]], { curve: null, column: false, length: 1000, room });
  near(strip.marks[0].y + strip.marks[0].h / 2, strip.height / 2);
  assert.deepEqual(piecesOf(strip), [[0, strip.width]]);
});

test("a column runs along y and is turned to the left", () => {
  const column = {
    reach: 20,
    points: [
      [0, 300],
      [1000, 300],
    ],
  };
  const strip = lineStrip([[305, 480, 10, 40]], { curve: column, column: true, length: 1000, room });
  const [mark] = strip.marks;
  near(mark.x + mark.w / 2, 160);
  near(mark.y + mark.h / 2, 10); // 10 pixels to the right of the middle are 10 above it
});

test("a rising line is cut into pieces without a gap", () => {
  const strip = lineStrip([[480, 135, 40, 30]], { curve: rising, column: false, length: 1000, room });
  const pieces = piecesOf(strip);
  assert.ok(pieces.length > 20);
  assert.equal(pieces[0][0], 0);
  near(pieces[pieces.length - 1][1], strip.width);
  pieces.slice(1).forEach(([from], place) => assert.equal(from, pieces[place][1]));
});

test("rejected hits do not count for a page", () => {
  const hits = [{ page: "a" }, { page: "a", decision: "rejected" }, { page: "b" }];
  assert.deepEqual(
    [...hitCounts(hits, (hit) => hit.decision ?? null)],
    [
      ["a", 1],
      ["b", 1],
    ]
  );
});
