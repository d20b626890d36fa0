// A working copy of the project in this browser, which survives the server. Off until the visitor switches it on; made
// whenever nothing was done for some seconds, and offered where a tab begins without its session.

import { deleteCopies, deleteCopy, keepCopy, keptCopies } from "./copy_store.js";
import { countWork, isUnsaved, workDone, workSaved } from "./unsaved.js";
import { make, put } from "../shared/dom.js";
import { fileUrl } from "../shared/files.js";
import { timeOf } from "../shared/format.js";
import { find, isShown } from "../shared/host.js";
import { count, tr } from "../shared/language.js";
import { say } from "../shared/notices.js";
import { request } from "../shared/requests.js";
import { on, state } from "../shared/store.js";
import { remember, remembered } from "../shared/tab_memory.js";
import { addFiles } from "../uploads/uploads.js";

const STORED = "mark-working-copy";
const QUIET = 4000; // milliseconds without work, after which a copy is made
const KEPT = 30 * 24 * 3600 * 1000; // milliseconds for which a copy is kept
const LARGEST = 400e6; // bytes
const NO_ROOM = tr("This browser could not keep a working copy; please save your project instead.");

const choice = find(".mk-working_copy");
const offer = find(".mk-working_copy-offer");
let changed = 0; // when work was done last
let failed = -1; // how much had been done when a copy failed, which is told once
let isCopying = false;
/** @type {number | null} */
let time = null; // of this tab's copy

function isWanted() {
  try {
    return localStorage.getItem(STORED) === "on";
  } catch {
    return false; // forbidden inside a frame
  }
}

function draw() {
  const shown = time !== null && choice.checked && [...state.pages.values()].some((page) => !page.sample);
  put(find(".mk-working_copy-time"), shown ? tr("Working copy: {time}", { time: timeOf(time) }) : "");
}

choice.checked = isWanted();
choice.addEventListener("change", async () => {
  try {
    localStorage.setItem(STORED, choice.checked ? "on" : "off");
    failed = -1;
    if (choice.checked) changed = 0;
    else {
      await deleteCopies();
      if (time !== null) countWork(); // what was safe is so no longer
      time = null;
      say(tr("The working copies in this browser are deleted."), true);
    }
  } catch {
    choice.checked = false;
    say(NO_ROOM);
  }
  offer.hidden = true;
  draw();
});

on("work", () => (changed = Date.now()));

const isAtRest = () =>
  state.connection === "there" &&
  state.view &&
  !state.view.busy &&
  !state.view.uploads.length &&
  !state.sending;

const clock = setInterval(() => {
  if (!isShown()) return clearInterval(clock);
  if (!choice.checked || isCopying || !isAtRest() || Date.now() - changed < QUIET) return undefined;
  if (!isUnsaved() || failed === workDone()) return undefined;
  return makeCopy();
}, 1000);

async function makeCopy() {
  isCopying = true;
  const held = workDone();
  try {
    const project = await request("projects", "copy");
    if (project.bytes > LARGEST) throw new Error("too large");
    const answer = await fetch(fileUrl(project.file));
    if (!answer.ok) throw new Error(answer.statusText);
    const id = remembered().copy ?? crypto.getRandomValues(new Uint32Array(2)).join("-");
    const now = Date.now();
    await keepCopy({ id, name: project.name, pages: project.pages, time: now, file: await answer.blob() });
    remember({ copy: id });
    time = now;
    if (choice.checked) workSaved(held);
    else await deleteCopies(); // switched off meanwhile
  } catch {
    failed = held;
    say(NO_ROOM);
  } finally {
    isCopying = false;
    draw();
  }
}

on("arrived", async () => {
  offer.hidden = true;
  try {
    const copies = await keptCopies();
    const old = copies.filter((copy) => Date.now() - copy.time > KEPT);
    await Promise.all(old.map((copy) => deleteCopy(copy.id)));
    const own = copies.find((copy) => copy.id === remembered().copy);
    time = own?.time ?? null;
    const [newest] = own ? [own] : copies.filter((copy) => !old.includes(copy));
    if (newest && !state.resumed) offerCopy(newest);
  } catch {
    // without a database there are no copies
  }
  draw();
});

/** @param {import("./copy_store.js").Copy} copy */
function offerCopy(copy) {
  const facts = { pages: count(copy.pages, "page", "pages"), time: timeOf(copy.time) };
  const use = make("button", { type: "button", class: "mk-tool mk-working_copy-open" }, tr("Open it"));
  const drop = make("button", { type: "button", class: "mk-tool mk-working_copy-delete" }, tr("Delete it"));
  use.addEventListener("click", () => {
    offer.hidden = true;
    remember({ copy: copy.id });
    time = copy.time;
    addFiles([new File([copy.file], copy.name)]);
  });
  drop.addEventListener("click", async () => {
    offer.hidden = true;
    find(".mk-add").focus();
    await deleteCopy(copy.id).catch(() => {});
    if (remembered().copy === copy.id) time = null;
    draw();
  });
  const text = tr("A working copy of {pages} from {time} is in this browser.", facts);
  put(offer, make("span", {}, text), use, drop);
  offer.hidden = false;
}

on("around", draw);
