-- What a certificate of a host is good for: its agent's sessions, or migrations.
ALTER TABLE host_certificates ADD COLUMN purpose TEXT NOT NULL DEFAULT 'FOR_SESSIONS';

-- Where hosts are reached for migrations: no host gets a certificate that says it is another.
CREATE TABLE host_names (
    name TEXT PRIMARY KEY,
    host TEXT NOT NULL REFERENCES hosts (name) ON DELETE CASCADE
) WITHOUT ROWID;
