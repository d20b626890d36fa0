"""Colours and type of the page around the viewer. System fonts only: nothing is fetched from elsewhere."""

from __future__ import annotations

import gradio as gr

from mark_core.data_files import data_file

LOGO = data_file("assets/logo.svg")

SANS = ["system-ui", "-apple-system", "Segoe UI", "Roboto", "Helvetica Neue", "Arial", "sans-serif"]
MONO = ["ui-monospace", "Menlo", "Consolas", "monospace"]

HEAD = '<meta name="color-scheme" content="light dark"><meta name="referrer" content="no-referrer">'

PAGE_CSS = """
.gradio-container { max-width: none !important; padding: 0 !important; }
.gradio-container .main { padding: 10px 18px 10px !important; max-width: none; }
.gradio-container main.contain { padding: 0 !important; }
footer { display: none !important; }
#mark-viewer, #mark-viewer > div, #mark-find, #mark-about { padding: 0 !important; border: 0; }
/* name and tabs share one row: name on the left, tabs on the right, the day and night switch at the end */
#mark-brand { position: absolute; inset: 0 0 auto 0; width: auto; z-index: 2; pointer-events: none;
  padding: 0 !important; margin: 0 !important; border: 0; background: none; }
#mark-brand .html-container { padding: 0 !important; }
.dark #mark-tabs .tab-container button.selected { color: #8fb8e6; }
.dark #mark-tabs .tab-container button.selected::after { background: #8fb8e6; }
#mark-tabs > .tab-wrapper { padding-right: 206px; height: 42px; margin-bottom: 6px; }
#mark-tabs .tab-container { justify-content: flex-end; height: 42px; }
#mark-tabs .tab-container::after { left: -100vw; right: -100vw; width: auto; }
.mkb { display: flex; align-items: center; gap: 10px; height: 42px; color: var(--body-text-color); }
.mkb h1 { margin: 0; font: 700 22px/1 Georgia, "Iowan Old Style", serif; letter-spacing: .06em; }
.mkb-line { font-size: 14px; opacity: .82; flex: 1; }
.mkb-button { pointer-events: auto; border: 1px solid currentColor; border-radius: 7px; padding: 4px 12px;
  min-height: 34px; background: none; color: inherit; font-size: 14px; cursor: pointer; }
.mkb-button[aria-pressed="true"] { background: var(--body-text-color); color: var(--body-background-fill); }
.mkb-button:focus-visible { outline: 3px solid var(--color-accent); outline-offset: 2px; }
select.mkb-button { padding: 4px 6px; appearance: auto; background-image: none; }
select.mkb-button option { color: #2a251e; background: #fffdf8; }
.mkb-skip { position: absolute; left: 8px; top: -80px; z-index: 5; pointer-events: auto; padding: 10px 16px;
  border-radius: 7px; background: #1f4e79; color: #fff; font-weight: 600; }
.mkb-skip:focus { top: 4px; outline: 3px solid #ffd400; outline-offset: 2px; }
.mkb-short { display: none; }
@media (max-width: 1000px) {
  .mkb-line { visibility: hidden; }
}
@media (max-width: 860px) {
  .gradio-container .main { padding: 6px 10px 12px !important; }
}
@media (max-width: 480px) {
  .mkb-line { width: 0; }
  .mkb h1 { font-size: 18px; letter-spacing: .03em; }
  .mkb { gap: 6px; }
  .mkb-button { padding: 4px 8px; min-width: 40px; min-height: 40px; }
  .mkb-short { display: inline; }
  .mkb-long { position: absolute; width: 1px; height: 1px; overflow: hidden; clip-path: inset(50%); }
  .mkb .mkb-language { width: 58px; padding: 4px 2px; }
  #mark-tabs > .tab-wrapper { padding-right: 112px; }
  #mark-tabs .tab-container button { padding-inline: 6px; }
}
"""


def theme() -> gr.themes.Base:
    """Parchment by day, a dim reading room by night."""
    return gr.themes.Base(font=SANS, font_mono=MONO).set(
        body_background_fill="#f6f1e6",
        body_background_fill_dark="#1a1815",
        body_text_color="#2a251e",
        body_text_color_dark="#ece5d8",
        background_fill_primary="#fffdf8",
        background_fill_primary_dark="#24211c",
        background_fill_secondary="#f6f1e6",
        background_fill_secondary_dark="#1a1815",
        border_color_primary="#d9cfba",
        border_color_primary_dark="#423c33",
        color_accent="#1f4e79",
        block_background_fill="transparent",
        block_background_fill_dark="transparent",
        block_border_width="0px",
        block_shadow="none",
    )
