-- GET /metrics and /v1/system count them often, and there are few among many.
CREATE INDEX job_dead ON job(class) WHERE state='dead';
