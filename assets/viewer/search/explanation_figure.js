// A word as it is written, with the letters that were found in it and its likeness to the clicked word.

import { picture } from "../page/crops.js";
import { make, makeSvg } from "../shared/dom.js";
import { percent } from "../shared/format.js";
import { find } from "../shared/host.js";
import { tr } from "../shared/language.js";

const WIDEST = 420; // CSS pixels of a crop at most
const HIGHEST = 120;
const LEVELS = { sure: tr("found"), unsure: tr("uncertain"), absent: tr("not found") };

/**
 * A crop as large as it fits, the likeness of its columns laid over it, its letters below.
 * likeness: 0..1 by column. letters: of the query, with their places 0..1 along the word. reads: how MARK reads it.
 */
export function wordFigure(page, word, { likeness = [], letters = [], reads = "" }) {
  const [along, across] = word.turned ? [word.box[3], word.box[2]] : [word.box[2], word.box[3]];
  const room = Math.min(WIDEST, find(".mk-explanation-panel").clientWidth - 60);
  const fit = Math.min(room / along, HIGHEST / across);
  const label = reads ? tr("The word as written; reads as {reads}", { reads }) : tr("The word as written");
  const canvas = make("canvas", { role: "img", "aria-label": label });
  const density = Math.min(2, window.devicePixelRatio || 1);
  canvas.width = Math.max(1, Math.round(along * fit * density));
  canvas.height = Math.max(1, Math.round(across * fit * density));
  const frame = make("div", { class: "mk-explanation-crop" }, canvas);
  frame.style.width = `${Math.max(1, Math.round(along * fit))}px`;
  drawWord(canvas, page, word);
  if (likeness.length) frame.append(likenessOver(likeness));
  const parts = [frame];
  if (letters.length) parts.push(lettersBelow(letters, frame.style.width));
  if (reads) parts.push(make("p", { class: "mk-explanation-reads" }, tr("reads as “{reads}”", { reads })));
  return make("div", { class: "mk-explanation-word" }, ...parts);
}

function drawWord(canvas, page, { box, turned }) {
  picture(page).then(
    (image) => {
      const reduced = image.naturalWidth / page.width;
      const [x, y, w, h] = box.map((side) => side * reduced);
      const pen = canvas.getContext("2d");
      pen.imageSmoothingQuality = "high";
      if (turned) {
        pen.translate(0, canvas.height); // a column is shown as it is read by MARK: turned to the left
        pen.rotate(-Math.PI / 2);
        pen.drawImage(image, x, y, w, h, 0, 0, canvas.height, canvas.width);
      } else pen.drawImage(image, x, y, w, h, 0, 0, canvas.width, canvas.height);
    },
    () => {}
  );
}

function likenessOver(likeness) {
  const band = makeSvg("svg", {
    class: "mk-explanation-heat",
    viewBox: `0 0 ${likeness.length} 1`,
    preserveAspectRatio: "none",
    "aria-hidden": "true",
  });
  likeness.forEach((value, column) => {
    if (value >= 0.5)
      band.append(
        makeSvg("rect", {
          x: column,
          y: 0,
          width: 1.02,
          height: 1,
          class: "mk-explanation-alike",
          "fill-opacity": value * 0.32,
        })
      );
  });
  const unlike = likeness.map((value, column) => (value < 0.5 ? column : -1)).filter((column) => column >= 0);
  const hatches = make("div", { class: "mk-explanation-hatches", "aria-hidden": "true" });
  unlike.forEach((column, place) => {
    if (place && unlike[place - 1] === column - 1) return;
    let end = column;
    while (unlike.includes(end + 1)) end += 1;
    const hatch = make("span", { class: "mk-explanation-hatch" });
    hatch.style.left = `${(100 * column) / likeness.length}%`;
    hatch.style.width = `${(100 * (end + 1 - column)) / likeness.length}%`;
    hatches.append(hatch);
  });
  return make("div", {}, band, hatches);
}

function lettersBelow(letters, width) {
  const list = make("ol", {
    class: "mk-explanation-letters",
    "aria-label": tr("Letters of the query, where they were found"),
  });
  list.style.width = width;
  for (const { letter, reads, certainty, level, start, end } of letters) {
    const shown = letter === "?" && reads ? reads : letter;
    const named = { letter: shown, level: LEVELS[level], certainty: percent(certainty), reads };
    const said =
      level === "sure" || !reads || reads === shown
        ? tr("{letter}: {level}, {certainty}", named)
        : tr("{letter}: {level}, {certainty}, looks more like {reads}", named);
    const item = make(
      "li",
      { class: `mk-explanation-letter mk-explanation-${level}`, title: said },
      make("span", { class: "mk-explanation-glyph", "aria-hidden": "true" }, shown),
      make(
        "span",
        { class: "mk-explanation-sign", "aria-hidden": "true" },
        { sure: "", unsure: "?", absent: "\u00d7" }[level]
      ),
      make("span", { class: "mk-unseen" }, said)
    );
    item.style.left = `${100 * start}%`;
    item.style.width = `${100 * (end - start)}%`;
    list.append(item);
  }
  return list;
}
