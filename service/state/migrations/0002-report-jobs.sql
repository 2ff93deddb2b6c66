-- Their files lie in a folder each. `slot` is held by a lock of the system: see service/jobs/running.py.
CREATE TABLE report_jobs (
    number INTEGER PRIMARY KEY AUTOINCREMENT,
    id TEXT NOT NULL UNIQUE,
    key_id INTEGER NOT NULL REFERENCES api_keys (id),
    state TEXT NOT NULL CHECK (state IN ('queued', 'running', 'done', 'failed', 'cancelled')),
    options TEXT NOT NULL,
    schools INTEGER NOT NULL,
    left_out INTEGER NOT NULL,
    warnings INTEGER NOT NULL,
    made TEXT NOT NULL,
    done INTEGER NOT NULL DEFAULT 0,
    seconds_left REAL,
    slot INTEGER,
    losses INTEGER NOT NULL DEFAULT 0,
    finished TEXT,
    expires TEXT,
    bytes INTEGER,
    reason TEXT
) STRICT;
CREATE INDEX report_jobs_of_a_key ON report_jobs (key_id);
CREATE INDEX report_jobs_by_state ON report_jobs (state);

-- When it was whose turn: the smaller, the longer ago.
CREATE TABLE report_turns (
    key_id INTEGER PRIMARY KEY REFERENCES api_keys (id),
    turn INTEGER NOT NULL
) STRICT;
