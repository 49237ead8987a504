"""What is kept and where: WARC files first, then SQLite."""
