// The list of hits: snippets, best first or page by page, above the threshold; then the best guesses below it.

const GUESSES = 12;
const BESIDE = 164; // CSS pixels of the list that a snippet leaves to number, score and buttons
const IN_SIGHT = 12; // snippets that are drawn at once; the others when they come into sight
const NAMED = 48; // letters of a query that are repeated above the list
const hitList = find(".mk-hit-list");
const guessList = find(".mk-guess-list");
const hitScroll = find(".mk-hit-scroll");

const sameHit = (one, other) => one.page === other.page && one.word === other.word && String(one.box) === String(other.box);
const hitOf = (rank) => state.result && state.result.hits.find((hit) => hit.rank === rank);
const hitItems = () => [...hitScroll.querySelectorAll("li[data-rank]")];

// A phrase that does not stand there; of a word on a hard page the order of small scores still counts.
const isNowhere = (hit) => Boolean(hit.boxes) && hit.score === 0;

// Splits all hits by threshold and number; both lists keep the server's ranks. What is judged is always shown.
function splitHits(hits, threshold, limit) {
  const above = hits.filter((hit) => hit.score >= threshold || decisionOf(hit));
  return {
    above: above.length,
    found: above.filter((hit) => decisionOf(hit) !== "rejected").length,
    lit: inOrder(above.filter((hit, place) => place < limit || decisionOf(hit))),
    guesses: hits.filter((hit) => hit.score < threshold && !decisionOf(hit) && !isNowhere(hit)).slice(0, GUESSES),
  };
}

function shorten(text, length) {
  const letters = [...text];
  return letters.length > length ? `${letters.slice(0, length - 1).join("")}\u2026` : text;
}

