// What was searched for, in words.

import { shorten } from "../shared/format.js";
import { tr } from "../shared/language.js";

const NAMED = 48; // letters of a query that are repeated

/** The query of a result, without the quotation marks of a phrase. */
export function queryName({ text, example }) {
  const bare = text && (/^["“”„«»'](.+)["“”„«»']$/.exec(text) || [null, text])[1];
  const typed = bare ? tr("“{text}”", { text: shorten(bare, NAMED) }) : "";
  if (typed && example) return tr("the clicked word with {typed}", { typed });
  return example ? tr("the clicked word") : typed;
}

/** A reading, cut to what there is room for. */
export const readsAs = (reads) => tr("reads as “{reads}”", { reads: shorten(reads, NAMED) });
