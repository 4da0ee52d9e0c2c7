-- What has happened, for those who watch. The oldest are dropped.
CREATE TABLE events (
    number  INTEGER PRIMARY KEY AUTOINCREMENT,
    at_us   INTEGER NOT NULL,
    kind    TEXT NOT NULL,
    subject TEXT NOT NULL,
    vm      TEXT,
    phase   TEXT,
    message TEXT
);
CREATE INDEX events_by_subject ON events (subject, number);

-- The number of the event that last changed what an operator can change.
ALTER TABLE sites ADD COLUMN version INTEGER NOT NULL DEFAULT 0;
ALTER TABLE gateways ADD COLUMN version INTEGER NOT NULL DEFAULT 0;
ALTER TABLE hosts ADD COLUMN version INTEGER NOT NULL DEFAULT 0;
ALTER TABLE vms ADD COLUMN version INTEGER NOT NULL DEFAULT 0;
ALTER TABLE peers ADD COLUMN version INTEGER NOT NULL DEFAULT 0;

-- NULL while a migration waits for its turn.
ALTER TABLE migrations ADD COLUMN admitted_at_us INTEGER;
UPDATE migrations SET admitted_at_us = created_at_us;
CREATE INDEX migrations_by_time ON migrations (created_at_us DESC, id);

-- What a step that went wrong said.
ALTER TABLE journal ADD COLUMN message TEXT;

-- Creations that a client may ask for again. The answer can be read with the client's key only; here is but its hash.
CREATE TABLE creations (
    key_hash      BLOB PRIMARY KEY,
    request_hash  BLOB NOT NULL,
    created_at_us INTEGER NOT NULL,
    answer        BLOB
) WITHOUT ROWID;
