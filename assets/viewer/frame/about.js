// The page that explains how MARK works.

import { beginLanguage, translate } from "../shared/language.js";

export function start({ element }) {
  beginLanguage();
  translate(element);
}
