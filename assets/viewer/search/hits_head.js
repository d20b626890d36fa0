// What stands above the list of hits: how many there are, and what else can be done where there is none.

import { RUNNING } from "../learning/states.js";
import { put } from "../shared/dom.js";
import { percent } from "../shared/format.js";
import { find } from "../shared/host.js";
import { plural, tr, worded } from "../shared/language.js";
import { state } from "../shared/store.js";
import { queryName } from "./query_name.js";

/** @param {import("../shared/types.js").SearchResult | null} result @param {import("../shared/types.js").SplitHits} split */
export function drawHead(result, split) {
  const level = percent(state.threshold);
  const [title, note] = sentences(result, split, level);
  put(find(".mk-echo"), title);
  put(find(".mk-echo-note"), note);
  drawAdvice(result, split);
  find(".mk-sort-field").hidden = !split.lit.length;
  const divider = find(".mk-divider");
  divider.hidden = !result || Boolean(result.error) || !split.guesses.length;
  const said = split.possible ? tr("Best guesses") : tr("Below {level}: best guesses", { level });
  if (!divider.hidden) put(divider, said);
}

function sentences(result, split, level) {
  if (!result) {
    const hint = tr(
      "Type a word above, or click one on the page. Words that look like it are listed here, best first."
    );
    return [tr("Hits"), state.page ? hint : ""];
  }
  if (result.error) return [tr("Nothing searched yet"), tr("Type another word, or click one on the page.")];
  const asked = queryName(result);
  const name = result.page ? tr("{name} on this page", { name: asked }) : asked;
  if (split.possible && split.possible === split.found) {
    return [
      plural(split.found, "{n} possible hit for {name}", "{n} possible hits for {name}", { name }),
      tr("None above {level}, but these stand out from all other words here.", { level }),
    ];
  }
  if (split.above) {
    const cut = split.above > split.lit.length;
    return [
      plural(split.found, "{n} hit for {name}", "{n} hits for {name}", { name }),
      cut ? tr("The {number} best are shown.", { number: split.lit.length }) : "",
    ];
  }
  if (result.notice) return [tr("No likely hit for {name}", { name }), worded(result.notice)];
  const note = split.guesses.length
    ? tr("No hit above {level}; best guesses below.", { level })
    : tr("No hit above {level}.", { level });
  return [tr("No likely hit for {name}", { name }), note];
}

// As on a hand that is hard to read.
function drawAdvice(result, split) {
  const nothing = Boolean(result) && !result.error && split.above === split.possible;
  find(".mk-advice").hidden = !nothing;
  if (!nothing) return;
  find(".mk-advice-click").hidden = Boolean(result.example);
  const learning = state.view?.learning?.state;
  find(".mk-advice-learn").hidden = [...RUNNING, "learnt"].includes(learning);
}
