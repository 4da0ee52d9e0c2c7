-- A key may have a successor, which replaces it at the time given at the latest; a revoked key is NULL.
CREATE TABLE ims_enrolments_2 (
    hoa            TEXT PRIMARY KEY,
    mapping_key    BLOB,
    next_key       BLOB,
    takes_over_at_us INTEGER,
    register_nonce INTEGER NOT NULL
);
INSERT INTO ims_enrolments_2 SELECT hoa, mapping_key, NULL, NULL, register_nonce FROM ims_enrolments;

-- Made anew for its reference to the table above.
CREATE TABLE ims_mappings_2 (
    hoa     TEXT PRIMARY KEY REFERENCES ims_enrolments_2 (hoa),
    active  TEXT,
    staged  TEXT,
    retired TEXT,
    epoch   INTEGER NOT NULL
);
INSERT INTO ims_mappings_2 SELECT hoa, active, staged, retired, epoch FROM ims_mappings;

DROP TABLE ims_mappings;
DROP TABLE ims_enrolments;
ALTER TABLE ims_enrolments_2 RENAME TO ims_enrolments;
ALTER TABLE ims_mappings_2 RENAME TO ims_mappings;

-- Written a little after the fact, so either HoA may be gone: no references.
CREATE TABLE ims_subscriptions (
    hoa           TEXT NOT NULL,
    subscriber    TEXT NOT NULL,
    address       BLOB NOT NULL,
    port          INTEGER NOT NULL,
    nonce         INTEGER NOT NULL,
    expires_at_us INTEGER NOT NULL,
    PRIMARY KEY (hoa, subscriber)
) WITHOUT ROWID;
