// The ways in for pages: files that are chosen, dropped or pasted, web addresses, and what is on its way.

import { titleOfJob, shareOf, stepOf } from "./upload_jobs.js";
import { make, put } from "../shared/dom.js";
import { underway } from "../shared/format.js";
import { find, isShown, upload } from "../shared/host.js";
import { Saying, tr, worded } from "../shared/language.js";
import { clearNotices, say } from "../shared/notices.js";
import { notify } from "../shared/requests.js";
import { on, setActed, setSending, state } from "../shared/store.js";

const fileInput = find(".mk-file");
const web = find(".mk-web");
const addressInput = find(".mk-address");
const MAX_FILES = 60;
const MAX_MB = 512;
const PATIENCE = 5000; // milliseconds without a view about pages on their way, before the server is asked

/** Asks for pages. They are shown when they are ready, unless the visitor has turned to something else by then. */
export function askForPages(feature, action, fields) {
  setActed(false);
  notify(feature, action, fields);
}

// How the words of new pages are to be looked for.
const layoutWanted = () => ({
  direction: find(".mk-direction").value,
  flatten: find(".mk-flatten").checked,
});

/** Files go to the server one by one; a file that cannot be sent is named and the others go on. */
export async function addFiles(files) {
  const chosen = [...files].slice(0, MAX_FILES);
  if (!chosen.length) return;
  clearNotices();
  if (files.length > MAX_FILES) say(tr("Only the first {number} files are added.", { number: MAX_FILES }));
  const sent = [];
  for (const file of chosen) {
    setSending({ step: tr("Sending the file"), fraction: 0, subject: file.name });
    drawBusy();
    try {
      const { path } = await upload(file);
      sent.push({ path, name: file.name });
    } catch {
      const facts = { file: file.name, size: MAX_MB };
      say(tr("{file}: This file could not be sent; it may be larger than {size} MB.", facts));
    }
  }
  setSending(null);
  drawBusy();
  if (sent.length) askForPages("uploads", "add_files", { files: sent, ...layoutWanted() });
}

// One panel for whatever takes time: a file being sent, pages being taken in, a sample being opened.
function drawBusy() {
  const [job, ...others] = state.view?.uploads ?? [];
  const taken = job && {
    step: stepOf(job),
    fraction: shareOf(job),
    subject: titleOfJob(job),
    more: others.length,
  };
  /** @type {any} */
  const busy = state.sending || taken || state.view?.busy;
  find(".mk-busy").hidden = !busy;
  find(".mk-uploads-cancel").hidden = !busy || busy !== taken;
  if (!busy) return;
  const step = underway(busy.step instanceof Saying ? busy.step : worded(busy.step));
  const line = find(".mk-busy-text");
  const shown = JSON.stringify([String(step), busy.subject, busy.more]);
  if (line.dataset.text !== shown) {
    line.dataset.text = shown; // announced once a step, not once a tick
    const more = busy.more ? tr(", then {number} more", { number: busy.more }) : "";
    put(line, make("strong", {}, step), busy.subject ? ` ${busy.subject}` : "", busy.subject ? more : "");
  }
  const bar = find(".mk-progress");
  if (busy.fraction > 0) bar.value = busy.fraction;
  else bar.removeAttribute("value");
}
on("view", drawBusy);

find(".mk-uploads-cancel").addEventListener("click", () => {
  notify("uploads", "cancel");
  find(".mk-add").focus();
});

// The stream of views may break, when a network changes for example; then it is taken up again.
let heard = Date.now();
on("view", () => (heard = Date.now()));
const listening = setInterval(() => {
  if (!isShown()) return clearInterval(listening);
  if (!state.view || !state.view.uploads.length || Date.now() - heard < PATIENCE) return undefined;
  heard = Date.now();
  return notify("uploads", "watch");
}, 1000);

find(".mk-add").addEventListener("click", () => fileInput.click());
for (const input of [fileInput, find(".mk-shot")]) {
  input.addEventListener("change", () => {
    addFiles(input.files).finally(() => (input.value = "")); // so that the same file can be chosen again
  });
}

find(".mk-address-form").addEventListener("submit", (event) => {
  event.preventDefault();
  const url = addressInput.value.trim();
  if (!url) return addressInput.focus();
  clearNotices();
  askForPages("uploads", "add_address", { url, ...layoutWanted() });
  addressInput.value = "";
  return undefined;
});
web.addEventListener("toggle", () => web.open && addressInput.focus());

const dropSign = find(".mk-drop");
const holdsFiles = (event) => event.dataTransfer && [...event.dataTransfer.types].includes("Files");
document.addEventListener("dragover", (event) => {
  if (!holdsFiles(event) || !isShown()) return;
  event.preventDefault();
  dropSign.hidden = false;
});
document.addEventListener("dragleave", (event) => {
  if (!event.relatedTarget) dropSign.hidden = true;
});
document.addEventListener("drop", (event) => {
  dropSign.hidden = true;
  if (!holdsFiles(event) || !isShown()) return;
  event.preventDefault();
  addFiles(event.dataTransfer.files);
});
document.addEventListener("paste", (event) => {
  const files = [...((event.clipboardData && event.clipboardData.files) || [])];
  if (!files.length || !isShown()) return;
  event.preventDefault();
  addFiles(files);
});
