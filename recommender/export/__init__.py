"""What is archived, in other people's formats.

words ─► selection ─► entries (store/catalogue) ─► jsonl, table, reading_list, bibtex: lines ─► target
                                                └► wacz: archive/, indexes/ (cdxj, surt), pages/ ─► target
"""