function queryName(result) {
  const bare = result.text && (/^["“”„«»'](.+)["“”„«»']$/.exec(result.text) || [null, result.text])[1];
  const typed = bare ? tr("“{text}”", { text: shorten(bare, NAMED) }) : "";
  if (typed && result.example) return tr("the clicked word with {typed}", { typed });
  return result.example ? tr("the clicked word") : typed;
}

function drawList(result, split, pageOf) {
  keepFocus(() => {
    hitList.replaceChildren();
    guessList.replaceChildren();
    drawHead(result, split);
    if (!result || result.error) return;
    hitList.append(...listItems(split.lit, result, pageOf));
    guessList.append(...split.guesses.map((hit, place) => hitItem(hit, result, pageOf(hit.page), { isGuess: true, place: split.lit.length + place })));
  });
}

function drawHead(result, split) {
  const echo = find(".mk-echo");
  const note = find(".mk-echo-note");
  const divider = find(".mk-divider");
  divider.hidden = true;
  drawAdvice(result, split);
  put(note, "");
  find(".mk-sort-field").hidden = !split.lit.length;
  if (!result) {
    put(echo, tr("Hits"));
    if (state.page) put(note, tr("Type a word above, or click one on the page. What looks like it lines up here, best first."));
    return;
  }
  if (result.error) {
    put(echo, tr("No search was made"));
    put(note, tr("Type another word, or click one on the page."));
    return;
  }
  const asked = queryName(result);
  const name = result.page ? tr("{name} on this page", { name: asked }) : asked;
  const level = percent(state.threshold);
  if (split.above) {
    put(echo, plural(split.found, "{n} hit for {name}", "{n} hits for {name}", { name }));
    if (split.above > split.lit.length) put(note, tr("The {number} best are shown.", { number: split.lit.length }));
  } else {
    put(echo, tr("No likely hit for {name}", { name }));
    put(note, split.guesses.length ? tr("No hit above {level}; best guesses below.", { level }) : tr("No hit above {level}.", { level }));
  }
  if (split.guesses.length) {
    divider.hidden = false;
    put(divider, tr("Below {level}: best guesses", { level }));
  }
}

// What else can be done where nothing likely was found, as on a hand that is hard to read.
function drawAdvice(result, split) {
  const nothing = Boolean(result) && !result.error && !split.above;
  find(".mk-advice").hidden = !nothing;
  if (!nothing) return;
  find(".mk-advice-click").hidden = Boolean(result.example);
  const { state: learning } = (state.view && state.view.panels.learning) || {};
  find(".mk-advice-learn").hidden = [...RUNNING, "learnt"].includes(learning);
}
find(".mk-advice-learn button").addEventListener("click", () => lesson.open());

// Page by page, each page has a heading.
function listItems(hits, result, pageOf) {
  const items = [];
  const byPage = isByPage() && new Set(hits.map((hit) => hit.page)).size > 1;
  hits.forEach((hit, place) => {
    const page = pageOf(hit.page);
    if (byPage && (!place || hits[place - 1].page !== hit.page)) {
      const number = hits.filter((other) => other.page === hit.page && decisionOf(other) !== "rejected").length;
      items.push(make("li", { class: "mk-group" },
        make("h3", { title: titleOf(page) }, titleOf(page)), make("span", {}, count(number, "hit", "hits"))));
    }
    items.push(hitItem(hit, result, page, { named: !byPage && state.pages.size > 1, place }));
  });
  return items;
}

function hitItem(hit, result, page, { isGuess = false, named = state.pages.size > 1, place = 0 }) {
  const canvas = make("canvas", { role: "img", "aria-label": tr("Snippet of hit {rank}", { rank: hit.rank }) });
  const width = clamp(hitScroll.clientWidth - BESIDE, 100, 240);
  const draw = page && drawCrops(canvas, page, hit.parts || [hit.box], width, 46, { later: true });
  if (draw && place < IN_SIGHT) draw();
  else if (draw) whenSeen(canvas, draw);
  const own = result.example && result.example.page === hit.page && result.example.word === hit.word;
  const where = [own ? tr("the word you clicked") : null, tr("line {line}", { line: hit.line + 1 }), named && page ? titleOf(page) : null];
  const judged = decisionOf(hit);
  const bar = make("span", { class: "mk-bar-fill" });
  bar.style.width = `${Math.max(2, hit.score * 100)}%`;
  const reads = hit.reads && make("span", { class: "mk-reads" }, tr("reads as “{reads}”", { reads: shorten(hit.reads, NAMED) }));
  const button = make(
    "button",
    { type: "button", class: `mk-hit mk-${strength(hit.score)}${isGuess ? " mk-guess" : ""}` },
    make("span", { class: "mk-rank" }, String(hit.rank)),
    make("span", { class: "mk-snippet" }, canvas),
    make("span", { class: "mk-score" }, judged ? DECIDED[judged] : percent(hit.score)),
    judged ? "" : make("span", { class: "mk-strength", "aria-hidden": "true" }, bar),
    make("span", { class: "mk-where" }, reads || "", make("span", { class: "mk-line-of" }, joined(where, " · ")))
  );
  const item = make(
    "li",
    { class: judged ? `mk-${judged}` : null, "data-rank": hit.rank, "data-page": hit.page, "data-word": hit.word },
    button,
    whyButton(hit),
    judgeButtons(hit, judged)
  );
  item.addEventListener("click", () => selectHit(hit, { focus: false }));
  item.addEventListener("pointerenter", () => hover(hit.page, hit.word));
  item.addEventListener("pointerleave", () => hover(null, null));
  return item;
}

// The list is drawn anew while somebody works in it: the focus stays on the same part of the same hit.
function keepFocus(redraw) {
  const part = document.activeElement;
  const item = hitScroll.contains(part) && part.closest("li[data-rank]");
  redraw();
  if (!item) return;
  const again = hitItems().find((other) => other.dataset.page === item.dataset.page && other.dataset.word === item.dataset.word);
  const node = again && again.querySelector(`.${part.classList[0]}`);
  if (node) node.focus({ preventScroll: true });
}

function markListSelected(rank, { scroll }) {
  for (const item of hitItems()) {
    const chosen = Number(item.dataset.rank) === rank;
    const button = item.firstElementChild;
    button.classList.toggle("mk-selected", chosen);
    setAll(button, { "aria-current": chosen ? "true" : null });
    if (chosen && scroll) scrollWithin(hitScroll, item);
  }
}

function markListHover(page, word) {
  const lit = page === state.page ? litNodes.get(word) : null; // of a phrase every word
  for (const item of hitItems()) {
    const hovered = lit ? item.dataset.rank === lit.dataset.rank : item.dataset.page === page && Number(item.dataset.word) === word;
    item.firstElementChild.classList.toggle("mk-hover", hovered);
  }
}

// Moves only the list, never the whole screen.
function scrollWithin(box, item) {
  const frame = box.getBoundingClientRect();
  const place = item.getBoundingClientRect();
  if (place.left < frame.left) box.scrollLeft += place.left - frame.left - 8;
  else if (place.right > frame.right) box.scrollLeft += place.right - frame.right + 8;
  if (place.top < frame.top) box.scrollTop += place.top - frame.top - 8;
  else if (place.bottom > frame.bottom) box.scrollTop += place.bottom - frame.bottom + 8;
}

function goToItem(item) {
  const button = item.querySelector(".mk-hit");
  button.focus({ preventScroll: true });
  button.click();
  scrollWithin(hitScroll, item);
}

hitScroll.addEventListener("keydown", (event) => {
  const step = { ArrowDown: 1, ArrowUp: -1 }[event.key];
  if (!step) return;
  const items = hitItems();
  const next = items[items.indexOf(event.target.closest("li[data-rank]")) + step];
  if (next) goToItem(next);
  else if (step < 0) textInput.focus();
  event.preventDefault();
});
find(".mk-text").addEventListener("keydown", (event) => {
  const [first] = hitItems();
  if (event.key !== "ArrowDown" || !first) return;
  event.preventDefault();
  goToItem(first);
});
