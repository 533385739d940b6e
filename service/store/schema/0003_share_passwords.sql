-- A share link may ask for a password, which is kept as Argon2id of it. Who gave it has a pass: a token of a short life
-- that stands for the link. tries: passwords given since tries_since, right or wrong.
ALTER TABLE share ADD COLUMN password TEXT;
ALTER TABLE share ADD COLUMN tries BIGINT NOT NULL DEFAULT 0;
ALTER TABLE share ADD COLUMN tries_since BIGINT NOT NULL DEFAULT 0;
CREATE TABLE share_pass(
  id TEXT PRIMARY KEY, share TEXT NOT NULL REFERENCES share(id), secret_hash TEXT NOT NULL, expires BIGINT NOT NULL);
CREATE INDEX share_pass_expiry ON share_pass(expires);
