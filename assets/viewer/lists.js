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
    fetch(fileUrl(answer.data))
      .then((file) => (file.ok ? file.json() : Promise.reject(new Error(file.statusText))))
      .then(drawListed)
      .catch(() => listing.fail("The answer could not be fetched; please look the list up again."));
  },
});

find(".mk-list-panel form").addEventListener("submit", (event) => {
  event.preventDefault();
  listing.say("Looking up the list\u2026");
  const threshold = Number(find(".mk-threshold").value);
  listing.level = percent(threshold / 100);
  listing.ask("look_up_list", { terms: listTerms.value, threshold, variants: find(".mk-variants").checked });
});

listSave.addEventListener("click", () => save(listed.file, listed.name, listed.name));

function drawListed(rows) {
  const found = rows.filter((row) => row.hits > 0).length;
  listing.say(`${found} of ${count(rows.length, "line has", "lines have")} hits from ${listing.level} likely.`);
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
  if (row.problem) best.append(row.problem);
  else if (page) {
    const canvas = make("canvas", { role: "img", "aria-label": `Best match for ${row.term}` });
    whenSeen(canvas, () => drawCrop(canvas, page, row.box, 120, 30));
    const where = `${percent(row.score)} · line ${row.line + 1}${state.pages.size > 1 ? ` · ${page.title}` : ""}`;
    best.append(canvas, make("span", { class: "mk-where" }, where));
  }
  return make(
    "tr", { class: row.hits ? null : "mk-none" },
    make("th", { scope: "row" }, term), make("td", { class: "mk-list-count" }, String(row.hits)), best
  );
}
