"""From bytes to clean text. Pure."""
