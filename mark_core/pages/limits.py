"""Limits on the size of inputs."""

WORKING_PIXELS = 16_000_000  # a page is reduced to this: A4 at 400 dpi is 15.5 million
MAX_PIXELS = 170_000_000  # of the original; Pillow itself refuses from 179 million
MAX_FILE_BYTES = 512 * 1024 * 1024
MAX_PAGES = 1000  # in one TIFF or PDF
MAX_SCANS = 500  # of a progressive JPEG; encoders write some ten
MIN_SIDE = 8  # pixels; smaller images hold no legible letter
PDF_DPI = 300.0

# Zip archives. Members are unpacked one at a time in memory, each at most MAX_FILE_BYTES.
MAX_MEMBERS = 5000  # files of any kind; 46 bytes are enough to declare one
MAX_PATH = 1000  # characters of the path of a file in it
MAX_UNPACKED_BYTES = 4 * 1024 * 1024 * 1024  # all members together
MAX_RATIO = 200  # unpacked : packed; scans hardly shrink, blank bilevel ones reach 1000 ...
RATIO_FREE_BYTES = 256 * 1024 * 1024  # ... so that the ratio counts only above this size

# Files from the network
MAX_FETCH_BYTES = 128 * 1024 * 1024  # a JPEG of WORKING_PIXELS has 5 to 20 MB
MAX_JSON_BYTES = 16 * 1024 * 1024  # manifests of 1000 canvases have 2 to 5 MB
MAX_CANVASES = 2000  # of one manifest
FETCH_SECONDS = 90.0  # for one file, redirects and waiting included
TOTAL_FETCH_SECONDS = 3600.0  # for the files of one manifest
MAX_PIECES = 50  # images of one canvas
MAX_TILES = 400  # of one image; 16 million pixels are 244 tiles of 256 x 256
MAX_TILE_BYTES = 8 * 1024 * 1024
