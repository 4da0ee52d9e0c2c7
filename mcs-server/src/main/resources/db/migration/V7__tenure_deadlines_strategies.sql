ALTER TABLE migrations ADD COLUMN strategy TEXT NOT NULL DEFAULT 'PRE_COPY';
-- The present phase lasts longer than it should.
ALTER TABLE migrations ADD COLUMN overdue INTEGER NOT NULL DEFAULT 0;

-- How often a control server has begun to work on this database: the last one goes on with all migrations.
CREATE TABLE tenure (
    only   INTEGER PRIMARY KEY CHECK (only = 1),
    number INTEGER NOT NULL
);
