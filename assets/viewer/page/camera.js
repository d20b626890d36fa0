// Which part of the page is seen. Coordinates are page pixels; scale is CSS pixels per page pixel.

import { clamp } from "../shared/geometry.js";

const MAX_SCALE = 6;
const READABLE = 15; // CSS pixels of height below which a box that is looked for is enlarged
const EDGE = 24; // CSS pixels between such a box and the edge of the stage

/** @typedef {{w: number, h: number}} Stage its size in CSS pixels */
/** @typedef {import("../shared/types.js").Box} Box */

export class Camera {
  x = 0; // left edge of what is seen
  y = 0;
  scale = 1;
  width = 1; // of the page
  height = 1;
  /** @type {"page" | "width" | "free"} what is kept when the stage changes its size */
  fit = "page";

  /** The scale in which the whole page is seen. @param {Stage} stage */
  pageScale({ w, h }) {
    return Math.min(w / this.width, h / this.height);
  }

  /** The part that is seen. @param {Stage} stage @returns {Box} */
  seen({ w, h }) {
    return [this.x, this.y, w / this.scale, h / this.scale];
  }

  /** Whether the whole page is seen. @param {Stage} stage */
  seesAll({ w, h }) {
    return w / this.scale >= this.width - 1 && h / this.scale >= this.height - 1;
  }

  /** Keeps the page in sight, in the middle of the stage where it is smaller. @param {Stage} stage */
  settle({ w, h }) {
    const [seenW, seenH] = [w / this.scale, h / this.scale];
    this.x = seenW >= this.width ? (this.width - seenW) / 2 : clamp(this.x, 0, this.width - seenW);
    this.y = seenH >= this.height ? (this.height - seenH) / 2 : clamp(this.y, 0, this.height - seenH);
  }

  /** @param {Stage} stage */
  open(width, height, stage) {
    Object.assign(this, { width, height, x: 0, y: 0 });
    this.fitPage(stage);
  }

  /** @param {Stage} stage */
  fitPage(stage) {
    this.fit = "page";
    this.scale = this.pageScale(stage);
    this.settle(stage);
  }

  /** @param {Stage} stage */
  fitWidth(stage) {
    this.fit = "width";
    this.scale = stage.w / this.width;
    this.settle(stage);
  }

  /** After the stage has changed its size. @param {Stage} stage */
  refit(stage) {
    if (this.fit === "page") this.fitPage(stage);
    else if (this.fit === "width") this.fitWidth(stage);
    else this.settle(stage);
  }

  /** Zooms about a point of the stage, by default its middle. @param {Stage} stage */
  zoomBy(factor, stage, at = { x: stage.w / 2, y: stage.h / 2 }) {
    const scale = clamp(this.scale * factor, this._least(stage), MAX_SCALE);
    this.x += at.x / this.scale - at.x / scale;
    this.y += at.y / this.scale - at.y / scale;
    this.scale = scale;
    this.fit = "free";
    this.settle(stage);
  }

  /** Moves the page by CSS pixels; whether it moved. @param {Stage} stage */
  panBy(dx, dy, stage) {
    const before = `${this.x},${this.y}`;
    this.x -= dx / this.scale;
    this.y -= dy / this.scale;
    this.settle(stage);
    const moved = before !== `${this.x},${this.y}`;
    if (moved && this.fit === "page") this.fit = "free";
    return moved;
  }

  /** Brings a box into view; enlarges only what would be too small to recognise. @param {Stage} stage */
  reveal(box, stage) {
    if (box[3] * this.scale < READABLE) {
      this.scale = clamp((READABLE * 1.7) / box[3], this._least(stage), 2);
      this.fit = "free";
    } else if (this._holds(box, stage)) return;
    this.x = box[0] + box[2] / 2 - stage.w / this.scale / 2;
    this.y = box[1] + box[3] / 2 - stage.h / this.scale / 2;
    this.settle(stage);
  }

  _least(stage) {
    return Math.min(this.pageScale(stage), 1);
  }

  _holds(box, stage) {
    const edge = EDGE / this.scale;
    const [x, y, w, h] = this.seen(stage);
    return (
      box[0] >= x + edge / 2 &&
      box[0] + box[2] <= x + w - edge / 2 &&
      box[1] >= y + edge &&
      box[1] + box[3] <= y + h - edge
    );
  }
}
