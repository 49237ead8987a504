"""What people have already, read: lists of addresses, bookmarks, feeds, and other programs' web archives.

    file ─► head ─► detect ─► Kind ─┬─► Listing   (addresses, bookmarks, readlater, feeds, opml)
           (files)                  └─► captures  (warcs, wacz over warc_frames, heads)

Nothing here writes: `recommender/intake.py` puts what these modules read into the archive. The only error that
leaves this room is `ImportFileError`; a line, entry or record that can't be used is a value with its reason.
(Articles, .jsonl and .csv, are read by `recommender/store/imports.py`.)
"""
