// The text of the page in view: brought, aligned, read line by line beside the page, corrected, taken away.

import { moveCursor } from "../page/boxes.js";
import { reveal } from "../page/stage.js";
import { showPart, showStage } from "../frame/jump.js";
import { titleOf } from "../page/title.js";
import { Dialog } from "../shared/dialog.js";
import { make, put, scrollWithin } from "../shared/dom.js";
import { fetchJson } from "../shared/files.js";
import { find } from "../shared/host.js";
import { joined, plural, tr } from "../shared/language.js";
import { request } from "../shared/requests.js";
import { on, setCursor, state } from "../shared/store.js";
import { sendOne } from "../uploads/uploads.js";
import { chooseText, chosenText, setOpen } from "./transcript_bar.js";
import { certaintySaid, doubtOf } from "./transcript_certainty.js";
import { showText } from "./transcript_layer.js";
import { textOfPage } from "./transcript_words.js";

const SIGNS = { unsure: "?", unplaced: "✗" };
const textInput = find(".mk-transcript-text");
const fileInput = find(".mk-transcript-file");
const bring = find(".mk-transcript-bring");
const lineList = find(".mk-transcript-lines");
const offer = find(".mk-transcript-offer");
const hits = find(".mk-hits");

const dialog = new Dialog("transcript", {
  modal: false,
  opened() {
    bring.open = !textOfPage();
    hits.inert = true; // it stands behind
    setOpen(true);
    draw();
    queueMicrotask(() => showPart(dialog.node));
  },
  closed() {
    hits.inert = false;
    setOpen(false);
  },
});

dialog.onSubmit(() => align(textInput.value));

function align(text) {
  const page = state.page;
  if (!page) return dialog.fail(tr("Add a page or open a sample first."));
  dialog.say(tr("Aligning the text…"));
  return dialog.ask("align", { page, text }, ({ attached, words, placed }) => {
    if (!attached) return dialog.say();
    textInput.value = "";
    bring.open = false;
    showText();
    return dialog.say(
      plural(
        words,
        "{placed} of {n} word was found on the page.",
        "{placed} of {n} words were found on the page.",
        {
          placed,
        }
      )
    );
  });
}

/** Asks the server for something that the view answers. */
function act(action) {
  dialog.say();
  request("transcript", action, { page: state.page }).catch((error) => dialog.fail(error.said));
}

find(".mk-transcript-choose").addEventListener("click", () => fileInput.click());
fileInput.addEventListener("change", async () => {
  const [file] = fileInput.files;
  if (!file) return;
  dialog.say(tr("Reading the file…"));
  try {
    const files = [await sendOne(file)];
    const { data } = await request("transcript", "read", { page: state.page, files });
    textInput.value = (await fetchJson(data)).join("\n");
    dialog.say(tr("Look the text over, then align it."));
  } catch (error) {
    dialog.fail(error.said ?? tr("The text could not be fetched; please choose the file again."));
  } finally {
    fileInput.value = ""; // so that the same file can be chosen again
  }
});
find(".mk-transcript-again").addEventListener("click", () => align(linesNow().join("\n")));
find(".mk-transcript-attach").addEventListener("click", () => {
  act("attach");
  bring.open = false;
  showText();
});
find(".mk-transcript-dismiss").addEventListener("click", () => act("dismiss"));
find(".mk-transcript-remove").addEventListener("click", () => act("remove"));
find(".mk-transcript-undo").addEventListener("click", () => act("undone"));

const linesNow = () => [...textLines().values()].map((words) => words.map(({ text }) => text).join(" "));

/** @returns {Map<number, import("../shared/types.js").TextWord[]>} */
function textLines() {
  const lines = new Map();
  for (const word of state.texts) lines.set(word.line, [...(lines.get(word.line) ?? []), word]);
  return lines;
}

function draw() {
  if (!dialog.node.open) return;
  const text = textOfPage();
  const page = state.page && state.pages.get(state.page);
  put(
    find(".mk-transcript-facts"),
    joined([page ? titleOf(page) : null, text ? factsOf(text) : null], " · ")
  );
  find(".mk-transcript-again").hidden = find(".mk-transcript-remove").hidden = !text;
  find(".mk-transcript-undo").disabled = !state.view?.transcript.undo;
  drawOffer();
  drawLines();
}

