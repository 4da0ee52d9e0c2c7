-- What tells two enrolments of the same HoA apart, and which is newer: for a mapping server that is another process.
ALTER TABLE ims_enrolments ADD COLUMN birth INTEGER NOT NULL DEFAULT 0;
ALTER TABLE ims_enrolments ADD COLUMN generation INTEGER NOT NULL DEFAULT 1;

-- Mappings that the control server has written while the mapping server was away.
CREATE TABLE ims_owed (
    hoa TEXT PRIMARY KEY
) WITHOUT ROWID;

-- As the control server has told a mapping server that is another process.
CREATE TABLE ims_home_gateways (
    hoa          TEXT NOT NULL,
    proxy_prefix TEXT NOT NULL,
    hoa_space    TEXT NOT NULL
);
