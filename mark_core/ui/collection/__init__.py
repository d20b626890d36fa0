"""The open pages of a visitor, and what is kept about their words: the lowest folder of the server of the page."""
