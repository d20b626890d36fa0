// The keyboard on the page: along the words, from hit to hit or line to line, and a search for the word it stands on.

function step(event) {
  const keys = [...state.here.keys()];
  const place = keys.indexOf(state.cursor);
  const next = { ArrowRight: 1, ArrowLeft: -1 }[event.key];
  if (next) return keys[place < 0 ? 0 : clamp(place + next, 0, keys.length - 1)];
  if (event.key === "Home") return keys[0];
  if (event.key === "End") return keys[keys.length - 1];
  return undefined;
}

// Up and down walk the hits when there are any, otherwise the lines.
function walk(direction) {
  const lit = state.split.lit;
  if (lit.length) {
    const place = lit.findIndex((hit) => hit.rank === state.selected);
    selectHit(lit[place < 0 ? 0 : clamp(place + direction, 0, lit.length - 1)], { scroll: true });
  } else walkLines(direction);
}

function walkLines(direction) {
  const from = wordOf(state.cursor);
  const words = [...state.here];
  if (!words.length) return;
  if (!from) return goTo(words[0][0]);
  const line = words.filter(([, word]) => word.line === from.line + direction);
  const distance = ([, word]) => Math.abs(word.box[0] + word.box[2] / 2 - from.box[0] - from.box[2] / 2);
  if (line.length) goTo(line.reduce((best, word) => (distance(word) < distance(best) ? word : best))[0]);
}

function goTo(number) {
  state.cursor = number;
  moveCursor(number);
  reveal(wordOf(number).box);
}

stage.addEventListener("keydown", (event) => {
  if (event.ctrlKey || event.metaKey || event.altKey) return;
  const actions = {
    "+": () => zoomBy(1.4), "=": () => zoomBy(1.4), "-": () => zoomBy(1 / 1.4), 0: fitPage,
    ArrowDown: () => walk(1), ArrowUp: () => walk(-1),
    Enter: () => searchWord(state.cursor), " ": () => searchWord(state.cursor),
  };
  const target = step(event);
  if (target !== undefined) goTo(target);
  else if (actions[event.key]) actions[event.key]();
  else return;
  event.preventDefault();
});
