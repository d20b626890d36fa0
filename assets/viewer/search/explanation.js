// Why this match? The query and the hit side by side, the letters under the crop where they were found.

import { titleOf } from "../page/title.js";
import { Dialog } from "../shared/dialog.js";
import { make, put } from "../shared/dom.js";
import { percent } from "../shared/format.js";
import { find } from "../shared/host.js";
import { joined, plural, tr } from "../shared/language.js";
import { state } from "../shared/store.js";
import { wordFigure } from "./explanation_figure.js";
import { numberOf } from "./split_hits.js";

const dialog = new Dialog("explanation", { opener: false });
const DECIDED = { confirmed: tr("You confirmed it."), rejected: tr("You rejected it.") };
const WHERE = { beginning: tr("at its beginning"), middle: tr("in its middle"), end: tr("at its end") };
const GROUNDS = {
  letters: tr("the letters as they were read"),
  look: tr("the look of the whole word"),
  clicked: tr("likeness to the clicked word"),
};

/** The button of a hit that opens its explanation. */
export function explanationButton(hit) {
  const attributes = {
    type: "button",
    class: "mk-explanation",
    title: tr("Why this match?"),
    "aria-label": explanationTitle(hit),
    "aria-haspopup": "dialog",
  };
  const node = make("button", attributes, tr("Why?"));
  node.addEventListener("click", () => explainHit(hit));
  return node;
}

const explanationTitle = (hit) => tr("Why hit {rank}?", { rank: numberOf(hit) });

function explainHit(hit) {
  const page = state.pages.get(hit.page);
  if (!page || !state.result) return;
  put(find(".mk-explanation-title"), explanationTitle(hit));
  for (const part of ["pair", "evidence", "key"]) find(`.mk-explanation-${part}`).hidden = true;
  find(".mk-explanation-facts").replaceChildren();
  dialog.say(tr("One moment…"));
  dialog.open();
  const fields = { search: state.result.number, page: hit.page, word: hit.word, version: page.version };
  dialog.ask("explain", fields, drawExplanation);
}

function drawExplanation(explanation) {
  const { hit, likeness, facts, grounds } = explanation;
  const { result } = state;
  const page = state.pages.get(hit.page);
  if (!page) return dialog.fail(tr("The page of this hit is closed."));
  dialog.say();
  for (const part of ["pair", "evidence"]) find(`.mk-explanation-${part}`).hidden = false;
  const decided = DECIDED[hit.decision] ?? tr("{score} likely", { score: percent(hit.score) });
  put(find(".mk-explanation-title"), explanationTitle(hit), " ", decided);
  drawQuery(result, explanation);
  drawHit(page, explanation);
  const key = find(".mk-explanation-key");
  key.hidden = !likeness.length;
  put(key, tr("Light: like the clicked word there. Hatched: unlike it."));
  put(find(".mk-explanation-facts"), ...facts.map((fact) => make("li", {}, FACTS[fact.kind](fact))));
  const lines = [...textSaid(hit), weighed(result), ...grounds.map(groundSaid)].filter(Boolean);
  return put(find(".mk-explanation-grounds"), ...lines.map((line) => make("li", {}, line)));
}

function drawQuery(result, { clicked, clicked_likeness: likeness }) {
  const typed = find(".mk-explanation-typed");
  typed.hidden = !result.text;
  typed.textContent = result.text || "";
  const source = clicked && result.example && state.pages.get(result.example.page);
  const figure = find(".mk-explanation-clicked");
  figure.hidden = !source;
  figure.replaceChildren(...(source ? [wordFigure(source, clicked, { likeness })] : []));
}

// The number by which the list shows a hit of the server.
function shown({ rank }) {
  const { lit, guesses } = state.split;
  return [...lit, ...guesses].find((one) => one.rank === rank)?.number ?? rank;
}

function drawHit(page, { hit, words, likeness }) {
  const where = { rank: shown(hit), page: titleOf(page), line: hit.line + 1 };
  put(find(".mk-explanation-where"), tr("Hit {rank}: {page}, line {line}", where));
  const figures = words.map((word, place) =>
    wordFigure(page, word, { likeness: place ? [] : likeness, letters: word.letters, reads: word.reads })
  );
  find(".mk-explanation-words").replaceChildren(...figures);
}

// Where the page has a transcript.
function textSaid({ ink, text, other }) {
  return [
    text === undefined ? null : tr("The transcript has it here, {score} sure", { score: percent(text) }),
    other === undefined ? null : tr("The transcript has “{other}” here", { other }),
    ink === undefined ? null : tr("By its ink alone: {score}", { score: percent(ink) }),
  ];
}

function weighed({ weight }) {
  const shares = { clicked: percent(weight), typed: percent(1 - weight) };
  return weight === null ? null : tr("The clicked word counts {clicked}, the typed word {typed}", shares);
}

// What was found, a sentence for each kind.
const FACTS = {
  all: ({ count: number }) =>
    plural(number, "The letter was found.", "All {n} letters were found, in order."),
  sure: ({ letters }) =>
    tr("Found in order: {letters}.", {
      letters: letters.map(({ letter, reads }) => (letter === "?" ? reads : letter)).join(" "),
    }),
  unsure: ({ letters }) => tr("Uncertain: {letters}.", { letters: doubted(letters) }),
  absent: ({ letters }) => tr("Not found: {letters}.", { letters: doubted(letters) }),
  shape: () =>
    tr("MARK could not tell the letters of this word apart; it goes by the look of the whole word."),
  alike: ({ share, least }) =>
    least
      ? tr("It looks like the clicked word along {share} of its length; least {where}.", {
          share: percent(share),
          where: WHERE[least],
        })
      : tr("It looks like the clicked word along its whole length."),
};

// Letters with what stands in their place; those in whose place nothing is seen are named together.
function doubted(letters) {
  const asked = ({ letter }) => (letter === "?" ? tr("any letter") : letter);
  const seen = letters
    .filter(({ reads }) => reads)
    .map((one) =>
      one.letter === "?" || one.reads === one.letter
        ? asked(one)
        : tr("{letter} (looks more like {reads})", { letter: one.letter, reads: one.reads })
    );
  const unseen = letters.filter(({ reads }) => !reads).map(asked);
  if (unseen.length) seen.push(tr("{letters} (no letter seen there)", { letters: joined(unseen, " ") }));
  return joined(seen, ", ");
}

function groundSaid({ kind, rank, of, probability }) {
  const share = percent(probability ?? 0);
  if (kind === "confirmed") return tr("Likeness to a word you confirmed: {share}", { share });
  if (kind === "rejected") return tr("Counted down for likeness to a word you rejected: {share}", { share });
  if (rank === 1) return tr("By {ground}: best of {number} words", { ground: GROUNDS[kind], number: of });
  return tr("By {ground}: number {rank} of {number} words", { ground: GROUNDS[kind], rank, number: of });
}
