// Typed word or clicked word: how much either counts, as it was learnt or as the visitor wants it.

import { setAll } from "../shared/dom.js";
import { find } from "../shared/host.js";
import { tr } from "../shared/language.js";
import { on, setExampleWeight, state } from "../shared/store.js";
import { searchAgain, typedText } from "./search.js";

const field = find(".mk-example_weight");
const input = find(".mk-example_weight-input");
const learnt = find(".mk-example_weight-learnt");

on("hits", () => {
  const { result } = state;
  const isComposed = result && !result.error && result.weight !== null && state.example && typedText().trim();
  field.hidden = !isComposed;
  learnt.hidden = state.exampleWeight === null;
  if (isComposed && document.activeElement !== input) show(Math.round(100 * result.weight));
});

function show(share) {
  input.value = String(share);
  find(".mk-example_weight-value").textContent = `${share}\u202f%`;
  const shares = { share, rest: 100 - share };
  setAll(input, { "aria-valuetext": tr("clicked word {share} percent, typed word {rest} percent", shares) });
}

input.addEventListener("input", () => show(Number(input.value)));
input.addEventListener("change", () => {
  setExampleWeight(Number(input.value) / 100);
  searchAgain();
});
learnt.addEventListener("click", () => {
  setExampleWeight(null);
  input.focus();
  input.blur();
  searchAgain();
});
