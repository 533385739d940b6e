-- Everything the service remembers, but no audio. One text for SQLite and PostgreSQL: times are milliseconds since 1970 by
-- the database's clock, ids carry their kind ("ses_..."), documents are JSON text. {IDENTITY} is the one word that differs.

-- Clients of the house; `house` itself is one.
CREATE TABLE tenant(
  id TEXT PRIMARY KEY, name TEXT NOT NULL,
  weight BIGINT NOT NULL DEFAULT 100,          -- share of the machine against other clients
  max_running BIGINT NOT NULL DEFAULT 8, max_queued BIGINT NOT NULL DEFAULT 500,
  quota_bytes BIGINT NOT NULL, used_bytes BIGINT NOT NULL DEFAULT 0,  -- reserved when an upload is made
  created BIGINT NOT NULL);

-- Who may do what. The secret is kept as SHA-256 only.
CREATE TABLE token(
  id TEXT PRIMARY KEY, tenant TEXT NOT NULL REFERENCES tenant(id), name TEXT NOT NULL,
  role TEXT NOT NULL CHECK(role IN('owner','engineer','client')),
  scopes TEXT NOT NULL, secret_hash TEXT NOT NULL,
  created BIGINT NOT NULL, expires BIGINT, revoked BIGINT, once BIGINT NOT NULL DEFAULT 0, used BIGINT);

-- One song. revisions counts its renders, rounds its closed feedback rounds.
CREATE TABLE session(
  id TEXT PRIMARY KEY, tenant TEXT NOT NULL REFERENCES tenant(id),
  state TEXT NOT NULL CHECK(state IN('draft','ready','in_review','approved','delivered','archived')),
  details TEXT NOT NULL,                       -- title, artist, album, isrc, upc, genre, audience, platforms, notes
  preset TEXT, revisions BIGINT NOT NULL DEFAULT 0, rounds BIGINT NOT NULL DEFAULT 0,
  version BIGINT NOT NULL DEFAULT 1, created BIGINT NOT NULL, updated BIGINT NOT NULL, deleted BIGINT,
  origin TEXT);                                -- the watched folder it came from
CREATE INDEX session_list ON session(tenant, id) WHERE deleted IS NULL;
CREATE UNIQUE INDEX session_origin ON session(origin) WHERE origin IS NOT NULL;

-- tus uploads: the bytes lie in a file of their own until they are complete.
CREATE TABLE upload(
  id TEXT PRIMARY KEY, tenant TEXT NOT NULL REFERENCES tenant(id), session TEXT REFERENCES session(id),
  state TEXT NOT NULL CHECK(state IN('receiving','complete','failed','deleted','expired')),
  kind TEXT NOT NULL CHECK(kind IN('whole','partial','final')),
  concat TEXT,                                 -- Upload-Concat as given
  metadata TEXT NOT NULL,                      -- Upload-Metadata as given
  role TEXT, filename TEXT, sha256 TEXT, bytes BIGINT NOT NULL,
  digest TEXT, created BIGINT NOT NULL, expires BIGINT NOT NULL, boot TEXT NOT NULL, durable BIGINT NOT NULL DEFAULT 0);
CREATE INDEX upload_expiry ON upload(expires) WHERE state='receiving';
CREATE INDEX upload_digest ON upload(digest) WHERE digest IS NOT NULL;

-- Files of a session: stems, the reference mix, references, attachments.
CREATE TABLE stem(
  id TEXT PRIMARY KEY, tenant TEXT NOT NULL REFERENCES tenant(id), session TEXT NOT NULL REFERENCES session(id),
  kind TEXT NOT NULL CHECK(kind IN('stem','reference_mix','reference','attachment')),
  filename TEXT NOT NULL, digest TEXT, bytes BIGINT NOT NULL,
  state TEXT NOT NULL CHECK(state IN('probing','ready','rejected')),
  role TEXT, priority BIGINT, offset_s TEXT, mute BIGINT NOT NULL DEFAULT 0,
  media TEXT, findings TEXT,                   -- JSON: what the probe found
  version BIGINT NOT NULL DEFAULT 1, created BIGINT NOT NULL, deleted BIGINT);
CREATE INDEX stem_list ON stem(session, id) WHERE deleted IS NULL;
CREATE INDEX stem_digest ON stem(digest) WHERE digest IS NOT NULL;

CREATE TABLE preset(
  id TEXT PRIMARY KEY, tenant TEXT NOT NULL REFERENCES tenant(id), name TEXT NOT NULL, plan TEXT NOT NULL, deliveries TEXT NOT NULL,
  version BIGINT NOT NULL DEFAULT 1, created BIGINT NOT NULL, deleted BIGINT);
