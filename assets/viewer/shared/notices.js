// Sentences above the page, each until it is dismissed or something new is begun.

import { make } from "./dom.js";
import { find } from "./host.js";
import { tr } from "./language.js";

const notices = find(".mk-notices");

/** sentence: a saying, or a list of sayings, texts and nodes. calm: nothing is wrong. */
export function say(sentence, calm = false) {
  const dismiss = make("button", { type: "button", class: "mk-close", "aria-label": tr("Dismiss") }, "×");
  const line = make("p", { class: calm ? "mk-calm" : null }, make("span", {}, ...[sentence].flat()), dismiss);
  dismiss.addEventListener("click", () => line.remove());
  notices.append(line);
}

/** The same, for a button that may stand far below, on a telephone for example. */
export function sayInSight(sentence, calm = false) {
  say(sentence, calm);
  notices.scrollIntoView({ block: "nearest" });
}

export const clearNotices = () => notices.replaceChildren();
