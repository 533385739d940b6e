-- Who is told what happens, at an address of his own. The secrets are sealed with the house's key (key_id: which one); the one
-- before a rotation signs beside the new one until old_until. read_to: the last event that was looked at for it.
CREATE TABLE webhook(
  id TEXT PRIMARY KEY, tenant TEXT NOT NULL REFERENCES tenant(id), name TEXT NOT NULL, url TEXT NOT NULL, types TEXT NOT NULL,
  key_id TEXT NOT NULL, secret TEXT NOT NULL, old_secret TEXT, old_until BIGINT,
  read_to BIGINT NOT NULL, failing_since BIGINT,  -- the first that was given up since one arrived
  disabled BIGINT, disabled_why TEXT,
  version BIGINT NOT NULL DEFAULT 1, created BIGINT NOT NULL, updated BIGINT NOT NULL, deleted BIGINT);
CREATE INDEX webhook_list ON webhook(tenant, id) WHERE deleted IS NULL;

-- One event for one webhook. Its id is `webhook-id`, the same in every attempt. Within a webhook what is about one subject goes in
-- the order of the events: next_at is NULL as long as one waits for another. Who sends it holds it until lease_until; fence tells a
-- late sender from the one who holds it now.
CREATE TABLE webhook_delivery(
  id TEXT PRIMARY KEY, webhook TEXT NOT NULL REFERENCES webhook(id), event BIGINT NOT NULL, type TEXT NOT NULL, subject TEXT NOT NULL,
  body TEXT NOT NULL, state TEXT NOT NULL CHECK(state IN('waiting','delivered','given_up')),
  attempt BIGINT NOT NULL DEFAULT 0, next_at BIGINT, fence BIGINT NOT NULL DEFAULT 0, lease_until BIGINT NOT NULL DEFAULT 0,
  last_status BIGINT, last_error TEXT, created BIGINT NOT NULL, updated BIGINT NOT NULL, UNIQUE(webhook, event));
CREATE INDEX webhook_delivery_due ON webhook_delivery(webhook, next_at) WHERE state='waiting';
CREATE INDEX webhook_delivery_leased ON webhook_delivery(lease_until) WHERE state='waiting';
CREATE INDEX webhook_delivery_order ON webhook_delivery(webhook, subject, event) WHERE state='waiting';
CREATE INDEX webhook_delivery_list ON webhook_delivery(webhook, id);
CREATE INDEX webhook_delivery_age ON webhook_delivery(updated) WHERE state<>'waiting';
