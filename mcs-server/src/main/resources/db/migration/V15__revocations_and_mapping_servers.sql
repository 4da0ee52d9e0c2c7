-- What libvirt and QEMU are told not to believe any more; goes when the certificate would have ended by itself.
CREATE TABLE revoked_certificates (
    serial        TEXT PRIMARY KEY,
    revoked_at_us INTEGER NOT NULL,
    not_after_us  INTEGER NOT NULL
) WITHOUT ROWID;

INSERT INTO revoked_certificates (serial, revoked_at_us, not_after_us)
SELECT serial, revoked_at_us, not_after_us FROM host_certificates WHERE revoked_at_us IS NOT NULL;

-- The certificates that the mapping server in another process has: others are not believed.
CREATE TABLE ims_certificates (
    serial       TEXT PRIMARY KEY,
    not_after_us INTEGER NOT NULL
) WITHOUT ROWID;
