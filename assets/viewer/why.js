// Why this match? The query and the hit side by side, the letters under the crop where they were found.

const explaining = makePanel(".mk-why-panel", { answer: "why", opened() {}, answered: drawWhy });
const WHY_WIDTH = 420; // CSS pixels of a crop at most
const WHY_HEIGHT = 120;
const LEVELS = { sure: tr("found"), unsure: tr("uncertain"), absent: tr("not found") };
const VERDICTS = { confirmed: tr("You confirmed it."), rejected: tr("You rejected it.") };
const WHERE = { beginning: tr("at its beginning"), middle: tr("in its middle"), end: tr("at its end") };
const GROUNDS = {
  letters: tr("the letters as they were read"), look: tr("the look of the whole word"), clicked: tr("likeness to the clicked word"),
};

function whyButton(hit) {
  const node = make(
    "button",
    { type: "button", class: "mk-why", title: tr("Why this match?"), "aria-label": whyTitle(hit), "aria-haspopup": "dialog" },
    tr("Why?")
  );
  node.addEventListener("click", () => explainHit(hit));
  return node;
}

const whyTitle = ({ rank }) => tr("Why hit {rank}?", { rank });

function explainHit(hit) {
  const page = state.pages.get(hit.page);
  if (!page || !state.result) return;
  put(find(".mk-why-title"), whyTitle(hit));
  for (const part of [".mk-why-pair", ".mk-why-rests", ".mk-why-key"]) find(part).hidden = true;
  find(".mk-why-said").replaceChildren();
  explaining.say(tr("One moment…"));
  explaining.open();
  explaining.ask("explain_hit", { search: state.result.seq, page: hit.page, word: hit.word, version: page.version });
}

function drawWhy({ hit, clicked, words, likeness, clicked_likeness: ownLikeness, facts, grounds }) {
  const result = state.result;
  const page = state.pages.get(hit.page);
  const source = clicked && result.example && state.pages.get(result.example.page);
  if (!page) return explaining.fail(tr("The page of this hit is closed."));
  explaining.say();
  for (const part of [".mk-why-pair", ".mk-why-rests"]) find(part).hidden = false;
  put(find(".mk-why-title"), whyTitle(hit), " ", VERDICTS[hit.judged] ?? tr("{score} likely", { score: percent(hit.score) }));
  const typed = find(".mk-why-typed");
  typed.hidden = !result.text;
  typed.textContent = result.text || "";
  const chip = find(".mk-why-clicked");
  chip.hidden = !source;
  chip.replaceChildren(...(source ? [whyWord(source, clicked, ownLikeness, [])] : []));
  put(find(".mk-why-where"), tr("Hit {rank}: {page}, line {line}", { rank: hit.rank, page: titleOf(page), line: hit.line + 1 }));
  find(".mk-why-words").replaceChildren(
    ...words.map((word, place) => whyWord(page, word, place ? [] : likeness, word.letters, word.reads))
  );
  const key = find(".mk-why-key");
  key.hidden = !likeness.length;
  put(key, tr("Light: like the clicked word there. Hatched: unlike it."));
  put(find(".mk-why-said"), ...facts.map((fact) => make("li", {}, FACTS[fact.kind](fact))));
  const lines = [weighed(result), ...grounds.map(groundSaid)].filter(Boolean);
  put(find(".mk-why-grounds"), ...lines.map((line) => make("li", {}, line)));
  return undefined;
}

function weighed({ weight }) {
  const shares = { clicked: percent(weight), typed: percent(1 - weight) };
  return weight === null ? null : tr("The clicked word counts {clicked}, the typed word {typed}", shares);
}

// What was found, a sentence for each kind.
const FACTS = {
  all: ({ count: number }) => plural(number, "The letter was found.", "All {n} letters were found, in order."),
  sure: ({ letters }) => tr("Found in order: {letters}.", {
    letters: letters.map(({ letter, reads }) => (letter === "?" ? reads : letter)).join(" "),
  }),
  unsure: ({ letters }) => tr("Uncertain: {letters}.", { letters: doubted(letters) }),
  absent: ({ letters }) => tr("Not found: {letters}.", { letters: doubted(letters) }),
  shape: () => tr("MARK could not tell the letters of this word apart; it goes by the look of the whole word."),
  alike: ({ share, least }) => (least
    ? tr("It looks like the clicked word along {share} of its length; least {where}.", { share: percent(share), where: WHERE[least] })
    : tr("It looks like the clicked word along its whole length.")),
};

