// The left column: pages that are open, samples that can be, progress, and the ways in for files.

const fileInput = find(".mk-file");
const MAX_FILES = 60;

function drawPages(current, counts) {
  const rows = [...state.pages.values()].map((page) => {
    const hits = counts.get(page.id) || 0;
    const open = make(
      "button",
      { type: "button", class: "mk-page", "aria-current": page.id === state.page ? "page" : null },
      make("img", { src: fileUrl(page.thumb), alt: "", loading: "lazy" }),
      make(
        "span",
        { class: "mk-page-text" },
        make("span", { class: "mk-page-title", title: page.title }, page.title),
        make(
          "span",
          { class: "mk-page-facts" },
          count(page.words, "word", "words") + (hits ? ` · ${count(hits, "hit", "hits")}` : "")
        )
      ),
      page.note && page.id === state.page ? make("span", { class: "mk-page-facts mk-page-note" }, page.note) : ""
    );
    open.addEventListener("click", () => showPage(page.id));
    const close = make(
      "button",
      { type: "button", class: "mk-close", "aria-label": `Close ${page.title}`, title: "Close this page" },
      "×"
    );
    close.addEventListener("click", () => trigger("remove_page", { page: page.id }));
    return make("li", {}, open, close);
  });
  const list = find(".mk-page-list");
  list.replaceChildren(
    ...(rows.length ? rows : [make("li", { class: "mk-hint" }, "No page is open yet.")])
  );
}

function drawSamples(samples) {
  const open = new Set([...state.pages.values()].map((page) => page.sample));
  const rows = samples
    .filter((sample) => !open.has(sample.file))
    .map((sample) => {
      const button = make(
        "button",
        { type: "button", class: "mk-sample", title: sample.note },
        make("span", { class: "mk-page-title" }, sample.title),
        make("span", { class: "mk-page-facts" }, sample.note)
      );
      button.addEventListener("click", () => trigger("open_sample", { file: sample.file }));
      return make("li", {}, button);
    });
  find(".mk-sample-list").replaceChildren(...rows);
  find(".mk-sample-shelf").hidden = rows.length === 0;
}

function drawBusy(busy) {
  find(".mk-busy").hidden = !busy;
  if (!busy) return;
  const text = `${busy.step}\u2026`;
  const line = find(".mk-busy-text");
  if (line.dataset.text !== text + busy.subject) {
    line.dataset.text = text + busy.subject; // announced once a step, not once a tick
    line.replaceChildren(make("strong", {}, text), busy.subject ? ` ${busy.subject}` : "");
  }
  const bar = find(".mk-progress");
  if (busy.fraction > 0) bar.value = busy.fraction;
  else bar.removeAttribute("value");
}

// Files go to the server one by one; a file that cannot be sent is named and the others go on.
async function addFiles(files) {
  const chosen = [...files].slice(0, MAX_FILES);
  if (!chosen.length) return;
  clearNotices();
  if (files.length > MAX_FILES) say(`Only the first ${MAX_FILES} files are added.`);
  const sent = [];
  for (const file of chosen) {
    state.sending = { step: "Sending the file", fraction: 0, subject: file.name };
    drawBusy(state.sending);
    try {
      const { path } = await upload(file);
      sent.push({ path, name: file.name });
    } catch {
      say(`${file.name}: This file could not be sent; it may be larger than 120 MB.`);
    }
  }
  state.sending = null;
  drawBusy(state.view && state.view.busy);
  if (sent.length) trigger("add_files", { files: sent, direction: find(".mk-direction").value });
}

find(".mk-add").addEventListener("click", () => fileInput.click());
for (const input of [fileInput, find(".mk-shot")]) {
  input.addEventListener("change", () => {
    addFiles(input.files).finally(() => (input.value = "")); // so that the same file can be chosen again
  });
}

const dropSign = find(".mk-drop");
const holdsFiles = (event) => event.dataTransfer && [...event.dataTransfer.types].includes("Files");
document.addEventListener("dragover", (event) => {
  if (!holdsFiles(event) || !element.isConnected) return;
  event.preventDefault();
  dropSign.hidden = false;
});
document.addEventListener("dragleave", (event) => {
  if (!event.relatedTarget) dropSign.hidden = true;
});
document.addEventListener("drop", (event) => {
  dropSign.hidden = true;
  if (!holdsFiles(event) || !element.isConnected) return;
  event.preventDefault();
  addFiles(event.dataTransfer.files);
});
document.addEventListener("paste", (event) => {
  const files = [...((event.clipboardData && event.clipboardData.files) || [])];
  if (!files.length || !element.isConnected) return;
  event.preventDefault();
  addFiles(files);
});
