// Confirming and rejecting hits. A decision is drawn at once; the list in its new order is what the server answers.
//
// Decisions are sent one at a time, so that they arrive in the order in which they were made.

const judging = {
  waiting: [], // decisions that are not sent yet, in order
  sent: null, // the one that is
  seq: 0,
};
const JUDGE_SECONDS = 30;
const JUDGE_LOST = tr("No answer came to the last decision; please look whether it was kept.");
const JUDGE_KEYS = { y: "confirmed", n: "rejected" };
const DECIDED = { confirmed: tr("confirmed"), rejected: tr("rejected") };
const SIGNS = { confirmed: "\u2713", rejected: "\u2717" };

// What is decided about a hit, also when the server has not answered yet.
function decisionOf(hit) {
  const asked = [judging.sent, ...judging.waiting].filter((entry) => entry && entry.hit && sameHit(entry.hit, hit));
  if (!asked.length) return hit.judged;
  const { act } = asked[asked.length - 1];
  return act === "withdrawn" ? null : act;
}

// The same decision once more takes it back.
function judgeHit(hit, kind) {
  const page = state.pages.get(hit.page);
  const act = decisionOf(hit) === kind ? "withdrawn" : kind;
  sendDecision({ act, hit, page: hit.page, word: hit.word, version: page.version });
  drawResult();
}

function sendDecision(entry) {
  judging.waiting.push({ ...entry, search: state.result.seq });
  sendNextDecision();
}

function sendNextDecision() {
  if (judging.sent || !judging.waiting.length) return;
  judging.sent = judging.waiting.shift();
  judging.seq += 1;
  const seq = judging.seq;
  judging.sent.timer = setTimeout(() => settleDecision({ seq, error: JUDGE_LOST }) && drawResult(), JUDGE_SECONDS * 1000);
  const { search, act, page, word, version } = judging.sent;
  trigger("judge_hit", { seq, search, act, page, word, version });
}

// The server's answer to what was sent; says whether it is one.
function settleDecision(answer) {
  if (!judging.sent || !answer || answer.seq !== judging.seq) return false;
  clearTimeout(judging.sent.timer);
  judging.sent = null;
  if (answer.error) say(served(answer.error));
  sendNextDecision();
  return true;
}

function judgeButtons(hit, judged) {
  const button = (kind, name, word, label, key) => {
    const node = make(
      "button",
      {
        type: "button", class: `mk-${name} mk-judge`, title: word, "aria-label": label,
        "aria-pressed": String(judged === kind), "aria-keyshortcuts": key,
      },
      SIGNS[kind]
    );
    node.addEventListener("click", () => judgeHit(hit, kind));
    return node;
  };
  const { rank } = hit;
  return make(
    "div",
    { class: "mk-acts" },
    button("confirmed", "yes", tr("Confirm (Y)"), tr("Confirm hit {rank}", { rank }), "Y"),
    button("rejected", "no", tr("Reject (N)"), tr("Reject hit {rank}", { rank }), "N")
  );
}

// One line above the list: how many are judged in this search, on whatever page.
function drawJudged() {
  const { confirmed, rejected, undo } = (state.result && !state.result.error && state.result.judged) || {};
  const parts = [
    confirmed && tr("{number} confirmed", { number: confirmed }), rejected && tr("{number} rejected", { number: rejected }),
  ].filter(Boolean);
  put(find(".mk-judged-said"), parts.length ? joined(parts, ", ") : undo ? tr("Nothing is decided") : "");
  find(".mk-judged").classList.toggle("mk-none", !parts.length && !undo);
  const buttons = [[find(".mk-unjudge"), undo], [find(".mk-clear"), parts.length]];
  const left = buttons.some(([button, use]) => !use && button === document.activeElement);
  for (const [button, use] of buttons) button.hidden = !use;
  if (left) (hitScroll.querySelector(".mk-hit") || textInput).focus({ preventScroll: true }); // its button goes
}

function judgeKey(event) {
  const kind = JUDGE_KEYS[event.key.toLowerCase()];
  if (!kind || event.repeat || event.ctrlKey || event.metaKey || event.altKey) return;
  if (event.target.closest("input, select, textarea") || (repair.on && event.currentTarget === stage)) return;
  const item = event.target.closest("li[data-rank]");
  const hit = hitOf(item ? Number(item.dataset.rank) : state.selected);
  event.preventDefault();
  if (hit) judgeHit(hit, kind);
  else if (state.split.lit.length || state.split.guesses.length) {
    put(find(".mk-judged-said"), tr("Choose a hit first: the arrow keys walk them."));
    find(".mk-judged").classList.remove("mk-none");
  }
}

for (const place of [stage, find(".mk-hits")]) place.addEventListener("keydown", judgeKey);
for (const [name, act] of [[".mk-unjudge", "undone"], [".mk-clear", "cleared"]]) {
  find(name).addEventListener("click", () => sendDecision({ act }));
}
