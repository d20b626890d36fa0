// Take away: the hits that are shown, or all words, as a file of the visitor's choice.

const chosen = (name) => (find(`input[name="${name}"]:checked`) || {}).value;

const taking = makePanel(".mk-take-panel", {
  opener: ".mk-take",
  answer: "taken",
  opened() {
    taking.say();
    drawTaking();
  },
  answered({ file, name, told }) {
    taking.say(save(file, name, name), ` \u2013 ${told}. `, "If it was not saved, click its name.");
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
  find(".mk-take-hits").textContent = hits
    ? `the ${count(hits, "hit", "hits")} shown for ${queryName(state.result)}`
    : "hits (none is shown now)";
  find(".mk-take-words").textContent = `all ${count(words, "word", "words")} with their boxes`;
  find(".mk-take-all").textContent = pages.length > 1 ? `all ${pages.length} pages` : "all pages";
  find(".mk-take-panel .mk-primary").disabled = !pages.length;
  if (!pages.length) taking.say("Add a page or open a sample first.");
}

find(".mk-take-panel form").addEventListener("submit", (event) => {
  event.preventDefault();
  const order = { format: chosen("mk-take-format"), page: chosen("mk-take-pages") === "page" ? state.page : null };
  if (chosen("mk-take-what") === "hits") {
    order.hits = state.split.lit.map((hit) => hit.rank);
    order.search = state.result.seq;
    order.turn = state.result.turn;
  }
  taking.say("Writing the file\u2026");
  taking.ask("take_away", order);
});
