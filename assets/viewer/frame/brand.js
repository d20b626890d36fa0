// The switches between languages and between day and night; both choices are kept in this browser only.

import {
  beginLanguage,
  languageNow,
  onLanguage,
  setAttribute,
  tr,
  translate,
  useLanguage,
} from "../shared/language.js";

const STORED = "mark-theme";
const NAMES = { en: "English", de: "Deutsch", fr: "Français" };

export function start({ element }) {
  beginLanguage();
  translate(element);
  startTheme(element.querySelector(".mkb-theme"));
  startLanguage(element.querySelector(".mkb-language"));
  startSkip(element.querySelector(".mkb-skip"));
}

function storedTheme() {
  try {
    return localStorage.getItem(STORED);
  } catch {
    return null; // storage may be forbidden inside a frame
  }
}

function startTheme(button) {
  const system = window.matchMedia("(prefers-color-scheme: dark)");
  const show = (dark) => {
    document.body.classList.toggle("dark", dark);
    document.body.style.background = "var(--body-background-fill)"; // gradio has fixed the first colour there
    button.setAttribute("aria-pressed", String(dark));
  };
  const wanted = (otherwise) => (storedTheme() ? storedTheme() === "dark" : otherwise);
  show(wanted(document.body.classList.contains("dark")));
  button.addEventListener("click", () => {
    const dark = !document.body.classList.contains("dark");
    show(dark);
    try {
      localStorage.setItem(STORED, dark ? "dark" : "light");
    } catch {
      // forbidden storage: the choice lasts as long as the page
    }
  });
  // gradio follows the system by itself, also where the visitor has chosen; this comes after it
  system.addEventListener("change", () => setTimeout(() => show(wanted(system.matches))));
}

// Every language is named in that language, on a telephone by two letters.
function startLanguage(choice) {
  const small = window.matchMedia("(max-width: 480px)");
  for (const code of Object.keys(NAMES)) {
    choice.append(Object.assign(document.createElement("option"), { value: code, lang: code }));
  }
  const draw = () => {
    for (const option of choice.options) {
      option.textContent = small.matches ? option.value.toUpperCase() : NAMES[option.value];
      option.label = option.textContent;
    }
    choice.value = languageNow();
    setAttribute(choice, "aria-label", tr("Language"));
  };
  draw();
  onLanguage(draw);
  small.addEventListener("change", draw);
  choice.addEventListener("change", () => useLanguage(choice.value));
}

// The search field may be on the tab that is not shown.
function startSkip(link) {
  link.addEventListener("click", (event) => {
    event.preventDefault();
    document.getElementById("mark-find-button")?.click();
    setTimeout(() => document.getElementById("mk-text")?.focus());
  });
}
