// Export: the hits that are shown, or all words, as a file of the visitor's choice.

import { decisionOf } from "../feedback/decisions.js";
import { queryName } from "../search/query_name.js";
import { Dialog } from "../shared/dialog.js";
import { put } from "../shared/dom.js";
import { save } from "../shared/files.js";
import { sizeOf } from "../shared/format.js";
import { chosenValue, find, findAll } from "../shared/host.js";
import { count, plural, tr } from "../shared/language.js";
import { state, wordCount } from "../shared/store.js";

const READINGS = ["text", "page", "alto"]; // formats of what is read; the first is of nothing else
let wanted = null; // content that is chosen when the dialog opens, where it is not the usual one

const dialog = new Dialog("export", {
  opened() {
    dialog.say();
    drawChoices();
  },
});

/** Opens the dialog with a content chosen, for the shown page alone or for all. */
export function openExport(what, onlyShown) {
  wanted = what;
  const value = onlyShown ? "page" : "all";
  find(`input[name="mk-export-pages"][value="${value}"]`).checked = true;
  dialog.open();
}

// The words count from the page, the hits as they are highlighted: below the threshold nothing is exported.
function drawChoices() {
  const hits = state.split.lit.length;
  const pages = state.pages.size;
  const [some, all, read] = findAll('input[name="mk-export-what"]');
  some.disabled = !hits;
  some.checked = hits > 0 && !wanted;
  all.checked = !hits && !wanted;
  read.checked = wanted === "reading";
  wanted = null;
  const name = hits && queryName(state.result);
  put(
    find(".mk-export-hits"),
    hits
      ? plural(hits, "the {n} hit shown for {name}", "the {n} hits shown for {name}", { name })
      : tr("hits (none is shown now)")
  );
  const words = wordCount();
  put(find(".mk-export-words"), plural(words, "{n} word with its box", "all {n} words with their boxes"));
  put(find(".mk-export-all"), pages > 1 ? tr("all {number} pages", { number: pages }) : tr("all pages"));
  drawNotes();
  find(".mk-export-panel .mk-primary").disabled = !pages;
  if (!pages) dialog.say(tr("Add a page or open a sample first."));
}

const onlyPage = () => (chosenValue("mk-export-pages") === "page" ? state.page : null);

// What was rejected is exported too, with the decision; what is read has formats of its own.
function drawNotes() {
  const page = onlyPage();
  const isAmong = (hit) => decisionOf(hit) === "rejected" && [null, hit.page].includes(page);
  find(".mk-export-rejected").hidden =
    chosenValue("mk-export-what") !== "hits" || !state.split.lit.some(isAmong);
  const isRead = chosenValue("mk-export-what") === "reading";
  find(".mk-export-reading").hidden = !isRead;
  const formats = findAll('input[name="mk-export-format"]');
  for (const format of formats) {
    format.disabled = isRead ? !READINGS.includes(format.value) : format.value === READINGS[0];
  }
  const chosen = formats.find((format) => format.checked && !format.disabled);
  const usual = isRead ? formats.find((format) => format.value === READINGS[0]) : formats[0];
  (chosen ?? usual).checked = true;
}
dialog.node.addEventListener("change", drawNotes);

dialog.onSubmit(() => {
  const order = { format: chosenValue("mk-export-format"), page: onlyPage() };
  const hits = chosenValue("mk-export-what") === "hits" && {
    hits: state.split.lit.map((hit) => hit.rank),
    search: state.result.number,
    revision: state.result.revision,
  };
  const reading = chosenValue("mk-export-what") === "reading";
  dialog.say(tr("Writing the file…"));
  dialog.ask("export", { ...order, ...hits, reading }, tellSaved);
});

function tellSaved({ file, name, kind, count: number, pages, bytes }) {
  const things =
    kind === "reading"
      ? count(number, "line", "lines")
      : kind === "hits"
        ? count(number, "hit", "hits")
        : count(number, "word", "words");
  const facts = { things, pages: count(pages, "page", "pages"), size: sizeOf(bytes) };
  const told = tr("{things} of {pages}, {size}.", facts);
  dialog.say(save(file, name), " \u2013 ", told, " ", tr("If it was not saved, click its name."));
}
