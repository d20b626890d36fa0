// Small helpers. Everything that shows data is made here, with textContent and attributes, never markup.

import { Saying, keepSaying, setAttribute, textNode } from "./language.js";

/** An element. @returns {any} */
export function make(tag, attributes = {}, ...children) {
  const node = document.createElement(tag);
  setAll(node, attributes);
  node.append(...children.map(asNode));
  return node;
}

/** An element of a drawing. @returns {any} */
export function makeSvg(tag, attributes = {}, ...children) {
  const node = document.createElementNS("http://www.w3.org/2000/svg", tag);
  setAll(node, attributes);
  node.append(...children.map(asNode));
  return node;
}

/** Attributes by name; null, undefined and false remove one, true sets it empty. */
export function setAll(node, attributes) {
  for (const [name, value] of Object.entries(attributes)) {
    if (value === null || value === undefined || value === false) node.removeAttribute(name);
    else setAttribute(node, name, value === true ? "" : value);
  }
}

// What is said changes with the language as long as it stands in a text node of its own.
const asNode = (child) => (child instanceof Saying ? textNode(child) : child);

/** Puts children in the place of all that is in a node; a sentence that stands there already is not announced again. */
export function put(node, ...children) {
  const [there] = node.childNodes;
  const same =
    children.length === 1 &&
    node.childNodes.length === 1 &&
    there.nodeType === Node.TEXT_NODE &&
    there.data === String(children[0]);
  if (same) keepSaying(there, children[0]);
  else node.replaceChildren(...children.map(asNode));
}

/** Moves only the box that scrolls, never the whole screen. */
export function scrollWithin(box, item) {
  const frame = box.getBoundingClientRect();
  const place = item.getBoundingClientRect();
  if (place.left < frame.left) box.scrollLeft += place.left - frame.left - 8;
  else if (place.right > frame.right) box.scrollLeft += place.right - frame.right + 8;
  if (place.top < frame.top) box.scrollTop += place.top - frame.top - 8;
  else if (place.bottom > frame.bottom) box.scrollTop += place.bottom - frame.bottom + 8;
}
