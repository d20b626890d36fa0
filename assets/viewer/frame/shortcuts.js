// Keys that work wherever the focus is, and the list of all keys. Single keys can be switched off, for who speaks to the
// computer or strikes a key by chance.

import { selection } from "../editing/selection.js";
import { focusQuery } from "../search/search.js";
import { stepHit } from "../search/step_hits.js";
import { Dialog } from "../shared/dialog.js";
import { find, isShown } from "../shared/host.js";
import { showPart } from "./jump.js";

const STORED = "mark-single-keys";
const dialog = new Dialog("shortcuts");
const choice = find(".mk-single-keys");

dialog.onSubmit(() => dialog.close());

try {
  choice.checked = localStorage.getItem(STORED) !== "off";
} catch {
  // storage may be forbidden inside a frame
}
choice.addEventListener("change", () => {
  try {
    localStorage.setItem(STORED, choice.checked ? "on" : "off");
  } catch {
    // forbidden storage: the choice lasts as long as the page
  }
});

const KEYS = {
  "/": toSearch,
  "?": () => dialog.open(),
  j: () => stepHit(1),
  k: () => stepHit(-1),
};

function toSearch() {
  document.getElementById("mark-find-button")?.click();
  showPart(find(".mk-query"));
  focusQuery();
  find(".mk-text").select();
}

const isTyped = (node) =>
  node.closest("textarea, select, [contenteditable]") ||
  node.closest("input:not([type=radio], [type=checkbox], [type=range], [type=button])");

document.addEventListener("keydown", (event) => {
  const { ctrlKey, metaKey, altKey, defaultPrevented, target } = event;
  if (ctrlKey || metaKey || altKey || defaultPrevented || !choice.checked || !isShown()) return;
  if (!(target instanceof Element) || isTyped(target) || document.querySelector("dialog[open]")) return;
  const act = KEYS[event.key.toLowerCase()];
  if (!act || (selection.on && event.key !== "/" && event.key !== "?")) return;
  event.preventDefault();
  act();
});
