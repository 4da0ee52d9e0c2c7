-- What is looked up by something else than its key: not by reading all there are.
CREATE INDEX vms_by_host ON vms (host);
CREATE INDEX hosts_by_site ON hosts (site);
CREATE INDEX journal_by_migration ON journal (migration, number);
CREATE INDEX migrations_running ON migrations (vm) WHERE ended_at_us IS NULL;
CREATE INDEX migrations_by_vm ON migrations (vm, created_at_us DESC);
CREATE INDEX migrations_by_way ON migrations (source, target, created_at_us DESC);
