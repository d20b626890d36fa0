// Files of the server: pictures and boxes of pages, answers that are too large for a view, downloads.

import { make } from "./dom.js";
import { fileAddress } from "./address.js";

/** The address of a file of the session. */
export const fileUrl = (path) => fileAddress(/** @type {any} */ (window).gradio_config || {}, path);

/** The JSON that the server has written for this page. Rejects if it cannot be fetched. */
export async function fetchJson(path) {
  const file = await fetch(fileUrl(path));
  if (!file.ok) throw new Error(file.statusText);
  return file.json();
}

/** Has the browser save a file of the session; returns the link, for a second time. */
export function save(file, name) {
  const link = make("a", { href: fileUrl(file), download: name, class: "mk-link" }, name);
  link.click();
  return link;
}
