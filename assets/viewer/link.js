// A link to a sample page and a search on it: ?sample=letter-english&text=Winchester&word=17. What stands in an address
// may come from anybody: the sample must be one of ours, the word a number on it, and the text is only ever typed.

const copyLink = find(".mk-copy-link");
const LINK_TEXT = 1000; // letters of a query that are taken over
let link = readLink(); // until its search is made

function readLink() {
  const asked = new URLSearchParams(window.location.search);
  if (!asked.get("sample")) return null;
  const word = /^[1-9]\d{0,5}$/.test(asked.get("word") ?? "") ? Number(asked.get("word")) - 1 : null;
  return {
    sample: asked.get("sample"), text: (asked.get("text") ?? "").slice(0, LINK_TEXT), word, variants: asked.get("variants") === "1",
  };
}

const nameOf = (page) => (state.view.samples.find((sample) => sample.file === page.sample) ?? {}).name;

// Its page is there: the search is made, unless the visitor has begun another by then.
async function followLink() {
  const page = link && [...state.pages.values()].find((one) => one.sample && nameOf(one) === link.sample);
  if (!page) return;
  const { text, word, variants } = link;
  link = null;
  const words = await wordsOf(page).catch(() => new Map());
  if (state.acted || (!text.trim() && word === null)) return;
  const known = word !== null && words.has(word);
  if (word !== null && !known) say(tr("The word of this link is not on the page."));
  if (!text.trim() && !known) return;
  variantsInput.checked = variants;
  textInput.value = text;
  setExample(known ? { page: page.id, word, version: page.version } : null);
  search({ keep: word !== null && !known });
}

// The page that a link would open: that of the clicked word, or the one that is shown. None with pages of the visitor's own.
function linkedPage() {
  const { result } = state;
  const pages = [...state.pages.values()];
  if (!result || result.error || !pages.every((page) => page.sample && page.version === 0 && nameOf(page))) return null;
  return state.pages.get(result.example ? result.example.page : state.page) ?? null;
}

function drawLink() {
  copyLink.hidden = !linkedPage();
}

function linkNow() {
  const { text, example, variants } = state.result;
  const address = new URL(window.location.pathname, window.location.origin);
  address.searchParams.set("sample", nameOf(linkedPage()));
  if (text) address.searchParams.set("text", text);
  if (example) address.searchParams.set("word", String(example.word + 1));
  if (variants) address.searchParams.set("variants", "1");
  return address.href;
}

copyLink.addEventListener("click", async () => {
  if (!linkedPage()) return;
  const href = linkNow();
  const shown = make("a", { href, class: "mk-link" }, href);
  clearNotices();
  try {
    await navigator.clipboard.writeText(href);
    sayInSight([tr("Link copied:"), " ", shown], true);
  } catch {
    sayInSight([tr("The browser did not copy the link; here it is:"), " ", shown], true);
  }
});
