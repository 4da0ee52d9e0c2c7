ALTER TABLE migrations ADD COLUMN postcopy_requests INTEGER;

-- What agents did while no control server commanded them.
CREATE TABLE lone_deeds (
    migration TEXT NOT NULL REFERENCES migrations (id),
    host      TEXT NOT NULL,
    vm_uuid   TEXT NOT NULL,
    epoch     INTEGER NOT NULL,
    kind      TEXT NOT NULL,
    vm_ran    INTEGER NOT NULL,
    at_us     INTEGER NOT NULL,
    PRIMARY KEY (migration, host, epoch, kind)
) WITHOUT ROWID;
