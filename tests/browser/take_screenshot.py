"""Takes docs/screenshot.png anew: ``python -m tests.browser.take_screenshot [query]``, with the app running.

The address is http://127.0.0.1:7860 unless MARK_URL says otherwise.
"""

from __future__ import annotations

import io
import os
import sys

from PIL import Image
from playwright.sync_api import sync_playwright

from tests.browser.conftest import ARGUMENTS, ROOT, STEPS_SEEN, chromium

MAX_BYTES = 400_000


def main() -> None:
    """Opens the first sample, asks for ``query`` (its first suggestion by default) and saves what is seen."""
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=chromium(), args=ARGUMENTS)
        page = browser.new_page(viewport={"width": 1280, "height": 800})
        page.add_init_script(STEPS_SEEN)
        page.goto(os.environ.get("MARK_URL", "http://127.0.0.1:7860"))
        page.wait_for_selector(".mk-word", state="attached", timeout=120_000)
        query = sys.argv[1] if len(sys.argv) > 1 else page.locator(".mk-try").first.inner_text()
        page.locator(".mk-text").fill(query)
        page.locator(".mk-find").click()
        page.wait_for_selector(".mk-hit")
        page.mouse.move(5, 5)
        page.locator(".mk-echo").click()  # takes the focus ring off the button
        page.wait_for_timeout(1000)  # snippets are drawn when the picture has arrived
        shot = Image.open(io.BytesIO(page.screenshot())).convert("RGB")
        browser.close()
    path = ROOT / "docs" / "screenshot.png"
    path.parent.mkdir(exist_ok=True)
    for colours in (256, 128, 64):
        shot.quantize(colours, dither=Image.Dither.NONE).save(path, optimize=True)
        if path.stat().st_size <= MAX_BYTES:
            break
    print(f"{path.relative_to(ROOT)}: {path.stat().st_size // 1000} kB")


if __name__ == "__main__":
    main()
