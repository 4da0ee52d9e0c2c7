-- Times are microseconds since 1970-01-01T00:00:00Z. Addresses are in the text form of RFC 5952.

CREATE TABLE sites (
    name TEXT PRIMARY KEY
);

CREATE TABLE gateways (
    site       TEXT PRIMARY KEY REFERENCES sites (name),
    link_local TEXT NOT NULL,
    mac        TEXT NOT NULL,
    prefix     TEXT NOT NULL UNIQUE
);

CREATE TABLE hosts (
    name        TEXT PRIMARY KEY,
    site        TEXT NOT NULL REFERENCES sites (name),
    token_hash  BLOB NOT NULL,
    libvirt_uri TEXT
);

CREATE TABLE vms (
    name   TEXT PRIMARY KEY,
    domain TEXT NOT NULL,
    uuid   TEXT NOT NULL UNIQUE,
    hoa    TEXT NOT NULL UNIQUE,
    host   TEXT NOT NULL REFERENCES hosts (name)
);

CREATE TABLE peers (
    name TEXT PRIMARY KEY,
    hoa  TEXT NOT NULL UNIQUE
);

-- Outlives the VM's registration: agents refuse an epoch that they have seen surpassed.
CREATE TABLE epochs (
    vm_uuid TEXT PRIMARY KEY,
    epoch   INTEGER NOT NULL
);

CREATE TABLE migrations (
    id                 TEXT PRIMARY KEY,
    vm                 TEXT NOT NULL,
    domain             TEXT NOT NULL,
    vm_uuid            TEXT NOT NULL,
    hoa                TEXT NOT NULL,
    source             TEXT NOT NULL,
    target             TEXT NOT NULL,
    gateway_link_local TEXT NOT NULL,
    gateway_mac        TEXT NOT NULL,
    gateway_prefix     TEXT NOT NULL,
    epoch              INTEGER NOT NULL,
    created_at_us      INTEGER NOT NULL,
    ended_at_us        INTEGER,
    cancel_requested   INTEGER NOT NULL DEFAULT 0,
    phase              TEXT NOT NULL,
    changed            INTEGER NOT NULL,
    secondary_mac      TEXT,
    moa                TEXT,
    link_local         TEXT,
    libvirt_uri        TEXT,
    reachable_bridge   TEXT,
    idle_bridge        TEXT,
    vm_downtime_ms     INTEGER,
    copy_ms            INTEGER,
    bytes_transferred  INTEGER,
    pages_normal       INTEGER,
    pages_constant     INTEGER,
    iterations         INTEGER,
    failure_code       TEXT,
    failure_message    TEXT,
    attempts           INTEGER NOT NULL DEFAULT 0,
    UNIQUE (vm_uuid, epoch)
);

-- One exclusive operation per VM, whoever tries.
CREATE UNIQUE INDEX one_running_migration_per_vm ON migrations (vm_uuid) WHERE ended_at_us IS NULL;

CREATE TABLE phases (
    migration     TEXT NOT NULL REFERENCES migrations (id),
    number        INTEGER NOT NULL,
    phase         TEXT NOT NULL,
    started_at_us INTEGER NOT NULL,
    reason        TEXT NOT NULL,
    PRIMARY KEY (migration, number)
);

-- A row is written before its effect is performed, and closed when it is known what became of it. An open row of a
-- migration that has not ended is performed again, with the same command id, when the server starts.
CREATE TABLE journal (
    number         INTEGER PRIMARY KEY,
    migration      TEXT NOT NULL REFERENCES migrations (id),
    command_id     TEXT NOT NULL UNIQUE,
    effect         TEXT NOT NULL,
    intended_at_us INTEGER NOT NULL,
    closed_at_us   INTEGER,
    event          TEXT
);

CREATE INDEX journal_open ON journal (migration) WHERE closed_at_us IS NULL;

CREATE TABLE ims_enrolments (
    hoa            TEXT PRIMARY KEY,
    mapping_key    BLOB NOT NULL,
    register_nonce INTEGER NOT NULL
);

CREATE TABLE ims_mappings (
    hoa     TEXT PRIMARY KEY REFERENCES ims_enrolments (hoa),
    active  TEXT,
    staged  TEXT,
    retired TEXT,
    epoch   INTEGER NOT NULL
);