CREATE UNIQUE INDEX preset_name ON preset(tenant, name) WHERE deleted IS NULL;

-- A plan that a render used is never changed: an edit makes a new one.
CREATE TABLE plan(
  id TEXT PRIMARY KEY, tenant TEXT NOT NULL REFERENCES tenant(id), session TEXT NOT NULL REFERENCES session(id), name TEXT NOT NULL,
  document TEXT NOT NULL, origin TEXT NOT NULL CHECK(origin IN('written','suggested')), used BIGINT NOT NULL DEFAULT 0,
  version BIGINT NOT NULL DEFAULT 1, created BIGINT NOT NULL, deleted BIGINT);
CREATE INDEX plan_list ON plan(session, id) WHERE deleted IS NULL;

-- The queue. Self-clocked fair queueing: the lowest vfinish runs next. A flow is a client's jobs of one class; its next
-- job starts, in virtual time, where its last one ends (vlast), but not before the one that was started last.
CREATE TABLE flow(
  tenant TEXT NOT NULL REFERENCES tenant(id), class TEXT NOT NULL, vlast BIGINT NOT NULL,
  waiting BIGINT NOT NULL DEFAULT 0, waiting_cost BIGINT NOT NULL DEFAULT 0,  -- of its jobs that are queued
  PRIMARY KEY(tenant, class));
CREATE TABLE job(
  id TEXT PRIMARY KEY, tenant TEXT NOT NULL REFERENCES tenant(id),
  session TEXT, subject TEXT NOT NULL,         -- for its events: the render or stem it is about
  kind TEXT NOT NULL CHECK(kind IN('probe','render','analysis')),
  class TEXT NOT NULL CHECK(class IN('preview','normal','bulk')),
  state TEXT NOT NULL CHECK(state IN('queued','leased','succeeded','failed','canceled','dead')),
  spec TEXT NOT NULL, spec_digest TEXT NOT NULL,
  vstart BIGINT NOT NULL, vfinish BIGINT NOT NULL, cost BIGINT NOT NULL,
  need_gpu BIGINT NOT NULL DEFAULT 0, gpu_mb BIGINT NOT NULL DEFAULT 0, proto_min BIGINT NOT NULL DEFAULT 1,
  run_after BIGINT NOT NULL DEFAULT 0, attempt BIGINT NOT NULL DEFAULT 0, max_attempts BIGINT NOT NULL DEFAULT 5,
  shortages BIGINT NOT NULL DEFAULT 0,         -- times it was put back because something was full
  fence BIGINT NOT NULL DEFAULT 0, owner TEXT, lease_until BIGINT NOT NULL DEFAULT 0,
  cancel_req BIGINT NOT NULL DEFAULT 0,
  progress BIGINT NOT NULL DEFAULT 0, stage TEXT, told BIGINT NOT NULL DEFAULT 0,  -- as the last progress event said, and when
  error_code TEXT, error TEXT, result TEXT,
  created BIGINT NOT NULL, started BIGINT, finished BIGINT);
CREATE INDEX job_pick ON job(vfinish, id) WHERE state='queued';
CREATE INDEX job_running ON job(tenant, kind) WHERE state='leased';  -- lease_until is in no index: heartbeats stay cheap
CREATE INDEX job_served ON job(vfinish) WHERE fence>0;               -- its last is the virtual time
-- One row per lease. Who broke a job, and where, is how one that kills its executors is told from a sick device.
CREATE TABLE attempt(
  job TEXT NOT NULL REFERENCES job(id), fence BIGINT NOT NULL, owner TEXT NOT NULL, device TEXT,
  started BIGINT NOT NULL, ended BIGINT, outcome TEXT, detail TEXT, PRIMARY KEY(job, fence));

-- Content-addressed files. crc32 is what a ZIP needs before the bytes.
CREATE TABLE blob(
  digest TEXT PRIMARY KEY, bytes BIGINT NOT NULL, crc32 BIGINT NOT NULL,
  state TEXT NOT NULL CHECK(state IN('live','deleting')), last_ref BIGINT NOT NULL);
CREATE INDEX blob_age ON blob(last_ref);
CREATE INDEX blob_deleting ON blob(digest) WHERE state='deleting';
CREATE TABLE output(
  job TEXT NOT NULL REFERENCES job(id), name TEXT NOT NULL, digest TEXT NOT NULL REFERENCES blob(digest),
  bytes BIGINT NOT NULL, profile TEXT, fence BIGINT NOT NULL, PRIMARY KEY(job, name));
