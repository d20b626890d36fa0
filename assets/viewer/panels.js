// Dialogs that the buttons of the left column open. Each asks the server by number and is answered in the view.

const panels = [];
const panelStates = new Map(); // name among the panels of a view -> what draws it

// opener: a button of the screen, if it has one. answer: its name among the panels of a view. opened, answered: what it does then.
function makePanel(selector, { opener, answer, opened, answered }) {
  const dialog = find(selector);
  const said = dialog.querySelector(".mk-panel-said");
  const panel = {
    dialog, answer, answered, seq: 0, waiting: false, cancel: dialog.querySelector(".mk-panel-cancel"),
    ask(event, data) {
      panel.seq += 1;
      panel.waiting = true;
      trigger(event, { seq: panel.seq, ...data });
    },
    progress({ step, fraction }) {
      panel.say(joined([going(served(step)), fraction > 0 ? percent(fraction) : null], " "));
      if (panel.cancel) panel.cancel.hidden = false;
    },
    open() {
      opened();
      if (!dialog.open) dialog.showModal();
    },
    close: () => dialog.close(),
    say(...parts) {
      said.classList.remove("mk-panel-error");
      put(said, ...parts);
    },
    fail(sentence) {
      said.classList.add("mk-panel-error");
      put(said, sentence);
    },
  };
  if (panel.cancel) panel.cancel.addEventListener("click", () => trigger("cancel_errand", { panel: answer }));
  if (opener) find(opener).addEventListener("click", panel.open);
  for (const button of dialog.querySelectorAll(".mk-panel-close")) button.addEventListener("click", panel.close);
  // a click beside the dialog closes it; one that began inside, as when text is marked, does not
  let outside = false;
  dialog.addEventListener("pointerdown", (event) => (outside = event.target === dialog));
  dialog.addEventListener("click", (event) => event.target === dialog && outside && panel.close());
  panels.push(panel);
  return panel;
}

function receivePanels(view) {
  for (const panel of panels) {
    const answer = view.panels[panel.answer];
    if (!answer || !panel.waiting || answer.seq !== panel.seq) continue;
    if (answer.step) {
      panel.progress(answer);
      continue;
    }
    panel.waiting = false;
    if (panel.cancel) panel.cancel.hidden = true;
    if (answer.cancelled) panel.say(tr("Cancelled."));
    else if (answer.error) panel.fail(served(answer.error));
    else panel.answered(answer);
  }
  for (const [name, draw] of panelStates) draw(view.panels[name] || null);
}

// Hands a file of the session to the browser to be saved; returns the link, for a second time.
function save(file, name, text) {
  const link = make("a", { href: fileUrl(file), download: name, class: "mk-link" }, text);
  link.click();
  return link;
}

// Draws what is scrolled into view, once; five hundred snippets at once would hold everything up.
const watcher = new IntersectionObserver((entries) => {
  for (const { isIntersecting, target } of entries) {
    if (!isIntersecting) continue;
    watcher.unobserve(target);
    target.drawSeen();
  }
}, { rootMargin: "200px" });

function whenSeen(node, draw) {
  node.drawSeen = draw;
  watcher.observe(node);
}

// What was counted on all pages is searched on all pages.
function searchEverywhere(text, example) {
  find('.mk-scope input[value="all"]').checked = true;
  textInput.value = text;
  setExample(example);
  search();
}
