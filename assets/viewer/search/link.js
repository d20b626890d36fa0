// A link to sample pages and a search on them. What stands in an address may come from anybody: the samples must be ours,
// the word a number on the first of them, and the text is only ever typed.

import { wordsOf } from "../page/words.js";
import { make } from "../shared/dom.js";
import { find } from "../shared/host.js";
import { tr } from "../shared/language.js";
import { clearNotices, say, sayInSight } from "../shared/notices.js";
import { on, state } from "../shared/store.js";
import { readLink, writeLink } from "./link_address.js";
import { search, setQuery } from "./search.js";

const button = find(".mk-copy-link");
let link = readLink(window.location.search); // until its search is made

// The search of a link is not made again when the page is reloaded.
on("arrived", () => {
  const [entry] = performance.getEntriesByType("navigation");
  if (state.resumed && /** @type {any} */ (entry)?.type !== "navigate") link = null;
});

const nameOf = (page) => (state.view.samples.find((sample) => sample.file === page.sample) ?? {}).name;

/** Makes the search of the link when its pages are there, unless the visitor has begun another by then. */
export async function followLink() {
  if (!link) return;
  const ours = new Set(state.view.samples.map((sample) => sample.name));
  const pages = new Map(
    [...state.pages.values()].filter((page) => page.sample).map((page) => [nameOf(page), page])
  );
  const wanted = link.samples.filter((name) => name && ours.has(name));
  if (!wanted.length || !wanted.every((name) => pages.has(name))) return;
  const page = pages.get(wanted[0]);
  const { text, word, variants, abbreviations } = link;
  link = null;
  const words = await wordsOf(page).catch(() => new Map());
  if (state.acted || (!text.trim() && word === null)) return;
  const known = word !== null && words.has(word);
  if (word !== null && !known) say(tr("The word of this link is not on the page."));
  if (!text.trim() && !known) return;
  const example = known ? { page: page.id, word, version: page.version } : null;
  setQuery(text, example, variants, abbreviations);
  search({ keep: word !== null && !known });
}

// The pages that a link would open: first that of the clicked word, or the one that is shown, then the others that were
// searched. None with pages of the visitor's own.
function linkedPages() {
  const { result } = state;
  const pages = [...state.pages.values()];
  const isOurs = (page) => page.sample && page.version === 0 && nameOf(page);
  if (!result || result.error || !pages.every(isOurs)) return [];
  const first = state.pages.get(result.example ? result.example.page : state.page);
  return first ? [first, ...pages.filter((page) => page !== first && !result.page)] : [];
}

on("around", () => {
  button.hidden = !linkedPages().length;
});

button.addEventListener("click", async () => {
  const samples = linkedPages().map(nameOf);
  if (!samples.length) return;
  const { text, example, variants, abbreviations } = state.result;
  const base = new URL(window.location.pathname, window.location.origin).href;
  const word = example ? example.word : null;
  const href = writeLink(base, {
    samples,
    text: text ?? "",
    word,
    variants,
    abbreviations: abbreviations ?? "",
  });
  const shown = make("a", { href, class: "mk-link" }, href);
  clearNotices();
  try {
    await navigator.clipboard.writeText(href);
    sayInSight([tr("Link copied:"), " ", shown], true);
  } catch {
    sayInSight([tr("The browser did not copy the link; here it is:"), " ", shown], true);
  }
});
