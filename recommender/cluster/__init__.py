"""Many shards that answer as one index. Nothing but the verbs uses it."""
