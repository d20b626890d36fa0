// The options of a search fold out below their button; the button says how many are on.

import { put } from "../shared/dom.js";
import { find } from "../shared/host.js";
import { on } from "../shared/store.js";
import { chosenAbbreviations, wantsVariants } from "./search.js";

const fold = find(".mk-options");
const opener = fold.querySelector("summary");

function draw() {
  const number = Number(wantsVariants()) + Number(Boolean(chosenAbbreviations()));
  put(find(".mk-options-on"), number ? String(number) : "");
  opener.classList.toggle("mk-on", number > 0);
}
fold.addEventListener("change", draw);
on("hits", draw);

document.addEventListener("pointerdown", (event) => {
  if (!fold.contains(event.target)) fold.open = false;
});
fold.addEventListener("focusout", (event) => {
  if (event.relatedTarget && !fold.contains(event.relatedTarget)) fold.open = false;
});
fold.addEventListener("keydown", (event) => {
  if (event.key !== "Escape" || !fold.open) return;
  fold.open = false;
  opener.focus();
  event.stopPropagation();
});
