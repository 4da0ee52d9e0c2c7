-- By what the figure was multiplied: what it would have been without, later ones are compared with.
ALTER TABLE forecasts ADD COLUMN correction REAL NOT NULL DEFAULT 1;
