// The language of the interface. A sentence is written in English where it is said; a table says it in another language.
// How to add one: see mark_core/ui/language.py.

/** @typedef {import("./types.js").Message} Message */

const STORED = "mark-language";
const LETTER = /\p{L}/u;
/** @type {Map<string, Map<string, any>>} */
let tables = new Map();
let language = "en";
const listeners = [];
const made = new Map(); // formatters, made once a language: to make one takes longer than to use it a hundred times
const texts = new WeakMap(); // text node -> what makes its text
const attributes = new WeakMap(); // element -> Map(name -> what makes its value)

/** A sentence in whatever language is in use when it is shown. */
export class Saying {
  /** @param {() => string} say */
  constructor(say) {
    this.toString = say;
  }
}

/** Takes the tables {code: {English: translation}} and the language to begin with, English if there is no table for it. */
export function setTables(entries, code = "en") {
  tables = new Map(Object.entries(entries).map(([name, table]) => [name, new Map(Object.entries(table))]));
  language = tables.has(code) ? code : "en";
}

const table = () => tables.get(language) ?? new Map();

function maker(Kind, options = undefined) {
  const key = `${Kind.name} ${language}`;
  if (!made.has(key)) made.set(key, new Kind(language, options));
  return made.get(key);
}

/** A number as it is written in the language. */
export const number = (value) => maker(Intl.NumberFormat, { useGrouping: "min2" }).format(value);

function fill(template, values) {
  return template.replace(/\{(\w+)\}/g, (whole, name) => {
    const value = values[name];
    if (value === undefined || value === null) return whole;
    if (typeof value === "number") return number(value);
    return isMessage(value) ? wordNow(value) : String(value);
  });
}

/** An English sentence with named values. @returns {Saying} */
export const tr = (english, values = {}) => new Saying(() => fill(table().get(english) ?? english, values));

/** A sentence whose form depends on a number, {n}; `many` is also its key in the tables. @returns {Saying} */
export function plural(count, one, many, values = {}) {
  return new Saying(() => {
    const forms = table().get(many) ?? { one, other: many };
    const form =
      typeof forms === "string" ? forms : (forms[maker(Intl.PluralRules).select(count)] ?? forms.other);
    return fill(form.replace("{n} ", "{n}\u00a0"), { n: count, ...values });
  });
}

// count(2, "page", "pages"): "2 pages"
export const count = (number, one, many) => plural(number, `{n} ${one}`, `{n} ${many}`);

/** Parts that are not empty, with a separator between them. @returns {Saying} */
export const joined = (parts, separator) =>
  new Saying(() => parts.filter(Boolean).map(String).join(separator));

/** Names as an enumeration: "a, b and c". @returns {Saying} */
export const list = (names) => new Saying(() => maker(Intl.ListFormat).format(names.map(String)));

const isMessage = (value) => value !== null && typeof value === "object" && typeof value.id === "string";
const wordNow = ({ id, values = {} }) => fill(table().get(id) ?? id, values);

/** A sentence of the server. @param {Message} message @returns {Saying} */
export const worded = (message) => new Saying(() => wordNow(message));

/** A name that is a message, or one that a person gave and that stays as it is. @param {Message | string} name */
export const named = (name) => (isMessage(name) ? worded(/** @type {Message} */ (name)) : String(name));

export const languageNow = () => language;
export const onLanguage = (listener) => listeners.push(listener);

let begun = false;
/** Reads the tables that stand in the head of the page, once for all components of the page. */
export function beginLanguage() {
  if (begun) return;
  begun = true;
  setTables(JSON.parse(document.getElementById("mark-languages")?.textContent || "{}"), firstLanguage());
  // gradio names the browser's language there, whatever the page speaks
  const root = document.documentElement;
  new MutationObserver(nameLanguage).observe(root, { attributes: true, attributeFilter: ["lang"] });
  nameLanguage();
}

function firstLanguage() {
  let stored = null;
  try {
    stored = localStorage.getItem(STORED);
  } catch {
    // storage may be forbidden inside a frame
  }
  return (
    stored ??
    String(navigator.language || "")
      .slice(0, 2)
      .toLowerCase()
  );
}

function nameLanguage() {
  const root = document.documentElement;
  if (root.lang !== language) root.setAttribute("lang", language);
}

/** Words the whole page in another language. */
export function useLanguage(code) {
  language = tables.has(code) ? code : "en";
  nameLanguage();
  try {
    localStorage.setItem(STORED, language);
  } catch {
    // forbidden storage: the choice lasts as long as the page
  }
  wordAgain(document.body);
  for (const listener of listeners) listener(language);
}

/** Remembers what a text node says that stands there already. */
export function keepSaying(node, saying) {
  if (saying instanceof Saying) texts.set(node, saying);
  else texts.delete(node);
}

/** A text node that follows the language. */
export function textNode(saying) {
  const node = document.createTextNode(String(saying));
  keepSaying(node, saying);
  return node;
}

/** An attribute that follows the language if its value is a Saying. */
export function setAttribute(node, name, value) {
  if (value instanceof Saying || attributes.has(node)) {
    const kept = attributes.get(node) ?? new Map();
    if (value instanceof Saying) kept.set(name, value);
    else kept.delete(name);
    attributes.set(node, kept);
  }
  node.setAttribute(name, String(value));
}

/** Words the English texts of a fragment of HTML, where a table has them. */
export function translate(root) {
  const known = (text) => LETTER.test(text) && [...tables.values()].some((entries) => entries.has(text));
  for (const node of nodesOf(root)) {
    if (node.parentElement.closest('[translate="no"]')) continue; // what is typed, names
    if (node.nodeType === Node.TEXT_NODE) {
      const [, before, text, after] = /^(\s*)(.*?)(\s*)$/s.exec(node.data);
      const english = text.replace(/\s+/g, " ");
      if (!texts.has(node) && known(english)) texts.set(node, new Saying(() => before + tr(english) + after));
    } else {
      for (const name of ["aria-label", "title", "placeholder"]) {
        const english = (node.getAttribute(name) || "").replace(/\s+/g, " ").trim();
        if (known(english)) setAttribute(node, name, tr(english));
      }
    }
  }
  wordAgain(root);
}

function nodesOf(root) {
  const walker = document.createTreeWalker(root, NodeFilter.SHOW_TEXT | NodeFilter.SHOW_ELEMENT);
  /** @type {any[]} */
  const nodes = [];
  while (walker.nextNode()) nodes.push(walker.currentNode);
  return nodes;
}

function wordAgain(root) {
  for (const node of nodesOf(root)) {
    const text = texts.get(node);
    if (text && node.data !== String(text)) node.data = String(text);
    for (const [name, saying] of attributes.get(node) ?? []) node.setAttribute(name, String(saying));
  }
}
