// What the visitor's own searches found before a hand was learnt, and now: a table in the card of learning.

import { make } from "../shared/dom.js";
import { percent } from "../shared/format.js";
import { find } from "../shared/host.js";
import { tr } from "../shared/language.js";
import { queryName } from "../search/query_name.js";

const place = make("div", { class: "mk-own-searches", hidden: true });
find(".mk-learning-gain").after(place);
let drawn = "";

/**
 * Draws the searches of a view; none: nothing.
 * @param {{rows: {text: string, example: boolean, hits: number[], first: number[]}[], expected: number[]} | null} searches
 */
export function drawOwnSearches(searches) {
  const asked = JSON.stringify(searches);
  if (asked === drawn) return;
  drawn = asked;
  place.hidden = !searches?.rows.length;
  if (place.hidden) return;
  const [before, now] = searches.expected;
  place.replaceChildren(
    make(
      "p",
      {},
      tr("Right hits to be expected in your searches: {before} before, {now} now.", { before, now })
    ),
    make("table", {}, headRow(), make("tbody", {}, ...searches.rows.map(row)))
  );
}

const headRow = () =>
  make(
    "thead",
    {},
    make(
      "tr",
      {},
      ...[tr("Your search"), tr("Hits"), tr("First hit")].map((name) => make("th", { scope: "col" }, name))
    )
  );

function row({ text, example, hits, first }) {
  return make(
    "tr",
    {},
    make("th", { scope: "row" }, queryName({ text, example })),
    make("td", {}, change(hits.map(String))),
    make("td", {}, change(first.map(percent)))
  );
}

const change = ([before, now]) => (before === now ? now : tr("{before} → {now}", { before, now }));
