// Small helpers. Everything that shows data is made here, with textContent and attributes, never markup.

const { Saying, tr, plural, joined, served } = window.markLanguage;
window.markLanguage.translate(element);

const find = (selector) => element.querySelector(selector);

function make(tag, attributes = {}, ...children) {
  const node = document.createElement(tag);
  setAll(node, attributes);
  node.append(...children.map(asNode));
  return node;
}

function makeSvg(tag, attributes = {}, ...children) {
  const node = document.createElementNS("http://www.w3.org/2000/svg", tag);
  setAll(node, attributes);
  node.append(...children.map(asNode));
  return node;
}

function setAll(node, attributes) {
  for (const [name, value] of Object.entries(attributes)) {
    if (value === null || value === undefined || value === false) node.removeAttribute(name);
    else window.markLanguage.setAttribute(node, name, value === true ? "" : value);
  }
}

// What is said changes with the language as long as it stands in a text node of its own.
const asNode = (child) => (child instanceof Saying ? window.markLanguage.textNode(child) : child);

// In the place of all that is in a node; a sentence that stands there already is not announced again.
function put(node, ...children) {
  const [there] = node.childNodes;
  if (children.length === 1 && node.childNodes.length === 1 && there.nodeType === Node.TEXT_NODE && there.data === String(children[0])) {
    window.markLanguage.keep(there, children[0]);
  } else node.replaceChildren(...children.map(asNode));
}

// Works behind a proxy that serves the app below a path of its own.
function fileUrl(path) {
  const config = window.gradio_config || {};
  const root = String(config.root || "").replace(/\/$/, "");
  const prefix = String(config.api_prefix || "/gradio_api").replace(/\/$/, "");
  return `${root}${prefix}/file=${path.split("/").map(encodeURIComponent).join("/")}`;
}

// The rows of a file that the server has written for this page.
const rowsOf = (path) => fetch(fileUrl(path)).then((file) => (file.ok ? file.json() : Promise.reject(new Error(file.statusText))));

function percent(score) {
  const value = Math.round(score * 100);
  if (value === 0 && score > 0) return "< 1\u202f%";
  if (value === 100 && score < 1) return "99\u202f%";
  return `${value}\u202f%`;
}

// count(2, "page", "pages"): "2 pages"
const count = (number, one, many) => plural(number, `{n} ${one}`, `{n} ${many}`);

// bytes of a file
function sizeOf(bytes) {
  if (bytes < 1e6) return tr("{number} kB", { number: Math.max(1, Math.round(bytes / 1000)) });
  return tr("{number} MB", { number: Math.round(bytes / 1e5) / 10 });
}

// What is being done just now: its sentence without the full stop.
const going = (sentence) => tr("{step}…", { step: new Saying(() => String(sentence).replace(/\.$/, "")) });

const clamp = (value, low, high) => Math.min(high, Math.max(low, value));
