// The pages that are open, in their order, and those on their way. Rows are kept from one view to the next, so that
// neither the focus nor a name that is being typed is lost while pages arrive.

import { decisionOf } from "../feedback/decisions.js";
import { showStage } from "../frame/jump.js";
import { showPage } from "../page/current_page.js";
import { titleOf } from "../page/title.js";
import { countBar, hitCounts } from "../search/hit_counts.js";
import { make, put, scrollWithin } from "../shared/dom.js";
import { fileUrl } from "../shared/files.js";
import { clamp } from "../shared/geometry.js";
import { find } from "../shared/host.js";
import { count, joined, tr, worded } from "../shared/language.js";
import { notify } from "../shared/requests.js";
import { emit, on, setActed, state } from "../shared/store.js";
import { croppingButton, spreadOffer } from "./cropping.js";
import { turnButton } from "./turning.js";
import { stepOf, titleOfJob } from "./upload_jobs.js";
import { askForPages } from "./uploads.js";

const pageList = find(".mk-page-list");
const pageRows = new Map(); // id -> {node, drawn}
let renaming = null; // id of the page whose name is being typed
let inSight = null; // id of the page whose row was last brought into sight

on("around", () => {
  const pages = [...state.pages.values()];
  const uploads = state.view?.uploads ?? [];
  const counts = hitCounts(state.split.lit, decisionOf);
  const most = pages.length > 1 ? Math.max(0, ...counts.values()) : 0;
  const nodes = pages.map((page, place) =>
    pageRow(page, { place, total: pages.length, hits: counts.get(page.id) || 0, most })
  );
  nodes.push(...uploads.map(uploadRow));
  if (!nodes.length) nodes.push(make("li", { class: "mk-hint" }, tr("No page is open yet.")));
  const alive = new Set([...pages, ...uploads].map((item) => item.id));
  for (const id of pageRows.keys()) if (!alive.has(id)) pageRows.delete(id);
  if (renaming && !alive.has(renaming)) renaming = null;
  arrange(nodes);
  if (state.page && state.page !== inSight) {
    // a column, or a row
    for (const box of [find(".mk-shelves"), pageList]) scrollWithin(box, pageRows.get(state.page).node);
  }
  inSight = state.page;
});

// Puts rows into the list and leaves those alone that stay where they are, with what is being typed in them. The focus
// stays on the same button of the same page, though its row is another or has moved.
function arrange(nodes) {
  const held = document.activeElement;
  const row = held && pageList.contains(held) ? held.closest("li") : null;
  const wanted = new Set(nodes);
  for (const node of [...pageList.children]) if (!wanted.has(node)) node.remove();
  nodes.forEach((node, place) => {
    if (pageList.children[place] !== node) pageList.insertBefore(node, pageList.children[place] || null);
  });
  if (!row || document.activeElement === held) return;
  const again = nodes.find((node) => node.dataset.id && node.dataset.id === row.dataset.id);
  if (again) focusAgain(again, held);
  else focusUndo();
}

function focusAgain(row, held) {
  if (row.contains(held)) return held.focus({ preventScroll: true });
  const same = held.dataset.act && row.querySelector(`[data-act="${held.dataset.act}"]`);
  (same || row.querySelector(".mk-page")).focus({ preventScroll: true });
}

function keptRow(id, drawn, build) {
  const kept = pageRows.get(id);
  if (kept && (kept.drawn === drawn || renaming === id)) return kept.node;
  const node = build();
  node.dataset.id = id;
  pageRows.set(id, { node, drawn });
  return node;
}

// hits: of the page. most: that any page has; 0 where there is nothing to compare.
function pageRow(page, { place, total, hits, most }) {
  const isCurrent = page.id === state.page;
  const drawn = JSON.stringify([
    page.title,
    page.words,
    page.note,
    page.thumb,
    page.gutter,
    place,
    total,
    isCurrent,
    hits,
    most,
  ]);
  return keptRow(page.id, drawn, () => {
    const open = make(
      "button",
      {
        type: "button",
        class: "mk-page",
        "data-act": "open",
        "aria-current": isCurrent ? "page" : null,
        "aria-keyshortcuts": "F2 Alt+ArrowUp Alt+ArrowDown Delete",
      },
      make("img", { src: fileUrl(page.thumb), alt: "", loading: "lazy" }),
      make(
        "span",
        { class: "mk-page-text" },
        make("span", { class: "mk-page-title", title: titleOf(page) }, titleOf(page)),
        make(
          "span",
          { class: "mk-page-facts" },
          joined([count(page.words, "word", "words"), hits ? count(hits, "hit", "hits") : null], " · ")
        ),
        hits && most ? countBar(hits, most) : ""
      ),
      page.note && isCurrent ? make("span", { class: "mk-page-facts mk-page-note" }, worded(page.note)) : ""
    );
    open.addEventListener("click", () => {
      setActed(true);
      showPage(page.id);
      showStage();
    });
    const close = closeButton(
      tr("Remove {title}", { title: titleOf(page) }),
      tr("Remove this page (Delete)"),
      () => removePage(page.id)
    );
    const row = make("li", {}, open, close);
    if (isCurrent) row.append(spreadOffer(page), pageTools(page, place, total));
    row.addEventListener("keydown", (event) => pageKey(event, page.id));
    return row;
  });
}
function closeButton(label, title, act) {
  const attributes = { type: "button", class: "mk-close", "data-act": "close", "aria-label": label, title };
  const button = make("button", attributes, "×");
  button.addEventListener("click", act);
  return button;
}

