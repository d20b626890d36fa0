// A long list of rows: only rows near what is seen have contents, the others are empty and as high as they were.

const LONG = 60; // rows from which a list is long
const USUAL = 128; // CSS pixels that a row takes before it was ever filled
const NEAR = "900px 0px"; // above and below what is seen

/** Whether so many rows are too many to be drawn at once. */
export const isLong = (count) => count > LONG;

/** @type {WeakMap<Element, () => Node[]>} what fills a row */
const builders = new WeakMap();
/** @type {IntersectionObserver | null} */
let observer = null;

function watcher() {
  observer ??= new IntersectionObserver(
    (entries) => {
      for (const { target, isIntersecting } of entries) {
        if (isIntersecting) fillRow(target);
        else if (target.isConnected) emptyRow(target);
      }
    },
    /** @type {any} */ ({ rootMargin: NEAR, scrollMargin: NEAR }) // the screen scrolls, or the list does
  );
  return observer;
}

/** A row that is filled when it comes near. build: its contents. @param {any} row @param {() => Node[]} build */
export function windowRow(row, build) {
  builders.set(row, build);
  row.style.minHeight = `${USUAL}px`;
  watcher().observe(row);
}

/** Fills a row that is still empty, as before it gets the focus. @param {any} row */
export function fillRow(row) {
  const build = builders.get(row);
  if (!build || row.childElementCount) return;
  row.append(...build());
  row.style.minHeight = "";
}

function emptyRow(row) {
  if (!row.childElementCount || row.contains(document.activeElement)) return;
  row.style.minHeight = `${row.offsetHeight}px`;
  row.replaceChildren();
}

/** Fills every row, as for a printer. @param {Element[]} rows */
export function fillAll(rows) {
  for (const row of rows) fillRow(row);
}
