// What a hit rests on where its page has a transcript: the ink, the transcript, or both; or the one against the other.

import { make } from "../shared/dom.js";
import { percent } from "../shared/format.js";
import { tr } from "../shared/language.js";
import { state } from "../shared/store.js";

/** "ink", "transcript", "both" or "against"; "" where there is no transcript. @param {import("../shared/types.js").Hit} hit */
export function basisOf(hit, threshold) {
  const { ink, text, other } = hit;
  if (ink === undefined && text === undefined) return "";
  if (text !== undefined) return ink !== undefined && ink >= threshold ? "both" : "transcript";
  return other === undefined ? "ink" : "against";
}

const SIGNS = { ink: "✎", transcript: "¶", both: "✎¶", against: "≠" };

function said({ ink = 0, text = 0, other = "" }, basis) {
  const facts = { ink: percent(ink), text: percent(text), other };
  if (basis === "both") return tr("ink {ink} and transcript {text}", facts);
  if (basis === "transcript") return tr("transcript {text}; by its ink {ink}", facts);
  if (basis === "against") return tr("ink alone; the transcript has “{other}”", facts);
  return tr("ink alone");
}

/** A line that says so with a sign, or nothing. */
export function basisNode(hit) {
  const basis = basisOf(hit, state.threshold);
  if (!basis) return "";
  return make(
    "span",
    { class: `mk-basis mk-${basis}` },
    make("span", { class: "mk-basis-sign", "aria-hidden": "true" }, SIGNS[basis]),
    make("span", {}, said(hit, basis))
  );
}
