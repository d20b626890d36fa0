// Work that would go with the tab, told beside "Save project". The browser cannot ask before the tab is closed: gradio
// ends the session on "beforeunload", before anybody has answered, and its listener comes before any of ours.

import { find } from "../shared/host.js";
import { on, state } from "../shared/store.js";

// What changes pages, boxes, decisions, names or what is known of the hand.
const WORK = {
  uploads: ["add_files", "add_address", "select_pages"],
  pages: ["rename", "move", "remove", "undo"],
  word_clusters: ["name"],
  active_learning: ["answered", "unreadable", "withdrawn", "undone", "cleared"],
};
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
}

export const workDone = () => done;

/** A project that was saved holds what was done up to then. */
export function workSaved(upTo) {
  saved = upTo;
  draw();
}

// Samples are there again for everybody.
function draw() {
  const own = [...state.pages.values()].some((page) => !page.sample);
  find(".mk-unsaved").hidden = !own || done <= saved;
}
on("around", draw);
