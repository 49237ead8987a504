"""Network and decisions about it: urls, robots, frontier are pure; http holds the only socket."""
