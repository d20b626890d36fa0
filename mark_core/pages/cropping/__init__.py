"""Pages that show a part of their picture."""
