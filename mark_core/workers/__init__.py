"""Worker processes: torch and OpenCV work on pages there, so that a server's own process can answer meanwhile.

A worker is given arrays, never files, and runs this package's own code, so what passes over its pipes is pickled.
"""
