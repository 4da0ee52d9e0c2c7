-- How fast the hypervisor sent, by its own count; null where it did not say.
ALTER TABLE migrations ADD COLUMN bytes_per_second INTEGER;

-- What was right of one way to forecast corrects nothing of another.
ALTER TABLE forecasts ADD COLUMN model INTEGER NOT NULL DEFAULT 1;
INSERT INTO forecasts (migration, strategy, figure, low, likely, high)
    SELECT migration, strategy, 'PREPARATION_SECONDS', 0, 0, 0 FROM forecasts WHERE figure = 'TOTAL_SECONDS';
INSERT INTO forecasts (migration, strategy, figure, low, likely, high)
    SELECT migration, strategy, 'PAUSE_SECONDS', 0.02, 0.02, 0.02 FROM forecasts WHERE figure = 'TOTAL_SECONDS';
