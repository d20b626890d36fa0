// The keyboard on the page: along the words, from hit to hit or line to line, and a search for the word it stands on.

import { goToWord } from "../page/current_page.js";
import { nextWord, walkLines } from "../page/lines.js";
import { fitPage, stage, zoomBy } from "../page/stage.js";
import { emit, state } from "../shared/store.js";
import { wordAt } from "../page/boxes.js";
import { searchWord } from "./search.js";
import { stepHit } from "./step_hits.js";

// Up and down walk the hits when there are any, otherwise the lines.
function walk(direction) {
  if (!stepHit(direction)) walkLines(direction);
}

const ACTIONS = {
  "+": () => zoomBy(1.4),
  "=": () => zoomBy(1.4),
  "-": () => zoomBy(1 / 1.4),
  0: fitPage,
  ArrowDown: () => walk(1),
  ArrowUp: () => walk(-1),
  Enter: () => searchWord(state.cursor),
  " ": () => searchWord(state.cursor),
};

stage.addEventListener("keydown", (event) => {
  if (event.ctrlKey || event.metaKey || event.altKey) return;
  const target = nextWord(event.key);
  if (target !== undefined) goToWord(target);
  else if (ACTIONS[event.key]) ACTIONS[event.key]();
  else return;
  event.preventDefault();
});
stage.addEventListener("pointerover", (event) => emit("hover", state.page, wordAt(event)));
stage.addEventListener("pointerout", () => emit("hover", null, null));
