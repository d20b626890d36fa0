"""What is read, and what is refused, in numbers."""

WORKING_PIXELS = 16_000_000  # a page is reduced to this: A4 at 400 dpi is 15.5 million
MAX_PIXELS = 170_000_000  # of the original; Pillow itself refuses from 179 million
MAX_FILE_BYTES = 512 * 1024 * 1024
MAX_PAGES = 1000  # in one TIFF or PDF
MIN_SIDE = 8  # pixels; below it no letter can be told
PDF_DPI = 300.0
