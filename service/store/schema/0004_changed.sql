-- Lists that grow for years find what changed lately without reading everything.
CREATE INDEX session_changed ON session(updated);
CREATE INDEX job_changed ON job(coalesce(finished, started, created));
