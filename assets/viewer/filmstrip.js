// The pages that are open, in their order, and those on their way. Rows are kept from one view to the next, so that
// neither the focus nor a name that is being typed is lost while pages arrive.

const pageList = find(".mk-page-list");
const pageRows = new Map(); // id -> {node, drawn}
let renaming = null; // id of the page whose name is being typed
let inSight = null; // id of the page whose row was last brought into sight

function drawPages(current, counts) {
  const pages = [...state.pages.values()];
  const waiting = (state.view && state.view.waiting) || [];
  const nodes = pages.map((page, place) => pageRow(page, place, pages.length, page.id === current, counts.get(page.id) || 0));
  nodes.push(...waiting.map(waitingRow));
  if (!nodes.length) nodes.push(emptyRow());
  const alive = new Set([...pages, ...waiting].map((item) => item.id));
  for (const id of pageRows.keys()) if (!alive.has(id)) pageRows.delete(id);
  if (renaming && !alive.has(renaming)) renaming = null;
  arrange(nodes);
  if (current && current !== inSight) {
    for (const box of [find(".mk-shelves"), pageList]) scrollWithin(box, pageRows.get(current).node); // a column, or a row
  }
  inSight = current;
}

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

function pageRow(page, place, total, isCurrent, hits) {
  const drawn = JSON.stringify([page.title, page.words, page.note, page.thumb, place, total, isCurrent, hits]);
  return keptRow(page.id, drawn, () => {
    const open = make(
      "button",
      {
        type: "button", class: "mk-page", "data-act": "open", "aria-current": isCurrent ? "page" : null,
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
        )
      ),
      page.note && isCurrent ? make("span", { class: "mk-page-facts mk-page-note" }, joined(page.note.split(" · ").map(served), " · ")) : ""
    );
    open.addEventListener("click", () => {
      state.acted = true;
      showPage(page.id);
    });
    const close = closeButton(tr("Remove {title}", { title: titleOf(page) }), tr("Remove this page (Delete)"), () => removePage(page.id));
    const row = make("li", {}, open, close);
    if (isCurrent) row.append(pageTools(page, place, total));
    row.addEventListener("keydown", (event) => pageKey(event, page.id));
    return row;
  });
}

// A sample is called by its name in the language of the interface, and so are pages of one file, until they get another.
function titleOf(page) {
  if (page.sample) return served(page.title);
  const [, name, number] = /^(.+), page (\d+)$/.exec(page.title) || [];
  return name ? tr("{name}, page {number}", { name, number }) : page.title;
}

function closeButton(label, title, act) {
  const attributes = { type: "button", class: "mk-close", "data-act": "close", "aria-label": label, title };
  const button = make("button", attributes, "×");
  button.addEventListener("click", act);
  return button;
}

function pageTools(page, place, total) {
  const tool = (act, text, label, title, off, run) => {
    const attributes = { type: "button", class: "mk-tool", "data-act": act, "aria-label": label, title, "aria-disabled": off };
    const button = make("button", attributes, text);
    button.addEventListener("click", () => off || run());
    return button;
  };
  const last = place === total - 1;
  const title = titleOf(page);
  return make(
    "div",
    { class: "mk-page-tools", role: "group", "aria-label": tr("Page {title}", { title }) },
    tool("rename", tr("Rename"), tr("Rename {title}", { title }), tr("Give this page another name (F2)"), false, () => startRename(page.id)),
    total > 1 ? tool("up", "↑", tr("Move {title} up", { title }), tr("Move this page up (Alt+↑)"), place === 0, () => movePage(page.id, -1)) : "",
    total > 1 ? tool("down", "↓", tr("Move {title} down", { title }), tr("Move this page down (Alt+↓)"), last, () => movePage(page.id, 1)) : ""
  );
}

function waitingRow(job) {
  const drawn = JSON.stringify(["waiting", job.title, job.step, job.number, job.total]);
  return keptRow(job.id, drawn, () =>
    make(
      "li",
      { class: "mk-coming" },
      make(
        "span",
        { class: "mk-page-text" },
        make("span", { class: "mk-page-title", title: job.title }, job.title),
        make("span", { class: "mk-page-facts" }, jobState(job))
      ),
      closeButton(tr("Leave out {title}", { title: job.title }), tr("Leave this out"), () => trigger("stop_intake", { job: job.id }))
    )
  );
}

function emptyRow() {
  return make("li", { class: "mk-hint" }, tr("No page is open yet."));
}

// What is being done with something that is on its way, without the share of it: that is the progress bar's.
function jobState(job) {
  const step = served(job.step);
  if (!job.number || (job.number === 1 && job.total === 1)) return step;
  if (!job.total) return tr("{step}, page {number}", { step, number: job.number });
  return tr("{step}, page {number} of {total}", { step, number: job.number, total: job.total });
}

function pageKey(event, id) {
  if (renaming === id || event.ctrlKey || event.metaKey) return;
  if (event.altKey && event.key === "ArrowUp") movePage(id, -1);
  else if (event.altKey && event.key === "ArrowDown") movePage(id, 1);
  else if (event.altKey || event.target.dataset.act !== "open") return;
  else if (event.key === "F2") startRename(id);
  else if (event.key === "Delete") removePage(id);
  else if (event.key === "ArrowUp" || event.key === "ArrowDown") stepPage(id, event.key === "ArrowUp" ? -1 : 1);
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
  trigger("move_page", { page: id, place });
  tellPages(tr("Moved to place {place} of {total}.", { place: place + 1, total: ids.length }));
}

function removePage(id) {
  trigger("remove_page", { page: id });
}

function startRename(id) {
  if (renaming) return;
  state.acted = true;
  if (state.page !== id) showPage(id);
  const page = state.pages.get(id);
  const row = pageRows.get(id).node;
  const label = tr("Name of the page. Enter keeps it, Escape leaves it as it was.");
  const input = make("input", { type: "text", class: "mk-rename", maxlength: 120, "aria-label": label });
  input.value = page.title;
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
    if (keep && title && title !== page.title) trigger("rename_page", { page: id, title });
    drawAround();
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

// The way back after a page was taken away.
function drawUndo(undo) {
  const bar = find(".mk-way-back");
  const shown = undo ? String(undo.number) : "";
  if (bar.dataset.number === shown) return;
  bar.dataset.number = shown;
  bar.hidden = !undo;
  if (!undo) return bar.replaceChildren();
  const button = make("button", { type: "button", class: "mk-tool" }, tr("Undo"));
  button.addEventListener("click", () => askForPage("undo_remove", { number: undo.number }));
  put(bar, make("span", {}, served(undo.text)), button);
}

function focusUndo() {
  const button = find(".mk-way-back button") || pageList.querySelector(".mk-page") || find(".mk-add");
  button.focus({ preventScroll: true });
}

function tellPages(sentence) {
  put(find(".mk-pages-said"), sentence);
}
