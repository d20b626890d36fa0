// The first visit is led in four steps: search, click, confirm, export. What a step asks for leads on to the next; each can
// be passed over, and all of them left. That they were shown is kept in this browser only.

import { make, put } from "../shared/dom.js";
import { find } from "../shared/host.js";
import { tr } from "../shared/language.js";
import { on, state } from "../shared/store.js";

const STORED = "mark-tour";
const card = find(".mk-tour");
const next = find(".mk-tour-next");

/** at: what a step is about. name, text: what it asks for. */
const STEPS = [
  {
    at: ".mk-bar",
    name: tr("Search"),
    text: tr("Type a word above and press Enter, or choose one that is offered below the field."),
  },
  {
    at: ".mk-stage-wrap",
    name: tr("Click"),
    text: tr("Click a word on the page: MARK finds the words that look like it, in any script."),
  },
  {
    at: ".mk-hits",
    name: tr("Confirm"),
    text: tr("Confirm a hit with ✓ or reject it with ✗: the list improves at once."),
  },
  {
    at: ".mk-export",
    name: tr("Export"),
    text: tr("Export saves the hits, or all words, as a table or in the formats of libraries."),
  },
];
const done = new Set(); // steps that were taken or passed over
let shown = -1;

function wasShown() {
  try {
    return localStorage.getItem(STORED) !== null;
  } catch {
    return true; // where nothing can be kept it would come back each time
  }
}

function draw() {
  const step = STEPS.findIndex((_, place) => !done.has(place));
  if (step === shown) return;
  if (shown >= 0) find(STEPS[shown].at).classList.remove("mk-tour-target");
  shown = step;
  if (step < 0) return close();
  const { at, name, text } = STEPS[step];
  find(at).classList.add("mk-tour-target");
  const place = tr("Step {step} of {number}", { step: step + 1, number: STEPS.length });
  put(find(".mk-tour-text"), make("b", {}, place, ": ", name, "."), " ", text);
  put(next, step === STEPS.length - 1 ? tr("Done") : tr("Next"));
}

function take(step) {
  if (card.hidden) return;
  done.add(step);
  draw();
}

function close() {
  const held = card.contains(document.activeElement);
  for (const { at } of STEPS) find(at).classList.remove("mk-tour-target");
  card.hidden = true;
  shown = -1;
  if (held) find(".mk-text").focus({ preventScroll: true });
}

/** Begins with the first step. */
function begin() {
  done.clear();
  shown = -1;
  card.hidden = false;
  draw();
  try {
    localStorage.setItem(STORED, "shown");
  } catch {
    // forbidden storage
  }
}

next.addEventListener("click", () => take(shown));
find(".mk-tour-skip").addEventListener("click", close);
find(".mk-tour-again").addEventListener("click", () => {
  find(".mk-shortcuts-panel").close();
  begin();
  card.scrollIntoView({ block: "nearest" });
  next.focus();
});
on("hits", () => {
  const { result } = state;
  if (!result || result.error) return;
  if (result.example) take(1);
  else take(0);
});
on("request", (feature) => {
  if (feature === "feedback") take(2);
});
find(".mk-export").addEventListener("click", () => take(3));

if (!wasShown()) begin();
