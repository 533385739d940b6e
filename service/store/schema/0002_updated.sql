-- When a thing was changed last, for `?updated_since=`; none: not since it was made. Sessions had it from the start, and
-- what cannot be changed, or has moments of its own, needs none.
ALTER TABLE tenant ADD COLUMN updated BIGINT;
ALTER TABLE stem ADD COLUMN updated BIGINT;
ALTER TABLE preset ADD COLUMN updated BIGINT;
ALTER TABLE plan ADD COLUMN updated BIGINT;
ALTER TABLE comment ADD COLUMN updated BIGINT;
ALTER TABLE round ADD COLUMN updated BIGINT;
