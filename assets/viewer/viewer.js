// One state, two views of it: the page and the list. The server's answers and the visitor's hands change it here.

const state = {
  view: null, // the server's last word
  pages: new Map(), // page id -> page of the view
  words: new Map(), // address of the boxes -> promise of Map(word number -> {box, line, direction})
  here: new Map(), // words of the page that is shown
  page: null,
  data: null, // address of the boxes that are shown
  version: 0, // of these boxes
  example: null, // the clicked word as {page, word, version of the boxes}
  asked: null, // the last query as {text, example}
  result: null,
  split: { above: 0, found: 0, lit: [], guesses: [] },
  selected: null, // rank
  cursor: null, // word number
  lam: null, // how much the clicked word counts, 0..1, as the visitor wants it
  threshold: 0.5,
  level: null, // the same, as the visitor has set it
  limit: 50,
  seq: 0,
  focus: null,
  told: 0,
  sending: null,
  acted: false, // whether something else was done since a page was asked for
};
const textInput = find(".mk-text");

const wordOf = (number) => state.here.get(number);

function wordsOf(page) {
  if (!state.words.has(page.data)) {
    const fetched = fetch(fileUrl(page.data))
      .then((answer) => (answer.ok ? answer.json() : Promise.reject(new Error(answer.statusText))))
      .then(({ words, direction }) =>
        new Map(words.map(([order, x, y, w, h, line]) => [order, { box: [x, y, w, h], line, direction }]))
      );
    fetched.catch(() => state.words.delete(page.data));
    state.words.set(page.data, fetched);
  }
  return state.words.get(page.data);
}

async function showPage(id) {
  if (state.page === id) return;
  leavePage();
  const page = state.pages.get(id) || null;
  state.page = page ? id : null;
  state.here = new Map();
  state.cursor = null;
  drawPage(null, state.here);
  drawAround();
  if (!page) return;
  setPageSize(page.width, page.height);
  followPage();
  await fetchBoxes(page, (words) => drawPage(page, words));
}

// Boxes arrive later than the page that has them; meanwhile another page or other boxes may have been asked for.
async function fetchBoxes(page, draw) {
  const wanted = () => state.page === page.id && state.data === page.data;
  state.data = page.data;
  try {
    const words = await wordsOf(page);
    if (!wanted()) return;
    state.here = words;
    state.version = page.version;
    draw(words);
    drawPageHits();
  } catch {
    if (wanted()) say(tr("The words of this page could not be fetched; please reload the page."));
  }
}

function drawPageHits() {
  drawHits(state.split.lit.filter((hit) => hit.page === state.page), state.selected);
  drawRepair();
}

// The parts that follow from state without a question to the server.
function drawResult() {
  const hits = state.result && !state.result.error ? state.result.hits : [];
  state.split = splitHits(hits.filter((hit) => state.pages.has(hit.page)), state.threshold, state.limit);
  drawPageHits();
  drawList(state.result, state.split, (id) => state.pages.get(id));
  markListSelected(state.selected, { scroll: false });
  drawJudged();
  drawBalance();
  drawAround();
}

function drawAround() {
  const counts = new Map();
  for (const hit of state.split.lit) {
    if (decisionOf(hit) !== "rejected") counts.set(hit.page, (counts.get(hit.page) || 0) + 1);
  }
  drawPages(state.page, counts);
  drawLater();
  drawLink();
  drawUnsaved();
  const page = state.pages.get(state.page);
  const suggest = find(".mk-suggest");
  suggest.hidden = !page || !page.queries.length;
  put(
    suggest,
    tr("Try"), " ",
    ...(page ? page.queries : []).map((query) => {
      const chip = make("button", { type: "button", class: "mk-try" }, query);
      chip.addEventListener("click", () => {
        textInput.value = query;
        setExample(null);
        search();
      });
      return chip;
    })
  );
  const empty = find(".mk-empty");
  empty.hidden = Boolean(page);
  if (!page) {
    const waiting = !state.view || state.view.busy || state.view.waiting.length || state.sending;
    put(empty, waiting ? tr("One moment…") : tr("Add a page scan, or open a sample page, to begin."));
  }
}

function setExample(example) {
  if (!example || !state.example || example.page !== state.example.page || example.word !== state.example.word) state.lam = null;
  state.example = example;
  find(".mk-chip").hidden = !example;
  const page = example && state.pages.get(example.page);
  if (page) {
    wordsOf(page).then((words) => {
      const word = words.get(example.word);
      if (word) drawCrop(find(".mk-chip-crop"), page, word.box, 150, 30);
    }, () => {});
  }
}

function searchWord(number) {
  if (!wordOf(number)) return;
  textInput.value = "";
  setExample({ page: state.page, word: number, version: state.version });
  search();
}

async function selectHit(hit, { scroll = false } = {}) {
  state.selected = hit.rank;
  markListSelected(hit.rank, { scroll });
  if (hit.page !== state.page) await showPage(hit.page);
  state.cursor = hit.word;
  markSelected(hit.rank);
  moveCursor(hit.word);
  reveal(hit.box);
}

function hover(page, word) {
  markHover(page === state.page ? word : null);
  markListHover(page, word);
}