function pageTools(page, place, total) {
  const tool = (act, text, label, title, off, run) => {
    const attributes = {
      type: "button",
      class: "mk-tool",
      "data-act": act,
      "aria-label": label,
      title,
      "aria-disabled": off,
    };
    const button = make("button", attributes, text);
    button.addEventListener("click", () => off || run());
    return button;
  };
  const last = place === total - 1;
  const title = titleOf(page);
  return make(
    "div",
    { class: "mk-page-tools", role: "group", "aria-label": tr("Page {title}", { title }) },
    tool(
      "rename",
      tr("Rename"),
      tr("Rename {title}", { title }),
      tr("Give this page another name (F2)"),
      false,
      () => startRename(page.id)
    ),
    turnButton(page),
    croppingButton(page),
    total > 1
      ? tool("up", "↑", tr("Move {title} up", { title }), tr("Move this page up (Alt+↑)"), place === 0, () =>
          movePage(page.id, -1)
        )
      : "",
    total > 1
      ? tool("down", "↓", tr("Move {title} down", { title }), tr("Move this page down (Alt+↓)"), last, () =>
          movePage(page.id, 1)
        )
      : ""
  );
}

function uploadRow(job) {
  const drawn = JSON.stringify(["upload", job.title, job.step, job.number, job.total]);
  const title = titleOfJob(job);
  const leaveOut = () => notify("uploads", "cancel", { job: job.id });
  return keptRow(job.id, drawn, () =>
    make(
      "li",
      { class: "mk-upload" },
      make(
        "span",
        { class: "mk-page-text" },
        make("span", { class: "mk-page-title", title }, title),
        make("span", { class: "mk-page-facts" }, stepOf(job))
      ),
      closeButton(tr("Leave out {title}", { title }), tr("Leave this out"), leaveOut)
    )
  );
}

function pageKey(event, id) {
  if (renaming === id || event.ctrlKey || event.metaKey) return;
  if (event.altKey && event.key === "ArrowUp") movePage(id, -1);
  else if (event.altKey && event.key === "ArrowDown") movePage(id, 1);
  else if (event.altKey || event.target.dataset.act !== "open") return;
  else if (event.key === "F2") startRename(id);
  else if (event.key === "Delete") removePage(id);
  else if (event.key === "ArrowUp" || event.key === "ArrowDown")
    stepPage(id, event.key === "ArrowUp" ? -1 : 1);
  else return;
  event.preventDefault();
}

function stepPage(id, step) {
  const ids = [...state.pages.keys()];
  const next = ids[clamp(ids.indexOf(id) + step, 0, ids.length - 1)];
  pageRows.get(next).node.querySelector(".mk-page").focus();
}

function movePage(id, step) {
  const ids = [...state.pages.keys()];
  const place = ids.indexOf(id) + step;
  if (place < 0 || place >= ids.length) return;
  notify("pages", "move", { page: id, place });
  tellPages(tr("Moved to place {place} of {total}.", { place: place + 1, total: ids.length }));
}

function removePage(id) {
  notify("pages", "remove", { page: id });
}

function startRename(id) {
  if (renaming) return;
  setActed(true);
  if (state.page !== id) showPage(id);
  const page = state.pages.get(id);
  const row = pageRows.get(id).node;
  const label = tr("Name of the page. Enter keeps it, Escape leaves it as it was.");
  const input = make("input", { type: "text", class: "mk-rename", maxlength: 120, "aria-label": label });
  input.value = String(titleOf(page));
  const tools = row.querySelector(".mk-page-tools");
  tools.before(input);
  tools.hidden = true;
  renaming = id;
  input.select();
  input.focus();
  const finish = (keep, back) => {
    if (renaming !== id) return;
    renaming = null;
    const title = input.value.trim();
    input.remove();
    tools.hidden = false;
    if (keep && title && title !== String(titleOf(page))) notify("pages", "rename", { page: id, title });
    emit("around");
    if (back) pageRows.get(id)?.node.querySelector("[data-act='rename']")?.focus();
  };
  input.addEventListener("keydown", (event) => {
    if (event.key === "Enter") finish(true, true);
    else if (event.key === "Escape") finish(false, true);
    else return;
    event.preventDefault();
    event.stopPropagation();
  });
  input.addEventListener("blur", () => finish(true, false));
}

// What was removed can be brought back for a while.
on("view", () => {
  const { undo } = state.view;
  const bar = find(".mk-undo-bar");
  const shown = undo ? String(undo.number) : "";
  if (bar.dataset.number === shown) return;
  bar.dataset.number = shown;
  bar.hidden = !undo;
  if (!undo) {
    bar.replaceChildren();
    return;
  }
  const button = make("button", { type: "button", class: "mk-tool" }, tr("Undo"));
  button.addEventListener("click", () => askForPages("pages", "undo", { undo: undo.number }));
  put(bar, make("span", {}, worded(undo.message)), button);
});

function focusUndo() {
  const button = find(".mk-undo-bar button") || pageList.querySelector(".mk-page") || find(".mk-add");
  button.focus({ preventScroll: true });
}

function tellPages(sentence) {
  put(find(".mk-pages-status"), sentence);
}
