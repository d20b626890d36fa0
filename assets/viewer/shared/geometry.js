// Boxes as [x, y, width, height] in page pixels.

/** @typedef {import("./types.js").Box} Box */

export const MIN_BOX = 4; // page pixels; the server says the same

export const clamp = (value, low, high) => Math.min(high, Math.max(low, value));

/**
 * The box moved by [dx, dy], inside a page of [width, height].
 * @param {ArrayLike<number>} box @param {number[]} by @param {number[]} size @returns {Box}
 */
export function movedBox(box, by, size) {
  const [dx, dy] = by;
  const [width, height] = size;
  return [
    clamp(Math.round(box[0] + dx), 0, width - box[2]),
    clamp(Math.round(box[1] + dy), 0, height - box[3]),
    box[2],
    box[3],
  ];
}

/**
 * The box with sides moved by [dx, dy]; the opposite sides stay. sides: of each axis -1 left or top, 1 right or bottom,
 * 0 neither. @returns {Box}
 */
export function resizedBox(box, sides, by, size) {
  /** @type {Box} */
  const result = [box[0], box[1], box[2], box[3]];
  for (const axis of [0, 1]) {
    const end = box[axis] + box[2 + axis];
    if (sides[axis] < 0) {
      result[axis] = clamp(Math.round(box[axis] + by[axis]), 0, end - MIN_BOX);
      result[2 + axis] = end - result[axis];
    } else if (sides[axis] > 0) {
      result[2 + axis] = clamp(Math.round(end + by[axis]), box[axis] + MIN_BOX, size[axis]) - box[axis];
    }
  }
  return result;
}

/** The box between two points, cut at the edges of a page of [width, height]. @returns {Box} */
export function boxBetween(start, end, size) {
  const at = (point, axis) => clamp(Math.round(point[axis]), 0, size[axis]);
  const [x0, x1] = [at(start, 0), at(end, 0)].sort((a, b) => a - b);
  const [y0, y1] = [at(start, 1), at(end, 1)].sort((a, b) => a - b);
  return [x0, y0, x1 - x0, y1 - y0];
}

/** The attributes of a rect around a box, larger by `grow` on every side. */
export function rectOf(box, grow = 0) {
  return { x: box[0] - grow, y: box[1] - grow, width: box[2] + 2 * grow, height: box[3] + 2 * grow };
}

/** The middle one of some numbers; undefined if there is none. */
export const median = (numbers) => [...numbers].sort((a, b) => a - b)[numbers.length >> 1];
