-- What was forecast of a migration before it began, to be held against what came of it.
CREATE TABLE forecasts (
    migration TEXT NOT NULL REFERENCES migrations (id),
    strategy  TEXT NOT NULL,
    figure    TEXT NOT NULL,
    low       REAL NOT NULL,
    likely    REAL NOT NULL,
    high      REAL, -- null: there may be no end
    PRIMARY KEY (migration, figure)
) WITHOUT ROWID;
