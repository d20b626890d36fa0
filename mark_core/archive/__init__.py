"""What is kept of words where there are very many pages."""
