// The page that is shown, with the boxes that belong to it.

import { tr } from "../shared/language.js";
import { say } from "../shared/notices.js";
import { emit, expectBoxes, on, setCursor, setPage, setWords, state, wordOf } from "../shared/store.js";
import { drawHits, drawPage, drawWords, markSelected, moveCursor } from "./boxes.js";
import { openPage, reveal } from "./stage.js";
import { wordsOf } from "./words.js";

const PATIENCE = 1500; // milliseconds within which a connection that is lost is noticed
/** @type {string | null} */
let missed = null; // id of the page whose boxes could not be fetched
let shownPicture = ""; // address of the picture of the page that is shown
let drawn = Promise.resolve(); // when the boxes of the last view stand on the page

/** Resolves when the boxes of the last view stand on the page. */
export const boxesDrawn = () => drawn;

/** Shows another page, or none. */
export async function showPage(id) {
  if (state.page === id) return;
  emit("page-left");
  const page = state.pages.get(id) || null;
  setPage(page ? id : null);
  drawPage(null, state.words);
  emit("around");
  if (!page) return;
  shownPicture = page.picture;
  openPage(page.width, page.height);
  emit("page-shown");
  await fetchBoxes(page, (words) => drawPage(page, words));
}

/** Draws the boxes of the shown page again if they have changed; resolves when they stand there. */
export function refreshBoxes() {
  const page = state.pages.get(state.page);
  if (!page || page.data === state.data) return null;
  if (page.picture !== shownPicture) {
    setPage(null); // it was turned
    drawn = showPage(page.id);
    return drawn;
  }
  const before = state.words;
  drawn = fetchBoxes(page, (words) => {
    emit("boxes-changed", before, words);
    drawWords(words);
  });
  return drawn;
}

// Boxes arrive later than the page that has them; meanwhile another page or other boxes may have been asked for.
async function fetchBoxes(page, draw) {
  const wanted = () => state.page === page.id && state.data === page.data;
  expectBoxes(page.data);
  try {
    const words = await wordsOf(page);
    if (!wanted()) return;
    setWords(words, page.version);
    draw(words);
    emit("page-hits");
  } catch {
    if (wanted()) missed = page.id;
    await new Promise((resolve) => setTimeout(resolve, PATIENCE));
    if (missed === page.id && state.connection === "there" && wanted())
      say(tr("The words of this page could not be fetched; please reload the page."));
  }
}

// What could not be fetched without a connection is fetched when it is back.
on("connected", () => {
  if (missed === null || missed !== state.page) return;
  const id = missed;
  missed = null;
  setPage(null);
  showPage(id);
});

/** Moves the keyboard's cursor to a word and brings it into view. */
export function goToWord(number) {
  setCursor(number);
  moveCursor(number);
  reveal(wordOf(number).box);
}

/** Shows a hit on its page. */
export async function showHit(hit) {
  if (hit.page !== state.page) await showPage(hit.page);
  setCursor(hit.word);
  markSelected(hit.rank);
  moveCursor(hit.word);
  reveal(hit.box);
}

on("page-hits", drawHits);
