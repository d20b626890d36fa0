// What a page is called.

import { named } from "../shared/language.js";

/** A sample is called by its name in the language of the interface, and so are pages of one file, until they get another. */
export const titleOf = (page) => named(page.title);
