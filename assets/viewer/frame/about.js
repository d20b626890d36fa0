// The page that explains how MARK works.

import { put } from "../shared/dom.js";
import { beginLanguage, tr, translate } from "../shared/language.js";

export function start({ element }) {
  beginLanguage();
  translate(element);
  const kept = element.querySelector(".mka-minutes");
  const minutes = Number(kept.dataset.minutes);
  put(
    kept,
    tr(
      "They stay through a reload and through a lost connection: a session waits {minutes} minutes for its tab. Then, and after one hour without use, everything in it is deleted. When the server is short of room, what was left longest goes first.",
      { minutes }
    )
  );
}