// sentence: a saying, or a list of sayings, texts and nodes
function say(sentence, calm = false) {
  const dismiss = make("button", { type: "button", class: "mk-close", "aria-label": tr("Dismiss") }, "×");
  const line = make("p", { class: calm ? "mk-calm" : null }, make("span", {}, ...[sentence].flat()), dismiss);
  dismiss.addEventListener("click", () => line.remove());
  find(".mk-notices").append(line);
}

function clearNotices() {
  find(".mk-notices").replaceChildren();
}

function receive(fresh) {
  if (!fresh || typeof fresh !== "object") return;
  if (state.view && fresh.session === state.view.session && fresh.version <= state.view.version) return;
  if (state.view && fresh.session !== state.view.session) state.told = 0;
  state.view = fresh;
  const before = namesOf(state.pages);
  state.pages = new Map(fresh.pages.map((page) => [page.id, page]));
  forgetPictures(new Set(state.pages.keys()));
  const addresses = new Set(fresh.pages.map((page) => page.data));
  for (const address of state.words.keys()) if (!addresses.has(address)) state.words.delete(address);
  for (const notice of fresh.notices) if (notice.number > state.told) say(served(notice.text), notice.calm);
  state.told = fresh.notices.length ? fresh.notices[fresh.notices.length - 1].number : state.told;
  hear();
  drawBusy();
  drawUndo(fresh.undo);
  drawOffer(fresh.offer);
  receiveProject(fresh);
  receivePanels(fresh);
  if (state.example && !state.pages.has(state.example.page)) setExample(null);
  const first = !state.result || !fresh.result || state.result.seq !== fresh.result.seq;
  // a search is answered again, in another turn, when boxes were corrected or hits judged
  const answered = fresh.result && fresh.result.seq === state.seq && (first || state.result.turn !== fresh.result.turn);
  const settled = settleDecision(fresh.panels.judged);
  if (answered) {
    const chosen = first ? null : hitOf(state.selected);
    state.result = fresh.result;
    const again = chosen && fresh.result.hits.find((hit) => sameHit(hit, chosen));
    state.selected = again ? again.rank : null;
    find(".mk-hits").removeAttribute("aria-busy");
    if (first) find(".mk-hit-scroll").scrollTop = 0;
    if (first && state.level === null && fresh.result.threshold) setThreshold(Math.round(100 * fresh.result.threshold));
    if (fresh.result.error) say(served(fresh.result.error));
    if (state.example) setExample(exampleNow(fresh.result.example));
    if (state.asked && !fresh.result.error) state.asked.example = exampleNow(fresh.result.example);
  }
  followLink();
  const changed = before !== namesOf(state.pages);
  if (changed) drawSamples(fresh.samples);
  if (fresh.focus && fresh.focus !== state.focus && state.pages.has(fresh.focus)) {
    state.focus = fresh.focus;
    if (!state.acted || !state.pages.has(state.page)) showPage(fresh.focus);
  } else if (!state.pages.has(state.page)) {
    showPage(state.pages.size ? [...state.pages.keys()][0] : null);
  }
  const page = state.pages.get(state.page);
  const draw = changed || answered || settled ? drawResult : drawAround;
  // hits and boxes are numbered alike: corrected boxes are drawn before the hits that were found among them
  if (page && page.data !== state.data) redrawBoxes(page, fresh.corrected).then(draw).then(() => settleRepair(fresh.corrected));
  else {
    draw();
    settleRepair(fresh.corrected);
  }
}

const namesOf = (pages) => JSON.stringify([...pages.values()].map((page) => [page.id, page.title]));

function exampleNow(example) {
  const page = example && state.pages.get(example.page);
  return page ? { ...example, version: page.version } : null;
}

function redrawBoxes(page, answer) {
  const before = state.here;
  return fetchBoxes(page, (words) => {
    renumber(before, words, answer);
    drawWords(words);
  });
}

stage.addEventListener("click", (event) => {
  const number = wordAt(event);
  if (dragged || event.detail > 1 || number === null) return;
  state.cursor = number;
  searchWord(number);
});
stage.addEventListener("pointerover", (event) => hover(state.page, wordAt(event)));
stage.addEventListener("pointerout", () => hover(null, null));

stage.addEventListener("blur", () => moveCursor(null));
stage.addEventListener("focus", () => moveCursor(state.cursor));

find(".mk-query").addEventListener("submit", (event) => {
  event.preventDefault();
  search();
});
find(".mk-chip-x").addEventListener("click", () => {
  setExample(null);
  textInput.focus();
  if (textInput.value.trim()) search();
});
function setThreshold(share) {
  state.threshold = share / 100;
  find(".mk-threshold").value = String(share);
  find(".mk-threshold-value").textContent = `${share}\u202f%`;
}
find(".mk-threshold").addEventListener("input", (event) => {
  state.level = Number(event.target.value);
  setThreshold(state.level);
  drawResult();
});
find(".mk-limit").addEventListener("change", (event) => {
  state.limit = Number(event.target.value);
  drawResult();
});
find(".mk-show-boxes").addEventListener("click", (event) => {
  const shown = event.target.getAttribute("aria-pressed") !== "true";
  event.target.setAttribute("aria-pressed", String(shown));
  wordLayer.classList.toggle("mk-quiet", !shown);
});

drawAround();
drawList(null, state.split, () => null);
const viewNow = () => (props.value ? JSON.parse(props.value) : null);
watch("value", () => receive(viewNow()));
receive(viewNow());
