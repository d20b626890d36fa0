// The result of the last search: taken over from the server, cut by threshold and number, selected hit by hit.

import { decisionOf, sameHit } from "../feedback/decisions.js";
import { refreshBoxes, showHit } from "../page/current_page.js";
import { find } from "../shared/host.js";
import { worded } from "../shared/language.js";
import { say } from "../shared/notices.js";
import {
  emit,
  hitOf,
  presentExample,
  setLimit,
  setOrder,
  setResult,
  setSelected,
  setSplit,
  setThreshold,
  state,
} from "../shared/store.js";
import { chooseExample } from "./search.js";
import { byPage, splitHits } from "./split_hits.js";

/** Takes over the result of a view; whether it is another one. @param {import("../shared/types.js").SearchResult | null} fresh */
export function receiveResult(fresh) {
  if (!fresh || fresh.number !== state.number) return false;
  const first = !state.result || state.result.number !== fresh.number;
  // a search is answered again, in another revision, when boxes were edited or hits decided about
  if (!first && state.result.revision === fresh.revision) return false;
  const selected = first ? null : hitOf(state.selected);
  const again = selected && fresh.hits.find((hit) => sameHit(hit, selected));
  setResult(fresh, again ? again.rank : null);
  find(".mk-hits").removeAttribute("aria-busy");
  if (first) find(".mk-hit-scroll").scrollTop = 0;
  if (first && !state.thresholdChosen && fresh.threshold) showThreshold(Math.round(100 * fresh.threshold));
  if (fresh.error) say(worded(fresh.error));
  if (state.example) chooseExample(presentExample(fresh.example));
  return true;
}

/** Draws what follows from the result, the threshold and the decisions, without a question to the server. */
export function drawResult() {
  const hits = state.result && !state.result.error ? state.result.hits : [];
  const open = hits.filter((hit) => state.pages.has(hit.page));
  const split = splitHits(open, state.threshold, state.limit, decisionOf, state.thresholdChosen);
  setSplit(state.order === "page" ? { ...split, lit: byPage(split.lit, state.pages.keys()) } : split);
  emit("page-hits");
  emit("hits");
  emit("around");
}

/** Draws the result after boxes that have changed: hits and boxes are numbered alike. */
export function drawAfterBoxes(all) {
  const draw = () => (all ? drawResult() : emit("around"));
  const boxes = refreshBoxes();
  if (boxes) boxes.then(draw);
  else draw();
}

/** Selects a hit and shows it on its page. scroll: the list to it too. */
export function selectHit(hit, { scroll = false } = {}) {
  setSelected(hit.rank);
  emit("selected", scroll);
  showHit(hit);
}

function showThreshold(share, chosen = false) {
  setThreshold(share / 100, chosen);
  find(".mk-threshold").value = String(share);
  find(".mk-threshold-value").textContent = `${share}\u202f%`;
}

find(".mk-threshold").addEventListener("input", (event) => {
  showThreshold(Number(event.target.value), true);
  drawResult();
});
find(".mk-limit").addEventListener("change", (event) => {
  setLimit(Number(event.target.value));
  drawResult();
});
find(".mk-sort").addEventListener("change", (event) => {
  setOrder(event.target.value);
  drawResult();
});
