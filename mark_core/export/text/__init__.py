"""Texts of pages: transcripts read from files of many kinds, and written with the place of every word."""
