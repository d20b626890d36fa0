// Teach me ten: words whose answers tell most about others, each with a field for what is written there.

const UNREADABLE = tr("I can\u2019t read it");
const teachList = find(".mk-teach-list");
const teachUndo = find(".mk-teach-undo");
const teachClear = find(".mk-teach-clear");
const teachMore = find(".mk-teach-more");
const taught = { rows: [], of: "", steps: [], sent: [], read: 0 };

const teaching = makePanel(".mk-teach-panel", {
  answer: "questions",
  opened() {
    if (!taught.rows.length || taught.of !== boxesNow()) askWords();
  },
  answered({ data }) {
    rowsOf(data)
      .then(drawQuestions)
      .catch(() => teaching.fail(tr("The words could not be fetched; please ask for them again.")));
  },
});

find(".mk-teach").addEventListener("click", () => {
  lesson.close();
  teaching.open();
});

function askWords() {
  if (teaching.waiting) return;
  taught.of = boxesNow();
  taught.rows = [];
  teachList.replaceChildren();
  teaching.say(tr("Looking at every word…"));
  teaching.ask("ask_words", learningPlan());
}

function drawQuestions(questions) {
  taught.rows = questions.map((question, place) => questionRow(question, place, questions.length));
  teachList.replaceChildren(...taught.rows.map((row) => row.item));
  if (taught.rows.length) taught.rows[0].input.focus();
  tellTaught(questions.length ? null : tr("There is no word left that MARK would ask about."));
}

function questionRow(question, place, of) {
  const page = state.pages.get(question.page);
  const facts = { number: place + 1, of };
  const canvas = make("canvas", { role: "img", "aria-label": tr("Word {number} of {of}", facts) });
  if (page) whenSeen(canvas, () => drawCrop(canvas, page, question.box, 220, 62));
  const input = make("input", {
    type: "text", class: "mk-teach-input", maxlength: 80, autocomplete: "off", autocapitalize: "off", spellcheck: "false",
    "aria-label": tr("What is written in word {number} of {of}", facts), enterkeyhint: "next",
  });
  const skip = make("button", { type: "button", class: "mk-tool mk-teach-skip", "aria-pressed": "false" }, UNREADABLE);
  const item = make("li", {}, make("span", { class: "mk-snippet" }, canvas), input, skip);
  const row = { question, item, input, skip, now: { act: "withdrawn", text: "" } };
  input.addEventListener("change", () => {
    const text = input.value.trim();
    if (text || row.now.act === "answered") answerWord(row, { act: text ? "answered" : "withdrawn", text });
  });
  input.addEventListener("keydown", (event) => {
    if (event.key !== "Enter" || event.isComposing) return;
    event.preventDefault();
    nextQuestion(row).focus(); // leaving the field keeps what was typed
  });
  skip.addEventListener("click", () => {
    const on = row.now.act === "unreadable";
    answerWord(row, { act: on ? "withdrawn" : "unreadable", text: "" });
    if (!on) nextQuestion(row).focus();
  });
  return row;
}

function nextQuestion(row) {
  const rest = taught.rows.slice(taught.rows.indexOf(row) + 1).find(({ now }) => now.act === "withdrawn");
  return rest ? rest.input : teachMore;
}

function showAnswer(row, now) {
  row.now = now;
  row.input.value = now.text;
  row.skip.setAttribute("aria-pressed", String(now.act === "unreadable"));
  row.item.classList.toggle("mk-teach-kept", now.act === "answered");
  row.item.classList.toggle("mk-teach-skipped", now.act === "unreadable");
}

function answerWord(row, now) {
  if (now.act === row.now.act && now.text === row.now.text) return;
  const { page, word, version } = row.question;
  sendAnswer([[row, row.now]], { act: now.act, text: now.text, page, word, version });
  showAnswer(row, now);
}

// before: rows with what they showed, which undo brings back.
function sendAnswer(before, data) {
  taught.sent.push({ before, seq: (taught.seq = (taught.seq || 0) + 1) });
  taught.steps.push(before);
  trigger("answer_word", { seq: taught.seq, ...data });
}

teachUndo.addEventListener("click", () => {
  const step = taught.steps.pop() || []; // what was answered before the page was loaded has no row here
  for (const [row, now] of step) showAnswer(row, now);
  trigger("answer_word", { seq: 0, act: "undone" });
});

teachClear.addEventListener("click", () => {
  sendAnswer(taught.rows.map((row) => [row, row.now]), { act: "cleared" });
  for (const row of taught.rows) showAnswer(row, { act: "withdrawn", text: "" });
});

teachMore.addEventListener("click", askWords);
find(".mk-teach-panel form").addEventListener("submit", (event) => {
  event.preventDefault();
  teaching.close();
  lesson.open();
});

function tellTaught(sentence = null) {
  const { read, unreadable } = taught;
  const counted = read || unreadable
    ? joined([plural(read, "{n} word is read.", "{n} words are read."), unreadable ? plural(unreadable, "{n} could not be read.", "{n} could not be read.") : null], " ")
    : null;
  teaching.say(joined([sentence, counted], " "));
}

panelStates.set("taught", (view) => {
  if (!view) return;
  const changed = view.read !== taught.read || view.unreadable !== taught.unreadable;
  Object.assign(taught, { read: view.read, unreadable: view.unreadable });
  teachUndo.disabled = !view.undo;
  teachClear.disabled = !view.read && !view.unreadable;
  const told = find(".mk-taught");
  told.hidden = !view.learnt;
  put(told, plural(view.learnt, "{n} word that you have read will be learnt as it is.", "{n} words that you have read will be learnt as they are."));
  if (changed && !teaching.waiting) tellTaught();
});

panelStates.set("answered", (reply) => {
  if (!reply || reply === taught.reply) return;
  taught.reply = reply;
  const sent = taught.sent.find(({ seq }) => seq === reply.seq);
  taught.sent = taught.sent.filter(({ seq }) => seq > reply.seq);
  if (!reply.error) {
    if (!reply.learnt) teaching.say(tr("Kept. MARK learns from Latin letters and digits only, so it does not learn from this one."));
    return;
  }
  if (sent) {
    taught.steps = taught.steps.filter((step) => step !== sent.before);
    for (const [row, now] of sent.before) showAnswer(row, now);
  }
  teaching.fail(served(reply.error));
});
