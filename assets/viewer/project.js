// The collection as one file: saved by the browser, opened again like any other file.

const projectInput = find(".mk-project-file");
const saving = { seq: 0, waiting: false, holds: 0 };

find(".mk-save").addEventListener("click", () => {
  if (saving.waiting) return;
  clearNotices();
  saving.seq += 1;
  saving.waiting = true;
  saving.holds = work.done;
  trigger("save_project", { seq: saving.seq });
});

function receiveProject(view) {
  const answer = view.panels.project;
  if (!answer || !saving.waiting || answer.seq !== saving.seq) return;
  saving.waiting = false;
  if (answer.error) return sayInSight(served(answer.error));
  work.saved = saving.holds;
  drawUnsaved();
  const link = save(answer.file, answer.name, answer.name);
  const facts = { pages: count(answer.pages, "page", "pages"), size: sizeOf(answer.bytes), most: answer.most };
  const told = answer.large
    ? tr("{pages}, {size}; too large to be opened here again, where files may have {most} MB.", facts)
    : tr("{pages}, {size}.", facts);
  sayInSight([tr("Project saved as"), " ", link, ": ", told, " ", tr("If the browser did not save it, click its name.")], true);
}

// The button may stand far below the place where sentences appear, on a telephone for example.
function sayInSight(sentence, calm) {
  say(sentence, calm);
  find(".mk-notices").scrollIntoView({ block: "nearest" });
}

find(".mk-open").addEventListener("click", () => projectInput.click());
projectInput.addEventListener("change", () => {
  addFiles(projectInput.files).finally(() => (projectInput.value = ""));
});
