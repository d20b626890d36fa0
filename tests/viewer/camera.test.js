import assert from "node:assert/strict";
import { test } from "node:test";
import { Camera } from "../../assets/viewer/page/camera.js";

const STAGE = { w: 500, h: 400 };

function opened(width = 1000, height = 2000) {
  const camera = new Camera();
  camera.open(width, height, STAGE);
  return camera;
}

test("a page is opened as a whole, in the middle", () => {
  const camera = opened();
  assert.equal(camera.scale, 0.2);
  assert.ok(camera.seesAll(STAGE));
  const [x, y, w, h] = camera.seen(STAGE);
  assert.deepEqual([x + w / 2, y + h / 2], [500, 1000]);
});

test("zooming keeps the point under the hand", () => {
  const camera = opened();
  camera.zoomBy(5, STAGE);
  const at = { x: 100, y: 300 };
  const point = () => [camera.x + at.x / camera.scale, camera.y + at.y / camera.scale];
  const before = point();
  camera.zoomBy(1.4, STAGE, at);
  point().forEach((value, axis) => assert.ok(Math.abs(value - before[axis]) < 1e-9));
});

test("zoom has its ends", () => {
  const camera = opened();
  camera.zoomBy(1e6, STAGE);
  assert.equal(camera.scale, 6);
  camera.zoomBy(1e-6, STAGE);
  assert.equal(camera.scale, 0.2);
});

test("a page cannot be moved out of sight", () => {
  const camera = opened();
  assert.equal(camera.panBy(50, 50, STAGE), false);
  camera.zoomBy(10, STAGE);
  assert.equal(camera.panBy(1e6, 1e6, STAGE), true);
  assert.deepEqual([camera.x, camera.y], [0, 0]);
  camera.panBy(-1e6, -1e6, STAGE);
  const [x, y, w, h] = camera.seen(STAGE);
  assert.deepEqual([x + w, y + h], [1000, 2000]);
});

test("a small word is enlarged to be recognised, one in sight is left alone", () => {
  const camera = opened();
  camera.reveal([400, 1500, 60, 20], STAGE);
  assert.ok(camera.scale * 20 >= 15);
  const seen = camera.seen(STAGE);
  camera.reveal([410, 1505, 40, 20], STAGE);
  assert.deepEqual(camera.seen(STAGE), seen);
});

test("the fit is kept when the stage changes its size, a free zoom too", () => {
  const camera = opened();
  camera.fitWidth(STAGE);
  camera.refit({ w: 250, h: 400 });
  assert.equal(camera.scale, 0.25);
  camera.zoomBy(2, STAGE);
  camera.refit({ w: 300, h: 300 });
  assert.equal(camera.scale, 0.5);
});
