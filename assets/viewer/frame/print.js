// Printing: the whole page with its hits, then the list of hits with the line around each.

import { drawNow } from "../page/crops.js";
import { showWhole, showSeen } from "../page/stage.js";
import { fillAll } from "../search/row_window.js";
import { findAll } from "../shared/host.js";

function prepare() {
  fillAll(findAll(".mk-hit-scroll li[data-rank]"));
  drawNow(findAll(".mk-hit-scroll .mk-snippet"));
  showWhole();
}

window.addEventListener("beforeprint", prepare);
window.addEventListener("afterprint", showSeen);
// a browser that prints without these events, as to a file
window.matchMedia("print").addEventListener("change", ({ matches }) => (matches ? prepare() : showSeen()));
