// Numbers and names as they are shown.

import { Saying, tr } from "./language.js";

/** A probability 0..1 as whole percent; only what is 0 or 1 is shown as 0 % or 100 %. */
export function percent(score) {
  const value = Math.round(score * 100);
  if (value === 0 && score > 0) return "< 1\u202f%";
  if (value === 100 && score < 1) return "99\u202f%";
  return `${value}\u202f%`;
}

/** The size of a file of so many bytes. */
export function sizeOf(bytes) {
  if (bytes < 1e6) return tr("{number} kB", { number: Math.max(1, Math.round(bytes / 1000)) });
  return tr("{number} MB", { number: Math.round(bytes / 1e5) / 10 });
}

/** What is being done just now: its sentence without the full stop. */
export const underway = (sentence) =>
  tr("{step}…", { step: new Saying(() => String(sentence).replace(/\.$/, "")) });

/** A moment, as day and time of the reader's place. time: milliseconds since 1970. */
export const timeOf = (time) =>
  new Intl.DateTimeFormat(document.documentElement.lang || undefined, {
    dateStyle: "medium",
    timeStyle: "short",
  }).format(time);

/** The text cut to a number of letters, the last of them dots. */
export function shorten(text, length) {
  const letters = [...text];
  return letters.length > length ? `${letters.slice(0, length - 1).join("")}\u2026` : text;
}
