"""readmore: an article's "Read more" pieces, archived and ranked. See docs/architecture.md for the map."""
