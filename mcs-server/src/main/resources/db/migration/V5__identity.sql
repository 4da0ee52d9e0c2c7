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

-- Tokens of before are worth nothing any more: their hosts are given new ones.
ALTER TABLE hosts DROP COLUMN token_hash;
