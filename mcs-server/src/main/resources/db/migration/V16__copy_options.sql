-- How a migration's memory is copied, beside its strategy; null for what nobody asked for.
ALTER TABLE migrations ADD COLUMN bandwidth_max_mib_s INTEGER;
ALTER TABLE migrations ADD COLUMN downtime_limit_ms INTEGER;
ALTER TABLE migrations ADD COLUMN auto_converge INTEGER NOT NULL DEFAULT 0;
ALTER TABLE migrations ADD COLUMN parallel_connections INTEGER;
ALTER TABLE migrations ADD COLUMN compression TEXT NOT NULL DEFAULT 'NONE';
ALTER TABLE migrations ADD COLUMN time_max_ms INTEGER;
ALTER TABLE migrations ADD COLUMN on_stall TEXT NOT NULL DEFAULT 'ABORT';

ALTER TABLE migrations ADD COLUMN pages_dirty INTEGER;
ALTER TABLE migrations ADD COLUMN throttle_percent INTEGER;

-- Why the copy shall not come to its end.
ALTER TABLE migrations ADD COLUMN called_off_code TEXT;
ALTER TABLE migrations ADD COLUMN called_off_message TEXT;
