// What is chosen and drawn while boxes are edited.

import { state, wordOf } from "../shared/store.js";

/** @typedef {{number: number | null | undefined, box: import("../shared/types.js").Box}} Draft a box under the hand or on
 * its way to the server; number: of its word, null for a new one */

const current = {
  on: false,
  coarse: window.matchMedia("(pointer: coarse)").matches, // the last hand was a finger
  /** @type {number[]} numbers of the chosen words */
  chosen: [],
  more: false, // the next box is chosen too
  /** @type {number | null} where the chosen box would be cut, 0..1 */
  cut: null,
  /** @type {Draft | null} under the hand */
  draft: null,
  /** @type {Draft[]} without an answer yet */
  sentDrafts: [],
};

/** @type {Readonly<typeof current>} */
export const selection = current;

export const isChosen = (number) => current.on && current.chosen.includes(number);
export const drafts = () => (current.draft ? [...current.sentDrafts, current.draft] : current.sentDrafts);

/** The box of a word as it is drawn. */
export function boxNow(number) {
  const draft = [...drafts()].reverse().find((other) => other.number === number);
  return draft ? draft.box : wordOf(number).box;
}

export function setOn(on) {
  current.on = on;
  current.more = false;
}

export function setCoarse(coarse) {
  current.coarse = coarse;
}

/** Words that have no box are left out. */
export function setChosen(numbers) {
  current.chosen = numbers.filter((number) => wordOf(number));
  current.cut = null;
}

export function setMore(more) {
  current.more = more;
}

export function setCut(share) {
  current.cut = share;
}

/** @param {Draft | null} draft */
export function setDraft(draft) {
  current.draft = draft;
}

/** The draft is on its way to the server; returns it. */
export function sendDraft() {
  const draft = current.draft;
  current.draft = null;
  if (draft) current.sentDrafts = [...current.sentDrafts, draft];
  return draft;
}

/** A draft is answered. */
export function dropDraft(draft) {
  current.sentDrafts = current.sentDrafts.filter((other) => other !== draft);
}

/** Another page comes. */
export function forgetPage() {
  current.sentDrafts = [];
  current.chosen = [];
  current.cut = null;
}

/** Boxes have other numbers. now: gives the new number of an old one, undefined if it is gone. chosen: the new choice. */
export function renumberSelection(now, chosen) {
  if (chosen.length !== 1) current.cut = null;
  current.chosen = chosen;
  for (const draft of drafts()) draft.number = now(draft.number);
  current.sentDrafts = current.sentDrafts.filter((draft) => draft.number !== undefined);
  if (current.draft && current.draft.number === undefined) current.draft = null;
}

/** The size of the shown page in pixels. */
export function pageSize() {
  const { width, height } = state.pages.get(state.page);
  return [width, height];
}
