"""The one exception a person is meant to read."""


class MarkError(ValueError):
    """Bad input. ``str(error)`` is one plain sentence that is shown to the user as it is."""
