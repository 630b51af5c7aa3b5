"""The schema of `ledger.sqlite`, as the ordered steps that lead to it. A released step is final.

What must never happen to the book about money is refused here, whatever code above does: a row
deleted, an attempt rewritten, an intent that changes who it is or what it sends.
"""

from kling_desktop.library.schema import Step

_TASKS = """
CREATE TABLE tasks (
    id TEXT PRIMARY KEY NOT NULL,
    kind TEXT NOT NULL,
    provider TEXT NOT NULL,
    base_url TEXT,
    account TEXT NOT NULL,
    external_task_id TEXT NOT NULL,
    task_id TEXT,
    state TEXT NOT NULL,
    request TEXT NOT NULL,
    request_sha256 TEXT NOT NULL,
    body_sha256 TEXT NOT NULL,
    created_at_ms INTEGER NOT NULL,
    updated_at_ms INTEGER NOT NULL,
    revision INTEGER NOT NULL,
    is_watched INTEGER NOT NULL,
    attempts INTEGER NOT NULL,
    consents INTEGER NOT NULL,
    first_sent_at_ms INTEGER,
    unclear_since_ms INTEGER,
    not_before_ms INTEGER,
    remote_created_at_ms INTEGER,
    remote_status TEXT NOT NULL,
    result_url_seen_at_ms INTEGER,
    finished_at_ms INTEGER,
    cost_units TEXT,
    cost_basis TEXT NOT NULL,
    error TEXT
)
"""

_ATTEMPTS = """
CREATE TABLE attempts (
    task TEXT NOT NULL REFERENCES tasks (id),
    number INTEGER NOT NULL,
    body_sha256 TEXT NOT NULL,
    account TEXT NOT NULL,
    begun_at_ms INTEGER NOT NULL,
    ended_at_ms INTEGER,
    outcome TEXT,
    raw TEXT,
    PRIMARY KEY (task, number)
) WITHOUT ROWID
"""

_OUTPUTS = """
CREATE TABLE outputs (
    task TEXT NOT NULL REFERENCES tasks (id),
    number INTEGER NOT NULL,
    media TEXT NOT NULL,
    url TEXT NOT NULL,
    watermark_url TEXT NOT NULL,
    state TEXT NOT NULL,
    file TEXT,
    watermarked_file TEXT,
    sha256 TEXT NOT NULL,
    size_bytes INTEGER NOT NULL,
    width INTEGER NOT NULL,
    height INTEGER NOT NULL,
    duration_s REAL,
    PRIMARY KEY (task, number)
) WITHOUT ROWID
"""


def _refuse(name: str, event: str, condition: str, words: str) -> str:
    return (
        f"CREATE TRIGGER {name} BEFORE {event} WHEN {condition} "
        f"BEGIN SELECT RAISE(ABORT, '{words}'); END"
    )


_SAME_INTENT = " OR ".join(
    f"OLD.{name} IS NOT NEW.{name}"
    for name in (
        "id",
        "kind",
        "provider",
        "base_url",
        "external_task_id",
        "request",
        "request_sha256",
        "created_at_ms",
    )
)

_FINDINGS = """
CREATE TABLE findings (
    provider TEXT NOT NULL,
    base_url TEXT NOT NULL,
    kind TEXT NOT NULL,
    trait TEXT NOT NULL,
    evidence TEXT NOT NULL,
    at_ms INTEGER NOT NULL,
    words TEXT NOT NULL,
    PRIMARY KEY (provider, base_url, kind, trait)
) WITHOUT ROWID
"""

_STRAYS = """
CREATE TABLE strays (
    provider TEXT NOT NULL,
    base_url TEXT NOT NULL,
    kind TEXT NOT NULL,
    account TEXT NOT NULL,
    task_id TEXT NOT NULL,
    external_task_id TEXT NOT NULL,
    created_at_ms INTEGER,
    status TEXT NOT NULL,
    twin_of TEXT,
    answer TEXT NOT NULL,
    PRIMARY KEY (provider, base_url, task_id)
) WITHOUT ROWID
"""

STEPS: tuple[Step, ...] = (
    (
        "CREATE TABLE meta (name TEXT PRIMARY KEY NOT NULL, value TEXT NOT NULL) WITHOUT ROWID",
        "INSERT INTO meta VALUES ('ledger_id', lower(hex(randomblob(16))))",
        _TASKS,
        _ATTEMPTS,
        _OUTPUTS,
        "CREATE UNIQUE INDEX one_external_id ON tasks (provider, account, external_task_id)",
        "CREATE UNIQUE INDEX one_link ON tasks (provider, coalesce(base_url, ''), task_id) "
        "WHERE task_id IS NOT NULL",
        "CREATE INDEX by_age ON tasks (created_at_ms)",
        "CREATE INDEX by_request ON tasks (request_sha256, created_at_ms)",
        _refuse("tasks_stay", "DELETE ON tasks", "1", "a task is never deleted"),
        _refuse("attempts_stay", "DELETE ON attempts", "1", "an attempt is never deleted"),
        _refuse(
            "outcomes_stay",
            "UPDATE ON attempts",
            "OLD.outcome IS NOT NULL",
            "the outcome of an attempt is never rewritten",
        ),
        _refuse(
            "intents_stay", "UPDATE ON tasks", _SAME_INTENT, "a task never becomes another intent"
        ),
        _refuse(
            "bodies_stay",
            "UPDATE ON tasks",
            "OLD.body_sha256 != '' AND OLD.body_sha256 != NEW.body_sha256",
            "a task never sends another body",
        ),
        _refuse(
            "links_stay",
            "UPDATE ON tasks",
            "OLD.task_id IS NOT NULL AND OLD.task_id IS NOT NEW.task_id",
            "a task is never linked anew",
        ),
    ),
    (
        "ALTER TABLE tasks ADD COLUMN took_ms INTEGER",
        "ALTER TABLE tasks ADD COLUMN candidates TEXT NOT NULL DEFAULT '[]'",
        "ALTER TABLE tasks ADD COLUMN twin_of TEXT REFERENCES tasks (id)",
        _FINDINGS,
        _STRAYS,
    ),
)
