// The ways in for pages: files that are chosen, dropped or pasted, web addresses, and what is on its way.

import { sendFile, sendFiles } from "./sending.js";
import { titleOfJob, shareOf, stepOf } from "./upload_jobs.js";
import { uploadAddress } from "../shared/address.js";
import { make, put } from "../shared/dom.js";
import { percent, underway } from "../shared/format.js";
import { find, identity, isShown } from "../shared/host.js";
import { Saying, list, plural, tr, worded } from "../shared/language.js";
import { clearNotices, say } from "../shared/notices.js";
import { notify } from "../shared/requests.js";
import { on, setActed, setSending, state } from "../shared/store.js";

const fileInput = find(".mk-file");
const addressInput = find(".mk-address");
const MAX_FILES = 60;
const MAX_MB = 512;
const MEGABYTE = 1024 * 1024;
const PATIENCE = 5000; // milliseconds without a view about pages on their way, before the server is asked

/** Asks for pages. They are shown when they are ready, unless the visitor has turned to something else by then. */
export function askForPages(feature, action, fields) {
  setActed(false);
  asked = true;
  drawBusy();
  notify(feature, action, fields);
}
let asked = false; // for pages of which the server has not said anything yet

// How the words of new pages are to be looked for and read.
const layoutWanted = () => ({
  direction: find(".mk-direction").value,
  script: find(".mk-script").value,
  flatten: find(".mk-flatten").checked,
});

const config = () => /** @type {any} */ (window).gradio_config || {};
const isLost = () => state.connection !== "there";
const send = (file, onBytes, signal) =>
  sendFile(uploadAddress(config()), file, { ...identity(), onBytes, signal, isLost });

/**
 * Sends one file that is no page; resolves to {path, name}, or rejects with an error whose ``said`` tells why.
 * @param {File} file
 */
export async function sendOne(file) {
  try {
    return { path: await send(file, () => {}, new AbortController().signal), name: file.name };
  } catch (error) {
    const facts = { files: file.name, size: MAX_MB, status: error.status };
    const said = error.reason === "told" ? "" : sentenceOf(error.reason, 1, facts); // a notice says it then
    throw Object.assign(new Error("not sent"), { said });
  }
}

let lastBatch = Promise.resolve(); // files that are added while others are sent wait for them
/** @type {AbortController | null} */
let canceller = null;

/** Files go to the server one by one; those that do not arrive are named with the reason, and the others go on. */
export function addFiles(files) {
  const chosen = [...files].slice(0, MAX_FILES);
  if (!chosen.length) return lastBatch;
  clearNotices();
  if (files.length > MAX_FILES) say(tr("Only the first {number} files are added.", { number: MAX_FILES }));
  canceller ??= new AbortController();
  const { signal } = canceller;
  const layout = layoutWanted();
  lastBatch = lastBatch.then(() => addBatch(chosen, layout, signal));
  return lastBatch;
}

async function addBatch(chosen, layout, signal) {
  const files = chosen.map(({ name }) => name);
  const onProgress = ({ number, total, fraction, file }) => {
    const step =
      total > 1 ? tr("Sending file {number} of {total}", { number, total }) : tr("Sending the file");
    setSending({ step, fraction, subject: file.name, files });
    drawBusy();
  };
  const { sent, failed } = await sendFiles(chosen, { send, limit: MAX_MB * MEGABYTE, onProgress, signal });
  setSending(null);
  drawBusy();
  tellFailed(failed);
  if (sent.length) askForPages("uploads", "add_files", { files: sent, ...layout });
}

// One sentence for each reason, with the names of all files that it holds for.
function tellFailed(failed) {
  for (const reason of new Set(failed.map((one) => one.reason))) {
    if (reason === "told") continue;
    const same = failed.filter((one) => one.reason === reason);
    const files = list(same.map(({ file }) => file.name));
    say(
      sentenceOf(reason, same.length, { files, size: MAX_MB, status: same[0].status }),
      reason === "cancelled"
    );
    if (reason === "lost") offerAgain(same.map(({ file }) => file));
  }
}

function sentenceOf(reason, n, facts) {
  if (reason === "lost")
    return plural(
      n,
      "{files} did not arrive: the connection was lost. Please add it again.",
      "{files} did not arrive: the connection was lost. Please add them again.",
      facts
    );
  if (reason === "large")
    return plural(
      n,
      "{files} is larger than {size} MB, so it was not sent.",
      "{files} are larger than {size} MB, so they were not sent.",
      facts
    );
  if (reason === "unreadable")
    return plural(
      n,
      "{files} could not be read; it may have been moved or changed since it was chosen.",
      "{files} could not be read; they may have been moved or changed since they were chosen.",
      facts
    );
  if (reason === "cancelled")
    return plural(n, "Cancelled. {files} was not sent.", "Cancelled. {files} were not sent.", facts);
  return plural(
    n,
    "{files} did not arrive: the server did not take it (status {status}).",
    "{files} did not arrive: the server did not take them (status {status}).",
    facts
  );
}

// The browser still has the files.
function offerAgain(files) {
  const button = make("button", { type: "button", class: "mk-tool mk-send-again" }, tr("Send again"));
  button.addEventListener("click", () => addFiles(files));
  find(".mk-notices p:last-child .mk-close").before(button);
}

const HEARD = { step: tr("One moment…"), fraction: 0, subject: "", more: 0 };

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
  const busy = state.sending || taken || state.view?.busy || (asked && HEARD);
  find(".mk-busy").hidden = !busy;
  find(".mk-uploads-cancel").hidden = !busy || (busy !== taken && !state.sending);
  if (!busy) return;
  const said = busy.step instanceof Saying ? busy.step : worded(busy.step);
  const step = busy === HEARD ? said : underway(said);
  const line = find(".mk-busy-text");
  const shown = JSON.stringify([String(step), busy.subject, busy.more]);
  if (line.dataset.text !== shown) {
    line.dataset.text = shown; // announced once a step, not once a tick
    const more = busy.more ? tr(", then {number} more", { number: busy.more }) : "";
    put(line, make("strong", {}, step), busy.subject ? ` ${busy.subject}` : "", busy.subject ? more : "");
  }
  const bar = find(".mk-progress");
  find(".mk-progress-value").textContent = state.sending ? percent(busy.fraction) : "";
  if (busy.fraction > 0) bar.value = busy.fraction;
  else bar.removeAttribute("value");
}
on("view", () => {
  asked = false;
  drawBusy();
});

find(".mk-uploads-cancel").addEventListener("click", () => {
  if (state.sending) {
    canceller?.abort();
    canceller = null;
  } else notify("uploads", "cancel");
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

const web = find(".mk-web");
web.addEventListener("toggle", () => web.open && addressInput.focus());
find(".mk-address-form").addEventListener("submit", (event) => {
  event.preventDefault();
  const url = addressInput.value.trim();
  if (!url) return addressInput.focus();
  clearNotices();
  askForPages("uploads", "add_address", { url, ...layoutWanted() });
  addressInput.value = "";
  return undefined;
});

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
