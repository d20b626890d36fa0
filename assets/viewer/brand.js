// The switches between languages and between day and night; both choices are kept in this browser only.
const { translate, use, language, onChange } = window.markLanguage;
translate(element);

const theme = element.querySelector(".mkb-theme");
const system = window.matchMedia("(prefers-color-scheme: dark)");
const wanted = () => {
  try {
    return localStorage.getItem("mark-theme");
  } catch {
    return null; // storage may be forbidden inside a frame
  }
};
const show = (dark) => {
  document.body.classList.toggle("dark", dark);
  document.body.style.background = "var(--body-background-fill)"; // gradio has fixed the first colour there
  theme.setAttribute("aria-pressed", String(dark));
};
show(wanted() ? wanted() === "dark" : document.body.classList.contains("dark"));
theme.addEventListener("click", () => {
  const dark = !document.body.classList.contains("dark");
  show(dark);
  try {
    localStorage.setItem("mark-theme", dark ? "dark" : "light");
  } catch {
    // forbidden storage: the choice lasts as long as the page
  }
});
// gradio follows the system by itself, also where the visitor has chosen; this comes after it
system.addEventListener("change", () => setTimeout(() => show(wanted() ? wanted() === "dark" : system.matches)));

// The button names the other language, in that language; on a telephone by two letters.
const NAMES = { en: "English", de: "Deutsch" };
const other = element.querySelector(".mkb-language");
const drawOther = () => {
  const code = language() === "en" ? "de" : "en";
  const long = document.createElement("span");
  const short = document.createElement("span");
  Object.assign(long, { className: "mkb-long", textContent: NAMES[code] });
  Object.assign(short, { className: "mkb-short", textContent: code.toUpperCase() });
  short.setAttribute("aria-hidden", "true");
  other.lang = code;
  other.replaceChildren(long, short);
};
drawOther();
onChange(drawOther);
other.addEventListener("click", () => use(language() === "en" ? "de" : "en"));
