// The button that turns a page by a quarter.

import { make } from "../shared/dom.js";
import { tr } from "../shared/language.js";
import { titleOf } from "../page/title.js";
import { askForPages } from "./uploads.js";

/** The button for a page. @param {import("../shared/types.js").Page} page */
export function turnButton(page) {
  const button = make(
    "button",
    {
      type: "button",
      class: "mk-tool mk-turn",
      "data-act": "turn",
      "aria-label": tr("Turn {title} to the right", { title: titleOf(page) }),
      title: tr("Turn this page by 90 degrees; its words are found again"),
    },
    "↻"
  );
  button.addEventListener("click", () => askForPages("uploads", "turn", { page: page.id, degrees: 90 }));
  return button;
}
