// The collection as one file: saved by the browser, opened again like any other file.

import { save } from "../shared/files.js";
import { sizeOf } from "../shared/format.js";
import { find } from "../shared/host.js";
import { count, tr } from "../shared/language.js";
import { clearNotices, sayInSight } from "../shared/notices.js";
import { request } from "../shared/requests.js";
import { addFiles } from "../uploads/uploads.js";
import { workDone, workSaved } from "./unsaved.js";

const input = find(".mk-projects-file");
let isSaving = false;

async function saveProject() {
  if (isSaving) return;
  clearNotices();
  isSaving = true;
  const held = workDone();
  try {
    const project = await request("projects", "save");
    workSaved(held);
    tellSaved(project);
  } catch (error) {
    sayInSight(error.said);
  } finally {
    isSaving = false;
  }
}

function tellSaved({ file, name, pages, bytes, large, most }) {
  const facts = { pages: count(pages, "page", "pages"), size: sizeOf(bytes), most };
  const told = large
    ? tr("{pages}, {size}; too large to be opened here again, where files may have {most} MB.", facts)
    : tr("{pages}, {size}.", facts);
  const again = tr("If the browser did not save it, click its name.");
  sayInSight([tr("Project saved as"), " ", save(file, name), ": ", told, " ", again], true);
}

find(".mk-projects-save").addEventListener("click", saveProject);
find(".mk-projects-open").addEventListener("click", () => input.click());
input.addEventListener("change", () => {
  addFiles(input.files).finally(() => (input.value = ""));
});
