"""How long the page takes from a key or a click to lit boxes: ``python benchmarks/page_speed.py [PAGE] [--copies 20]``.

The real server in a process of its own, a real headless Chromium, and a project of the page N times (a sample page by
default: some 5,000 words in 20 pages). Each query is asked several times with other words; printed are the median and
the worst time until the browser has drawn the boxes, the share of it until the server has answered, and the processor
time of the server. ``--slow`` adds the steps of one typed query. A busy machine shows in the wall time alone.
"""

from __future__ import annotations

import argparse
import statistics
import sys
import tempfile
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

from playwright.sync_api import Page, sync_playwright

import mark_core as mark
from tests.browser.conftest import ARGUMENTS, chromium, running

SAMPLE = Path(__file__).resolve().parents[1] / "sample_pages" / "letter-english-rendered.jpg"
WORDS = ("orders", "letter", "officers", "provisions", "captain", "the", "winter", "soldiers", "another")
PHRASES = ("of the", "to the", "the fort")
PAUSE = 0.15  # seconds
LONG = 120_000

# Times of one question, by the browser's own clock: from the event to the answer of the server, and to the frame after
# the boxes were drawn. Whatever was lit before is marked, so that old boxes are not taken for new ones.
ASK = """
async ([act, value]) => {
  const page = document.querySelector(".mk");
  const start = performance.now();
  const done = new Promise((resolve) => {
    const watcher = new MutationObserver(() => {
      if (page.querySelector(".mk-hits").hasAttribute("aria-busy")) return;
      watcher.disconnect();
      const drawn = performance.now();
      requestAnimationFrame(() => setTimeout(() => resolve([drawn - start, performance.now() - start])));
    });
    watcher.observe(page.querySelector(".mk-hits"), { attributeFilter: ["aria-busy"] });
  });
  if (act === "text") {
    const input = page.querySelector(".mk-text");
    input.value = value;
    page.querySelector(".mk-query").requestSubmit();
  } else if (act === "click") {
    const word = page.querySelector(`.mk-word[data-word="${value}"]`);
    word.dispatchEvent(new MouseEvent("click", { bubbles: true, detail: 1 }));
  }
  return done;
}
"""
# A decision is drawn at once as it was meant; it is done when the list stands in its new order.
JUDGE = """
async (name) => {
  const page = document.querySelector(".mk");
  const button = page.querySelector(`.mk-hit-scroll li[data-rank] .mk-${name}`);
  const said = page.querySelector(".mk-judged-said");
  const before = said.textContent;
  const start = performance.now();
  const done = new Promise((resolve) => {
    const watcher = new MutationObserver(() => {
      if (said.textContent === before) return;
      watcher.disconnect();
      const drawn = performance.now();
      requestAnimationFrame(() => setTimeout(() => resolve([drawn - start, performance.now() - start])));
    });
    watcher.observe(said, { childList: true, characterData: true, subtree: true });
  });
  button.click();
  return done;
}
"""


@dataclass(frozen=True)
class Times:
    """Milliseconds of repeated questions."""

    drawn: list[float]  # until the boxes are drawn
    seen: list[float]  # until the frame after that is on the screen
    server: list[float]  # processor time of the server

    def row(self, name: str) -> str:
        columns = (statistics.median(self.seen), max(self.seen), statistics.median(self.drawn))
        return f"{name:20}" + "".join(
            f"{value:10.0f}" for value in (*columns, statistics.median(self.server))
        )


def project_of(page: Path, copies: int, file: Path) -> int:
    """A project of the page so many times; returns the number of words."""
    index = mark.WordIndex(mark.load_model())
    first = index.add(mark.load_page(page))
    for _ in range(copies - 1):
        index.copy_from(index, first)
    index.save(file)
    return len(index)


def processor_ms(process: int) -> float:
    """Processor time that a process has used, in milliseconds; 0 where the system does not tell."""
    try:
        fields = Path(f"/proc/{process}/stat").read_text().rpartition(")")[2].split()
    except OSError:
        return 0.0
    return 10.0 * (int(fields[11]) + int(fields[12]))


