"""Whether a library draws the page's lists better than our own helpers: ``python benchmarks/page_lists.py``.

The same list of 500 hits and the same page of 10,000 boxes are drawn in a real headless Chromium, once with
``assets/viewer/shared/dom.js`` and once with preact and htm: first drawn, drawn again after one decision, and with
another box hovered. Printed are median and worst milliseconds including the layout. Needs Node's packages:
``npm install``.
"""

from __future__ import annotations

import argparse
import mimetypes
import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

from playwright.sync_api import Route, sync_playwright

from tests.browser.conftest import ARGUMENTS, ROOT, chromium

HOST = "http://lists.test/"
HTML = """<!doctype html><script type="importmap">{"imports": {
  "preact": "/node_modules/preact/dist/preact.module.js", "htm": "/node_modules/htm/dist/htm.module.js"}}</script>
<div id="list" style="height: 600px; overflow: auto"></div><svg id="page" viewBox="0 0 4000 4000"></svg>"""

# hits: rank, score, line, decision; boxes: x, y, w, h. Every drawing takes the same facts to the same elements.
SCRIPT = """
async ([library, hitCount, boxCount, repeats]) => {
  const { make, makeSvg } = await import("/assets/viewer/shared/dom.js");
  const { h, render } = await import("preact");
  const html = (await import("htm")).default.bind(h);
  const list = document.getElementById("list");
  const page = document.getElementById("page");
  const hits = Array.from({ length: hitCount }, (_, k) => ({ rank: k + 1, score: 1 - k / hitCount, line: k % 40 }));
  const boxes = Array.from({ length: boxCount }, (_, k) => [(k % 100) * 40, Math.floor(k / 100) * 40, 36, 20]);
  const decide = () => {};
  const ours = {
    list(hovered) {
      list.replaceChildren(...hits.map((hit) => {
        const yes = make("button", { type: "button", "aria-pressed": String(hit.decision === "yes") }, "y");
        const no = make("button", { type: "button", "aria-pressed": String(hit.decision === "no") }, "n");
        for (const button of [yes, no]) button.addEventListener("click", decide);
        return make("li", { class: hit.decision || null, "data-rank": hit.rank },
          make("button", { type: "button", class: "mk-hit" },
            make("span", { class: "mk-rank" }, String(hit.rank)), make("canvas", { width: 200, height: 46 }),
            make("span", { class: "mk-score" }, hit.decision || String(Math.round(100 * hit.score))),
            make("span", { class: "mk-where" }, `line ${hit.line}`)),
          make("div", {}, yes, no));
      }));
    },
    page() {
      page.replaceChildren(...boxes.map(([x, y, width, height], k) =>
        makeSvg("rect", { x, y, width, height, id: `b${k}`, class: "mk-word", role: "option",
          "aria-label": `Word ${k}` })));
    },
    hover(number) {
      for (const [k, node] of [...page.children].entries()) node.classList.toggle("mk-hover", k === number);
    },
  };
  const Row = ({ hit }) => html`<li class=${hit.decision} data-rank=${hit.rank}>
    <button type="button" class="mk-hit"><span class="mk-rank">${hit.rank}</span><canvas width="200" height="46" />
      <span class="mk-score">${hit.decision || Math.round(100 * hit.score)}</span>
      <span class="mk-where">line ${hit.line}</span></button>
    <div><button type="button" aria-pressed=${hit.decision === "yes"} onClick=${decide}>y</button>
      <button type="button" aria-pressed=${hit.decision === "no"} onClick=${decide}>n</button></div></li>`;
  const drawBoxes = (hovered) => render(html`${boxes.map(([x, y, width, height], k) => html`<rect key=${k} x=${x} y=${y}
    width=${width} height=${height} id=${`b${k}`} class=${k === hovered ? "mk-word mk-hover" : "mk-word"} role="option"
    aria-label=${`Word ${k}`} />`)}`, page);
  const preact = {
    list: () => render(html`${hits.map((hit) => html`<${Row} key=${hit.rank} hit=${hit} />`)}`, list),
    page: () => drawBoxes(null),
    hover: drawBoxes,
  };
  const draw = { ours, preact }[library];
  const clear = () => {
    if (library === "preact") for (const root of [list, page]) render(null, root);
    for (const root of [list, page]) root.replaceChildren();
    for (const hit of hits) hit.decision = null;
  };
  const time = (act) => {
    const start = performance.now();
    act();
    list.getBoundingClientRect();
    page.getBoundingClientRect();
    return performance.now() - start;
  };
  const times = { "list drawn": [], "one decision": [], "page drawn": [], "hovered box": [] };
  for (let round = 0; round < repeats; round += 1) {
    clear();
    times["list drawn"].push(time(() => draw.list()));
    hits[7].decision = "yes";
    times["one decision"].push(time(() => draw.list()));
    times["page drawn"].push(time(() => draw.page()));
    draw.hover(4);
    times["hovered box"].push(time(() => draw.hover(5)));
  }
  return times;
}
"""


def serve(route: Route) -> None:
    """Files of the repository as a host of their own."""
    name = route.request.url.removeprefix(HOST)
    path = ROOT / name
    if not name:
        route.fulfill(body=HTML, content_type="text/html")
    elif path.is_file():
        kind = "text/javascript" if path.suffix == ".js" else mimetypes.guess_type(name)[0]
        route.fulfill(body=path.read_bytes(), content_type=kind)
    else:
        route.fulfill(status=404, body="")


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--hits", type=int, default=500)
    parser.add_argument("--boxes", type=int, default=10_000)
    parser.add_argument("--repeats", type=int, default=15)
    options = parser.parse_args()
    print(f"{options.hits} hits, {options.boxes} boxes; milliseconds, median and worst of {options.repeats}")
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=chromium(), args=ARGUMENTS)
        for library in ("ours", "preact"):
            page = browser.new_page()
            page.route("**/*", serve)
            page.goto(HOST)
            facts = [library, options.hits, options.boxes, options.repeats]
            for name, times in page.evaluate(SCRIPT, facts).items():
                ordered = sorted(times)
                print(f"{library:8}{name:14}{ordered[len(ordered) // 2]:8.1f}{ordered[-1]:8.1f}")
            page.close()
        browser.close()


if __name__ == "__main__":
    main()
