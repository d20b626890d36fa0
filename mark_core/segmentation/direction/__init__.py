"""Detection of the writing direction, from the layout of the ink and from the shapes of letters."""
