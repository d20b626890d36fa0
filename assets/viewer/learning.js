// Learning the hand of these pages: a dialog to begin, and a card in the left column that says how it stands.

const RUNNING = ["waiting", "learning"];
const LIST_BYTES = 2e6;
const language = find(".mk-language");
const ownWords = find(".mk-own-words");
const card = find(".mk-learning");

const lesson = makePanel(".mk-learn-panel", {
  opener: ".mk-learn",
  answer: "lesson",
  opened() {
    lesson.say();
    const words = [...state.pages.values()].reduce((sum, page) => sum + page.words, 0);
    const facts = { pages: count(state.pages.size, "page", "pages"), words: count(words, "word", "words") };
    lesson.say(words ? tr("{pages} with {words} will be learnt.", facts) : tr("Add a page or open a sample first."));
    for (const name of [".mk-learn-panel .mk-primary", ".mk-teach"]) find(name).disabled = !words;
  },
  answered: () => lesson.close(),
});

language.addEventListener("change", () => {
  find(".mk-own-list").hidden = language.value !== "own";
});

find(".mk-own-file").addEventListener("change", async (event) => {
  const [file] = event.target.files;
  if (!file) return;
  if (file.size > LIST_BYTES) lesson.fail(tr("This word list is larger than 2 MB; please choose a smaller one."));
  else {
    ownWords.value = await file.text();
    lesson.say(tr("{file} is taken over.", { file: file.name }));
  }
  event.target.value = "";
});

const learningPlan = () => ({
  language: language.value,
  words: language.value === "own" ? ownWords.value : "",
  minutes: Number(chosen("mk-minutes")),
});

find(".mk-learn-panel form").addEventListener("submit", (event) => {
  event.preventDefault();
  lesson.say(tr("Beginning…"));
  lesson.ask("learn_hand", learningPlan());
});

let stood = null; // the state of the card before

// The card. Its sentence is spoken once a step, the moving bar is not.
function drawLearning(learning) {
  // a project that was saved while the hand was learnt does not hold it; one that is opened brings its own
  if (RUNNING.includes(stood) && learning && learning.state === "learnt") work.done += 1;
  stood = learning ? learning.state : null;
  card.hidden = !learning;
  if (!learning) return;
  const running = RUNNING.includes(learning.state);
  const sentence = served(learning.sentence);
  put(find(".mk-learning-text"), running ? going(sentence) : sentence);
  const bar = card.querySelector("progress");
  bar.hidden = !running;
  if (learning.fraction > 0) bar.value = learning.fraction;
  else bar.removeAttribute("value");
  const left = find(".mk-learning-left");
  const minutes = Math.max(1, Math.ceil(learning.left / 60));
  left.hidden = !Number.isFinite(learning.left);
  put(left, plural(minutes, "At most about {n} minute more.", "At most about {n} minutes more."));
  const gain = find(".mk-learning-gain");
  gain.hidden = !learning.gain;
  if (learning.gain) {
    const [before, now] = learning.gain.map(percent);
    put(gain, tr("Sure of what it reads here: {before} before, {now} now.", { before, now }));
  }
  const stop = find(".mk-learn-stop");
  stop.hidden = !running;
  if (!running) stop.disabled = false;
  for (const [name, shown] of [["forget", learning.state === "learnt"], ["again", learning.state === "forgotten"]]) {
    const button = find(`.mk-learn-${name}`);
    button.hidden = !shown;
    button.disabled = false;
  }
  find(".mk-learn").disabled = running;
}

for (const [name, told] of [["stop", tr("Stopping")], ["forget", tr("Going back")], ["again", tr("Taking up again")]]) {
  find(`.mk-learn-${name}`).addEventListener("click", (event) => {
    event.target.disabled = true;
    put(find(".mk-learning-text"), going(told));
    lesson.steer(name);
  });
}
lesson.steer = (what) => trigger("steer_learning", { seq: 0, what });
panelStates.set("learning", drawLearning);
