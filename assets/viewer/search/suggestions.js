// Words that can be tried on the page that is shown, and what to do where no page is.

import { make, put } from "../shared/dom.js";
import { find } from "../shared/host.js";
import { tr } from "../shared/language.js";
import { on, state } from "../shared/store.js";
import { search, setQuery } from "./search.js";

on("around", () => {
  const page = state.pages.get(state.page);
  const suggest = find(".mk-suggest");
  suggest.hidden = !page || !page.queries.length;
  put(suggest, tr("Try"), " ", ...(page ? page.queries : []).map(suggestion));
  const empty = find(".mk-empty");
  empty.hidden = Boolean(page);
  if (page) return;
  const waiting = !state.view || state.view.busy || state.view.uploads.length || state.sending;
  put(empty, waiting ? tr("One moment…") : tr("Add a page scan, or open a sample page, to begin."));
});

function suggestion(query) {
  const chip = make("button", { type: "button", class: "mk-try" }, query);
  chip.addEventListener("click", () => {
    setQuery(query, null);
    search();
  });
  return chip;
}