function factsOf({ words, placed, unsure }) {
  const lost = words - placed;
  return joined(
    [
      plural(words, "{n} word", "{n} words"),
      unsure ? tr("{number} unsure", { number: unsure }) : null,
      lost ? tr("{number} not found", { number: lost }) : null,
    ],
    ", "
  );
}

// Nothing is attached without asking.
function drawOffer() {
  const offered = state.page && state.view?.transcript.offered[state.page];
  offer.hidden = !offered;
  if (!offered) return;
  const told = tr(
    "This does not seem to be the text of this page, or its lines are not those of the page: hardly a word stands where it should."
  );
  put(find(".mk-transcript-offer-text"), told);
}

function drawLines() {
  const focused = lineList.contains(document.activeElement);
  const items = [...textLines().values()].map((words) => make("li", {}, ...words.map(wordButton)));
  lineList.replaceChildren(...items);
  markChosen();
  if (focused) lineList.querySelector('[tabindex="0"]')?.focus({ preventScroll: true });
}

function wordButton(word) {
  const doubt = doubtOf(word);
  const said = { text: word.text, certainty: certaintySaid(word) };
  const label = tr("{text}, {certainty}", said);
  const attributes = {
    type: "button",
    class: `mk-transcript-word${doubt ? ` mk-${doubt}` : ""}`,
    "data-place": word.place,
    "aria-label": label,
    title: certaintySaid(word),
    tabindex: "-1",
  };
  const sign = doubt ? make("sup", { "aria-hidden": "true" }, SIGNS[doubt]) : "";
  const node = make("button", attributes, word.text, sign);
  node.addEventListener("click", () => goTo(word));
  return node;
}

function goTo(word) {
  chooseText(word.place);
  if (word.box) {
    setCursor(word.word);
    moveCursor(word.word);
    reveal(word.box);
    showStage();
  }
}

// Of all words one can be reached with Tab, the others from there with arrow keys.
function markChosen() {
  const nodes = wordNodes();
  for (const node of nodes) {
    const isChosen = Number(node.dataset.place) === chosenText();
    if (isChosen) node.setAttribute("aria-current", "true");
    else node.removeAttribute("aria-current");
    node.tabIndex = isChosen ? 0 : -1;
    if (isChosen) scrollWithin(lineList, node);
  }
  if (nodes.length && !nodes.some((node) => node.tabIndex === 0)) nodes[0].tabIndex = 0;
}
on("text-chosen", () => dialog.node.open && markChosen());

/** @type {() => any[]} */
const wordNodes = () => [...lineList.querySelectorAll(".mk-transcript-word")];

function nextNode(node, key) {
  const nodes = wordNodes();
  const place = nodes.indexOf(node);
  if (key === "Home") return nodes[0];
  if (key === "End") return nodes[nodes.length - 1];
  if (key === "ArrowRight" || key === "ArrowLeft") return nodes[place + (key === "ArrowRight" ? 1 : -1)];
  const line = node.closest("li");
  const other = key === "ArrowDown" ? line.nextElementSibling : line.previousElementSibling;
  return other?.children[Math.min([...line.children].indexOf(node), other.children.length - 1)];
}

lineList.addEventListener("keydown", (event) => {
  const isWay = ["Home", "End", "ArrowRight", "ArrowLeft", "ArrowDown", "ArrowUp"].includes(event.key);
  if (!isWay || !event.target.matches(".mk-transcript-word")) return;
  event.preventDefault();
  const next = nextNode(event.target, event.key);
  if (!next) return;
  for (const node of wordNodes()) node.tabIndex = node === next ? 0 : -1;
  next.focus({ preventScroll: true });
  scrollWithin(lineList, next);
});

on("texts", draw);
on("view", draw);
on("page-shown", () => {
  dialog.say();
  draw();
});
// Hits stand in the place of the panel.
on("request", (feature) => feature === "search" && dialog.node.open && dialog.close());
