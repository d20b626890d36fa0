// How a query is asked: with spelling variants or without, on this page or on all; and in which order it is listed.

const variantsInput = find(".mk-variants");
const sortInput = find(".mk-sort");
const isByPage = () => sortInput.value === "page";
const isThisPage = () => find(".mk-scope input:checked").value === "page";

// keep: the sentences that stand there
function search({ keep = false } = {}) {
  if (!keep) clearNotices();
  state.acted = true;
  if (state.asked && state.asked.text !== textInput.value) state.lam = null;
  ask({ text: textInput.value, example: state.example });
}

function ask(query) {
  state.seq += 1;
  state.asked = query;
  find(".mk-hits").setAttribute("aria-busy", "true");
  const page = isThisPage() ? state.page : null;
  trigger("search_words", { seq: state.seq, ...query, variants: variantsInput.checked, page, lam: state.lam });
}

// The same query in another way or on another page. One that could not be answered is not asked again.
function askAgain() {
  const refused = state.result && state.result.seq === state.seq && state.result.error;
  if (state.asked && !refused) ask(state.asked);
}

// "This page" is the page that is shown.
function followPage() {
  if (state.page && isThisPage()) askAgain();
}

// As they are walked: best first, or in reading order page by page.
function inOrder(hits) {
  if (!isByPage()) return hits;
  const places = new Map([...state.pages.keys()].map((page, place) => [page, place]));
  return [...hits].sort((one, other) => places.get(one.page) - places.get(other.page) || one.word - other.word);
}

// Pages that became ready after the search are searched when it is wished, so that nothing moves by itself.
function drawLater() {
  const { searched, page } = state.result || {};
  const ready = searched && !page ? [...state.pages.keys()].filter((id) => !searched.includes(id)).length : 0;
  const button = find(".mk-later");
  button.hidden = !ready;
  put(button, plural(ready, "Search {n} new page too", "Search {n} new pages too"));
}

find(".mk-later").addEventListener("click", (event) => {
  askAgain();
  if (!event.detail) textInput.focus(); // the button goes, and who came by keyboard must not be lost
});
variantsInput.addEventListener("change", askAgain);
find(".mk-scope").addEventListener("change", askAgain);
sortInput.addEventListener("change", () => drawResult());

find(".mk-help-open").addEventListener("click", (event) => {
  const open = event.target.getAttribute("aria-expanded") !== "true";
  event.target.setAttribute("aria-expanded", String(open));
  find(".mk-help").hidden = !open;
});
