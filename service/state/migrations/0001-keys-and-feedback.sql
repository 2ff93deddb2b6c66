-- Times are text in UTC: 2026-11-22T09:30:00Z, days 2026-11-22.
CREATE TABLE api_keys (
    id INTEGER PRIMARY KEY,
    name TEXT NOT NULL,
    prefix TEXT NOT NULL UNIQUE,
    digest BLOB NOT NULL CHECK (length(digest) = 32),
    scopes TEXT NOT NULL,
    per_minute INTEGER CHECK (per_minute > 0),
    per_day INTEGER CHECK (per_day > 0),
    created TEXT NOT NULL,
    last_used TEXT,
    used INTEGER NOT NULL DEFAULT 0,
    revoked TEXT
) STRICT;
CREATE UNIQUE INDEX name_of_a_key_in_use ON api_keys (name) WHERE revoked IS NULL;

CREATE TABLE feedback (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    received TEXT NOT NULL,
    case_id TEXT NOT NULL,
    kind TEXT NOT NULL,
    comment TEXT,
    worry TEXT,
    key_id INTEGER REFERENCES api_keys (id)
) STRICT;
CREATE INDEX feedback_of_a_case ON feedback (case_id);
