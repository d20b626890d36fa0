// A link to sample pages and a search on them: ?sample=letter-english&sample=ledger-german&text=Winchester&word=17. What
// stands in an address may come from anybody: the samples must be ours, the word a number on the first of them, and the
// text is only ever typed.

const copyLink = find(".mk-copy-link");
const LINK_TEXT = 1000; // letters of a query that are taken over
let link = readLink(); // until its search is made

function readLink() {
  const asked = new URLSearchParams(window.location.search);
  if (!asked.get("sample")) return null;
  const word = /^[1-9]\d{0,5}$/.test(asked.get("word") ?? "") ? Number(asked.get("word")) - 1 : null;
  return {
    samples: asked.getAll("sample"), text: (asked.get("text") ?? "").slice(0, LINK_TEXT), word, variants: asked.get("variants") === "1",
  };
}

const nameOf = (page) => (state.view.samples.find((sample) => sample.file === page.sample) ?? {}).name;

// Its pages are there: the search is made, unless the visitor has begun another by then.
async function followLink() {
  if (!link) return;
  const ours = new Set(state.view.samples.map((sample) => sample.name));
  const pages = new Map([...state.pages.values()].filter((page) => page.sample).map((page) => [nameOf(page), page]));
  const wanted = link.samples.filter((name) => name && ours.has(name));
  if (!wanted.length || !wanted.every((name) => pages.has(name))) return;
  const page = pages.get(wanted[0]);
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

// The pages that a link would open: first that of the clicked word, or the one that is shown, then the others that were
// searched. None with pages of the visitor's own.
function linkedPages() {
  const { result } = state;
  const pages = [...state.pages.values()];
  if (!result || result.error || !pages.every((page) => page.sample && page.version === 0 && nameOf(page))) return [];
  const first = state.pages.get(result.example ? result.example.page : state.page);
  return first ? [first, ...pages.filter((page) => page !== first && !result.page)] : [];
}

function drawLink() {
  copyLink.hidden = !linkedPages().length;
}

function linkNow() {
  const { text, example, variants } = state.result;
  const address = new URL(window.location.pathname, window.location.origin);
  for (const page of linkedPages()) address.searchParams.append("sample", nameOf(page));
  if (text) address.searchParams.set("text", text);
  if (example) address.searchParams.set("word", String(example.word + 1));
  if (variants) address.searchParams.set("variants", "1");
  return address.href;
}

copyLink.addEventListener("click", async () => {
  if (!linkedPages().length) return;
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
