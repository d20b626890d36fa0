// The names of the tabs are gradio's to draw, which it does anew when their room changes.

import { translate } from "../shared/language.js";

export function watchTabs(tabs) {
  translate(tabs);
  new MutationObserver(() => translate(tabs)).observe(tabs, { childList: true, subtree: true });
}