// Letters with what stands in their place; those in whose place nothing is seen are named together.
function doubted(letters) {
  const asked = ({ letter }) => (letter === "?" ? tr("any letter") : letter);
  const seen = letters.filter(({ reads }) => reads).map((one) => (one.letter === "?" || one.reads === one.letter
    ? asked(one)
    : tr("{letter} (looks more like {reads})", { letter: one.letter, reads: one.reads })));
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

// A crop as large as it fits, the likeness of its columns laid over it, its letters below.
function whyWord(page, word, likeness, letters, reads = "") {
  const [x, y, w, h] = word.box;
  const [along, across] = word.turned ? [h, w] : [w, h];
  const room = Math.min(WHY_WIDTH, find(".mk-why-panel").clientWidth - 60);
  const fit = Math.min(room / along, WHY_HEIGHT / across);
  const canvas = make("canvas", { role: "img", "aria-label": reads ? tr("The word as written; reads as {reads}", { reads }) : tr("The word as written") });
  const density = Math.min(2, window.devicePixelRatio || 1);
  canvas.width = Math.max(1, Math.round(along * fit * density));
  canvas.height = Math.max(1, Math.round(across * fit * density));
  const frame = make("div", { class: "mk-why-crop" }, canvas);
  frame.style.width = `${Math.max(1, Math.round(along * fit))}px`;
  picture(page).then((image) => {
    const reduced = image.naturalWidth / page.width;
    const pen = canvas.getContext("2d");
    pen.imageSmoothingQuality = "high";
    if (word.turned) {
      pen.translate(0, canvas.height); // a column is shown as it is read by MARK: turned to the left
      pen.rotate(-Math.PI / 2);
      pen.drawImage(image, x * reduced, y * reduced, w * reduced, h * reduced, 0, 0, canvas.height, canvas.width);
    } else pen.drawImage(image, x * reduced, y * reduced, w * reduced, h * reduced, 0, 0, canvas.width, canvas.height);
  }, () => {});
  if (likeness.length) frame.append(whyHeat(likeness));
  const parts = [frame];
  if (letters.length) parts.push(whyLetters(letters, frame.style.width));
  if (reads) parts.push(make("p", { class: "mk-why-reads" }, tr("reads as “{reads}”", { reads })));
  return make("div", { class: "mk-why-word" }, ...parts);
}

function whyHeat(likeness) {
  const band = makeSvg("svg", { class: "mk-why-heat", viewBox: `0 0 ${likeness.length} 1`, preserveAspectRatio: "none", "aria-hidden": "true" });
  likeness.forEach((value, column) => {
    if (value >= 0.5) band.append(makeSvg("rect", { x: column, y: 0, width: 1.02, height: 1, class: "mk-why-alike", "fill-opacity": value * 0.32 }));
  });
  const unlike = likeness.map((value, column) => (value < 0.5 ? column : -1)).filter((column) => column >= 0);
  const hatches = make("div", { class: "mk-why-hatches", "aria-hidden": "true" });
  unlike.forEach((column, place) => {
    if (place && unlike[place - 1] === column - 1) return;
    let end = column;
    while (unlike.includes(end + 1)) end += 1;
    const hatch = make("span", { class: "mk-why-hatch" });
    hatch.style.left = `${(100 * column) / likeness.length}%`;
    hatch.style.width = `${(100 * (end + 1 - column)) / likeness.length}%`;
    hatches.append(hatch);
  });
  return make("div", {}, band, hatches);
}

function whyLetters(letters, width) {
  const list = make("ol", { class: "mk-why-letters", "aria-label": tr("Letters of the query, where they were found") });
  list.style.width = width;
  for (const { letter, reads, certainty, level, start, end } of letters) {
    const shown = letter === "?" && reads ? reads : letter;
    const named = { letter: shown, level: LEVELS[level], certainty: percent(certainty), reads };
    const said = level === "sure" || !reads || reads === shown
      ? tr("{letter}: {level}, {certainty}", named)
      : tr("{letter}: {level}, {certainty}, looks more like {reads}", named);
    const item = make(
      "li",
      { class: `mk-why-letter mk-why-${level}`, title: said },
      make("span", { class: "mk-why-glyph", "aria-hidden": "true" }, shown),
      make("span", { class: "mk-why-sign", "aria-hidden": "true" }, { sure: "", unsure: "?", absent: "\u00d7" }[level]),
      make("span", { class: "mk-unseen" }, said)
    );
    item.style.left = `${100 * start}%`;
    item.style.width = `${100 * (end - start)}%`;
    list.append(item);
  }
  return list;
}
