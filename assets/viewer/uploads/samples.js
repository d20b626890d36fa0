// The sample pages that can be opened.

import { showStage } from "../frame/jump.js";
import { make } from "../shared/dom.js";
import { fileUrl } from "../shared/files.js";
import { find } from "../shared/host.js";
import { named } from "../shared/language.js";
import { on, state } from "../shared/store.js";
import { askForPages } from "./uploads.js";

on("pages-changed", () => {
  const open = new Set([...state.pages.values()].map((page) => page.sample));
  const rows = state.view.samples.filter((sample) => !open.has(sample.file)).map(sampleRow);
  find(".mk-sample-list").replaceChildren(...rows);
  find(".mk-sample-shelf").hidden = rows.length === 0;
});

function sampleRow(sample) {
  const note = named(sample.note);
  const button = make(
    "button",
    { type: "button", class: "mk-sample", title: note },
    sample.thumb ? make("img", { src: fileUrl(sample.thumb), alt: "", loading: "lazy" }) : "",
    make(
      "span",
      { class: "mk-page-text" },
      make("span", { class: "mk-page-title" }, named(sample.title)),
      make("span", { class: "mk-page-facts" }, note)
    )
  );
  button.addEventListener("click", () => {
    askForPages("uploads", "open_sample", { file: sample.file });
    showStage();
  });
  return make("li", {}, button);
}
