-- Generations of the engine (host/engine_generation.hpp): the same plan may sound otherwise in another one.

-- Whose sound a session has: its next revisions wait for it. NULL: nothing is finished, or what made it counted none yet.
ALTER TABLE session ADD COLUMN engine BIGINT;
-- While it waits, whose it must be, if any; once it succeeded, whose it is (NULL: as above).
ALTER TABLE job ADD COLUMN engine BIGINT;
ALTER TABLE worker ADD COLUMN engine BIGINT NOT NULL DEFAULT 1;
-- When a worker of that engine last said that it takes jobs; coarse, and it outlives the worker's row.
CREATE TABLE engine_seen(generation BIGINT PRIMARY KEY, seen BIGINT NOT NULL);
