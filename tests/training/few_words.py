"""Words for rendering without a dictionary on this machine."""

from mark_core.training.synthesis.words import WordSource

WORDS = ("orders", "letters", "captain", "of", "to", "the", "march")


class FewWords(WordSource):
    """Draws one of a few words, whatever kind is asked for."""

    def __init__(self, *more):
        self.words = [*WORDS, *more]

    def draw(self, generator, kind):
        return str(generator.choice(self.words))
