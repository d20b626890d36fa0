// All words of the open pages, clustered by likeness, the most frequent first. A click finds them; each can be named.

import { drawCrop, whenSeen } from "../page/crops.js";
import { searchEverywhere } from "../search/search.js";
import { Dialog } from "../shared/dialog.js";
import { make, put, setAll } from "../shared/dom.js";
import { fetchJson } from "../shared/files.js";
import { find } from "../shared/host.js";
import { count, plural, tr } from "../shared/language.js";
import { request } from "../shared/requests.js";
import { openBoxes, state } from "../shared/store.js";
import { chosenClusters, labelOf } from "./cluster_filter.js";

const WORDS_AT_ONCE = 100;
const list = find(".mk-word_clusters-list");
const filter = find(".mk-word_clusters-filter");
const onceInput = find(".mk-word_clusters-once");
const more = find(".mk-word_clusters-more");
const clusters = { rows: null, shown: 0, words: 0, of: "" };

const dialog = new Dialog("word_clusters", {
  opened() {
    if (clusters.of !== openBoxes()) cluster();
  },
});

function cluster() {
  Object.assign(clusters, { rows: null, of: openBoxes() });
  list.replaceChildren();
  more.hidden = true;
  dialog.say(tr("Looking at every word…"));
  dialog.ask("list", {}, async ({ data, words }) => {
    try {
      Object.assign(clusters, { rows: await fetchJson(data), words });
      find(".mk-word_clusters-tools").hidden = false;
      drawClusters();
    } catch {
      dialog.fail(tr("The words could not be fetched; please rebuild the list."));
    }
  });
}

const chosenRows = () => chosenClusters(clusters.rows, filter.value, onceInput.checked);

function drawClusters() {
  const { rows } = clusters;
  if (!rows) return;
  list.replaceChildren();
  clusters.shown = 0;
  showMore();
  const often = rows.filter((row) => row.count > 1).length;
  const facts = { words: count(clusters.words, "word", "words"), often, once: rows.length - often };
  const told = tr("{words}: {often} that occur more than once, {once} once.", facts);
  dialog.say(told, " ", chosenRows().length ? "" : tr("None of them fits."));
}

function showMore() {
  const rows = chosenRows();
  const next = rows.slice(clusters.shown, clusters.shown + WORDS_AT_ONCE);
  list.append(...next.map(clusterItem));
  clusters.shown += next.length;
  more.hidden = clusters.shown >= rows.length;
}

function clusterItem(row) {
  const page = state.pages.get(row.page);
  const canvas = make("canvas", { "aria-hidden": "true" });
  if (page) whenSeen(canvas, () => drawCrop(canvas, page, row.box, 130, 34));
  const reads = make("span", { class: "mk-word_clusters-reads" });
  const open = make(
    "button",
    { type: "button", class: "mk-word_clusters-open" },
    make("span", { class: "mk-snippet" }, canvas),
    reads,
    make("span", { class: "mk-word_clusters-count" }, `\u00d7\u202f${row.count}`)
  );
  const name = make("button", { type: "button", class: "mk-tool mk-word_clusters-name" }, tr("Name"));
  const item = make("li", {}, open, name);
  const draw = () => drawLabel(row, { reads, open, name });
  draw();
  open.addEventListener("click", () => {
    dialog.close();
    searchEverywhere("", { page: row.page, word: row.word, version: row.version });
  });
  name.addEventListener("click", () => editName(item, row, draw));
  return item;
}

function drawLabel(row, { reads, open, name }) {
  const read = row.reads ? tr("“{text}”", { text: row.reads }) : tr("not read");
  put(reads, row.name ? make("b", {}, row.name) : read);
  const called = labelOf(row) || tr("a word that is not read");
  const label = plural(row.count, "Find {name}, {n} time", "Find {name}, {n} times", { name: called });
  setAll(open, { "aria-label": label });
  setAll(name, { "aria-label": tr("Name {name}", { name: called }) });
}

// The name takes effect at once; an empty one is none.
function editName(item, row, draw) {
  const input = make("input", {
    type: "text",
    class: "mk-word_clusters-input",
    maxlength: 80,
    value: labelOf(row),
    "aria-label": tr("Name of these words"),
  });
  let ended = false; // to take the field away takes the focus from it, which would end it again
  const end = (keep) => {
    if (ended) return;
    ended = true;
    input.remove();
    item.classList.remove("mk-naming");
    if (keep && input.value.trim() !== row.name) saveName(row, input.value.trim());
    draw();
    item.querySelector(".mk-word_clusters-name").focus();
  };
  item.classList.add("mk-naming");
  item.append(input);
  input.focus();
  input.select();
  input.addEventListener("keydown", (event) => {
    if (event.key !== "Enter" && event.key !== "Escape") return;
    event.preventDefault();
    event.stopPropagation();
    end(event.key === "Enter");
  });
  input.addEventListener("blur", () => end(true));
}

function saveName(row, name) {
  row.name = name;
  const fields = { page: row.page, word: row.word, version: row.version, name };
  request("word_clusters", "name", fields).catch((error) => dialog.fail(error.said));
}

filter.addEventListener("input", drawClusters);
onceInput.addEventListener("change", drawClusters);
more.addEventListener("click", showMore);
dialog.onSubmit(cluster);
