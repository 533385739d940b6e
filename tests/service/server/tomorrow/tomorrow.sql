-- A schema file of the program of tomorrow, which adds wherever today's programs read and write.
ALTER TABLE job ADD COLUMN tomorrow BIGINT NOT NULL DEFAULT 0;
ALTER TABLE session ADD COLUMN tomorrow TEXT;
ALTER TABLE render ADD COLUMN tomorrow TEXT NOT NULL DEFAULT 'of today';
ALTER TABLE worker ADD COLUMN tomorrow TEXT;
ALTER TABLE event ADD COLUMN tomorrow TEXT;
CREATE INDEX job_tomorrow ON job(tomorrow) WHERE state='queued';
CREATE TABLE tomorrow(job TEXT PRIMARY KEY REFERENCES job(id), word TEXT NOT NULL);