def server_process(address: str) -> int:
    """The process that listens at a local address, found by the port in the tables of the system; 0 if not found."""
    port = f"{int(address.rpartition(':')[2]):04X}"
    try:
        for line in Path("/proc/net/tcp").read_text().splitlines()[1:]:
            fields = line.split()
            if fields[1].endswith(f":{port}") and fields[3] == "0A":
                socket = f"socket:[{fields[9]}]"
                for link in Path("/proc").glob("[0-9]*/fd/*"):
                    try:
                        if str(link.readlink()) == socket:
                            return int(link.parts[2])
                    except OSError:
                        continue
    except OSError:
        pass
    return 0


@dataclass(frozen=True)
class Question:
    """ask: is measured, and gets the number of the repetition; prepare: comes before it."""

    ask: Callable[[int], tuple[float, float]]
    prepare: Callable[[int], Any] = lambda i: None

    def repeat(self, process: int, times: int) -> Times:
        """The first one only warms up."""
        drawn, seen, server = [], [], []
        for i in range(times + 1):
            self.prepare(i)
            time.sleep(PAUSE)
            before = processor_ms(process)
            first, last = self.ask(i)
            time.sleep(PAUSE)  # until the server has put everything away
            if i:
                drawn.append(first)
                seen.append(last)
                server.append(processor_ms(process) - before)
        return Times(drawn, seen, server)


def questions(page: Page) -> dict[str, Question]:
    def text(*words: str) -> Callable[[int], Any]:
        return lambda i: page.evaluate(ASK, ["text", words[i % len(words)]])

    def click(i: int) -> Any:
        return page.evaluate(ASK, ["click", 7 + 5 * i])

    def judge(name: str) -> Callable[[int], Any]:
        return lambda i: page.evaluate(JUDGE, name)

    def nothing(i: int) -> None:
        """Neither a typed word nor a clicked one."""
        page.evaluate(
            """() => {
              document.querySelector(".mk .mk-text").value = "";
              const chip = document.querySelector(".mk .mk-chip");
              if (!chip.hidden) chip.querySelector(".mk-chip-x").click();
            }"""
        )

    def search(i: int) -> None:
        """Copies of a page are alike and are judged alike, so every decision has a search of its own."""
        nothing(i)
        text(*WORDS)(i)

    return {
        "typed": Question(text(*WORDS), nothing),
        "clicked": Question(click, nothing),
        "typed and clicked": Question(text(*WORDS), lambda i: (nothing(i), click(i))),
        "pattern *": Question(text(*(word[:3] + "*" for word in WORDS)), nothing),
        "~1": Question(text(*(word + "~1" for word in WORDS)), nothing),
        "phrase": Question(text(*PHRASES), nothing),
        "confirm": Question(judge("yes"), search),
        "reject": Question(judge("no"), search),
    }


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("page", type=Path, nargs="?", default=SAMPLE)
    parser.add_argument("--copies", type=int, default=20)
    parser.add_argument("--repeats", type=int, default=8)
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        file = Path(folder) / "pages.mark"
        words = project_of(options.page, options.copies, file)
        with running("app.py", Path(folder)) as address, sync_playwright() as playwright:
            process = server_process(address)
            browser = playwright.chromium.launch(executable_path=chromium(), args=ARGUMENTS)
            page = browser.new_page(viewport={"width": 1280, "height": 860})
            page.set_default_timeout(LONG)
            page.goto(address)
            page.wait_for_selector(".mk-word", state="attached")
            page.locator(".mk-project-file").set_input_files(file)
            page.wait_for_function(
                f"document.querySelectorAll('.mk-page-list .mk-page').length >= {options.copies}"
            )
            page.wait_for_selector(".mk-word", state="attached")
            time.sleep(3)  # pictures of the pages
            print(f"{options.copies} pages, {words} words; milliseconds")
            print(f"{'':20}{'median':>10}{'worst':>10}{'drawn':>10}{'server CPU':>12}")
            for name, question in questions(page).items():
                print(question.repeat(process, options.repeats).row(name), flush=True)
            browser.close()


if __name__ == "__main__":
    main()
