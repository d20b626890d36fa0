// Links to sample pages and a search on them: ?sample=letter-english&sample=ledger-german&text=Winchester&word=17.

const LONGEST = 1000; // letters of a query that are taken over

/** @typedef {{samples: string[], text: string, word: number | null, variants: boolean,
 * abbreviations: string}} Link word: its number on the first
 * of the pages */

/** What an address asks for; null if it is no link to samples. It may come from anybody. @returns {Link | null} */
export function readLink(query) {
  const asked = new URLSearchParams(query);
  if (!asked.get("sample")) return null;
  const word = asked.get("word") ?? "";
  return {
    samples: asked.getAll("sample"),
    text: (asked.get("text") ?? "").slice(0, LONGEST),
    word: /^[1-9]\d{0,5}$/.test(word) ? Number(word) - 1 : null,
    variants: asked.get("variants") === "1",
    abbreviations: (asked.get("abbreviations") ?? "").slice(0, 8),
  };
}

/** The address of a link. base: of the page without its query. */
export function writeLink(base, { samples, text, word, variants, abbreviations }) {
  const address = new URL(base);
  for (const name of samples) address.searchParams.append("sample", name);
  if (text) address.searchParams.set("text", text);
  if (word !== null) address.searchParams.set("word", String(word + 1));
  if (variants) address.searchParams.set("variants", "1");
  if (abbreviations) address.searchParams.set("abbreviations", abbreviations);
  return address.href;
}
