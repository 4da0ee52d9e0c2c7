-- What was forecast of the disks that travelled with a VM, and what came of it. Null is what is not known.
CREATE TABLE disk_passages (
    migration               TEXT PRIMARY KEY REFERENCES migrations (id),
    forecast_seconds_low    REAL,
    forecast_seconds_likely REAL,
    forecast_seconds_high   REAL,
    forecast_bytes_low      REAL,
    forecast_bytes_likely   REAL,
    forecast_bytes_high     REAL,
    total_ms                INTEGER,
    bytes                   INTEGER,
    layers                  INTEGER,
    writes_at_once          INTEGER,
    reason                  TEXT
) WITHOUT ROWID;
