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
    if (words) lesson.say(`${count(state.pages.size, "page", "pages")} with ${count(words, "word", "words")} will be learnt.`);
    else lesson.say("Add a page or open a sample first.");
    find(".mk-learn-panel .mk-primary").disabled = !words;
  },
  answered: () => lesson.close(),
});

language.addEventListener("change", () => {
  find(".mk-own-list").hidden = language.value !== "own";
});

find(".mk-own-file").addEventListener("change", async (event) => {
  const [file] = event.target.files;
  if (!file) return;
  if (file.size > LIST_BYTES) lesson.fail("This word list is larger than 2 MB; please choose a smaller one.");
  else {
    ownWords.value = await file.text();
    lesson.say(`${file.name} is taken over.`);
  }
  event.target.value = "";
});

find(".mk-learn-panel form").addEventListener("submit", (event) => {
  event.preventDefault();
  lesson.say("Beginning\u2026");
  const words = language.value === "own" ? ownWords.value : "";
  lesson.ask("learn_hand", { language: language.value, words, minutes: Number(chosen("mk-minutes")) });
});

// The card. Its sentence is spoken once a step, the moving bar is not.
function drawLearning(learning) {
  card.hidden = !learning;
  if (!learning) return;
  const running = RUNNING.includes(learning.state);
  const line = find(".mk-learning-text");
  const sentence = running ? `${learning.sentence.replace(/\.$/, "")}\u2026` : learning.sentence;
  if (line.textContent !== sentence) line.textContent = sentence;
  const bar = card.querySelector("progress");
  bar.hidden = !running;
  if (learning.fraction > 0) bar.value = learning.fraction;
  else bar.removeAttribute("value");
  const gain = find(".mk-learning-gain");
  gain.hidden = !learning.gain;
  if (learning.gain) {
    const [before, now] = learning.gain.map(percent);
    gain.textContent = `Sure of what it reads here: ${before} before, ${now} now.`;
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

for (const [name, told] of [["stop", "Stopping"], ["forget", "Going back"], ["again", "Taking up again"]]) {
  find(`.mk-learn-${name}`).addEventListener("click", (event) => {
    event.target.disabled = true;
    find(".mk-learning-text").textContent = `${told}\u2026`;
    lesson.steer(name);
  });
}
lesson.steer = (what) => trigger("steer_learning", { seq: 0, what });
panelStates.set("learning", drawLearning);
