// Read this line: what the line around a hit reads, letters that are unsure faint.

import { drawLines, lineCanvases } from "../page/line_snippet.js";
import { titleOf } from "../page/title.js";
import { Dialog } from "../shared/dialog.js";
import { make, put } from "../shared/dom.js";
import { clamp } from "../shared/geometry.js";
import { find } from "../shared/host.js";
import { tr } from "../shared/language.js";
import { state } from "../shared/store.js";
import { openExport } from "../tools/export.js";
import { numberOf } from "./split_hits.js";

const dialog = new Dialog("reading", { opener: false });
const SURE = 0.7; // certainty from which a letter is not faint
const LINE_HEIGHT = 48; // CSS pixels
const WIDEST = 660;
let shown = null; // page whose line is read

/** The button of a hit that reads its line. */
export function readingButton(hit) {
  const attributes = {
    type: "button",
    class: "mk-reading",
    title: tr("Read this line"),
    "aria-label": tr("Read the line of hit {rank}", { rank: numberOf(hit) }),
    "aria-haspopup": "dialog",
  };
  const node = make("button", attributes, tr("Read"));
  node.addEventListener("click", () => readLine(hit));
  return node;
}

function readLine(hit) {
  const page = state.pages.get(hit.page);
  if (!page) return;
  shown = page.id;
  const where = { line: hit.line + 1, page: titleOf(page) };
  put(find(".mk-reading-title"), tr("Line {line}, {page}", where));
  find(".mk-reading-lines").replaceChildren();
  find(".mk-reading-label").hidden = true;
  dialog.say(tr("One moment…"));
  dialog.open();
  const boxes = (hit.boxes || [hit.box]).length;
  dialog.ask("line", { page: hit.page, word: hit.word, version: page.version, boxes }, (data) =>
    drawReading(page, hit, data)
  );
}

function drawReading(page, hit, { lines }) {
  dialog.say();
  const canvases = lineCanvases(hit, tr("Snippet of hit {rank}", { rank: numberOf(hit) }));
  const rows = lines.map(({ line, words }) =>
    make("p", { class: "mk-reading-text", "data-line": line + 1 }, ...words.flatMap(wordNodes))
  );
  const picture = make("div", { class: "mk-reading-line" }, ...canvases);
  find(".mk-reading-lines").replaceChildren(picture, ...rows);
  find(".mk-reading-label").hidden = false;
  const room = [clamp(picture.clientWidth, 120, WIDEST), LINE_HEIGHT];
  drawLines(picture, page, hit, room, canvases);
}

// Letters in runs of equal certainty, so that a word is read out in few pieces; a space between words.
function wordNodes({ text, certainties, here }, place) {
  const letters = [...text];
  const node = make("span", { class: here ? "mk-reading-here" : null });
  for (let start = 0; start < letters.length; ) {
    const isSure = certainties[start] >= SURE;
    let stop = start + 1;
    while (stop < letters.length && certainties[stop] >= SURE === isSure) stop += 1;
    const run = letters.slice(start, stop).join("");
    node.append(isSure ? run : make("span", { class: "mk-reading-unsure" }, run));
    start = stop;
  }
  return place ? [" ", node] : [node];
}

find(".mk-reading-page").addEventListener("click", () => {
  dialog.close();
  openExport("reading", shown === state.page);
});
