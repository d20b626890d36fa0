// The switch between day and night; the choice is kept in this browser only.
const button = element.querySelector(".mkb-theme");
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
  button.setAttribute("aria-pressed", String(dark));
};
show(wanted() ? wanted() === "dark" : document.body.classList.contains("dark"));
button.addEventListener("click", () => {
  const dark = !document.body.classList.contains("dark");
  show(dark);
  try {
    localStorage.setItem("mark-theme", dark ? "dark" : "light");
  } catch {
    // forbidden storage: the choice lasts as long as the page
  }
});
