CREATE TABLE "flyway_schema_history" (
    "installed_rank" INT NOT NULL PRIMARY KEY,
    "version" VARCHAR(50),
    "description" VARCHAR(200) NOT NULL,
    "type" VARCHAR(20) NOT NULL,
    "script" VARCHAR(1000) NOT NULL,
    "checksum" INT,
    "installed_by" VARCHAR(100) NOT NULL,
    "installed_on" TEXT NOT NULL DEFAULT (strftime('%Y-%m-%d %H:%M:%f','now')),
    "execution_time" INT NOT NULL,
    "success" BOOLEAN NOT NULL
)
;
CREATE TABLE sites (
    name TEXT PRIMARY KEY
, version INTEGER NOT NULL DEFAULT 0)
;
CREATE TABLE gateways (
    site       TEXT PRIMARY KEY REFERENCES sites (name),
    link_local TEXT NOT NULL,
    mac        TEXT NOT NULL,
    prefix     TEXT NOT NULL UNIQUE
, version INTEGER NOT NULL DEFAULT 0)
;
CREATE TABLE hosts (
    name        TEXT PRIMARY KEY,
    site        TEXT NOT NULL REFERENCES sites (name),
    libvirt_uri TEXT
, version INTEGER NOT NULL DEFAULT 0)
;
CREATE TABLE vms (
    name   TEXT PRIMARY KEY,
    domain TEXT NOT NULL,
    uuid   TEXT NOT NULL UNIQUE,
    hoa    TEXT NOT NULL UNIQUE,
    host   TEXT NOT NULL REFERENCES hosts (name)
, version INTEGER NOT NULL DEFAULT 0)
;
CREATE TABLE peers (
    name TEXT PRIMARY KEY,
    hoa  TEXT NOT NULL UNIQUE
, version INTEGER NOT NULL DEFAULT 0)
;
CREATE TABLE epochs (
    vm_uuid TEXT PRIMARY KEY,
    epoch   INTEGER NOT NULL
)
;
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
    attempts           INTEGER NOT NULL DEFAULT 0, admitted_at_us INTEGER, rehearsal INTEGER NOT NULL DEFAULT 0, strategy TEXT NOT NULL DEFAULT 'PRE_COPY', overdue INTEGER NOT NULL DEFAULT 0, postcopy_requests INTEGER, bandwidth_max_mib_s INTEGER, downtime_limit_ms INTEGER, auto_converge INTEGER NOT NULL DEFAULT 0, parallel_connections INTEGER, compression TEXT NOT NULL DEFAULT 'NONE', time_max_ms INTEGER, on_stall TEXT NOT NULL DEFAULT 'ABORT', pages_dirty INTEGER, throttle_percent INTEGER, called_off_code TEXT, called_off_message TEXT,
    UNIQUE (vm_uuid, epoch)
)
;
CREATE TABLE phases (
    migration     TEXT NOT NULL REFERENCES migrations (id),
    number        INTEGER NOT NULL,
    phase         TEXT NOT NULL,
    started_at_us INTEGER NOT NULL,
    reason        TEXT NOT NULL,
    PRIMARY KEY (migration, number)
)
;
CREATE TABLE journal (
    number         INTEGER PRIMARY KEY,
    migration      TEXT NOT NULL REFERENCES migrations (id),
    command_id     TEXT NOT NULL UNIQUE,
    effect         TEXT NOT NULL,
    intended_at_us INTEGER NOT NULL,
    closed_at_us   INTEGER,
    event          TEXT
, message TEXT)
;
CREATE TABLE "ims_enrolments" (
    hoa            TEXT PRIMARY KEY,
    mapping_key    BLOB,
    next_key       BLOB,
    takes_over_at_us INTEGER,
    register_nonce INTEGER NOT NULL
, birth INTEGER NOT NULL DEFAULT 0, generation INTEGER NOT NULL DEFAULT 1)
;
CREATE TABLE "ims_mappings" (
    hoa     TEXT PRIMARY KEY REFERENCES "ims_enrolments" (hoa),
    active  TEXT,
    staged  TEXT,
    retired TEXT,
    epoch   INTEGER NOT NULL
)
;
CREATE TABLE ims_subscriptions (
    hoa           TEXT NOT NULL,
    subscriber    TEXT NOT NULL,
    address       BLOB NOT NULL,
    port          INTEGER NOT NULL,
    nonce         INTEGER NOT NULL,
    expires_at_us INTEGER NOT NULL,
    PRIMARY KEY (hoa, subscriber)
) WITHOUT ROWID
;
CREATE TABLE ims_owed (
    hoa TEXT PRIMARY KEY
) WITHOUT ROWID
;
CREATE TABLE ims_home_gateways (
    hoa          TEXT NOT NULL,
    proxy_prefix TEXT NOT NULL,
    hoa_space    TEXT NOT NULL
)
;
CREATE TABLE events (
    number  INTEGER PRIMARY KEY AUTOINCREMENT,
    at_us   INTEGER NOT NULL,
    kind    TEXT NOT NULL,
    subject TEXT NOT NULL,
    vm      TEXT,
    phase   TEXT,
    message TEXT
)
;
CREATE TABLE creations (
    key_hash      BLOB PRIMARY KEY,
    request_hash  BLOB NOT NULL,
    created_at_us INTEGER NOT NULL,
    answer        BLOB
) WITHOUT ROWID
;
CREATE TABLE host_certificates (
    serial        TEXT PRIMARY KEY,
    host          TEXT NOT NULL REFERENCES hosts (name) ON DELETE CASCADE,
    not_after_us  INTEGER NOT NULL,
    revoked_at_us INTEGER
, purpose TEXT NOT NULL DEFAULT 'FOR_SESSIONS')
;
CREATE TABLE host_enrolments (
    host          TEXT PRIMARY KEY REFERENCES hosts (name) ON DELETE CASCADE,
    token_hash    BLOB NOT NULL UNIQUE,
    expires_at_us INTEGER NOT NULL,
    used_by       BLOB
)
;
CREATE TABLE operator_tokens (
    name          TEXT PRIMARY KEY,
    role          TEXT NOT NULL,
    token_hash    BLOB NOT NULL UNIQUE,
    created_at_us INTEGER NOT NULL,
    expires_at_us INTEGER NOT NULL,
    revoked_at_us INTEGER
)
;
CREATE TABLE audit (
    number    INTEGER PRIMARY KEY,
    at        TEXT NOT NULL,
    actor     TEXT NOT NULL,
    origin    TEXT NOT NULL,
    action    TEXT NOT NULL,
    outcome   TEXT NOT NULL,
    hash      TEXT NOT NULL,
    signature TEXT NOT NULL
)
;
CREATE TABLE findings (
    number     INTEGER PRIMARY KEY,
    migration  TEXT NOT NULL REFERENCES migrations (id),
    check_name TEXT NOT NULL,
    severity   TEXT NOT NULL,
    problem    TEXT NOT NULL,
    remedy     TEXT NOT NULL
)
;
CREATE TABLE tenure (
    only   INTEGER PRIMARY KEY CHECK (only = 1),
    number INTEGER NOT NULL
)
;
CREATE TABLE lone_deeds (
    migration TEXT NOT NULL REFERENCES migrations (id),
    host      TEXT NOT NULL,
    vm_uuid   TEXT NOT NULL,
    epoch     INTEGER NOT NULL,
    kind      TEXT NOT NULL,
    vm_ran    INTEGER NOT NULL,
    at_us     INTEGER NOT NULL,
    PRIMARY KEY (migration, host, epoch, kind)
) WITHOUT ROWID
;
CREATE TABLE host_names (
    name TEXT PRIMARY KEY,
    host TEXT NOT NULL REFERENCES hosts (name) ON DELETE CASCADE
) WITHOUT ROWID
;
CREATE TABLE forecasts (
    migration TEXT NOT NULL REFERENCES migrations (id),
    strategy  TEXT NOT NULL,
    figure    TEXT NOT NULL,
    low       REAL NOT NULL,
    likely    REAL NOT NULL,
    high      REAL, correction REAL NOT NULL DEFAULT 1, -- null: there may be no end
    PRIMARY KEY (migration, figure)
) WITHOUT ROWID
;
CREATE TABLE revoked_certificates (
    serial        TEXT PRIMARY KEY,
    revoked_at_us INTEGER NOT NULL,
    not_after_us  INTEGER NOT NULL
) WITHOUT ROWID
;
CREATE TABLE ims_certificates (
    serial       TEXT PRIMARY KEY,
    not_after_us INTEGER NOT NULL
) WITHOUT ROWID
;
INSERT INTO "audit" VALUES (1, '2026-11-21T09:00:00.000123Z', 'former', '::1', 'POST /v1/sites', '201', 'a3086fbd0e397d6739212829264b06e69a70624da53a7485a0b779cb68c34269', 'signed')
;
INSERT INTO "creations" VALUES (X'010203', X'040506', 1795251600000123, X'040506')
;
INSERT INTO "epochs" VALUES ('00000000-0000-4000-8000-000000000001', 1)
;
INSERT INTO "epochs" VALUES ('00000000-0000-4000-8000-000000000002', 2)
;
INSERT INTO "events" VALUES (1, 1795251600000123, 'SITE_ADDED', 'a', NULL, NULL, NULL)
;
INSERT INTO "events" VALUES (2, 1795251600000123, 'SITE_ADDED', 'b', NULL, NULL, NULL)
;
INSERT INTO "events" VALUES (3, 1795251600000123, 'GATEWAY_ADDED', 'a', NULL, NULL, NULL)
;
INSERT INTO "events" VALUES (4, 1795251600000123, 'GATEWAY_ADDED', 'b', NULL, NULL, NULL)
;
INSERT INTO "events" VALUES (5, 1795251600000123, 'HOST_ADDED', 'host-a', NULL, NULL, NULL)
;
INSERT INTO "events" VALUES (6, 1795251600000123, 'HOST_ADDED', 'host-b', NULL, NULL, NULL)
;
INSERT INTO "events" VALUES (7, 1795251600000123, 'VM_ADDED', 'vm1', 'vm1', NULL, NULL)
;
INSERT INTO "events" VALUES (8, 1795251600000123, 'VM_ADDED', 'vm2', 'vm2', NULL, NULL)
;
INSERT INTO "events" VALUES (9, 1795251600000123, 'PEER_ADDED', 'cn', NULL, NULL, NULL)
;
INSERT INTO "events" VALUES (10, 1795251600000123, 'MIGRATION_REQUESTED', '00000000-0000-4000-0000-000000000001', 'vm1', 'REQUESTED', NULL)
;
INSERT INTO "events" VALUES (11, 1795251600000123, 'MIGRATION_ADMITTED', '00000000-0000-4000-0000-000000000001', 'vm1', 'REQUESTED', NULL)
;
INSERT INTO "events" VALUES (12, 1795251600000123, 'MIGRATION_PHASE', '00000000-0000-4000-0000-000000000001', 'vm1', 'CHECKED', 'because')
;
INSERT INTO "events" VALUES (13, 1795251600000123, 'MIGRATION_PHASE', '00000000-0000-4000-0000-000000000001', 'vm1', 'GATEWAY_STAGED', 'because')
;
INSERT INTO "events" VALUES (14, 1795251600000123, 'MIGRATION_PHASE', '00000000-0000-4000-0000-000000000001', 'vm1', 'ADDRESS_STAGED', 'because')
;
INSERT INTO "events" VALUES (15, 1795251600000123, 'MIGRATION_PHASE', '00000000-0000-4000-0000-000000000001', 'vm1', 'TARGET_PREPARED', 'because')
;
INSERT INTO "events" VALUES (16, 1795251600000123, 'MIGRATION_PHASE', '00000000-0000-4000-0000-000000000001', 'vm1', 'COPYING', 'because')
;
INSERT INTO "events" VALUES (17, 1795251600000123, 'MIGRATION_PHASE', '00000000-0000-4000-0000-000000000001', 'vm1', 'REBINDING', 'because')
;
INSERT INTO "events" VALUES (18, 1795251600000123, 'MIGRATION_PHASE', '00000000-0000-4000-0000-000000000001', 'vm1', 'SETTLED', 'because')
;
INSERT INTO "events" VALUES (19, 1, 'MIGRATION_DONE_ALONE', '00000000-0000-4000-0000-000000000001', 'vm1', 'SETTLED', 'Host host-b made the new interface the guest''s only one by itself, because no control server commanded it; the VM ran there.')
;
INSERT INTO "events" VALUES (20, 1795251600000123, 'MIGRATION_REQUESTED', '00000000-0000-4000-0000-00000000000e', 'vm2', 'REQUESTED', NULL)
;
INSERT INTO "events" VALUES (21, 1795251600000123, 'MIGRATION_ADMITTED', '00000000-0000-4000-0000-00000000000e', 'vm2', 'REQUESTED', NULL)
;
INSERT INTO "events" VALUES (22, 1795251600000123, 'MIGRATION_PHASE', '00000000-0000-4000-0000-00000000000e', 'vm2', 'ABORTED', 'because')
;
INSERT INTO "events" VALUES (23, 1795251600000123, 'MIGRATION_REQUESTED', '00000000-0000-4000-0000-000000000010', 'vm2', 'REQUESTED', NULL)
;
INSERT INTO "events" VALUES (24, 1795251600000123, 'MIGRATION_ADMITTED', '00000000-0000-4000-0000-000000000010', 'vm2', 'REQUESTED', NULL)
;
INSERT INTO "events" VALUES (25, 1795251600000123, 'MIGRATION_PHASE', '00000000-0000-4000-0000-000000000010', 'vm2', 'CHECKED', 'because')
;
INSERT INTO "events" VALUES (26, 1795251600000123, 'MIGRATION_PHASE', '00000000-0000-4000-0000-000000000010', 'vm2', 'GATEWAY_STAGED', 'because')
;
INSERT INTO "events" VALUES (27, 1795251600000123, 'MIGRATION_PHASE', '00000000-0000-4000-0000-000000000010', 'vm2', 'ADDRESS_STAGED', 'because')
;
INSERT INTO "events" VALUES (28, 1795251600000123, 'MIGRATION_PHASE', '00000000-0000-4000-0000-000000000010', 'vm2', 'TARGET_PREPARED', 'because')
;
INSERT INTO "events" VALUES (29, 1795251600000123, 'MIGRATION_PHASE', '00000000-0000-4000-0000-000000000010', 'vm2', 'COPYING', 'because')
;
INSERT INTO "events" VALUES (30, 1795251600000123, 'MIGRATION_OVERDUE', '00000000-0000-4000-0000-000000000010', 'vm2', 'COPYING', 'The migration is in phase COPYING for longer than it should be: look whether both host agents are connected and what their logs say.')
;
INSERT INTO "events" VALUES (31, 1795251600000123, 'MIGRATION_CANCEL_REQUESTED', '00000000-0000-4000-0000-000000000010', 'vm2', 'COPYING', NULL)
;
INSERT INTO "findings" VALUES (1, '00000000-0000-4000-0000-00000000000e', 'PATH', 'ERROR', 'it''s too "narrow"', 'Widen it.')
;
INSERT INTO "flyway_schema_history" VALUES (1, '1', 'inventory migrations mappings', 'SQL', 'V1__inventory_migrations_mappings.sql', 1431354927, '', '2026-11-22 08:18:39.826', 0, 1)
;
INSERT INTO "flyway_schema_history" VALUES (2, '2', 'mapping keys and subscriptions', 'SQL', 'V2__mapping_keys_and_subscriptions.sql', -1283883256, '', '2026-11-22 08:18:39.842', 1, 1)
;
INSERT INTO "flyway_schema_history" VALUES (3, '3', 'mapping server elsewhere', 'SQL', 'V3__mapping_server_elsewhere.sql', -568884177, '', '2026-11-22 08:18:39.855', 0, 1)
;
INSERT INTO "flyway_schema_history" VALUES (4, '4', 'events versions queue', 'SQL', 'V4__events_versions_queue.sql', -1083732948, '', '2026-11-22 08:18:39.873', 3, 1)
;
INSERT INTO "flyway_schema_history" VALUES (5, '5', 'identity', 'SQL', 'V5__identity.sql', 356412332, '', '2026-11-22 08:18:39.883', 3, 1)
;
INSERT INTO "flyway_schema_history" VALUES (6, '6', 'findings and rehearsals', 'SQL', 'V6__findings_and_rehearsals.sql', -1321896498, '', '2026-11-22 08:18:39.890', 0, 1)
;
INSERT INTO "flyway_schema_history" VALUES (7, '7', 'tenure deadlines strategies', 'SQL', 'V7__tenure_deadlines_strategies.sql', 471400027, '', '2026-11-22 08:18:39.901', 0, 1)
;
INSERT INTO "flyway_schema_history" VALUES (8, '9', 'indexes', 'SQL', 'V9__indexes.sql', -1089820210, '', '2026-11-22 08:18:39.912', 8, 1)
;
INSERT INTO "flyway_schema_history" VALUES (9, '10', 'strategies and deeds', 'SQL', 'V10__strategies_and_deeds.sql', 430093, '', '2026-11-22 08:18:39.914', 0, 1)
;
INSERT INTO "flyway_schema_history" VALUES (10, '11', 'hypervisor certificates', 'SQL', 'V11__hypervisor_certificates.sql', 2035475881, '', '2026-11-22 08:18:39.922', 0, 1)
;
INSERT INTO "flyway_schema_history" VALUES (11, '13', 'forecasts', 'SQL', 'V13__forecasts.sql', 1795995621, '', '2026-11-22 08:18:39.929', 0, 1)
;
INSERT INTO "flyway_schema_history" VALUES (12, '15', 'revocations and mapping servers', 'SQL', 'V15__revocations_and_mapping_servers.sql', -1917638696, '', '2026-11-22 08:18:39.947', 0, 1)
;
INSERT INTO "flyway_schema_history" VALUES (13, '16', 'copy options', 'SQL', 'V16__copy_options.sql', 1692142566, '', '2026-11-22 08:18:39.951', 2, 1)
;
INSERT INTO "flyway_schema_history" VALUES (14, '18', 'corrected forecasts', 'SQL', 'V18__corrected_forecasts.sql', -1181547581, '', '2026-11-22 08:18:39.958', 0, 1)
;
INSERT INTO "forecasts" VALUES ('00000000-0000-4000-0000-000000000001', 'PRE_COPY', 'BYTES', 1.0, 2.0, NULL, 1.0)
;
INSERT INTO "forecasts" VALUES ('00000000-0000-4000-0000-000000000001', 'PRE_COPY', 'DOWNTIME_SECONDS', 1.0, 2.0, NULL, 1.0)
;
INSERT INTO "forecasts" VALUES ('00000000-0000-4000-0000-000000000001', 'PRE_COPY', 'LANDING_SECONDS', 1.0, 2.0, NULL, 1.0)
;
INSERT INTO "forecasts" VALUES ('00000000-0000-4000-0000-000000000001', 'PRE_COPY', 'PAGE_FAULTS', 1.0, 2.0, NULL, 1.0)
;
INSERT INTO "forecasts" VALUES ('00000000-0000-4000-0000-000000000001', 'PRE_COPY', 'TOTAL_SECONDS', 1.0, 2.0, NULL, 1.0)
;
INSERT INTO "gateways" VALUES ('a', 'fe80::a1', '02:00:00:00:00:a1', '2001:db8:a::/64', 3)
;
INSERT INTO "gateways" VALUES ('b', 'fe80::b1', '02:00:00:00:00:b1', '2001:db8:b::/64', 4)
;
INSERT INTO "host_certificates" VALUES ('abcdef02', 'host-b', 4950925200000000, 1795251600000123, 'FOR_HYPERVISOR')
;
INSERT INTO "host_certificates" VALUES ('abcdef01', 'host-a', 4950925200000000, NULL, 'FOR_SESSIONS')
;
INSERT INTO "host_enrolments" VALUES ('host-a', X'010203', 4950925200000000, NULL)
;
INSERT INTO "host_names" VALUES ('host-a.example', 'host-a')
;
INSERT INTO "hosts" VALUES ('host-a', 'a', 'qemu+tls://host-a/system', 5)
;
INSERT INTO "hosts" VALUES ('host-b', 'b', NULL, 6)
;
INSERT INTO "ims_certificates" VALUES ('abcdef01', 4950925200000000)
;
INSERT INTO "ims_enrolments" VALUES ('2001:db8:face::1', X'0000000000000000000000000000000000000000000000000000000000000000', NULL, NULL, -1, 7379282877061709175, 1)
;
INSERT INTO "ims_enrolments" VALUES ('2001:db8:face::2', X'0000000000000000000000000000000000000000000000000000000000000000', X'00000000000000000000000000000000', 4950925200000000, 0, 7379282877061709175, 1)
;
INSERT INTO "ims_enrolments" VALUES ('2001:db8:face::9', NULL, NULL, NULL, 0, 7379282877061709175, 1)
;
INSERT INTO "ims_home_gateways" VALUES ('2001:db8:face::9', '2001:db8:9::/64', '2001:db8:face::/64')
;
INSERT INTO "ims_mappings" VALUES ('2001:db8:face::1', '2001:db8:a:0:5054:ff:fe00:101', '2001:db8:b:0:5054:ff:fe00:102', NULL, 1)
;
INSERT INTO "ims_mappings" VALUES ('2001:db8:face::2', NULL, NULL, NULL, 0)
;
INSERT INTO "ims_owed" VALUES ('2001:db8:face::2')
;
INSERT INTO "ims_subscriptions" VALUES ('2001:db8:face::1', '2001:db8:face::9', X'20010DB8000C00000000000000000002', 40000, -7, 4950925200000000)
;
INSERT INTO "journal" VALUES (1, '00000000-0000-4000-0000-000000000001', '00000000-0000-4000-0000-000000000002', 'PRECHECK', 1795251600000123, 1795251600000123, 'ChecksPassed[secondaryMac=52:54:00:00:01:02, guestEnrolled=false, findings=[]]', NULL)
;
INSERT INTO "journal" VALUES (2, '00000000-0000-4000-0000-000000000001', '00000000-0000-4000-0000-000000000003', 'ENROL_GUEST', 1795251600000123, 1795251600000123, 'GuestReady[]', NULL)
;
INSERT INTO "journal" VALUES (3, '00000000-0000-4000-0000-000000000001', '00000000-0000-4000-0000-000000000004', 'STAGE_GATEWAY', 1795251600000123, 1795251600000123, 'GatewayStaged[]', NULL)
;
INSERT INTO "journal" VALUES (4, '00000000-0000-4000-0000-000000000001', '00000000-0000-4000-0000-000000000005', 'STAGE_ADDRESS', 1795251600000123, 1795251600000123, 'AddressStaged[moa=2001:db8:b:0:5054:ff:fe00:102, linkLocal=fe80::5054:ff:fe00:102]', NULL)
;
INSERT INTO "journal" VALUES (5, '00000000-0000-4000-0000-000000000001', '00000000-0000-4000-0000-000000000006', 'STAGE_MAPPING', 1795251600000123, 1795251600000123, 'MappingStaged[silentPeers=0]', NULL)
;
INSERT INTO "journal" VALUES (6, '00000000-0000-4000-0000-000000000001', '00000000-0000-4000-0000-000000000007', 'ARM_GUEST', 1795251600000123, 1795251600000123, 'GuestArmed[]', NULL)
;
INSERT INTO "journal" VALUES (7, '00000000-0000-4000-0000-000000000001', '00000000-0000-4000-0000-000000000008', 'PREPARE_TARGET', 1795251600000123, 1795251600000123, 'TargetReady[destination=CopyDestination[libvirtUri=qemu:///x, reachableBridge=br0, idleBridge=idle0]]', NULL)
;
INSERT INTO "journal" VALUES (8, '00000000-0000-4000-0000-000000000001', '00000000-0000-4000-0000-000000000009', 'COPY', 1795251600000123, 1795251600000123, 'CopyStarted[]', NULL)
;
INSERT INTO "journal" VALUES (9, '00000000-0000-4000-0000-000000000001', '00000000-0000-4000-0000-00000000000a', 'MOVE_VM', 1795251600000123, 1795251600000123, 'VmMoved[]', NULL)
;
INSERT INTO "journal" VALUES (10, '00000000-0000-4000-0000-000000000001', '00000000-0000-4000-0000-00000000000b', 'ACTIVATE_MAPPING', 1795251600000123, 1795251600000123, 'MappingActivated[]', NULL)
;
INSERT INTO "journal" VALUES (11, '00000000-0000-4000-0000-000000000001', '00000000-0000-4000-0000-00000000000c', 'SETTLE_GUEST', 1795251600000123, 1795251600000123, 'GuestSettled[]', NULL)
;
INSERT INTO "journal" VALUES (12, '00000000-0000-4000-0000-000000000001', '00000000-0000-4000-0000-00000000000d', 'REMOVE_STAGING', 1795251600000123, 1795251600000123, 'StagingRemoved[]', NULL)
;
INSERT INTO "journal" VALUES (13, '00000000-0000-4000-0000-00000000000e', '00000000-0000-4000-0000-00000000000f', 'PRECHECK', 1795251600000123, 1795251600000123, 'ChecksRefused[findings=[Finding[check=PATH, severity=ERROR, problem=it''s too "narrow", remedy=Widen it.]]]', 'It''s too "narrow". Widen it.')
;
INSERT INTO "journal" VALUES (14, '00000000-0000-4000-0000-000000000010', '00000000-0000-4000-0000-000000000011', 'PRECHECK', 1795251600000123, 1795251600000123, 'ChecksPassed[secondaryMac=52:54:00:00:01:02, guestEnrolled=false, findings=[]]', NULL)
;
INSERT INTO "journal" VALUES (15, '00000000-0000-4000-0000-000000000010', '00000000-0000-4000-0000-000000000012', 'ENROL_GUEST', 1795251600000123, 1795251600000123, 'GuestReady[]', NULL)
;
INSERT INTO "journal" VALUES (16, '00000000-0000-4000-0000-000000000010', '00000000-0000-4000-0000-000000000013', 'STAGE_GATEWAY', 1795251600000123, 1795251600000123, 'GatewayStaged[]', NULL)
;
INSERT INTO "journal" VALUES (17, '00000000-0000-4000-0000-000000000010', '00000000-0000-4000-0000-000000000014', 'STAGE_ADDRESS', 1795251600000123, 1795251600000123, 'AddressStaged[moa=2001:db8:b:0:5054:ff:fe00:102, linkLocal=fe80::5054:ff:fe00:102]', NULL)
;
INSERT INTO "journal" VALUES (18, '00000000-0000-4000-0000-000000000010', '00000000-0000-4000-0000-000000000015', 'STAGE_MAPPING', 1795251600000123, 1795251600000123, 'MappingStaged[silentPeers=0]', NULL)
;
INSERT INTO "journal" VALUES (19, '00000000-0000-4000-0000-000000000010', '00000000-0000-4000-0000-000000000016', 'ARM_GUEST', 1795251600000123, 1795251600000123, 'GuestArmed[]', NULL)
;
INSERT INTO "journal" VALUES (20, '00000000-0000-4000-0000-000000000010', '00000000-0000-4000-0000-000000000017', 'PREPARE_TARGET', 1795251600000123, 1795251600000123, 'TargetReady[destination=CopyDestination[libvirtUri=qemu:///x, reachableBridge=br0, idleBridge=idle0]]', NULL)
;
INSERT INTO "journal" VALUES (21, '00000000-0000-4000-0000-000000000010', '00000000-0000-4000-0000-000000000018', 'COPY', 1795251600000123, 1795251600000123, 'CopyStarted[]', NULL)
;
INSERT INTO "lone_deeds" VALUES ('00000000-0000-4000-0000-000000000001', 'host-b', '00000000-0000-4000-8000-000000000001', 1, 'SETTLE', 1, 1795251600000123)
;
INSERT INTO "migrations" VALUES ('00000000-0000-4000-0000-000000000001', 'vm1', 'vm1-domain', '00000000-0000-4000-8000-000000000001', '2001:db8:face::1', 'host-a', 'host-b', 'fe80::b1', '02:00:00:00:00:b1', '2001:db8:b::/64', 1, 1795251600000123, 1795251600000123, 0, 'SETTLED', 1, '52:54:00:00:01:02', '2001:db8:b:0:5054:ff:fe00:102', 'fe80::5054:ff:fe00:102', 'qemu:///x', 'br0', 'idle0', 1, 2, 3, 4, 5, 6, NULL, NULL, 0, 1795251600000123, 0, 'PRE_COPY', 0, 7, NULL, NULL, 0, NULL, 'NONE', NULL, 'ABORT', 8, 9, NULL, NULL)
;
INSERT INTO "migrations" VALUES ('00000000-0000-4000-0000-00000000000e', 'vm2', 'vm2-domain', '00000000-0000-4000-8000-000000000002', '2001:db8:face::2', 'host-a', 'host-b', 'fe80::b1', '02:00:00:00:00:b1', '2001:db8:b::/64', 1, 1795251600000123, 1795251600000123, 0, 'ABORTED', 0, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, 'path', 'It''s too "narrow". Widen it.', 0, 1795251600000123, 0, 'PRE_COPY', 0, NULL, NULL, NULL, 0, NULL, 'NONE', NULL, 'ABORT', NULL, NULL, NULL, NULL)
;
INSERT INTO "migrations" VALUES ('00000000-0000-4000-0000-000000000010', 'vm2', 'vm2-domain', '00000000-0000-4000-8000-000000000002', '2001:db8:face::2', 'host-a', 'host-b', 'fe80::b1', '02:00:00:00:00:b1', '2001:db8:b::/64', 2, 1795251600000123, NULL, 1, 'COPYING', 1, '52:54:00:00:01:02', '2001:db8:b:0:5054:ff:fe00:102', 'fe80::5054:ff:fe00:102', 'qemu:///x', 'br0', 'idle0', NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, 0, 1795251600000123, 0, 'PRE_COPY', 1, NULL, 40, 70, 1, NULL, 'XBZRLE', 90000, 'SUSPEND', NULL, NULL, NULL, NULL)
;
INSERT INTO "operator_tokens" VALUES ('watcher', 'viewer', X'010203', 1795251600000123, 4950925200000000, NULL)
;
INSERT INTO "operator_tokens" VALUES ('former', 'admin', X'040506', 1795251600000123, 4950925200000000, 1795251600000123)
;
INSERT INTO "peers" VALUES ('cn', '2001:db8:face::9', 9)
;
INSERT INTO "phases" VALUES ('00000000-0000-4000-0000-000000000001', 0, 'REQUESTED', 1795251600000123, 'accepted')
;
INSERT INTO "phases" VALUES ('00000000-0000-4000-0000-000000000001', 1, 'CHECKED', 1795251600000123, 'because')
;
INSERT INTO "phases" VALUES ('00000000-0000-4000-0000-000000000001', 2, 'GATEWAY_STAGED', 1795251600000123, 'because')
;
INSERT INTO "phases" VALUES ('00000000-0000-4000-0000-000000000001', 3, 'ADDRESS_STAGED', 1795251600000123, 'because')
;
INSERT INTO "phases" VALUES ('00000000-0000-4000-0000-000000000001', 4, 'TARGET_PREPARED', 1795251600000123, 'because')
;
INSERT INTO "phases" VALUES ('00000000-0000-4000-0000-000000000001', 5, 'COPYING', 1795251600000123, 'because')
;
INSERT INTO "phases" VALUES ('00000000-0000-4000-0000-000000000001', 6, 'REBINDING', 1795251600000123, 'because')
;
INSERT INTO "phases" VALUES ('00000000-0000-4000-0000-000000000001', 7, 'SETTLED', 1795251600000123, 'because')
;
INSERT INTO "phases" VALUES ('00000000-0000-4000-0000-00000000000e', 0, 'REQUESTED', 1795251600000123, 'accepted')
;
INSERT INTO "phases" VALUES ('00000000-0000-4000-0000-00000000000e', 1, 'ABORTED', 1795251600000123, 'because')
;
INSERT INTO "phases" VALUES ('00000000-0000-4000-0000-000000000010', 0, 'REQUESTED', 1795251600000123, 'accepted')
;
INSERT INTO "phases" VALUES ('00000000-0000-4000-0000-000000000010', 1, 'CHECKED', 1795251600000123, 'because')
;
INSERT INTO "phases" VALUES ('00000000-0000-4000-0000-000000000010', 2, 'GATEWAY_STAGED', 1795251600000123, 'because')
;
INSERT INTO "phases" VALUES ('00000000-0000-4000-0000-000000000010', 3, 'ADDRESS_STAGED', 1795251600000123, 'because')
;
INSERT INTO "phases" VALUES ('00000000-0000-4000-0000-000000000010', 4, 'TARGET_PREPARED', 1795251600000123, 'because')
;
INSERT INTO "phases" VALUES ('00000000-0000-4000-0000-000000000010', 5, 'COPYING', 1795251600000123, 'because')
;
INSERT INTO "revoked_certificates" VALUES ('abcdef02', 1795251600000123, 4950925200000000)
;
INSERT INTO "sites" VALUES ('a', 1)
;
INSERT INTO "sites" VALUES ('b', 2)
;
INSERT INTO "sqlite_sequence" VALUES ('events', 31)
;
INSERT INTO "tenure" VALUES (1, 1)
;
INSERT INTO "vms" VALUES ('vm1', 'vm1-domain', '00000000-0000-4000-8000-000000000001', '2001:db8:face::1', 'host-a', 7)
;
INSERT INTO "vms" VALUES ('vm2', 'vm2-domain', '00000000-0000-4000-8000-000000000002', '2001:db8:face::2', 'host-a', 8)
;
CREATE INDEX "flyway_schema_history_s_idx" ON "flyway_schema_history" ("success")
;
CREATE UNIQUE INDEX one_running_migration_per_vm ON migrations (vm_uuid) WHERE ended_at_us IS NULL
;
CREATE INDEX journal_open ON journal (migration) WHERE closed_at_us IS NULL
;
CREATE INDEX events_by_subject ON events (subject, number)
;
CREATE INDEX migrations_by_time ON migrations (created_at_us DESC, id)
;
CREATE INDEX host_certificates_of ON host_certificates (host)
;
CREATE INDEX findings_of_migration ON findings (migration)
;
CREATE INDEX vms_by_host ON vms (host)
;
CREATE INDEX hosts_by_site ON hosts (site)
;
CREATE INDEX journal_by_migration ON journal (migration, number)
;
CREATE INDEX migrations_running ON migrations (vm) WHERE ended_at_us IS NULL
;
CREATE INDEX migrations_by_vm ON migrations (vm, created_at_us DESC)
;
CREATE INDEX migrations_by_way ON migrations (source, target, created_at_us DESC)
;
