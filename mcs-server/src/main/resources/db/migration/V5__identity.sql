-- A host proves itself with a certificate of the server's own authority. Only what stands here, unrevoked, is heard.
CREATE TABLE host_certificates (
    serial        TEXT PRIMARY KEY,
    host          TEXT NOT NULL REFERENCES hosts (name) ON DELETE CASCADE,
    not_after_us  INTEGER NOT NULL,
    revoked_at_us INTEGER
);

CREATE INDEX host_certificates_of ON host_certificates (host);

-- One token for each host, good once: used_by is the SHA-256 of the public key that it was used with.
CREATE TABLE host_enrolments (
    host          TEXT PRIMARY KEY REFERENCES hosts (name) ON DELETE CASCADE,
    token_hash    BLOB NOT NULL UNIQUE,
    expires_at_us INTEGER NOT NULL,
    used_by       BLOB
);

-- Those that are over stay until their name is given again, so that a refusal can be explained.
CREATE TABLE operator_tokens (
    name          TEXT PRIMARY KEY,
    role          TEXT NOT NULL,
    token_hash    BLOB NOT NULL UNIQUE,
    created_at_us INTEGER NOT NULL,
    expires_at_us INTEGER NOT NULL,
    revoked_at_us INTEGER
);

-- Each row holds the one before by its hash, and is signed; "at" is text because it is hashed as it is.
CREATE TABLE audit (
    number    INTEGER PRIMARY KEY,
    at        TEXT NOT NULL,
    actor     TEXT NOT NULL,
    origin    TEXT NOT NULL,
    action    TEXT NOT NULL,
    outcome   TEXT NOT NULL,
    hash      TEXT NOT NULL,
    signature TEXT NOT NULL
);

-- Tokens of before are worth nothing any more: their hosts are given new ones.
ALTER TABLE hosts DROP COLUMN token_hash;
