"""Files of strangers are read in child processes with limits of time, memory and output, see ``pool``.

The child knows only NumPy, Pillow, OpenCV, PDFium and lxml. Requests and answers are JSON and raw arrays over its pipes
(``wire``): nothing that comes back can bring code along, and everything in it is checked as if a stranger had sent it.
"""
