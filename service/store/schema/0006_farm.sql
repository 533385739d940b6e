-- Several processes share the work. What only one of them does at a time has its row here.

-- Names a claim, so that one whose answer was lost with the database is found again instead of running out.
ALTER TABLE job ADD COLUMN claim TEXT;
-- What a worker understands of jobs (job.proto_min), and how many it renders at a time.
ALTER TABLE worker ADD COLUMN protocol BIGINT NOT NULL DEFAULT 1;
ALTER TABLE worker ADD COLUMN slots BIGINT NOT NULL DEFAULT 1;

-- Facts of the installation as a whole: which folder its files lie in ("files").
CREATE TABLE installation(name TEXT PRIMARY KEY, value TEXT NOT NULL);

-- Processes that take uploads. An upload is written by one of them (writer); who is not heard of is gone, and what he
-- wrote to is free again. wanted: another one would like to go on with it.
CREATE TABLE process(id TEXT PRIMARY KEY, host TEXT NOT NULL, seen BIGINT NOT NULL);
ALTER TABLE upload ADD COLUMN writer TEXT;
ALTER TABLE upload ADD COLUMN wanted BIGINT NOT NULL DEFAULT 0;
CREATE INDEX upload_writer ON upload(writer) WHERE writer IS NOT NULL;

-- What is done once in a while by whichever process comes first.
CREATE TABLE chore(name TEXT PRIMARY KEY, due BIGINT NOT NULL);
