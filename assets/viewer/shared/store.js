// The state of the page and the functions that change it. Other modules read it, and listen to what changes.

/** @typedef {import("./types.js").View} View */
/** @typedef {import("./types.js").Page} Page */
/** @typedef {import("./types.js").Words} Words */
/** @typedef {import("./types.js").Hit} Hit */
/** @typedef {import("./types.js").SearchResult} SearchResult */
/** @typedef {import("./types.js").SplitHits} SplitHits */
/** @typedef {import("./types.js").WordPlace} WordPlace */
/** @typedef {import("./types.js").TextWord} TextWord */

const current = {
  /** @type {View | null} the server's last word */
  view: null,
  /** @type {Map<string, Page>} open pages by id, in their order */
  pages: new Map(),
  /** @type {string | null} id of the page that is shown */
  page: null,
  /** @type {Words} words of that page */
  words: new Map(),
  /** @type {string | null} address of its boxes */
  data: null,
  /** version of its boxes */
  version: 0,
  /** @type {WordPlace | null} the clicked word */
  example: null,
  /** @type {number | null} how much it counts, 0..1, as the visitor wants it */
  exampleWeight: null,
  /** @type {{text: string, example: WordPlace | null} | null} the last query */
  asked: null,
  /** number of the last search request */
  number: 0,
  /** @type {SearchResult | null} */
  result: null,
  /** @type {SplitHits} the hits as they are shown */
  split: { above: 0, found: 0, lit: [], guesses: [], possible: 0 },
  /** @type {number | null} rank of the selected hit */
  selected: null,
  /** @type {number | null} number of the word under the keyboard's cursor */
  cursor: null,
  /** @type {TextWord[]} words of the text of the shown page, in its order */
  texts: [],
  /** probability from which hits are highlighted */
  threshold: 0.5,
  /** whether the visitor has set it */
  thresholdChosen: false,
  /** how many hits are shown at most */
  limit: 50,
  /** @type {"best" | "page"} order of the hits */
  order: /** @type {"best" | "page"} */ ("best"),
  /** @type {string | null} the page that the server showed last by itself */
  focus: null,
  /** number of the last notice that was shown */
  notice: 0,
  /** @type {{step: any, fraction: number, subject: string, files: string[]} | null} files on their way to the server */
  sending: null,
  /** @type {"there" | "lost" | "taken"} whether the server can be reached, or another tab has the session */
  connection: /** @type {"there" | "lost" | "taken"} */ ("there"),
  /** when it could be reached again, in milliseconds */
  back: 0,
  /** whether the session was begun before this page was loaded */
  resumed: false,
  /** how long the server keeps a session without its tab */
  minutes: 15,
  /** whether the visitor did something else since a page was asked for */
  acted: false,
};

/** @type {Readonly<typeof current>} */
export const state = current;

/** @type {Map<string, Function[]>} */
const listeners = new Map();

/** Calls a function whenever something of a topic happens, in the order in which they were added. */
export function on(topic, listener) {
  listeners.set(topic, [...(listeners.get(topic) || []), listener]);
}

/** Tells everybody who listens to a topic. */
export function emit(topic, ...facts) {
  for (const listener of listeners.get(topic) || []) listener(...facts);
}

/** Takes over a view of the server; false if it is an old one. @param {View} view */
export function setView(view) {
  const before = current.view;
  if (before && view.session === before.session && view.version <= before.version) return false;
  if (before && view.session !== before.session) current.notice = 0;
  current.view = view;
  current.pages = new Map(view.pages.map((page) => [page.id, page]));
  return true;
}

/** The notices that were not shown yet, each of them once. */
export function newNotices() {
  const fresh = current.view.notices.filter((notice) => notice.number > current.notice);
  if (fresh.length) current.notice = fresh[fresh.length - 1].number;
  return fresh;
}

/** Another page is shown, its words not known yet. */
export function setPage(id) {
  current.page = id;
  current.words = new Map();
  current.data = null;
  current.cursor = null;
}

/** The boxes that the page waits for. */
export function expectBoxes(data) {
  current.data = data;
}

/** Boxes of the page have arrived. @param {Words} words */
export function setWords(words, version) {
  current.words = words;
  current.version = version;
}

export function setCursor(number) {
  current.cursor = number;
  emit("cursor");
}

/** @type {Map<number, TextWord[]>} */
let textsOfWords = new Map();

/** The text of the page has arrived, or there is none. @param {TextWord[]} texts */
export function setTexts(texts) {
  current.texts = texts;
  textsOfWords = new Map();
  for (const text of texts) {
    if (text.box && text.word !== null) textsOfWords.set(text.word, [...textsAt(text.word), text]);
  }
}

/** The words of the text that stand in a word of the page. @returns {TextWord[]} */
export const textsAt = (number) => textsOfWords.get(number) ?? [];

export function setExample(example) {
  const same = example && current.example && sameWord(example, current.example);
  if (!same) current.exampleWeight = null;
  current.example = example;
}

export function setExampleWeight(share) {
  current.exampleWeight = share;
}

/** A query was sent as the search request of this number. */
export function setAsked(query, number) {
  current.asked = query;
  current.number = number;
}

/** @param {SearchResult} result */
export function setResult(result, selected) {
  current.result = result;
  current.selected = selected;
  if (current.asked && !result.error)
    current.asked = { ...current.asked, example: presentExample(result.example) };
}

/** @param {SplitHits} split */
export function setSplit(split) {
  current.split = split;
}

export function setSelected(rank) {
  current.selected = rank;
}

/** share: 0..1. chosen: by the visitor. */
export function setThreshold(share, chosen) {
  current.threshold = share;
  current.thresholdChosen ||= chosen;
}

export function setLimit(limit) {
  current.limit = limit;
}

/** @param {"best" | "page"} order */
export function setOrder(order) {
  current.order = order;
}

export function setFocus(page) {
  current.focus = page;
}

export function setSending(sending) {
  current.sending = sending;
}

/** @param {"there" | "lost" | "taken"} connection */
export function setConnection(connection) {
  current.connection = connection;
  if (connection === "there") current.back = Date.now();
}

/** A session was opened, or taken up again. minutes: that it is kept without a tab. */
export function setArrival(resumed, minutes) {
  current.resumed = resumed;
  current.minutes = minutes;
}

/** The notices up to this number were shown before the page was reloaded. */
export function setNotice(number) {
  current.notice = number;
}

export function setActed(acted) {
  current.acted = acted;
}

/** The words of the shown page by number. */
export const wordOf = (number) => current.words.get(number);

/** The hit of a rank in the last result. */
export const hitOf = (rank) => current.result?.hits.find((hit) => hit.rank === rank);

/** A clicked word of the server with the version of its boxes; null when its page is closed. */
export function presentExample(example) {
  const page = example && current.pages.get(example.page);
  return page ? { ...example, version: page.version } : null;
}

/** Which boxes are open; a list of them is that of other pages when it changes. */
export const openBoxes = () => [...current.pages.values()].map((page) => page.data).join();

/** How many words all pages have. */
export const wordCount = () => [...current.pages.values()].reduce((sum, page) => sum + page.words, 0);

const sameWord = (one, other) => one.page === other.page && one.word === other.word;
