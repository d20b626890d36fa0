// The left column: the ways in for files, what is on its way, and the samples that can be opened.

const fileInput = find(".mk-file");
const MAX_FILES = 60;
const PATIENCE = 5000; // milliseconds without a word about pages on their way, before the server is asked

// The page that is asked for is shown when it is ready, unless the visitor has turned to something else by then.
function askForPage(event, data) {
  state.acted = false;
  trigger(event, data);
}

function drawSamples(samples) {
  const open = new Set([...state.pages.values()].map((page) => page.sample));
  const rows = samples
    .filter((sample) => !open.has(sample.file))
    .map((sample) => {
      const button = make(
        "button",
        { type: "button", class: "mk-sample", title: served(sample.note) },
        make("span", { class: "mk-page-title" }, served(sample.title)),
        make("span", { class: "mk-page-facts" }, served(sample.note))
      );
      button.addEventListener("click", () => askForPage("open_sample", { file: sample.file }));
      return make("li", {}, button);
    });
  find(".mk-sample-list").replaceChildren(...rows);
  find(".mk-sample-shelf").hidden = rows.length === 0;
}

// How much of all its pages is done, or of the one page where their number is not known.
function jobShare(job) {
  return job.total > 1 && job.number ? (job.number - 1 + job.fraction) / job.total : job.fraction;
}

// One panel for whatever takes time: a file being sent, pages being taken in, a sample being opened.
function drawBusy() {
  const job = state.view && state.view.waiting[0];
  const taken = job && { step: jobState(job), fraction: jobShare(job), subject: job.title, more: state.view.waiting.length - 1 };
  const busy = state.sending || taken || (state.view && state.view.busy);
  find(".mk-busy").hidden = !busy;
  find(".mk-stop").hidden = !busy || busy !== taken;
  if (!busy) return;
  const step = going(busy.step instanceof Saying ? busy.step : served(busy.step));
  const more = busy.more ? tr(", then {number} more", { number: busy.more }) : "";
  const line = find(".mk-busy-text");
  const shown = JSON.stringify([String(step), busy.subject, busy.more]);
  if (line.dataset.text !== shown) {
    line.dataset.text = shown; // announced once a step, not once a tick
    put(line, make("strong", {}, step), busy.subject ? ` ${busy.subject}` : "", busy.subject ? more : "");
  }
  const bar = find(".mk-progress");
  if (busy.fraction > 0) bar.value = busy.fraction;
  else bar.removeAttribute("value");
}

find(".mk-stop").addEventListener("click", () => {
  trigger("stop_intake", {});
  find(".mk-add").focus();
});

// The stream of views may break, when a network changes for example; then it is taken up again.
let heard = Date.now();
function hear() {
  heard = Date.now();
}
const listening = setInterval(() => {
  if (!element.isConnected) return clearInterval(listening);
  if (!state.view || !state.view.waiting.length || Date.now() - heard < PATIENCE) return;
  hear();
  trigger("follow_intake", {});
}, 1000);

// How the words of new pages are to be looked for.
function layoutWanted() {
  return { direction: find(".mk-direction").value, flatten: find(".mk-flatten").checked };
}

// Files go to the server one by one; a file that cannot be sent is named and the others go on.
async function addFiles(files) {
  const chosen = [...files].slice(0, MAX_FILES);
  if (!chosen.length) return;
  clearNotices();
  if (files.length > MAX_FILES) say(tr("Only the first {number} files are added.", { number: MAX_FILES }));
  const sent = [];
  for (const file of chosen) {
    state.sending = { step: tr("Sending the file"), fraction: 0, subject: file.name };
    drawBusy();
    try {
      const { path } = await upload(file);
      sent.push({ path, name: file.name });
    } catch {
      say(tr("{file}: This file could not be sent; it may be larger than {size} MB.", { file: file.name, size: 512 }));
    }
  }
  state.sending = null;
  drawBusy();
  if (sent.length) askForPage("add_files", { files: sent, ...layoutWanted() });
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
