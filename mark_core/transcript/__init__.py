"""A page and its transcript: where every word of a known text stands."""
