// Work that goes some minutes after the tab, told beside "Save project" and asked about before the page is left. A reload
// loses nothing but files that are being sent; where it is known to be one, by its key, nothing else is asked about.

import { put } from "../shared/dom.js";
import { find } from "../shared/host.js";
import { tr } from "../shared/language.js";
import { emit, on, state } from "../shared/store.js";
import { remember, remembered } from "../shared/tab_memory.js";

// What changes pages, boxes, decisions, names or what is known of the hand.
const WORK = {
  uploads: ["add_files", "add_address", "select_pages"],
  pages: ["rename", "move", "remove", "undo"],
  word_clusters: ["name"],
  transcript: ["align", "attach", "correct", "type", "remove", "undone"],
  active_learning: ["answered", "unreadable", "withdrawn", "undone", "cleared"],
};
const RELOAD_PAUSE = 1500; // milliseconds between the key for a reload and the reload
const ALWAYS = ["editing", "feedback", "learning"];
let done = 0; // counts what was done
let saved = 0; // how much of it a saved project holds

// A project that is opened lies on the visitor's computer already.
const onlyProjects = ({ files }) =>
  Boolean(files) && files.every(({ name }) => name.toLowerCase().endsWith(".mark"));

on("request", (feature, action, fields) => {
  const isWork = ALWAYS.includes(feature) || WORK[feature]?.includes(action);
  if (isWork && !onlyProjects(fields)) countWork();
});

/** Something has changed that no saved project holds. */
export function countWork() {
  done += 1;
  remember({ done });
  draw();
  emit("work");
}

export const workDone = () => done;

/** A project that was saved holds what was done up to then. */
export function workSaved(upTo) {
  saved = upTo;
  remember({ saved });
  draw();
}

on("arrived", () => {
  done = remembered().done ?? 0;
  saved = remembered().saved ?? 0;
});

// Samples are there again for everybody.
export const isUnsaved = () => done > saved && [...state.pages.values()].some((page) => !page.sample);

function draw() {
  const { minutes } = state;
  const hint = find(".mk-unsaved");
  hint.hidden = !isUnsaved();
  put(
    hint,
    tr("Not saved: {minutes} minutes after the tab is closed, these pages are deleted.", { minutes })
  );
}
on("around", draw);

let reloadKey = 0; // when it was pressed
window.addEventListener("keydown", (event) => {
  const { key, ctrlKey, metaKey } = event;
  if (key === "F5" || ((ctrlKey || metaKey) && key.toLowerCase() === "r")) reloadKey = event.timeStamp;
});
window.addEventListener("beforeunload", (event) => {
  const isReload = reloadKey > 0 && event.timeStamp - reloadKey < RELOAD_PAUSE;
  if (state.connection !== "taken" && (state.sending || (isUnsaved() && !isReload))) event.preventDefault();
});
