// What is drawn on the page: its picture, an outline for every word, and the hits.

const uid = `mk${Math.random().toString(36).slice(2, 8)}`;
const pictureNode = makeSvg("image", { preserveAspectRatio: "none", "aria-hidden": "true" });
const wordLayer = makeSvg("g", { class: "mk-words", role: "none" });
const hitLayer = makeSvg("g", { class: "mk-lit", "aria-hidden": "true" });
const cursorNode = makeSvg("rect", { class: "mk-cursor", "aria-hidden": "true", rx: 3, visibility: "hidden" });
svg.append(pictureNode, wordLayer, hitLayer, cursorNode);

let wordNodes = new Map(); // word number -> rect
let litNodes = new Map(); // word number -> group of the best hit it belongs to
let litGroups = [];
let badges = [];
let usualHeight = 40; // of the lit boxes, page pixels

function strength(score) {
  return score >= 0.85 ? "strong" : score >= 0.6 ? "fair" : "weak";
}

function boxAttributes(box, grow = 0) {
  return { x: box[0] - grow, y: box[1] - grow, width: box[2] + 2 * grow, height: box[3] + 2 * grow };
}

// words: Map of word number -> {box, line}, in reading order.
function drawPage(page, words) {
  pictureNode.removeAttribute("href");
  drawWords(words);
  if (!page) return;
  setAll(pictureNode, { x: 0, y: 0, width: page.width, height: page.height });
  picture(page).then(
    () => {
      if (state.page === page.id) pictureNode.setAttribute("href", fileUrl(page.picture));
    },
    () => say(tr("The picture of this page could not be fetched; please reload the page."))
  );
}

function drawWords(words) {
  wordNodes = new Map();
  litNodes = new Map();
  litGroups = [];
  badges = [];
  wordLayer.replaceChildren();
  hitLayer.replaceChildren();
  moveCursor(null);
  for (const [number, word] of words) {
    const node = makeSvg("rect", {
      ...boxAttributes(word.box),
      id: `${uid}-${number}`,
      class: "mk-word",
      role: "option",
      "aria-selected": "false",
      "aria-label": wordName(number, word),
      "data-word": number,
    });
    wordNodes.set(number, node);
    wordLayer.append(node);
  }
}

const wordName = (number, { line }) => tr("Word {word}, line {line}", { word: number + 1, line: line + 1 });

// hits: those of this page that are lit. The best are drawn last, above the others.
function drawHits(hits, selectedRank) {
  hitLayer.replaceChildren();
  litNodes = new Map();
  litGroups = [];
  badges = [];
  for (const [number, node] of wordNodes) {
    setAll(node, { "aria-selected": "false", "aria-label": wordName(number, wordOf(number)) });
  }
  for (const hit of [...hits].sort((one, other) => other.rank - one.rank)) {
    const judged = decisionOf(hit);
    const boxes = hit.boxes || [hit.box]; // every word of a phrase has the number of the hit
    const group = makeSvg("g", {
      class: `mk-hit-box mk-${strength(hit.score)}${judged ? ` mk-${judged}` : ""}`,
      "data-rank": hit.rank,
    });
    boxes.forEach((box, place) => {
      drawLit(group, box, judged === "confirmed");
      badges.push(drawBadge(group, box, judged ? `${hit.rank}\u2009${SIGNS[judged]}` : String(hit.rank)));
      litNodes.set(hit.word + place, group);
      const word = wordNodes.get(hit.word + place);
      const facts = { rank: hit.rank, score: judged ? DECIDED[judged] : percent(hit.score), line: hit.line + 1 };
      if (word) setAll(word, { "aria-label": tr("Hit {rank}, {score}, line {line}", facts) });
    });
    litGroups.push(group);
    hitLayer.append(group);
  }
  if (hits.length) usualHeight = hits.map((hit) => hit.box[3]).sort((a, b) => a - b)[hits.length >> 1];
  placeBadges(view.scale);
  markSelected(selectedRank);
}

function drawLit(group, box, doubled) {
  const frame = { ...boxAttributes(box, litGrow(box)), rx: 3 };
  group.append(makeSvg("rect", { ...frame, class: "mk-halo" }), makeSvg("rect", { ...frame, class: "mk-line" }));
  if (doubled) group.append(makeSvg("rect", { ...frame, class: "mk-seam" }));
}

const litGrow = (box) => Math.max(2, box[3] * 0.05);

function drawBadge(group, box, text) {
  const badge = makeSvg(
    "g",
    { class: "mk-badge" },
    makeSvg("rect", { x: -1, y: -17, width: 10 + 7 * text.length, height: 16, rx: 4 }),
    makeSvg("text", { x: 4 + 3.5 * text.length, y: -5, "text-anchor": "middle" }, text)
  );
  badge.dataset.x = box[0] - litGrow(box);
  badge.dataset.y = box[1] - litGrow(box);
  group.append(badge);
  return badge;
}

// Badges keep their size on the screen whatever the zoom; outlines grow thin before they hide a small word.
function placeBadges(scale) {
  const pen = clamp((usualHeight * scale) / 24, 0.65, 1);
  hitLayer.style.setProperty("--pen", pen.toFixed(2));
  const size = (pen < 0.75 ? 0.86 : 1) / scale;
  for (const badge of badges) {
    badge.setAttribute("transform", `translate(${badge.dataset.x} ${badge.dataset.y}) scale(${size})`);
  }
}
zoomListeners.push(placeBadges);

function markSelected(rank) {
  for (const group of litGroups) {
    const chosen = Number(group.dataset.rank) === rank;
    group.classList.toggle("mk-selected", chosen);
    if (chosen) hitLayer.append(group); // drawn last, above its neighbours
  }
}

function markHover(number) {
  for (const [word, node] of wordNodes) node.classList.toggle("mk-hover", word === number);
  for (const group of litGroups) group.classList.toggle("mk-hover", group === litNodes.get(number));
}

function moveCursor(number) {
  const word = number === null ? null : wordOf(number);
  if (!word) {
    cursorNode.setAttribute("visibility", "hidden");
    stage.removeAttribute("aria-activedescendant");
    return;
  }
  const grow = Math.max(3, word.box[3] * 0.1);
  const lit = litNodes.get(number);
  const marked = (lit && lit.classList.contains("mk-selected")) || isChosen(number); // its own outline says it already
  setAll(cursorNode, { ...boxAttributes(word.box, grow), visibility: marked ? "hidden" : "visible" });
  stage.setAttribute("aria-activedescendant", `${uid}-${number}`);
}

function wordAt(event) {
  const node = event.target instanceof Element ? event.target.closest(".mk-word") : null;
  return node ? Number(node.dataset.word) : null;
}
