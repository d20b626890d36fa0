// On a small screen page, hits and pages stand below each other; a bar that stays in sight leads to each.

import { put } from "../shared/dom.js";
import { find } from "../shared/host.js";
import { joined, number, tr } from "../shared/language.js";
import { on, state } from "../shared/store.js";

const bar = find(".mk-jump");
const stageWrap = find(".mk-stage-wrap");

/** Whether the parts of the screen stand below each other. */
export const isOneColumn = () => getComputedStyle(bar).display !== "none";

/** Brings a part of a screen of one column into view, below the bar. */
export function showPart(node) {
  if (isOneColumn()) node.scrollIntoView({ block: "start" });
}

/** Brings the page into view. */
export const showStage = () => showPart(stageWrap);

on("hits", () => {
  const { found, guesses } = state.split;
  put(find(".mk-jump-hits"), joined([tr("Hits"), found || guesses.length ? number(found) : null], " "));
});
on("pages-changed", () => {
  put(
    find(".mk-jump-pages"),
    joined([tr("Pages"), state.pages.size > 1 ? number(state.pages.size) : null], " ")
  );
});

find(".mk-jump-page").addEventListener("click", showStage);
find(".mk-jump-hits").addEventListener("click", () => {
  const chosen = find(".mk-hit.mk-selected");
  showPart(chosen ? chosen.closest("li") : find(".mk-hits"));
});
find(".mk-jump-pages").addEventListener("click", () => showPart(find(".mk-shelf")));
