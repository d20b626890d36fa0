// The switches between languages and between day and night; both choices are kept in this browser only.

import { beginLanguage, languageNow, onLanguage, translate, useLanguage } from "../shared/language.js";

const STORED = "mark-theme";
const NAMES = { en: "English", de: "Deutsch" };

export function start({ element }) {
  beginLanguage();
  translate(element);
  startTheme(element.querySelector(".mkb-theme"));
  startLanguage(element.querySelector(".mkb-language"));
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

// The button names the other language, in that language; on a telephone by two letters.
function startLanguage(button) {
  const other = () => (languageNow() === "en" ? "de" : "en");
  const draw = () => {
    const code = other();
    const long = document.createElement("span");
    const short = document.createElement("span");
    Object.assign(long, { className: "mkb-long", textContent: NAMES[code] });
    Object.assign(short, { className: "mkb-short", textContent: code.toUpperCase() });
    short.setAttribute("aria-hidden", "true");
    button.lang = code;
    button.replaceChildren(long, short);
  };
  draw();
  onLanguage(draw);
  button.addEventListener("click", () => useLanguage(other()));
}
