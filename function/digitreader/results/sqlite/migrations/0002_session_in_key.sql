-- The session is part of the key: the same id from two sessions is two results. Empty for none.
-- Times are Unix milliseconds, expires_at Unix seconds; pixels are 784 bytes row by row.
-- An id that holds no time has hour 0 and untimed 1, which sorts it last.
CREATE TABLE results_by_session_and_id (
    session TEXT NOT NULL,
    id BLOB NOT NULL,
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
    model_version TEXT NOT NULL,
    label INTEGER,
    expires_at INTEGER NOT NULL,
    PRIMARY KEY (session, id)
) WITHOUT ROWID;

INSERT INTO results_by_session_and_id (
    session, id, hour, untimed, filed_at, time, digit, confidence, probabilities, pixels, source,
    filename, model_version, label, expires_at
)
SELECT coalesce(session, ''), id, hour, untimed, filed_at, time, digit, confidence, probabilities,
    pixels, source, filename, model_version, label, expires_at
FROM results;

DROP TABLE results;

ALTER TABLE results_by_session_and_id RENAME TO results;

CREATE INDEX results_by_session ON results (session, hour DESC, id DESC);

CREATE INDEX results_by_filing ON results (untimed, filed_at, id, session);

CREATE INDEX results_by_expiry ON results (expires_at);
