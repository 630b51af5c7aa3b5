"""The schema of `index.sqlite`. A cache: a new step may as well ask for a rebuild."""

from kling_desktop.library.schema import Step

STEPS: tuple[Step, ...] = (
    (
        "CREATE TABLE meta (name TEXT PRIMARY KEY NOT NULL, value TEXT NOT NULL) WITHOUT ROWID",
        """
        CREATE TABLE assets (
            entry INTEGER PRIMARY KEY,
            file TEXT NOT NULL UNIQUE,
            task TEXT NOT NULL,
            number INTEGER NOT NULL,
            media TEXT NOT NULL,
            width INTEGER NOT NULL,
            height INTEGER NOT NULL,
            duration_s REAL,
            size_bytes INTEGER NOT NULL,
            sha256 TEXT NOT NULL,
            created_at_ms INTEGER NOT NULL,
            provider TEXT NOT NULL,
            model TEXT NOT NULL,
            prompt TEXT NOT NULL,
            is_sandbox INTEGER NOT NULL,
            words TEXT NOT NULL
        )
        """,
        "CREATE INDEX kinds ON assets (media, entry)",
        "CREATE VIRTUAL TABLE search USING fts5 (words, content = 'assets', "
        "content_rowid = 'entry', tokenize = 'unicode61 remove_diacritics 2', "
        "prefix = '1 2 3')",
        "CREATE TRIGGER words_come AFTER INSERT ON assets BEGIN "
        "INSERT INTO search (rowid, words) VALUES (NEW.entry, NEW.words); END",
        "CREATE TRIGGER words_go AFTER DELETE ON assets BEGIN "
        "INSERT INTO search (search, rowid, words) "
        "VALUES ('delete', OLD.entry, OLD.words); END",
    ),
)