CREATE INDEX output_digest ON output(digest);

-- A numbered revision of a session: its plan, frozen, and the job that makes it.
CREATE TABLE render(
  id TEXT PRIMARY KEY, tenant TEXT NOT NULL REFERENCES tenant(id), session TEXT NOT NULL REFERENCES session(id),
  revision BIGINT NOT NULL, job TEXT NOT NULL REFERENCES job(id), plan TEXT, deliveries TEXT NOT NULL, stems TEXT NOT NULL,
  round TEXT, changes TEXT NOT NULL,           -- the diff to the revision before
  created BIGINT NOT NULL, UNIQUE(session, revision));
CREATE UNIQUE INDEX render_job ON render(job);

CREATE TABLE comment(
  id TEXT PRIMARY KEY, tenant TEXT NOT NULL REFERENCES tenant(id), session TEXT NOT NULL REFERENCES session(id),
  render TEXT REFERENCES render(id), parent TEXT REFERENCES comment(id), author TEXT NOT NULL, author_id TEXT NOT NULL, text TEXT NOT NULL,
  start_ms BIGINT, end_ms BIGINT, stem TEXT,
  state TEXT NOT NULL CHECK(state IN('open','resolved')), resolved_by TEXT REFERENCES render(id), round TEXT,
  version BIGINT NOT NULL DEFAULT 1, created BIGINT NOT NULL, deleted BIGINT);
CREATE INDEX comment_list ON comment(session, id) WHERE deleted IS NULL;

-- A closed feedback round: its open comments became the brief of one revision.
CREATE TABLE round(
  id TEXT PRIMARY KEY, tenant TEXT NOT NULL REFERENCES tenant(id), session TEXT NOT NULL REFERENCES session(id),
  number BIGINT NOT NULL, brief TEXT NOT NULL, render TEXT REFERENCES render(id), created BIGINT NOT NULL, UNIQUE(session, number));

CREATE TABLE approval(
  id TEXT PRIMARY KEY, tenant TEXT NOT NULL REFERENCES tenant(id), session TEXT NOT NULL REFERENCES session(id),
  render TEXT NOT NULL REFERENCES render(id), actor TEXT NOT NULL, peer TEXT NOT NULL, digests TEXT NOT NULL, note TEXT,
  created BIGINT NOT NULL, withdrawn BIGINT);
CREATE INDEX approval_list ON approval(session, id);

CREATE TABLE share(
  id TEXT PRIMARY KEY, tenant TEXT NOT NULL REFERENCES tenant(id), session TEXT NOT NULL REFERENCES session(id),
  render TEXT REFERENCES render(id), recipient TEXT NOT NULL, rights TEXT NOT NULL, secret_hash TEXT NOT NULL,
  created BIGINT NOT NULL, expires BIGINT NOT NULL, revoked BIGINT, opened BIGINT NOT NULL DEFAULT 0, plays BIGINT NOT NULL DEFAULT 0,
  max_plays BIGINT);

CREATE TABLE delivery(
  id TEXT PRIMARY KEY, tenant TEXT NOT NULL REFERENCES tenant(id), session TEXT NOT NULL REFERENCES session(id),
  approval TEXT NOT NULL REFERENCES approval(id), render TEXT NOT NULL REFERENCES render(id), files TEXT NOT NULL,
  created BIGINT NOT NULL);

-- What happened, in order: progress streams read it.
CREATE TABLE event(
  seq {IDENTITY}, tenant TEXT NOT NULL, session TEXT, type TEXT NOT NULL, subject TEXT NOT NULL, data TEXT NOT NULL, at BIGINT NOT NULL);
CREATE INDEX event_tenant ON event(tenant, seq);
CREATE INDEX event_session ON event(session, seq) WHERE session IS NOT NULL;
CREATE INDEX event_progress ON event(at) WHERE type='job.progress';

CREATE TABLE idempotency(
  tenant TEXT NOT NULL, key TEXT NOT NULL, fingerprint TEXT NOT NULL, status BIGINT, response TEXT, expires BIGINT NOT NULL,
  PRIMARY KEY(tenant, key));
CREATE TABLE worker(
  id TEXT PRIMARY KEY, host TEXT NOT NULL, version TEXT NOT NULL, devices TEXT NOT NULL, draining BIGINT NOT NULL, seen BIGINT NOT NULL);
CREATE TABLE audit(
  seq {IDENTITY}, at BIGINT NOT NULL, actor TEXT NOT NULL, peer TEXT NOT NULL, action TEXT NOT NULL, subject TEXT NOT NULL, detail TEXT);
