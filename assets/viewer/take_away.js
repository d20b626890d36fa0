// Take away: the hits that are shown, or all words, as a file of the visitor's choice.

const chosen = (name) => (find(`input[name="${name}"]:checked`) || {}).value;

const taking = makePanel(".mk-take-panel", {
  opener: ".mk-take",
  answer: "taken",
  opened() {
    taking.say();
    drawTaking();
  },
  answered({ file, name, kind, count: number, pages, bytes }) {
    const things = kind === "hits" ? count(number, "hit", "hits") : count(number, "word", "words");
    const told = tr("{things} of {pages}, {size}.", { things, pages: count(pages, "page", "pages"), size: sizeOf(bytes) });
    taking.say(save(file, name, name), " \u2013 ", told, " ", tr("If it was not saved, click its name."));
  },
});

// The words count from the page, the hits as they are lit: below the threshold nothing is taken.
function drawTaking() {
  const hits = state.split.lit.length;
  const pages = [...state.pages.values()];
  const words = pages.reduce((sum, page) => sum + page.words, 0);
  const [some, all] = element.querySelectorAll('input[name="mk-take-what"]');
  some.disabled = !hits;
  some.checked = hits > 0;
  all.checked = !hits;
  const name = hits && queryName(state.result);
  put(find(".mk-take-hits"), hits
    ? plural(hits, "the {n} hit shown for {name}", "the {n} hits shown for {name}", { name })
    : tr("hits (none is shown now)"));
  put(find(".mk-take-words"), plural(words, "{n} word with its box", "all {n} words with their boxes"));
  put(find(".mk-take-all"), pages.length > 1 ? tr("all {number} pages", { number: pages.length }) : tr("all pages"));
  drawRejected();
  find(".mk-take-panel .mk-primary").disabled = !pages.length;
  if (!pages.length) taking.say(tr("Add a page or open a sample first."));
}

// What was rejected is taken away too, with the decision.
function drawRejected() {
  const only = chosen("mk-take-pages") === "page" ? state.page : null;
  const rejected = state.split.lit.some((hit) => decisionOf(hit) === "rejected" && [null, hit.page].includes(only));
  find(".mk-take-rejected").hidden = chosen("mk-take-what") !== "hits" || !rejected;
}
find(".mk-take-panel").addEventListener("change", drawRejected);

find(".mk-take-panel form").addEventListener("submit", (event) => {
  event.preventDefault();
  const order = { format: chosen("mk-take-format"), page: chosen("mk-take-pages") === "page" ? state.page : null };
  if (chosen("mk-take-what") === "hits") {
    order.hits = state.split.lit.map((hit) => hit.rank);
    order.search = state.result.seq;
    order.turn = state.result.turn;
  }
  taking.say(tr("Writing the file…"));
  taking.ask("take_away", order);
});
