"""Many machines: a crawl becomes shards, shards answer as one index. Needs the extra `cluster`; only the verbs use it.

build: WARC files ─► chunks of what was read ─► which pages count, their ids ─► shards ─► one count of terms for all
similar: question ─► every shard ─► merged
"""
