"""The verbs, one file each: parse, call one function, print."""
