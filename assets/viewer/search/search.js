// The query: a typed word, a clicked one, or both; with spelling variants or without, on this page or on all.

import { drawCrop } from "../page/crops.js";
import { wordAt } from "../page/boxes.js";
import { stage, wasDragged } from "../page/stage.js";
import { wordsOf } from "../page/words.js";
import { put } from "../shared/dom.js";
import { find } from "../shared/host.js";
import { plural } from "../shared/language.js";
import { clearNotices } from "../shared/notices.js";
import { send } from "../shared/requests.js";
import {
  on,
  setActed,
  setAsked,
  setCursor,
  setExample,
  setExampleWeight,
  state,
  wordOf,
} from "../shared/store.js";

const textInput = find(".mk-text");
const variantsInput = find(".mk-variants");
const abbreviationsInput = find(".mk-abbreviations");
const isThisPage = () => find(".mk-scope input:checked").value === "page";

/** What is typed, and whether old spellings count as the same. */
export const typedText = () => textInput.value;
export const wantsVariants = () => variantsInput.checked;
/** The language whose abbreviations count; "" for none. */
export const chosenAbbreviations = () => abbreviationsInput.value;
export const focusQuery = () => textInput.focus({ preventScroll: true });

/** Takes over a query: text, clicked word, and spelling variants and abbreviations where they are given. */
export function setQuery(
  text,
  example,
  variants = variantsInput.checked,
  abbreviations = abbreviationsInput.value
) {
  textInput.value = text;
  variantsInput.checked = variants;
  abbreviationsInput.value = abbreviations;
  if (abbreviationsInput.selectedIndex < 0) abbreviationsInput.value = ""; // an address may name any language
  chooseExample(example);
}

/** Shows a clicked word beside the typed one, or none. */
export function chooseExample(example) {
  setExample(example);
  find(".mk-chip").hidden = !example;
  const page = example && state.pages.get(example.page);
  if (!page) return;
  wordsOf(page).then(
    (words) => {
      const word = words.get(example.word);
      if (word) drawCrop(find(".mk-chip-crop"), page, word.box, 150, 30);
    },
    () => {}
  );
}

/** keep: the sentences that stand there. */
export function search({ keep = false } = {}) {
  if (!keep) clearNotices();
  setActed(true);
  if (state.asked && state.asked.text !== typedText()) setExampleWeight(null);
  ask({ text: typedText(), example: state.example });
}

function ask(query) {
  find(".mk-hits").setAttribute("aria-busy", "true");
  const page = isThisPage() ? state.page : null;
  const fields = {
    ...query,
    variants: wantsVariants(),
    abbreviations: chosenAbbreviations(),
    page,
    example_weight: state.exampleWeight,
  };
  const { number, reply } = send("search", "search", fields);
  setAsked(query, number);
  reply.catch(() => {}); // the result has the error
}

/** The same query in another way or on another page. One that could not be answered is not asked again. */
export function searchAgain() {
  const refused = state.result && state.result.number === state.number && state.result.error;
  if (state.asked && !refused) ask(state.asked);
}

/** What was counted on all pages is searched on all pages. */
export function searchEverywhere(text, example) {
  find('.mk-scope input[value="all"]').checked = true;
  setQuery(text, example);
  search();
}

/** Searches for a word of the shown page. */
export function searchWord(number) {
  if (!wordOf(number)) return;
  setQuery("", { page: state.page, word: number, version: state.version });
  search();
}

// "This page" is the page that is shown.
on("page-shown", () => isThisPage() && searchAgain());

// Pages that became ready after the search are searched when it is wished, so that nothing moves by itself.
on("around", () => {
  const { searched = null, page = null } = state.result || {};
  const ready = searched && !page ? [...state.pages.keys()].filter((id) => !searched.includes(id)).length : 0;
  const button = find(".mk-later");
  button.hidden = !ready;
  put(button, plural(ready, "Search {n} new page too", "Search {n} new pages too"));
});

find(".mk-later").addEventListener("click", (event) => {
  searchAgain();
  if (!event.detail) focusQuery(); // the button goes, and who came by keyboard must not be lost
});
variantsInput.addEventListener("change", searchAgain);
abbreviationsInput.addEventListener("change", searchAgain);
find(".mk-scope").addEventListener("change", searchAgain);
find(".mk-query").addEventListener("submit", (event) => {
  event.preventDefault();
  search();
});
find(".mk-chip-x").addEventListener("click", () => {
  chooseExample(null);
  textInput.focus();
  if (typedText().trim()) search();
});
stage.addEventListener("click", (event) => {
  const number = wordAt(event);
  if (wasDragged() || event.detail > 1 || number === null) return;
  setCursor(number);
  searchWord(number);
});

find(".mk-help-open").addEventListener("click", (event) => {
  const open = event.target.getAttribute("aria-expanded") !== "true";
  event.target.setAttribute("aria-expanded", String(open));
  find(".mk-help").hidden = !open;
});
