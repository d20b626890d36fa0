// A list of names is looked up in one go; each line of the answer leads to its search.

const listTerms = find(".mk-list-terms");
const listSave = find(".mk-list-save");
let listed = null; // the last answer

const listing = makePanel(".mk-list-panel", {
  opener: ".mk-list",
  answer: "listed",
  opened() {},
  answered(answer) {
    listed = answer;
    rowsOf(answer.data)
      .then(drawListed)
      .catch(() => listing.fail(tr("The answer could not be fetched; please look the list up again.")));
  },
});

find(".mk-list-panel form").addEventListener("submit", (event) => {
  event.preventDefault();
  listing.say(tr("Looking up the list…"));
  const threshold = Number(find(".mk-threshold").value);
  listing.level = percent(threshold / 100);
  listing.ask("look_up_list", { terms: listTerms.value, threshold, variants: find(".mk-variants").checked });
});

listSave.addEventListener("click", () => save(listed.file, listed.name, listed.name));

function drawListed(rows) {
  const found = rows.filter((row) => row.hits > 0).length;
  listing.say(plural(
    rows.length, "{found} of {n} line has hits from {level} likely.", "{found} of {n} lines have hits from {level} likely.",
    { found, level: listing.level }
  ));
  const table = find(".mk-list-table");
  table.hidden = false;
  listSave.hidden = false;
  table.querySelector("tbody").replaceChildren(...rows.map(listRow));
  table.scrollIntoView({ block: "nearest" });
}

function listRow(row) {
  const page = state.pages.get(row.page);
  const term = make("button", { type: "button", class: "mk-link mk-list-term", disabled: Boolean(row.problem) }, row.term);
  term.addEventListener("click", () => {
    listing.close();
    searchEverywhere(row.term, null);
  });
  const best = make("td", { class: "mk-list-best" });
  if (row.problem) put(best, served(row.problem));
  else if (page) {
    const canvas = make("canvas", { role: "img", "aria-label": tr("Best match for {term}", { term: row.term }) });
    whenSeen(canvas, () => drawCrop(canvas, page, row.box, 120, 30));
    const where = [percent(row.score), tr("line {line}", { line: row.line + 1 }), state.pages.size > 1 ? titleOf(page) : null];
    best.append(canvas, make("span", { class: "mk-where" }, joined(where, " · ")));
  }
  return make(
    "tr", { class: row.hits ? null : "mk-none" },
    make("th", { scope: "row" }, term), make("td", { class: "mk-list-count" }, String(row.hits)), best
  );
}
