// From hit to hit: two buttons beside the page, and a key for each.

import { setAll, put } from "../shared/dom.js";
import { find } from "../shared/host.js";
import { clamp } from "../shared/geometry.js";
import { tr } from "../shared/language.js";
import { on, state } from "../shared/store.js";
import { selectHit } from "./results.js";

const back = find(".mk-step-back");
const forward = find(".mk-step-on");

const placeOf = () => state.split.lit.findIndex((hit) => hit.rank === state.selected);

/** Selects the next (1) or previous (-1) hit as they are listed; false if there is none. */
export function stepHit(direction) {
  const { lit } = state.split;
  if (!lit.length) return false;
  const place = placeOf();
  selectHit(lit[place < 0 ? 0 : clamp(place + direction, 0, lit.length - 1)], { scroll: true });
  return true;
}

function draw() {
  const { lit } = state.split;
  const place = placeOf();
  find(".mk-steps").hidden = !lit.length;
  const facts = { place: place < 0 ? "–" : place + 1, number: lit.length };
  put(find(".mk-step-place"), tr("{place} of {number}", facts));
  setAll(back, { "aria-disabled": place <= 0 ? "true" : null });
  setAll(forward, { "aria-disabled": place === lit.length - 1 ? "true" : null });
}
on("hits", draw);
on("selected", draw);

back.addEventListener("click", () => stepHit(-1));
forward.addEventListener("click", () => stepHit(1));
