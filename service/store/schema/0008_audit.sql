-- The audit log (service/audit). Nothing was ever written to the table that stood here before. seq is counted by hand, so
-- that a gap tells of a removal, and `hash` is SHA-256 of prev_hash and the entry: README.md there says of what exactly.
DROP TABLE audit;
CREATE TABLE audit(
  seq BIGINT PRIMARY KEY, at BIGINT NOT NULL,
  actor TEXT NOT NULL, name TEXT NOT NULL, role TEXT NOT NULL, client TEXT NOT NULL, peer TEXT NOT NULL, request TEXT NOT NULL,
  action TEXT NOT NULL, subject TEXT NOT NULL, detail TEXT NOT NULL,
  prev_hash TEXT NOT NULL, hash TEXT NOT NULL);
