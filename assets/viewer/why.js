// Why this match? The query and the hit side by side, the letters under the crop where they were found.

const explaining = makePanel(".mk-why-panel", { answer: "why", opened() {}, answered: drawWhy });
const WHY_WIDTH = 420; // CSS pixels of a crop at most
const WHY_HEIGHT = 120;
const LEVELS = { sure: "found", unsure: "uncertain", absent: "not found" };

function whyButton(hit) {
  const node = make(
    "button",
    { type: "button", class: "mk-why", title: "Why this match?", "aria-label": `Why hit ${hit.rank}?`, "aria-haspopup": "dialog" },
    "Why?"
  );
  node.addEventListener("click", () => explainHit(hit));
  return node;
}

function explainHit(hit) {
  const page = state.pages.get(hit.page);
  if (!page || !state.result) return;
  find(".mk-why-title").textContent = `Why hit ${hit.rank}?`;
  for (const part of [".mk-why-pair", ".mk-why-rests", ".mk-why-key"]) find(part).hidden = true;
  find(".mk-why-said").replaceChildren();
  explaining.say("One moment\u2026");
  explaining.open();
  explaining.ask("explain_hit", { search: state.result.seq, page: hit.page, word: hit.word, version: page.version });
}

function drawWhy({ hit, clicked, words, likeness, clicked_likeness: ownLikeness, said, grounds }) {
  const result = state.result;
  const page = state.pages.get(hit.page);
  const source = clicked && result.example && state.pages.get(result.example.page);
  if (!page) return explaining.fail("The page of this hit is closed.");
  explaining.say();
  for (const part of [".mk-why-pair", ".mk-why-rests"]) find(part).hidden = false;
  find(".mk-why-title").textContent = `Why hit ${hit.rank}? ${hit.judged ? `You ${hit.judged} it.` : `${percent(hit.score)} likely`}`;
  const typed = find(".mk-why-typed");
  typed.hidden = !result.text;
  typed.textContent = result.text || "";
  const chip = find(".mk-why-clicked");
  chip.hidden = !source;
  chip.replaceChildren(...(source ? [whyWord(source, clicked, ownLikeness, [])] : []));
  find(".mk-why-where").textContent = `Hit ${hit.rank}: ${page.title}, line ${hit.line + 1}`;
  find(".mk-why-words").replaceChildren(
    ...words.map((word, place) => whyWord(page, word, place ? [] : likeness, word.letters, word.reads))
  );
  const key = find(".mk-why-key");
  key.hidden = !likeness.length;
  key.textContent = "Light: like the clicked word there. Hatched: unlike it.";
  find(".mk-why-said").replaceChildren(...said.map((sentence) => make("li", {}, sentence)));
  find(".mk-why-grounds").replaceChildren(...[weighed(result), ...grounds].filter(Boolean).map((line) => make("li", {}, line)));
  return undefined;
}

function weighed({ weight }) {
  return weight === null ? null : `The clicked word counts ${percent(weight)}, the typed word ${percent(1 - weight)}`;
}

// A crop as large as it fits, the likeness of its columns laid over it, its letters below.
function whyWord(page, word, likeness, letters, reads = "") {
  const [x, y, w, h] = word.box;
  const [along, across] = word.turned ? [h, w] : [w, h];
  const room = Math.min(WHY_WIDTH, find(".mk-why-panel").clientWidth - 60);
  const fit = Math.min(room / along, WHY_HEIGHT / across);
  const canvas = make("canvas", { role: "img", "aria-label": reads ? `The word as written; reads as ${reads}` : "The word as written" });
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
  if (reads) parts.push(make("p", { class: "mk-why-reads" }, `reads as \u201c${reads}\u201d`));
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
  const list = make("ol", { class: "mk-why-letters", "aria-label": "Letters of the query, where they were found" });
  list.style.width = width;
  for (const { letter, reads, certainty, level, start, end } of letters) {
    const shown = letter === "?" && reads ? reads : letter;
    const doubt = level === "sure" || !reads || reads === shown ? "" : `, looks more like ${reads}`;
    const item = make(
      "li",
      { class: `mk-why-letter mk-why-${level}`, title: `${shown}: ${LEVELS[level]}, ${percent(certainty)}${doubt}` },
      make("span", { class: "mk-why-glyph", "aria-hidden": "true" }, shown),
      make("span", { class: "mk-why-sign", "aria-hidden": "true" }, { sure: "", unsure: "?", absent: "\u00d7" }[level]),
      make("span", { class: "mk-unseen" }, `${shown}: ${LEVELS[level]}, ${percent(certainty)}${doubt}`)
    );
    item.style.left = `${100 * start}%`;
    item.style.width = `${100 * (end - start)}%`;
    list.append(item);
  }
  return list;
}
