-- The figures of GET /metrics count what ended since they looked last.
CREATE INDEX attempt_ended ON attempt(ended) WHERE ended IS NOT NULL;
