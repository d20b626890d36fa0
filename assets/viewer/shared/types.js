// Types of what travels between the server and the page, for `tsc --checkJs`; nothing here runs.

/** @typedef {[number, number, number, number]} Box x, y, width, height in page pixels */
/** @typedef {{id: string, values: Record<string, string | number | any>}} Message a sentence of the server */
/** @typedef {{page: string, word: number, version?: number}} WordPlace */
/** @typedef {{reach: number, points: number[][]}} Curve of a line, see mark_core/ui/collection/line_curves.py */
/** @typedef {{box: Box, line: number, direction: string, curve: Curve | null}} Word */
/**
 * @typedef {object} TextWord a word of the text of a page
 * @property {string} text
 * @property {number} line of the text, from 0
 * @property {Box | null} box null where it was not found on the page
 * @property {number} certainty
 * @property {boolean} byHand
 * @property {number | null} word of the page, that it stands in
 * @property {number} place in the text, from 0
 */
/** @typedef {Map<number, Word>} Words by number, in reading order */

/**
 * @typedef {object} Page
 * @property {string} id
 * @property {string | Message} title
 * @property {Message | null} note
 * @property {string[]} queries
 * @property {string | null} sample
 * @property {number} words
 * @property {number} width
 * @property {number} height
 * @property {string} picture
 * @property {string} thumb
 * @property {string} data
 * @property {number} version
 * @property {boolean} undo
 * @property {boolean} redo
 * @property {number | null} gutter x where it may be split, because it seems to be two pages
 */

/**
 * @typedef {object} Hit
 * @property {string} page
 * @property {number} word
 * @property {number} line
 * @property {number} score
 * @property {Box} box
 * @property {string} reads
 * @property {number} rank
 * @property {number} [number] in the list, as it is shown
 * @property {"confirmed" | "rejected"} [decision]
 * @property {boolean} [possible]
 * @property {number} [ink] by the ink alone, where the page has a text
 * @property {number} [text] how sure its text is that it stands there
 * @property {string} [other] what its text has there instead
 * @property {Box[]} [boxes]
 * @property {Box[]} [parts]
 * @property {boolean} [divided] over the end of a line, in two boxes
 */

/**
 * @typedef {object} SearchResult
 * @property {number} number
 * @property {number} revision
 * @property {string | null} text
 * @property {WordPlace | null} example
 * @property {boolean} variants
 * @property {string | null} abbreviations
 * @property {string | null} page
 * @property {number | null} example_weight
 * @property {number | null} weight
 * @property {Hit[]} hits
 * @property {string[]} searched
 * @property {{confirmed: number, rejected: number, undo: boolean}} decisions
 * @property {number | null} threshold
 * @property {Message | null} notice
 * @property {Message | null} error
 */

/**
 * @typedef {object} Reply
 * @property {string} feature
 * @property {string} action
 * @property {number} number
 * @property {"working" | "done" | "failed" | "cancelled"} state
 * @property {Message | null} step
 * @property {number} fraction
 * @property {Message | null} error
 * @property {any} data
 */

/** @typedef {{id: string, title: string, step: Message, fraction: number, number: number, total: number}} UploadJob */

/**
 * @typedef {object} View
 * @property {string} session
 * @property {number} version
 * @property {Page[]} pages
 * @property {UploadJob[]} uploads
 * @property {{step: Message, fraction: number, subject: string} | null} busy
 * @property {string | null} focus
 * @property {SearchResult | null} search
 * @property {any} manifest_selection
 * @property {{number: number, message: Message} | null} undo
 * @property {{number: number, message: Message, calm: boolean}[]} notices
 * @property {any} learning
 * @property {any} active_learning
 * @property {{pages: Record<string, any>, undo: boolean, offered: Record<string, any>}} transcript
 * @property {Reply[]} replies
 * @property {any[]} samples
 * @property {{code: string | null, pages: number, hours: number}} class_sharing
 */

/** @typedef {{above: number, found: number, lit: Hit[], guesses: Hit[], possible: number}} SplitHits */

export {};
