// All words of the open pages, gathered by likeness, the most frequent first. A click finds them; each can be named.

const WORDS_AT_ONCE = 100;
const wordsList = find(".mk-words-list");
const wordsFilter = find(".mk-words-filter");
const wordsOnce = find(".mk-words-once");
const wordsMore = find(".mk-words-more");
const book = { rows: null, shown: 0, words: 0, of: "" };

const gathering = makePanel(".mk-words-panel", {
  opener: ".mk-wordbook",
  answer: "words",
  opened() {
    if (book.of !== boxesNow()) gather();
  },
  answered({ data, words }) {
    rowsOf(data)
      .then((rows) => {
        Object.assign(book, { rows, words });
        find(".mk-words-tools").hidden = false;
        drawWordbook();
      })
      .catch(() => gathering.fail(tr("The words could not be fetched; please gather them again.")));
  },
});

// Which boxes are open: gathered words are those of other pages when it changes.
const boxesNow = () => [...state.pages.values()].map((page) => page.data).join();

function gather() {
  Object.assign(book, { rows: null, of: boxesNow() });
  wordsList.replaceChildren();
  wordsMore.hidden = true;
  gathering.say(tr("Looking at every word…"));
  gathering.ask("list_words", {});
}

const label = (row) => row.name || row.reads;

function chosenRows() {
  const letters = wordsFilter.value.trim().toLowerCase();
  return book.rows.filter(
    (row) => (wordsOnce.checked || row.count > 1) && `${row.name} ${row.reads}`.toLowerCase().includes(letters)
  );
}

function drawWordbook() {
  if (!book.rows) return;
  wordsList.replaceChildren();
  book.shown = 0;
  showMoreWords();
  const rows = chosenRows();
  const often = book.rows.filter((row) => row.count > 1).length;
  const facts = { words: count(book.words, "word", "words"), often, once: book.rows.length - often };
  gathering.say(
    tr("{words}: {often} that occur more than once, {once} once.", facts), " ", rows.length ? "" : tr("None of them fits.")
  );
}

function showMoreWords() {
  const rows = chosenRows();
  const more = rows.slice(book.shown, book.shown + WORDS_AT_ONCE);
  wordsList.append(...more.map(wordItem));
  book.shown += more.length;
  wordsMore.hidden = book.shown >= rows.length;
}

function wordItem(row) {
  const page = state.pages.get(row.page);
  const canvas = make("canvas", { "aria-hidden": "true" });
  if (page) whenSeen(canvas, () => drawCrop(canvas, page, row.box, 130, 34));
  const reads = make("span", { class: "mk-words-reads" });
  const open = make(
    "button", { type: "button", class: "mk-words-open" },
    make("span", { class: "mk-snippet" }, canvas), reads,
    make("span", { class: "mk-words-count" }, `\u00d7\u202f${row.count}`)
  );
  const name = make("button", { type: "button", class: "mk-tool mk-words-name" }, tr("Name"));
  const item = make("li", {}, open, name);
  const draw = () => {
    put(reads, row.name ? make("b", {}, row.name) : row.reads ? tr("“{text}”", { text: row.reads }) : tr("not read"));
    const called = label(row) || tr("a word that is not read");
    setAll(open, { "aria-label": plural(row.count, "Find {name}, {n} time", "Find {name}, {n} times", { name: called }) });
    setAll(name, { "aria-label": tr("Name {name}", { name: called }) });
  };
  draw();
  open.addEventListener("click", () => {
    gathering.close();
    searchEverywhere("", { page: row.page, word: row.word, version: row.version });
  });
  name.addEventListener("click", () => editName(item, row, draw));
  return item;
}

// The name takes effect at once; an empty one is none.
function editName(item, row, draw) {
  const input = make("input", {
    type: "text", class: "mk-words-input", maxlength: 80, value: label(row), "aria-label": tr("Name of these words"),
  });
  let ended = false; // to take the field away takes the focus from it, which would end it again
  const end = (keep) => {
    if (ended) return;
    ended = true;
    input.remove();
    item.classList.remove("mk-naming");
    if (keep && input.value.trim() !== row.name) {
      row.name = input.value.trim();
      trigger("name_words", { seq: 0, page: row.page, word: row.word, version: row.version, name: row.name });
    }
    draw();
    item.querySelector(".mk-words-name").focus();
  };
  item.classList.add("mk-naming");
  item.append(input);
  input.focus();
  input.select();
  input.addEventListener("keydown", (event) => {
    if (event.key !== "Enter" && event.key !== "Escape") return;
    event.preventDefault();
    event.stopPropagation();
    end(event.key === "Enter");
  });
  input.addEventListener("blur", () => end(true));
}

wordsFilter.addEventListener("input", drawWordbook);
wordsOnce.addEventListener("change", drawWordbook);
wordsMore.addEventListener("click", showMoreWords);
find(".mk-words-panel form").addEventListener("submit", (event) => {
  event.preventDefault();
  gather();
});
panelStates.set("named", (answer) => {
  if (!answer || answer === book.named) return;
  book.named = answer;
  if (answer.error) gathering.fail(served(answer.error));
});
