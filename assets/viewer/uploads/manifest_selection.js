// Of a manifest with several pages the visitor first says which.

import { put } from "../shared/dom.js";
import { find } from "../shared/host.js";
import { count, plural, tr } from "../shared/language.js";
import { clearNotices } from "../shared/notices.js";
import { notify } from "../shared/requests.js";
import { on, state } from "../shared/store.js";
import { askForPages } from "./uploads.js";

const panel = find(".mk-manifest_selection");
const input = find(".mk-manifest_selection-pages");
const number = () => Number(panel.dataset.number);

// Drawn once a selection, so that what is being typed stays; only the room for pages changes.
on("view", () => {
  const selection = state.view.manifest_selection;
  const shown = selection ? String(selection.number) : "";
  if (selection) put(find(".mk-manifest_selection-room"), roomText(selection));
  if (panel.dataset.number === shown) return;
  panel.dataset.number = shown;
  panel.hidden = !selection;
  if (selection) draw(selection);
});

function draw({ title, pages, first, last, room, shown }) {
  find(".mk-manifest_selection-title").textContent = title;
  const facts = { pages: count(pages, "page", "pages"), first, last };
  put(find(".mk-manifest_selection-facts"), tr("{pages}, from {first} to {last}.", facts));
  const most = Math.max(1, Math.min(pages, room));
  // the link of a viewer may show one page, which is then the likely choice
  input.value = shown ? String(shown) : most === 1 ? "1" : `1-${most}`;
  const web = find(".mk-web");
  web.open = false;
  if (document.activeElement === document.body || web.contains(document.activeElement)) {
    input.focus();
    input.select();
  }
}

function roomText({ pages, room }) {
  return pages > room
    ? plural(room, "There is room for {n} more page.", "There is room for {n} more pages.")
    : "";
}

find(".mk-manifest_selection-form").addEventListener("submit", (event) => {
  event.preventDefault();
  clearNotices();
  askForPages("uploads", "select_pages", { selection: number(), pages: input.value });
});
find(".mk-manifest_selection-close").addEventListener("click", () => {
  notify("uploads", "select_pages", { selection: number(), pages: null });
  find(".mk-add").focus();
});
