"""What of the page's server answers, and to whom."""
