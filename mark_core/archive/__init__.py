"""An archive: the words of very many pages in a table on disk, searched without holding them in memory."""
