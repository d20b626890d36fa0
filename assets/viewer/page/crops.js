// Snippets: cut in the browser from the one picture of the page, which is fetched and decoded once.

import { fileUrl } from "../shared/files.js";
import { on, state } from "../shared/store.js";

const pictures = new Map(); // address, which is another when the page was turned -> promise of an HTMLImageElement

/** The picture of a page, decoded. @returns {Promise<HTMLImageElement>} */
export function picture(page) {
  if (!pictures.has(page.picture)) {
    const image = new Image();
    image.src = fileUrl(page.picture);
    const loaded = image.decode().then(() => image);
    loaded.catch(() => pictures.delete(page.picture));
    pictures.set(page.picture, loaded);
  }
  return pictures.get(page.picture);
}

on("view", () => {
  const open = new Set([...state.pages.values()].map((page) => page.picture));
  for (const address of pictures.keys()) if (!open.has(address)) pictures.delete(address);
});

export const drawCrop = (canvas, page, box, maxWidth, maxHeight) =>
  drawCrops(canvas, page, [box], maxWidth, maxHeight);

// Several boxes of one page stand below each other, in one scale; each is at most maxHeight high.
// later: the canvas only gets its size, and what draws it is returned.
export function drawCrops(canvas, page, boxes, maxWidth, maxHeight, { later = false } = {}) {
  const cuts = boxes.map((box) => {
    const margin = Math.round(box[3] * 0.18) + 2;
    const x = Math.max(0, box[0] - margin);
    const y = Math.max(0, box[1] - margin);
    return {
      x,
      y,
      w: Math.min(page.width, box[0] + box[2] + margin) - x,
      h: Math.min(page.height, box[1] + box[3] + margin) - y,
    };
  });
  const fit = Math.min(...cuts.map(({ w, h }) => Math.min(maxWidth / w, maxHeight / h)));
  const density = Math.min(2, window.devicePixelRatio || 1);
  const width = Math.max(1, Math.round(Math.max(...cuts.map(({ w }) => w)) * fit));
  const heights = cuts.map(({ h }) => Math.max(1, Math.round(h * fit)));
  const height = heights.reduce((sum, one) => sum + one, 0);
  canvas.width = Math.round(width * density);
  canvas.height = Math.round(height * density);
  canvas.style.width = `${width}px`;
  canvas.style.height = `${height}px`;
  if (cuts.length > 1) canvas.style.background = "none"; // beside a shorter row there is nothing
  const draw = () =>
    picture(page).then(
      (image) => {
        const reduced = image.naturalWidth / page.width;
        const pen = canvas.getContext("2d");
        pen.imageSmoothingQuality = "high";
        let top = 0;
        cuts.forEach(({ x, y, w, h }, place) => {
          pen.drawImage(
            image,
            x * reduced,
            y * reduced,
            w * reduced,
            h * reduced,
            0,
            top * density,
            w * fit * density,
            heights[place] * density
          );
          top += heights[place];
        });
      },
      () => {}
    );
  if (later) return draw;
  draw();
  return null;
}

// Draws what is scrolled into view, once; five hundred snippets at once would hold everything up.
const watcher = new IntersectionObserver(
  (entries) => {
    for (const { isIntersecting, target } of entries) {
      if (!isIntersecting) continue;
      watcher.unobserve(target);
      waiting.get(target)?.();
      waiting.delete(target);
    }
  },
  { rootMargin: "200px" }
);
const waiting = new WeakMap(); // node -> what draws it

/** Draws nodes that wait to be scrolled into view, as for a printer. */
export function drawNow(nodes) {
  for (const node of nodes) {
    watcher.unobserve(node);
    waiting.get(node)?.();
    waiting.delete(node);
  }
}

/** Draws a node when it is scrolled into view. */
export function whenSeen(node, draw) {
  waiting.set(node, draw);
  watcher.observe(node);
}
