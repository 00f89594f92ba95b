-- The embedded store: one table, found by session (newest first) and by the moment of filing.
-- Times are Unix milliseconds, expires_at Unix seconds; pixels are 784 bytes row by row.
-- An id that holds no time has hour 0 and untimed 1, which sorts it last.
CREATE TABLE results (
    id BLOB PRIMARY KEY,
    hour INTEGER NOT NULL,
    untimed INTEGER NOT NULL,
    filed_at INTEGER NOT NULL,
    time INTEGER NOT NULL,
    digit INTEGER NOT NULL,
    confidence REAL NOT NULL,
    probabilities TEXT NOT NULL,
    pixels BLOB NOT NULL,
    source TEXT NOT NULL,
    filename TEXT,
    session TEXT,
    model_version TEXT NOT NULL,
    label INTEGER,
    expires_at INTEGER NOT NULL
) WITHOUT ROWID;

CREATE INDEX results_by_session ON results (session, hour DESC, id DESC);

CREATE INDEX results_by_filing ON results (untimed, filed_at, id);

CREATE INDEX results_by_expiry ON results (expires_at);
