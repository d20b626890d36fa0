// Small helpers. Everything that shows data is made here, with textContent and attributes, never markup.

const find = (selector) => element.querySelector(selector);

function make(tag, attributes = {}, ...children) {
  const node = document.createElement(tag);
  setAll(node, attributes);
  node.append(...children);
  return node;
}

function makeSvg(tag, attributes = {}, ...children) {
  const node = document.createElementNS("http://www.w3.org/2000/svg", tag);
  setAll(node, attributes);
  node.append(...children);
  return node;
}

function setAll(node, attributes) {
  for (const [name, value] of Object.entries(attributes)) {
    if (value === null || value === undefined || value === false) node.removeAttribute(name);
    else node.setAttribute(name, value === true ? "" : String(value));
  }
}

// Works behind a proxy that serves the app below a path of its own.
function fileUrl(path) {
  const config = window.gradio_config || {};
  const root = String(config.root || "").replace(/\/$/, "");
  const prefix = String(config.api_prefix || "/gradio_api").replace(/\/$/, "");
  return `${root}${prefix}/file=${path.split("/").map(encodeURIComponent).join("/")}`;
}

function percent(score) {
  const value = Math.round(score * 100);
  if (value === 0 && score > 0) return "< 1\u202f%";
  if (value === 100 && score < 1) return "99\u202f%";
  return `${value}\u202f%`;
}

function count(number, one, many) {
  return `${number}\u00a0${number === 1 ? one : many}`;
}

const clamp = (value, low, high) => Math.min(high, Math.max(low, value));
