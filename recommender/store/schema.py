"""The tables, as migrations from the first day. Text lies apart from the rows people browse.

    seeds ──< links >── articles ──< captures ──< changes     urls: every address an article goes by
      ├────< rankings >──┘   │
      └── seed_claims        └── article_texts (searched through FTS5), profiles, positions, checks, saves

`runs`, `claims`, `counters` and `warc_files` are the crawler's own books, `article_changes` the topic index's.
A migration that has been released is never edited: a change is a new one below it.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from recommender.store.migrations import Migrations

if TYPE_CHECKING:
    from sqlite_utils import Database

migrations = Migrations("readmore")

_TABLES = (
    """
    CREATE TABLE articles (
        id INTEGER PRIMARY KEY,
        title TEXT NOT NULL,
        authors TEXT,
        outlet TEXT,
        published TEXT,                 -- ISO date
        url TEXT,                       -- as first seen
        canonical_url TEXT,
        language TEXT,                  -- ISO 639-1
        words INTEGER NOT NULL,
        origin TEXT NOT NULL,           -- live, wayback, import, text
        external_id TEXT,               -- the researcher's own
        digest TEXT NOT NULL,           -- of title and text: tells whether the index must learn it anew
        fingerprint TEXT,               -- near-identical texts have near fingerprints
        best_capture_id INTEGER REFERENCES captures(id),
        added_at TEXT NOT NULL,         -- ISO, UTC
        updated_at TEXT NOT NULL
    )""",
    """
    CREATE TABLE article_texts (
        id INTEGER PRIMARY KEY REFERENCES articles(id),
        title TEXT NOT NULL,
        byline TEXT,
        text TEXT NOT NULL
    )""",
    """
    CREATE TABLE urls (
        url_key TEXT PRIMARY KEY,
        url TEXT NOT NULL,
        article_id INTEGER NOT NULL REFERENCES articles(id)
    )""",
    """
    CREATE TABLE captures (
        id INTEGER PRIMARY KEY,
        url TEXT NOT NULL,
        final_url TEXT NOT NULL,
        article_id INTEGER REFERENCES articles(id),
        captured_at TEXT NOT NULL,      -- when the page was as kept here (a memento's own time)
        fetched_at TEXT NOT NULL,
        via TEXT NOT NULL,
        source_url TEXT,                -- the memento's address
        status INTEGER NOT NULL,
        content_type TEXT,
        size INTEGER NOT NULL,          -- bytes, as they came over the wire
        verdict TEXT NOT NULL,          -- ok, unchanged, or why this copy must not become the article
        rule TEXT,                      -- what the verdict was told by
        refers_to INTEGER REFERENCES captures(id), -- unchanged: the capture with the same bytes
        etag TEXT,
        last_modified TEXT,
        title TEXT,                     -- as this copy has it; with the next two the version it shows
        words INTEGER,
        text_digest TEXT,
        digest TEXT NOT NULL,
        warc_file TEXT NOT NULL,
        warc_offset INTEGER NOT NULL,   -- bytes
        warc_length INTEGER NOT NULL    -- bytes
    )""",
    """
    CREATE TABLE changes (
        id INTEGER PRIMARY KEY,
        article_id INTEGER NOT NULL REFERENCES articles(id),
        from_capture_id INTEGER NOT NULL REFERENCES captures(id),
        to_capture_id INTEGER NOT NULL REFERENCES captures(id),
        changed_at TEXT NOT NULL,       -- between this capture and the one before
        title_before TEXT NOT NULL,
        title_after TEXT NOT NULL,
        words_removed INTEGER NOT NULL,
        words_added INTEGER NOT NULL,
        diff TEXT NOT NULL              -- changed passages: [-taken out-] {+put in+}
    )""",
    """
    CREATE TABLE checks (
        id INTEGER PRIMARY KEY,
        article_id INTEGER NOT NULL REFERENCES articles(id),
        url TEXT NOT NULL,
        checked_at TEXT NOT NULL,
        state TEXT NOT NULL,            -- alive, moved, changed, gone, blocked, unknown
        reason TEXT,
        status INTEGER,
        final_url TEXT
    )""",
    """
    CREATE TABLE saves (
        id INTEGER PRIMARY KEY,
        article_id INTEGER REFERENCES articles(id),
        url TEXT NOT NULL,
        job_id TEXT,
        state TEXT NOT NULL,            -- submitted, archived, failed, pending
        reason TEXT,
        memento_url TEXT,
        submitted_at TEXT NOT NULL,
        updated_at TEXT NOT NULL
    )""",
    """
    CREATE TABLE seeds (
        id INTEGER PRIMARY KEY,
        key TEXT NOT NULL UNIQUE,
        title TEXT NOT NULL,
        author TEXT,
        outlet TEXT,
        published TEXT,
        url TEXT,
        source TEXT NOT NULL,
        article_id INTEGER REFERENCES articles(id),
        state TEXT NOT NULL,            -- of the seed's own page
        reason TEXT,
        added_at TEXT NOT NULL
    )""",
    """
    CREATE TABLE links (
        id INTEGER PRIMARY KEY,
        seed_id INTEGER NOT NULL REFERENCES seeds(id),
        position INTEGER NOT NULL,      -- 1 is the first of the list
        title TEXT NOT NULL,
        author TEXT,
        kind TEXT NOT NULL,
        heading TEXT,
        published TEXT,
        url TEXT,
        identity TEXT NOT NULL,         -- what makes it the same reference next time
        resolved_by TEXT NOT NULL,
        confidence REAL NOT NULL,       -- [0, 1]
        state TEXT NOT NULL,
        reason TEXT,
        attempts INTEGER NOT NULL DEFAULT 0,
        article_id INTEGER REFERENCES articles(id),
        capture_id INTEGER REFERENCES captures(id),
        duplicate_of INTEGER REFERENCES links(id),
        updated_at TEXT NOT NULL,
        UNIQUE (seed_id, identity)
    )""",
    """
    CREATE TABLE profiles (
        article_id INTEGER PRIMARY KEY REFERENCES articles(id),
        model TEXT NOT NULL,
        digest TEXT NOT NULL,           -- of the article it was made from
        profile TEXT NOT NULL           -- JSON
    )""",
    """
    CREATE TABLE rankings (
        id INTEGER PRIMARY KEY,
        seed_id INTEGER NOT NULL REFERENCES seeds(id),
        rank INTEGER NOT NULL,
        article_id INTEGER NOT NULL REFERENCES articles(id),
        topic REAL NOT NULL,            -- [0, 1]
        stance TEXT NOT NULL,           -- agrees, mixed, disagrees, can't tell
        agreement REAL NOT NULL,        -- [-1, 1]
        confidence REAL NOT NULL,       -- [0, 1]
        blend REAL NOT NULL,            -- [0, 1]
        listed INTEGER NOT NULL,        -- 1: on the editors' own list
        terms TEXT NOT NULL,            -- JSON: [[term, share], ...]
        targets TEXT NOT NULL,          -- JSON: shared targets with their sentences
        computed_at TEXT NOT NULL,
        UNIQUE (seed_id, article_id)
    )""",
    """
    CREATE TABLE runs (
        id INTEGER PRIMARY KEY,
        started_at TEXT NOT NULL,
        finished_at TEXT,               -- none: still at work, or killed
        discovered INTEGER NOT NULL DEFAULT 0,
        archived INTEGER NOT NULL DEFAULT 0,
        unchanged INTEGER NOT NULL DEFAULT 0,
        duplicate INTEGER NOT NULL DEFAULT 0,
        skipped INTEGER NOT NULL DEFAULT 0,
        failed INTEGER NOT NULL DEFAULT 0,
        pending INTEGER NOT NULL DEFAULT 0
    )""",
    """
    CREATE TABLE claims (
        url_key TEXT PRIMARY KEY,       -- a page that a run is fetching just now
        run_id INTEGER NOT NULL REFERENCES runs(id)
    )""",
    """
    CREATE TABLE counters (
        name TEXT PRIMARY KEY,
        value INTEGER NOT NULL          -- journal: number of the last WARC record that was applied
    )""",
    """
    CREATE TABLE warc_files (
        name TEXT PRIMARY KEY,
        applied INTEGER NOT NULL        -- bytes from its start whose records are in these tables
    )""",
    "CREATE INDEX articles_published ON articles(published)",
    "CREATE INDEX articles_outlet ON articles(outlet)",
    "CREATE INDEX articles_digest ON articles(digest)",
    "CREATE INDEX articles_external_id ON articles(external_id)",
    "CREATE INDEX urls_article ON urls(article_id)",
    "CREATE INDEX captures_article ON captures(article_id)",
    "CREATE INDEX captures_url ON captures(url)",
    "CREATE INDEX captures_digest ON captures(digest)",
    "CREATE UNIQUE INDEX captures_place ON captures(warc_file, warc_offset)",
    "CREATE INDEX links_url ON links(url)",
    "CREATE INDEX changes_article ON changes(article_id)",
    "CREATE INDEX checks_article ON checks(article_id)",
    "CREATE INDEX saves_article ON saves(article_id)",
    "CREATE INDEX links_article ON links(article_id)",
    "CREATE INDEX links_state ON links(state)",
    "CREATE INDEX rankings_article ON rankings(article_id)",
)

_CHANGES = (
    """
    CREATE TABLE article_changes (
        number INTEGER PRIMARY KEY,
        article_id INTEGER NOT NULL,    -- new, with another title or text, or gone
        mark INTEGER NOT NULL           -- random: the same number in another database is another change
    )""",
    "INSERT INTO article_changes (article_id, mark) VALUES (0, random())",
    """
    CREATE TRIGGER article_added AFTER INSERT ON articles BEGIN
        INSERT INTO article_changes (article_id, mark) VALUES (new.id, random());
    END""",
    """
    CREATE TRIGGER article_changed AFTER UPDATE OF digest ON articles WHEN old.digest IS NOT new.digest BEGIN
        INSERT INTO article_changes (article_id, mark) VALUES (new.id, random());
    END""",
    """
    CREATE TRIGGER article_gone AFTER DELETE ON articles BEGIN
        INSERT INTO article_changes (article_id, mark) VALUES (old.id, random());
    END""",
)

_POSITIONS = (
    """
    CREATE TABLE positions (
        article_id INTEGER NOT NULL REFERENCES articles(id),
        claim TEXT NOT NULL,            -- a statement; of a headline or a reader's own
        model TEXT NOT NULL,
        digest TEXT NOT NULL,           -- of the article it was made from
        position TEXT NOT NULL,         -- JSON: P(against), P(neither), P(for); sentences with their places in the text
        PRIMARY KEY (article_id, claim, model)
    )""",
    """
    CREATE TABLE seed_claims (
        seed_id INTEGER NOT NULL REFERENCES seeds(id),
        position INTEGER NOT NULL,      -- 1 is the first of the seed file
        text TEXT NOT NULL,
        off INTEGER NOT NULL,           -- 1: the claim of this wording is not wanted
        PRIMARY KEY (seed_id, position)
    )""",
    "ALTER TABLE rankings ADD COLUMN reason TEXT",  # why nothing can be told
    "ALTER TABLE rankings ADD COLUMN claims TEXT",  # JSON: the claims on which either takes a position
    "ALTER TABLE rankings ADD COLUMN told_by TEXT",  # what the verdict was told by: claims, names
    "ALTER TABLE rankings ADD COLUMN model TEXT",  # name and version
)

# What filters ask (filters.py): each index holds all that they look at.
_HOSTS = (
    "ALTER TABLE articles ADD COLUMN host TEXT",  # of url, without www.; '' for none, NULL: not looked at yet
    "ALTER TABLE articles ADD COLUMN canonical_host TEXT",  # of canonical_url
    "DROP INDEX articles_published",
    "DROP INDEX articles_outlet",
    "CREATE INDEX articles_published ON articles(published, copy_of)",
    "CREATE INDEX articles_outlet ON articles(outlet, published, copy_of)",
    "CREATE INDEX articles_host ON articles(host, published, copy_of)",
    "CREATE INDEX articles_canonical_host ON articles(canonical_host, published, copy_of)",
    """
    CREATE TRIGGER article_moved AFTER UPDATE OF url, canonical_url ON articles
    WHEN old.url IS NOT new.url OR old.canonical_url IS NOT new.canonical_url BEGIN
        UPDATE articles SET host = NULL, canonical_host = NULL WHERE id = new.id;
    END""",
)


@migrations()
def first_tables(db: Database) -> None:
    """Every table of the first release."""
    for statement in _TABLES:
        db.execute(statement)
    db.table("article_texts").enable_fts(
        ["title", "byline", "text"], create_triggers=True, tokenize="porter unicode61"
    )


@migrations()
def article_changes(db: Database) -> None:
    """What the topic index has yet to learn, told by the tables themselves, in the transaction of the change."""
    for statement in _CHANGES:
        db.execute(statement)


@migrations()
def copies(db: Database) -> None:
    """Near copies keep their row and point to the first of them; the topic index holds that one alone."""
    db.execute("ALTER TABLE articles ADD COLUMN copy_of INTEGER REFERENCES articles(id)")
    db.execute("CREATE INDEX articles_copy_of ON articles(copy_of) WHERE copy_of IS NOT NULL")


@migrations()
def seeds_by_article(db: Database) -> None:
    """The page of an article asks whether it is a seed's own."""
    db.execute("CREATE INDEX seeds_article ON seeds(article_id)")


@migrations()
def canned_queries(db: Database) -> None:
    """What the shipped queries sort by: without these, 100,000 articles take .7 s, and Datasette allows one."""
    db.execute("CREATE INDEX articles_origin ON articles(origin, published)")
    db.execute("CREATE INDEX changes_changed_at ON changes(changed_at)")


@migrations()
def positions(db: Database) -> None:
    """Where pieces stand on claims; what a seed file says of claims; and why a ranking can't tell, in its own words."""
    for statement in _POSITIONS:
        db.execute(statement)


@migrations()
def hosts(db: Database) -> None:
    """Filters by date and site look at indexes, not at every article."""
    for statement in _HOSTS:
        db.execute(statement)


@migrations()
def opposites(db: Database) -> None:
    """A claim may have an opposite, and a position on it was asked beside that."""
    for table in ("seed_claims", "positions"):
        db.execute(f"ALTER TABLE {table} ADD COLUMN opposite TEXT NOT NULL DEFAULT ''")
