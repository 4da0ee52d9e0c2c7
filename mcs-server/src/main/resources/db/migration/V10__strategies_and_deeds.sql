ALTER TABLE migrations ADD COLUMN postcopy_requests INTEGER;
