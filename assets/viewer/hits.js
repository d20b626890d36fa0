// The list of hits: snippets, best first, above the threshold; then the best guesses below it.

const GUESSES = 12;
const hitList = find(".mk-hit-list");
const guessList = find(".mk-guess-list");

// Splits all hits by threshold and number; both lists keep the server's ranks.
function splitHits(hits, threshold, limit) {
  const above = hits.filter((hit) => hit.score >= threshold);
  return {
    above: above.length,
    lit: above.slice(0, limit),
    guesses: hits.filter((hit) => hit.score < threshold).slice(0, GUESSES),
  };
}

function queryName(result) {
  const typed = result.text ? `\u201c${result.text}\u201d` : "";
  if (result.text && result.example) return `the clicked word with ${typed}`;
  return result.example ? "the clicked word" : typed;
}

function drawList(result, split, pageOf) {
  const echo = find(".mk-echo");
  const note = find(".mk-echo-note");
  const divider = find(".mk-divider");
  hitList.replaceChildren();
  guessList.replaceChildren();
  divider.hidden = true;
  note.textContent = "";
  if (!result) {
    echo.textContent = "Hits";
    note.textContent = state.page
      ? "Type a word above, or click one on the page. What looks like it lines up here, best first."
      : "";
    return;
  }
  if (result.error) {
    echo.textContent = "No search was made";
    note.textContent = "Type another word, or click one on the page.";
    return;
  }
  const name = queryName(result);
  const level = percent(state.threshold);
  if (split.above) {
    echo.textContent = `${count(split.above, "hit", "hits")} for ${name}`;
    if (split.above > split.lit.length) note.textContent = `The ${split.lit.length} best are shown.`;
  } else {
    echo.textContent = `No likely hit for ${name}`;
    note.textContent = `Nothing reaches ${level}${split.guesses.length ? "; the best guesses are below." : "."}`;
  }
  hitList.append(...split.lit.map((hit) => hitItem(hit, result, pageOf(hit.page), false)));
  if (split.guesses.length) {
    divider.hidden = false;
    divider.textContent = `Below ${level}: best guesses`;
    guessList.append(...split.guesses.map((hit) => hitItem(hit, result, pageOf(hit.page), true)));
  }
}

function hitItem(hit, result, page, isGuess) {
  const canvas = make("canvas", { role: "img", "aria-label": `Snippet of hit ${hit.rank}` });
  if (page) drawCrop(canvas, page, hit.box, 216, 46);
  const own = result.example && result.example.page === hit.page && result.example.word === hit.word;
  const where = [
    own ? "the word you clicked" : null,
    `line ${hit.line + 1}`,
    state.pages.size > 1 && page ? page.title : null,
  ];
  const bar = make("span", { class: "mk-bar-fill" });
  bar.style.width = `${Math.max(2, hit.score * 100)}%`;
  const button = make(
    "button",
    { type: "button", class: `mk-hit mk-${strength(hit.score)}${isGuess ? " mk-guess" : ""}` },
    make("span", { class: "mk-rank" }, String(hit.rank)),
    make("span", { class: "mk-snippet" }, canvas),
    make("span", { class: "mk-score" }, percent(hit.score)),
    make("span", { class: "mk-strength", "aria-hidden": "true" }, bar),
    make("span", { class: "mk-where" }, where.filter(Boolean).join(" · "))
  );
  const item = make("li", { "data-rank": hit.rank, "data-page": hit.page, "data-word": hit.word }, button);
  item.addEventListener("click", () => selectHit(hit, { focus: false }));
  item.addEventListener("pointerenter", () => hover(hit.page, hit.word));
  item.addEventListener("pointerleave", () => hover(null, null));
  return item;
}

function markListSelected(rank, { scroll }) {
  for (const item of element.querySelectorAll(".mk-hit-scroll li")) {
    const chosen = Number(item.dataset.rank) === rank;
    const button = item.firstElementChild;
    button.classList.toggle("mk-selected", chosen);
    setAll(button, { "aria-current": chosen ? "true" : null });
    if (chosen && scroll) scrollWithin(find(".mk-hit-scroll"), item);
  }
}

function markListHover(page, word) {
  for (const item of element.querySelectorAll(".mk-hit-scroll li")) {
    const hovered = item.dataset.page === page && Number(item.dataset.word) === word;
    item.firstElementChild.classList.toggle("mk-hover", hovered);
  }
}

// Moves only the list, never the whole screen.
function scrollWithin(box, item) {
  const frame = box.getBoundingClientRect();
  const place = item.getBoundingClientRect();
  if (place.top < frame.top) box.scrollTop += place.top - frame.top - 8;
  else if (place.bottom > frame.bottom) box.scrollTop += place.bottom - frame.bottom + 8;
}

find(".mk-hit-scroll").addEventListener("keydown", (event) => {
  const step = { ArrowDown: 1, ArrowUp: -1 }[event.key];
  if (!step) return;
  const buttons = [...element.querySelectorAll(".mk-hit")];
  const next = buttons[buttons.indexOf(document.activeElement) + step];
  if (!next) return;
  event.preventDefault();
  next.focus({ preventScroll: true });
  next.click();
  scrollWithin(find(".mk-hit-scroll"), next);
});
