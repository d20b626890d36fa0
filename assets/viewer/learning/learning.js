// Learning the hand of these pages: a dialog to begin, and a card in the left column that says how it stands.

import { Dialog } from "../shared/dialog.js";
import { put } from "../shared/dom.js";
import { percent, underway } from "../shared/format.js";
import { chosenValue, find } from "../shared/host.js";
import { count, plural, tr, worded } from "../shared/language.js";
import { request } from "../shared/requests.js";
import { on, state, wordCount } from "../shared/store.js";
import { countWork } from "../tools/unsaved.js";
import { drawOwnSearches } from "./own_searches.js";
import { RUNNING } from "./states.js";

const LIST_BYTES = 2e6;
const language = find(".mk-learning-language");
const ownWords = find(".mk-own-words");
const card = find(".mk-learning-card");

/** The dialog in which learning is begun. */
export const dialog = new Dialog("learning", {
  opened() {
    dialog.say();
    const words = wordCount();
    const facts = { pages: count(state.pages.size, "page", "pages"), words: count(words, "word", "words") };
    const none = tr("Add a page or open a sample first.");
    dialog.say(words ? tr("{pages} with {words} will be learnt.", facts) : none);
    for (const name of [".mk-learning-panel .mk-primary", ".mk-active_learning"])
      find(name).disabled = !words;
  },
});

/** What the visitor wants learnt, and for how long. */
export const learningPlan = () => ({
  language: language.value,
  words: language.value === "own" ? ownWords.value : "",
  minutes: Number(chosenValue("mk-minutes")),
});

language.addEventListener("change", () => {
  find(".mk-own-list").hidden = language.value !== "own";
});

find(".mk-own-file").addEventListener("change", async (event) => {
  const [file] = event.target.files;
  if (!file) return;
  if (file.size > LIST_BYTES)
    dialog.fail(tr("This word list is larger than 2 MB; please choose a smaller one."));
  else {
    ownWords.value = await file.text();
    dialog.say(tr("{file} is taken over.", { file: file.name }));
  }
  event.target.value = "";
});

dialog.onSubmit(() => {
  dialog.say(tr("Beginning…"));
  dialog.ask("start", learningPlan(), () => dialog.close());
});
find(".mk-advice-learn button").addEventListener("click", () => dialog.open());

let stood = null; // the state of the card before

// The card. Its sentence is spoken once a step, the moving bar is not.
on("view", () => {
  const { learning } = state.view;
  // a project that was saved while the hand was learnt does not hold it; one that is opened brings its own
  if (RUNNING.includes(stood) && learning && learning.state === "learnt") countWork();
  stood = learning ? learning.state : null;
  card.hidden = !learning;
  if (!learning) return;
  const running = RUNNING.includes(learning.state);
  const message = worded(learning.message);
  put(find(".mk-learning-text"), running ? underway(message) : message);
  drawProgress(learning, running);
  drawGain(learning.gain);
  drawOwnSearches(learning.searches);
  drawButtons(learning.state, running);
});

function drawProgress({ fraction, left: seconds }, running) {
  const bar = card.querySelector("progress");
  bar.hidden = !running;
  if (fraction > 0) bar.value = fraction;
  else bar.removeAttribute("value");
  const left = find(".mk-learning-left");
  left.hidden = !Number.isFinite(seconds);
  const minutes = Math.ceil(seconds / 60);
  const soon = seconds <= 20 ? tr("A few seconds more.") : null;
  put(left, soon ?? plural(minutes, "At most about {n} minute more.", "At most about {n} minutes more."));
}

function drawGain(gain) {
  const line = find(".mk-learning-gain");
  line.hidden = !gain;
  if (!gain) return;
  const [before, now] = gain.map(percent);
  put(line, tr("Sure of what it reads here: {before} before, {now} now.", { before, now }));
}

const BUTTONS = {
  stop: { said: tr("Stopping"), shown: (stands) => RUNNING.includes(stands) },
  undo: { said: tr("Going back"), shown: (stands) => stands === "learnt" },
  redo: { said: tr("Taking up again"), shown: (stands) => stands === "undone" },
};

function drawButtons(stands, running) {
  for (const [action, { shown }] of Object.entries(BUTTONS)) {
    const button = find(`.mk-learning-${action}`);
    const hidden = !shown(stands);
    if (hidden || action !== "stop") button.disabled = false;
    button.hidden = hidden;
  }
  find(".mk-learning").disabled = running;
}

for (const [action, { said }] of Object.entries(BUTTONS)) {
  find(`.mk-learning-${action}`).addEventListener("click", (event) => {
    event.target.disabled = true;
    put(find(".mk-learning-text"), underway(said));
    request("learning", action).catch((error) => {
      event.target.disabled = false;
      put(find(".mk-learning-text"), error.said);
    });
  });
}
