"""Other ways of writing a typed word: old spellings and abbreviations."""
