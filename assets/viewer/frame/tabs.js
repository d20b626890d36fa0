// The names of the tabs are gradio's to draw, which it does anew when their room changes. Of the tabs only the one that is
// open is a stop of the Tab key; arrow keys go to the other.

import { translate } from "../shared/language.js";

export function watchTabs(tabs) {
  const watch = () => {
    translate(tabs);
    for (const tab of tabs.querySelectorAll('[role="tab"]')) {
      const stop = tab.getAttribute("aria-selected") === "true" ? "0" : "-1";
      if (tab.getAttribute("tabindex") !== stop) tab.setAttribute("tabindex", stop);
    }
  };
  watch();
  new MutationObserver(watch).observe(tabs, {
    childList: true,
    subtree: true,
    attributes: true,
    attributeFilter: ["aria-selected", "tabindex"],
  });
  tabs.addEventListener("keydown", (event) => {
    const step = { ArrowRight: 1, ArrowLeft: -1 }[event.key];
    const all = [...tabs.querySelectorAll('[role="tab"]')];
    const place = all.indexOf(event.target.closest('[role="tab"]'));
    if (!step || place < 0) return;
    const next = all[(place + step + all.length) % all.length];
    next.click();
    next.focus();
    event.preventDefault();
  });
}
