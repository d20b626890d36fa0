// The language of the interface. A sentence is written in English where it is said; a table says it in another language.
// How to add one: see mark_core/ui/language.py. Runs once, before the components of the page.

window.markLanguage ??= ((files) => {
  const STORED = "mark-language";
  const DEEPEST = 3;
  const LETTER = /\p{L}/u;
  const tables = new Map(Object.entries(files).map(([code, table]) => [code, new Map(Object.entries(table))]));
  const texts = new WeakMap(); // text node -> what makes its text
  const attributes = new WeakMap(); // element -> Map(name -> what makes its value)
  const listeners = [];
  let language = atFirst();
  let patterns = null; // of the table in use, for sentences of the server

  function atFirst() {
    let stored = null;
    try {
      stored = localStorage.getItem(STORED);
    } catch {
      // storage may be forbidden inside a frame
    }
    const code = stored ?? String(navigator.language || "").slice(0, 2).toLowerCase();
    return tables.has(code) ? code : "en";
  }

  // A sentence in whatever language is in use when it is shown.
  class Saying {
    constructor(say) {
      this.toString = say;
    }
  }

  const table = () => tables.get(language) ?? new Map();
  // Made once a language: to make one takes longer than to use it a hundred times.
  const made = new Map();
  function maker(Kind, options) {
    const key = `${Kind.name} ${language}`;
    if (!made.has(key)) made.set(key, new Kind(language, options));
    return made.get(key);
  }

  const number = (value) => maker(Intl.NumberFormat, { useGrouping: "min2" }).format(value);

  function fill(template, values, depth = 0) {
    return template.replace(/\{(\w+)(\*?)\}/g, (whole, name, star) => {
      const value = values[name];
      if (value === undefined) return whole;
      if (typeof value === "number") return number(value);
      return star ? ofServer(String(value), depth + 1) : String(value);
    });
  }

  const tr = (english, values = {}) => new Saying(() => fill(table().get(english) ?? english, values));

  // many is also what the table knows both forms by. {n} is the number.
  function plural(count, one, many, values = {}) {
    return new Saying(() => {
      const forms = table().get(many) ?? { one, other: many };
      const form = typeof forms === "string" ? forms : forms[maker(Intl.PluralRules).select(count)] ?? forms.other;
      return fill(form.replace("{n} ", "{n}\u00a0"), { n: count, ...values });
    });
  }

  const joined = (parts, separator) => new Saying(() => parts.filter(Boolean).map(String).join(separator));

  // What stands between the placeholders of a sentence of the server, as {1} or {name}; those that say most come first.
  function patternsOf(entries) {
    return [...entries.keys()]
      .filter((key) => /\{\w+\}/.test(key) && typeof table().get(key) === "string")
      .map((key) => ({ key, parts: key.split(/\{\w+\}/), names: key.match(/\{\w+\}/g).map((name) => name.slice(1, -1)) }))
      .sort((one, other) => other.parts.join("").length - one.parts.join("").length);
  }

  function valuesOf({ parts, names }, sentence) {
    const last = parts.length - 1;
    const end = sentence.length - parts[last].length;
    if (!sentence.startsWith(parts[0]) || !sentence.endsWith(parts[last])) return null;
    const values = {};
    let at = parts[0].length;
    for (let place = 1; place <= last; place += 1) {
      const next = place === last ? end : sentence.indexOf(parts[place], at + 1);
      if (next <= at || next > end) return null;
      values[names[place - 1]] = asNumber(sentence.slice(at, next));
      at = next + parts[place].length;
    }
    return values;
  }

  const asNumber = (value) => (/^\d{1,3}(,\d{3})+$|^\d+\.\d$/.test(value) ? Number(value.replaceAll(",", "")) : value);

  // depth: sentences that this one stands in; a file may be called as it likes, so there is an end to it.
  function ofServer(sentence, depth = 0) {
    const known = table().get(sentence);
    if (typeof known === "string") return known;
    if (depth > DEEPEST) return sentence;
    patterns ??= patternsOf(table());
    for (const pattern of patterns) {
      const values = valuesOf(pattern, sentence);
      if (values) return fill(table().get(pattern.key), values, depth);
    }
    return sentence;
  }

  const served = (sentence) => new Saying(() => ofServer(String(sentence)));

  // gradio names the browser's language there, whatever the page speaks
  const root = document.documentElement;
  const tellLanguage = () => root.lang !== language && root.setAttribute("lang", language);
  new MutationObserver(tellLanguage).observe(root, { attributes: true, attributeFilter: ["lang"] });

  // What a text node says, that stands there already.
  function keep(node, saying) {
    if (saying instanceof Saying) texts.set(node, saying);
    else texts.delete(node);
  }

  function textNode(saying) {
    const node = document.createTextNode(String(saying));
    keep(node, saying);
    return node;
  }

  function setAttribute(node, name, value) {
    const kept = attributes.get(node) ?? new Map();
    if (value instanceof Saying) kept.set(name, value);
    else kept.delete(name);
    attributes.set(node, kept);
    node.setAttribute(name, String(value));
  }

  // The English texts of a fragment of HTML, where a table has them.
  function translate(root) {
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
    retell(root);
  }

  function nodesOf(root) {
    const walker = document.createTreeWalker(root, NodeFilter.SHOW_TEXT | NodeFilter.SHOW_ELEMENT);
    const nodes = [];
    while (walker.nextNode()) nodes.push(walker.currentNode);
    return nodes;
  }

  function retell(root) {
    for (const node of nodesOf(root)) {
      const text = texts.get(node);
      if (text && node.data !== String(text)) node.data = String(text);
      for (const [name, saying] of attributes.get(node) ?? []) node.setAttribute(name, String(saying));
    }
  }

  function use(code) {
    language = tables.has(code) ? code : "en";
    patterns = null;
    tellLanguage();
    try {
      localStorage.setItem(STORED, language);
    } catch {
      // forbidden storage: the choice lasts as long as the page
    }
    retell(document.body);
    for (const listener of listeners) listener(language);
  }

  tellLanguage();
  return {
    Saying, tr, plural, joined, served, number, keep, textNode, setAttribute, translate, use,
    language: () => language,
    onChange: (listener) => listeners.push(listener),
  };
})(/* tables */);
