// A list of names is searched in one go; each line of the result leads to its search.

import { drawCrop, whenSeen } from "../page/crops.js";
import { titleOf } from "../page/title.js";
import { chosenAbbreviations, searchEverywhere, wantsVariants } from "../search/search.js";
import { Dialog } from "../shared/dialog.js";
import { make, put } from "../shared/dom.js";
import { fetchJson, save } from "../shared/files.js";
import { percent } from "../shared/format.js";
import { find } from "../shared/host.js";
import { joined, plural, tr, worded } from "../shared/language.js";
import { state } from "../shared/store.js";

const saveButton = find(".mk-list_search-save");
let found = null; // the last answer
const dialog = new Dialog("list_search");

dialog.onSubmit(() => {
  dialog.say(tr("Searching the list…"));
  const threshold = Math.round(100 * state.threshold);
  const fields = {
    terms: find(".mk-list_search-terms").value,
    threshold,
    variants: wantsVariants(),
    abbreviations: chosenAbbreviations(),
  };
  dialog.ask("search", fields, async (answer) => {
    found = answer;
    try {
      drawFound(await fetchJson(answer.data), percent(threshold / 100));
    } catch {
      dialog.fail(tr("The result could not be fetched; please search the list again."));
    }
  });
});

saveButton.addEventListener("click", () => save(found.file, found.name));

function drawFound(rows, level) {
  const hits = rows.filter((row) => row.hits > 0).length;
  const facts = { found: hits, level };
  dialog.say(
    plural(
      rows.length,
      "{found} of {n} line has hits from {level} likely.",
      "{found} of {n} lines have hits from {level} likely.",
      facts
    )
  );
  const table = find(".mk-list_search-table");
  table.hidden = false;
  saveButton.hidden = false;
  table.querySelector("tbody").replaceChildren(...rows.map(foundRow));
  table.scrollIntoView({ block: "nearest" });
}

function foundRow(row) {
  const attributes = { type: "button", class: "mk-link mk-list_search-term", disabled: Boolean(row.problem) };
  const term = make("button", attributes, row.term);
  term.addEventListener("click", () => {
    dialog.close();
    searchEverywhere(row.term, null);
  });
  return make(
    "tr",
    { class: row.hits ? null : "mk-none" },
    make("th", { scope: "row" }, term),
    make("td", { class: "mk-list_search-count" }, String(row.hits)),
    bestCell(row)
  );
}

function bestCell(row) {
  const cell = make("td", { class: "mk-list_search-best" });
  const page = state.pages.get(row.page);
  if (row.problem) put(cell, worded(row.problem));
  else if (page) {
    const label = tr("Best match for {term}", { term: row.term });
    const canvas = make("canvas", { role: "img", "aria-label": label });
    whenSeen(canvas, () => drawCrop(canvas, page, row.box, 120, 30));
    const line = tr("line {line}", { line: row.line + 1 });
    const where = joined([percent(row.score), line, state.pages.size > 1 ? titleOf(page) : null], " · ");
    cell.append(canvas, make("span", { class: "mk-where" }, where));
  }
  return cell;
}
