-- What the checks have found before a migration, and during a rehearsal.
CREATE TABLE findings (
    number     INTEGER PRIMARY KEY,
    migration  TEXT NOT NULL REFERENCES migrations (id),
    check_name TEXT NOT NULL,
    severity   TEXT NOT NULL,
    problem    TEXT NOT NULL,
    remedy     TEXT NOT NULL
);

CREATE INDEX findings_of_migration ON findings (migration);

ALTER TABLE migrations ADD COLUMN rehearsal INTEGER NOT NULL DEFAULT 0;

-- Several checks were steps of their own. One that is under way is done again as part of the whole.
UPDATE journal SET effect = 'PRECHECK' WHERE closed_at_us IS NULL AND (effect IN ('INSPECT_SOURCE', 'CHECK_GUEST', 'INSPECT_TARGET')
    OR effect = 'PROBE_ADDRESS' AND migration IN (SELECT id FROM migrations WHERE phase = 'REQUESTED'));
