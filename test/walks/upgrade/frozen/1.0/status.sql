PRAGMA application_id = 1400130678;
PRAGMA user_version = 100;
CREATE TABLE meta (name TEXT PRIMARY KEY, value TEXT NOT NULL) STRICT, WITHOUT ROWID;
CREATE TABLE components (
    id TEXT PRIMARY KEY, first_seen INTEGER NOT NULL, first_check INTEGER, last_check INTEGER,
    seen TEXT, upstream TEXT, detector TEXT, health_since INTEGER
  ) STRICT;
CREATE TABLE results (
    component_id TEXT NOT NULL, at INTEGER NOT NULL,
    outcome TEXT NOT NULL CHECK (outcome IN ('up', 'degraded', 'down', 'unknown')), latency INTEGER,
    seen TEXT NOT NULL,
    PRIMARY KEY (component_id, at)
  ) STRICT, WITHOUT ROWID;
CREATE TABLE rollups (
    component_id TEXT NOT NULL, span TEXT NOT NULL CHECK (span IN ('slot', 'hour', 'day')),
    start INTEGER NOT NULL, checks INTEGER NOT NULL, ok INTEGER NOT NULL, observed INTEGER NOT NULL,
    latency_sum INTEGER NOT NULL, latency_min INTEGER, latency_max INTEGER, sketch TEXT NOT NULL,
    PRIMARY KEY (component_id, span, start)
  ) STRICT, WITHOUT ROWID;
CREATE TABLE metric_points (
    metric_id TEXT NOT NULL, at INTEGER NOT NULL, value REAL NOT NULL,
    PRIMARY KEY (metric_id, at)
  ) STRICT, WITHOUT ROWID;
CREATE TABLE metric_rollups (
    metric_id TEXT NOT NULL, span TEXT NOT NULL CHECK (span IN ('slot', 'hour', 'day')),
    start INTEGER NOT NULL, count INTEGER NOT NULL CHECK (count > 0), sum REAL NOT NULL,
    min REAL NOT NULL, max REAL NOT NULL, last REAL NOT NULL, last_at INTEGER NOT NULL,
    PRIMARY KEY (metric_id, span, start)
  ) STRICT, WITHOUT ROWID;
CREATE TABLE warnings (
    source TEXT PRIMARY KEY, kind TEXT NOT NULL CHECK (kind IN ('certificate', 'check', 'metric', 'monitor')),
    component TEXT, what TEXT NOT NULL, fix TEXT NOT NULL, expires INTEGER, host TEXT,
    since INTEGER NOT NULL, seen_at INTEGER NOT NULL, mailed_at INTEGER, gone_at INTEGER
  ) STRICT, WITHOUT ROWID;
CREATE TABLE transitions (
    seq INTEGER PRIMARY KEY AUTOINCREMENT, key TEXT NOT NULL UNIQUE, source TEXT NOT NULL,
    kind TEXT NOT NULL CHECK (kind IN ('down', 'up')), at INTEGER NOT NULL, title TEXT NOT NULL,
    slug TEXT NOT NULL, severity TEXT NOT NULL CHECK (severity IN ('minor', 'major', 'critical')),
    components TEXT NOT NULL, message TEXT NOT NULL, filed_at INTEGER, incident_id TEXT,
    recorded_at INTEGER NOT NULL, facts TEXT, joined INTEGER NOT NULL DEFAULT 0 CHECK (joined IN (0, 1))
  ) STRICT;
CREATE INDEX transitions_unfiled ON transitions (seq) WHERE filed_at IS NULL;
CREATE INDEX transitions_source ON transitions (source, seq);
CREATE INDEX transitions_incident ON transitions (incident_id, seq) WHERE incident_id IS NOT NULL;
CREATE TABLE alerts (
    id TEXT PRIMARY KEY, source TEXT NOT NULL, is_firing INTEGER NOT NULL, recovered_at INTEGER,
    noted_at INTEGER NOT NULL,
    failed_at INTEGER -- When the monitor's newest outage began, by its own clock.
  ) STRICT, WITHOUT ROWID;
CREATE INDEX alerts_source ON alerts (source);
CREATE TABLE held_alerts (
    source TEXT PRIMARY KEY, sender TEXT NOT NULL, named TEXT NOT NULL, first_at INTEGER NOT NULL,
    last_at INTEGER NOT NULL, times INTEGER NOT NULL
  ) STRICT, WITHOUT ROWID;
CREATE TABLE known_incidents (
    key TEXT PRIMARY KEY, id TEXT NOT NULL, record TEXT NOT NULL, gone_at INTEGER
  ) STRICT, WITHOUT ROWID;
CREATE TABLE kept_files (name TEXT PRIMARY KEY, text TEXT NOT NULL) STRICT;
CREATE TABLE plans (
    incident_id TEXT PRIMARY KEY, plan TEXT NOT NULL, sequence INTEGER NOT NULL, changed_at INTEGER,
    gone_at INTEGER
  ) STRICT, WITHOUT ROWID;
CREATE TABLE uncommitted (
    name TEXT PRIMARY KEY, author TEXT NOT NULL CHECK (author IN ('machine', 'api')), before TEXT
  ) STRICT, WITHOUT ROWID;
CREATE TABLE requests (
    key TEXT PRIMARY KEY, body_hash TEXT NOT NULL, at INTEGER NOT NULL, answer TEXT
  ) STRICT, WITHOUT ROWID;
CREATE INDEX requests_at ON requests (at);
CREATE TABLE webhooks_log (
    seq INTEGER PRIMARY KEY AUTOINCREMENT, at INTEGER NOT NULL, sender TEXT NOT NULL,
    status INTEGER NOT NULL,
    action TEXT NOT NULL CHECK (action IN ('opened', 'joined', 'resolved', 'held', 'ignored', 'refused')),
    incident TEXT,
    why TEXT, body TEXT NOT NULL
  ) STRICT;
CREATE TABLE subscribers (
    id TEXT PRIMARY KEY,
    channel TEXT NOT NULL DEFAULT 'email',
    owner TEXT NOT NULL DEFAULT 'visitor' CHECK (owner IN ('operator', 'visitor')),
    address TEXT CHECK ((address IS NULL) = (owner = 'operator')), address_key TEXT NOT NULL,
    secret TEXT, state TEXT NOT NULL CHECK (state IN ('pending', 'confirmed', 'dead')), components TEXT,
    kinds TEXT NOT NULL DEFAULT 'all' CHECK (kinds IN ('all', 'incidents', 'maintenance')),
    detail TEXT NOT NULL DEFAULT 'all' CHECK (detail IN ('all', 'ends')),
    lang TEXT NOT NULL DEFAULT 'en', nonce TEXT NOT NULL, created_at INTEGER NOT NULL,
    confirmed_at INTEGER, confirmed_seq INTEGER, strikes INTEGER NOT NULL DEFAULT 0,
    failing_since INTEGER, paused_until INTEGER, error TEXT
  ) STRICT;
CREATE UNIQUE INDEX subscribers_once ON subscribers (address_key)
    WHERE owner = 'visitor' AND (channel = 'email' OR state = 'confirmed');
CREATE INDEX subscribers_channels ON subscribers (owner, id) WHERE channel <> 'email';
CREATE TABLE suppressed (
    address_hash TEXT PRIMARY KEY,
    reason TEXT NOT NULL CHECK (reason IN ('refused', 'bounced', 'complained')), at INTEGER NOT NULL
  ) STRICT, WITHOUT ROWID;
CREATE TABLE subscribe_requests (
    counted TEXT NOT NULL CHECK (counted IN ('address', 'host')), hash TEXT NOT NULL,
    at INTEGER NOT NULL
  ) STRICT;
CREATE INDEX subscribe_requests_hash ON subscribe_requests (counted, hash, at);
CREATE INDEX subscribe_requests_at ON subscribe_requests (at);
CREATE TABLE announcements (
    ref TEXT PRIMARY KEY, incident_id TEXT NOT NULL, key TEXT NOT NULL, seen_at INTEGER NOT NULL,
    frozen TEXT, due_at INTEGER, cursor TEXT, upto INTEGER
  ) STRICT, WITHOUT ROWID;
CREATE INDEX announcements_owed ON announcements (due_at) WHERE cursor IS NOT NULL;
CREATE TABLE deliveries (
    id INTEGER PRIMARY KEY AUTOINCREMENT, channel TEXT NOT NULL DEFAULT 'email',
    kind TEXT NOT NULL CHECK (kind IN ('update', 'confirm', 'leave')), ref TEXT NOT NULL,
    incident_id TEXT, subscriber_id TEXT NOT NULL REFERENCES subscribers (id) ON DELETE CASCADE,
    state TEXT NOT NULL CHECK (state IN ('pending', 'sent', 'given_up')),
    attempts INTEGER NOT NULL DEFAULT 0, due_at INTEGER NOT NULL, error TEXT,
    created_at INTEGER NOT NULL, sent_at INTEGER,
    UNIQUE (kind, ref, subscriber_id)
  ) STRICT;
CREATE INDEX deliveries_subscriber ON deliveries (subscriber_id);
CREATE INDEX deliveries_due ON deliveries (due_at) WHERE state = 'pending' AND channel = 'email';
CREATE INDEX deliveries_requested ON deliveries (due_at)
    WHERE state = 'pending' AND channel = 'email' AND kind <> 'update';
CREATE INDEX deliveries_waiting ON deliveries (subscriber_id, incident_id, id) WHERE state = 'pending';
CREATE INDEX deliveries_to_channels ON deliveries (subscriber_id, id)
    WHERE state = 'pending' AND channel <> 'email';
CREATE INDEX deliveries_sent ON deliveries (sent_at) WHERE state = 'sent';
CREATE INDEX deliveries_given_up ON deliveries (channel, subscriber_id) WHERE state = 'given_up';
CREATE INDEX deliveries_failed ON deliveries (id) WHERE error IS NOT NULL;
CREATE TABLE reminders (incident_id TEXT PRIMARY KEY, at INTEGER NOT NULL) STRICT, WITHOUT ROWID;
INSERT INTO meta (name, value) VALUES ('announced', '1773144000000');
INSERT INTO meta (name, value) VALUES ('confirmed_seq', '5');
INSERT INTO meta (name, value) VALUES ('kept', '{"folder":"{\"\":\"65024:2233445:1796047484448933203\"}","copies":{},"missingSince":null,"site":"\nreminders: { after: 20m, to: ops@levqor.ai }\nnotify:\n  visitors: {}\n  channels: [{ id: ops, type: slack, url: \"https://hooks.slack.com/services/T0/B0/ops\" }]\n# There is no repository: what is to be committed stays listed.\ncontent: { git: { remote: origin } }\ntitle: Levqor Status\ncomponents:\n  - { id: api, name: API, check: { type: http, url: \"http://127.0.0.1:41811/health\", timeout: 2s } }\n  - { id: dashboard, name: Dashboard, check: { type: manual } }\n  - { id: jobs, name: Background Jobs, check: { type: heartbeat, period: 5m, grace: 1m } }\nmetrics:\n  - { id: orders, name: Orders, unit: orders/min }\n  - { id: queue, name: Queue, from: { component: api, json: \"$.depth\" } }\n"}');
INSERT INTO meta (name, value) VALUES ('last_request', '1773144004000');
INSERT INTO components (id, first_seen, first_check, last_check, seen, upstream, detector, health_since) VALUES ('api', 1773144000000, 1773144001000, 1773146728000, 'answered 200', NULL, '{"lastAt":1773146728000,"confirmed":"up","streak":{"good":true,"count":36,"since":1773144664000,"last":1773146728000,"firstSeen":"answered 200"},"down":null,"slow":null,"samples":[{"at":1773146464000,"ms":3},{"at":1773146524000,"ms":3},{"at":1773146584000,"ms":4},{"at":1773146644000,"ms":3},{"at":1773146704000,"ms":3},{"at":1773146728000,"ms":2}],"unknowns":0,"check":"53ajeutjzca5"}', 1773144664000);
INSERT INTO components (id, first_seen, first_check, last_check, seen, upstream, detector, health_since) VALUES ('dashboard', 1773144000000, NULL, NULL, NULL, NULL, NULL, NULL);
INSERT INTO components (id, first_seen, first_check, last_check, seen, upstream, detector, health_since) VALUES ('jobs', 1773144000000, NULL, NULL, NULL, NULL, NULL, NULL);
INSERT INTO results (component_id, at, outcome, latency, seen) VALUES ('api', 1773144001000, 'up', 22, 'answered 200');
INSERT INTO results (component_id, at, outcome, latency, seen) VALUES ('api', 1773144064000, 'down', NULL, 'answered 500');
INSERT INTO results (component_id, at, outcome, latency, seen) VALUES ('api', 1773144124000, 'down', NULL, 'answered 500');
INSERT INTO results (component_id, at, outcome, latency, seen) VALUES ('api', 1773144184000, 'down', NULL, 'answered 500');
INSERT INTO results (component_id, at, outcome, latency, seen) VALUES ('api', 1773144244000, 'down', NULL, 'answered 500');
INSERT INTO results (component_id, at, outcome, latency, seen) VALUES ('api', 1773144304000, 'down', NULL, 'answered 500');
INSERT INTO results (component_id, at, outcome, latency, seen) VALUES ('api', 1773144364000, 'down', NULL, 'answered 500');
INSERT INTO results (component_id, at, outcome, latency, seen) VALUES ('api', 1773144424000, 'down', NULL, 'answered 500');
INSERT INTO results (component_id, at, outcome, latency, seen) VALUES ('api', 1773144484000, 'down', NULL, 'answered 500');
INSERT INTO results (component_id, at, outcome, latency, seen) VALUES ('api', 1773144544000, 'down', NULL, 'answered 500');
INSERT INTO results (component_id, at, outcome, latency, seen) VALUES ('api', 1773144604000, 'down', NULL, 'answered 500');
INSERT INTO results (component_id, at, outcome, latency, seen) VALUES ('api', 1773144664000, 'up', 3, 'answered 200');
INSERT INTO results (component_id, at, outcome, latency, seen) VALUES ('api', 1773144724000, 'up', 3, 'answered 200');
INSERT INTO results (component_id, at, outcome, latency, seen) VALUES ('api', 1773144784000, 'up', 3, 'answered 200');
INSERT INTO results (component_id, at, outcome, latency, seen) VALUES ('api', 1773144844000, 'up', 3, 'answered 200');
INSERT INTO results (component_id, at, outcome, latency, seen) VALUES ('api', 1773144904000, 'up', 3, 'answered 200');
INSERT INTO results (component_id, at, outcome, latency, seen) VALUES ('api', 1773144964000, 'up', 3, 'answered 200');
INSERT INTO results (component_id, at, outcome, latency, seen) VALUES ('api', 1773145024000, 'up', 1, 'answered 200');
INSERT INTO results (component_id, at, outcome, latency, seen) VALUES ('api', 1773145084000, 'up', 3, 'answered 200');
INSERT INTO results (component_id, at, outcome, latency, seen) VALUES ('api', 1773145144000, 'up', 3, 'answered 200');
INSERT INTO results (component_id, at, outcome, latency, seen) VALUES ('api', 1773145204000, 'up', 4, 'answered 200');
INSERT INTO results (component_id, at, outcome, latency, seen) VALUES ('api', 1773145264000, 'up', 6, 'answered 200');
INSERT INTO results (component_id, at, outcome, latency, seen) VALUES ('api', 1773145324000, 'up', 3, 'answered 200');
INSERT INTO results (component_id, at, outcome, latency, seen) VALUES ('api', 1773145384000, 'up', 3, 'answered 200');
INSERT INTO results (component_id, at, outcome, latency, seen) VALUES ('api', 1773145444000, 'up', 3, 'answered 200');
INSERT INTO results (component_id, at, outcome, latency, seen) VALUES ('api', 1773145504000, 'up', 3, 'answered 200');
INSERT INTO results (component_id, at, outcome, latency, seen) VALUES ('api', 1773145564000, 'up', 3, 'answered 200');
INSERT INTO results (component_id, at, outcome, latency, seen) VALUES ('api', 1773145624000, 'up', 3, 'answered 200');
INSERT INTO results (component_id, at, outcome, latency, seen) VALUES ('api', 1773145684000, 'up', 3, 'answered 200');
INSERT INTO results (component_id, at, outcome, latency, seen) VALUES ('api', 1773145744000, 'up', 3, 'answered 200');
INSERT INTO results (component_id, at, outcome, latency, seen) VALUES ('api', 1773145804000, 'up', 3, 'answered 200');
INSERT INTO results (component_id, at, outcome, latency, seen) VALUES ('api', 1773145864000, 'up', 3, 'answered 200');
INSERT INTO results (component_id, at, outcome, latency, seen) VALUES ('api', 1773145924000, 'up', 3, 'answered 200');
INSERT INTO results (component_id, at, outcome, latency, seen) VALUES ('api', 1773145984000, 'up', 4, 'answered 200');
INSERT INTO results (component_id, at, outcome, latency, seen) VALUES ('api', 1773146044000, 'up', 3, 'answered 200');
INSERT INTO results (component_id, at, outcome, latency, seen) VALUES ('api', 1773146104000, 'up', 3, 'answered 200');
INSERT INTO results (component_id, at, outcome, latency, seen) VALUES ('api', 1773146164000, 'up', 3, 'answered 200');
INSERT INTO results (component_id, at, outcome, latency, seen) VALUES ('api', 1773146224000, 'up', 3, 'answered 200');
INSERT INTO results (component_id, at, outcome, latency, seen) VALUES ('api', 1773146284000, 'up', 3, 'answered 200');
INSERT INTO results (component_id, at, outcome, latency, seen) VALUES ('api', 1773146344000, 'up', 3, 'answered 200');
INSERT INTO results (component_id, at, outcome, latency, seen) VALUES ('api', 1773146404000, 'up', 3, 'answered 200');
INSERT INTO results (component_id, at, outcome, latency, seen) VALUES ('api', 1773146464000, 'up', 3, 'answered 200');
INSERT INTO results (component_id, at, outcome, latency, seen) VALUES ('api', 1773146524000, 'up', 3, 'answered 200');
INSERT INTO results (component_id, at, outcome, latency, seen) VALUES ('api', 1773146584000, 'up', 4, 'answered 200');
INSERT INTO results (component_id, at, outcome, latency, seen) VALUES ('api', 1773146644000, 'up', 3, 'answered 200');
INSERT INTO results (component_id, at, outcome, latency, seen) VALUES ('api', 1773146704000, 'up', 3, 'answered 200');
INSERT INTO results (component_id, at, outcome, latency, seen) VALUES ('api', 1773146728000, 'up', 2, 'answered 200');
INSERT INTO rollups (component_id, span, start, checks, ok, observed, latency_sum, latency_min, latency_max, sketch) VALUES ('api', 'day', 1773100800000, 47, 37, 2728000, 133, 1, 22, '0 o 11:u 1b:3 1o 2w');
INSERT INTO rollups (component_id, span, start, checks, ok, observed, latency_sum, latency_min, latency_max, sketch) VALUES ('api', 'hour', 1773144000000, 47, 37, 2728000, 133, 1, 22, '0 o 11:u 1b:3 1o 2w');
INSERT INTO rollups (component_id, span, start, checks, ok, observed, latency_sum, latency_min, latency_max, sketch) VALUES ('api', 'slot', 1773144000000, 10, 1, 544000, 22, 22, 22, '2w');
INSERT INTO rollups (component_id, span, start, checks, ok, observed, latency_sum, latency_min, latency_max, sketch) VALUES ('api', 'slot', 1773144600000, 10, 9, 600000, 25, 1, 3, '0 11:8');
INSERT INTO rollups (component_id, span, start, checks, ok, observed, latency_sum, latency_min, latency_max, sketch) VALUES ('api', 'slot', 1773145200000, 10, 10, 600000, 34, 3, 6, '11:8 1b 1o');
INSERT INTO rollups (component_id, span, start, checks, ok, observed, latency_sum, latency_min, latency_max, sketch) VALUES ('api', 'slot', 1773145800000, 10, 10, 600000, 31, 3, 4, '11:9 1b');
INSERT INTO rollups (component_id, span, start, checks, ok, observed, latency_sum, latency_min, latency_max, sketch) VALUES ('api', 'slot', 1773146400000, 7, 7, 384000, 21, 2, 4, 'o 11:5 1b');
INSERT INTO metric_points (metric_id, at, value) VALUES ('orders', 1773144004000, 12.5);
INSERT INTO metric_rollups (metric_id, span, start, count, sum, min, max, last, last_at) VALUES ('orders', 'day', 1773100800000, 1, 12.5, 12.5, 12.5, 12.5, 1773144004000);
INSERT INTO metric_rollups (metric_id, span, start, count, sum, min, max, last, last_at) VALUES ('orders', 'hour', 1773144000000, 1, 12.5, 12.5, 12.5, 12.5, 1773144004000);
INSERT INTO metric_rollups (metric_id, span, start, count, sum, min, max, last, last_at) VALUES ('orders', 'slot', 1773144000000, 1, 12.5, 12.5, 12.5, 12.5, 1773144004000);
INSERT INTO warnings (source, kind, component, what, fix, expires, host, since, seen_at, mailed_at, gone_at) VALUES ('metric:queue', 'metric', 'api', 'the metric "Queue" gets no value from the check of API: the answer is not JSON', 'fix `metrics.from.json` in status.yaml, or the response of the service; try it with: npm run status -- check api', NULL, NULL, 1773144001000, 1773146704000, 1773144304000, NULL);
INSERT INTO transitions (seq, key, source, kind, at, title, slug, severity, components, message, filed_at, incident_id, recorded_at, facts, joined) VALUES (1, 'alertmanager:Crash loop/api:down:f-Crash loop@firing@1773144000000', 'alertmanager:Crash loop/api', 'down', 1773144000000, 'Crash loop', 'crash-loop', 'critical', '["api"]', 'Crash loop, says Alertmanager: Crash loop fires', 1773144004000, '20260310_crash-loop', 1773144004000, NULL, 0);
INSERT INTO transitions (seq, key, source, kind, at, title, slug, severity, components, message, filed_at, incident_id, recorded_at, facts, joined) VALUES (2, 'probe:api@1773144064000:down', 'probe:api', 'down', 1773144064000, 'API Down', 'api-down', 'critical', '["api"]', 'API has been failing its checks since 2026-03-10 12:01:04 UTC: answered 500. 3 checks in a row failed.', 1773144184000, '20260310_crash-loop', 1773144184000, '{"kind":"down","component":"API","seen":"answered 500","checks":3}', 1);
INSERT INTO transitions (seq, key, source, kind, at, title, slug, severity, components, message, filed_at, incident_id, recorded_at, facts, joined) VALUES (3, 'probe:api@1773144664000:up', 'probe:api', 'up', 1773144664000, 'API Down', 'api-down', 'critical', '["api"]', 'API has responded normally again since 2026-03-10 12:11:04 UTC (2 good checks in a row). The outage lasted 10 minutes.', 1773144724000, '20260310_crash-loop', 1773144724000, '{"kind":"down","component":"API","seen":"answered 200","checks":2,"duration":600000}', 0);
INSERT INTO alerts (id, source, is_firing, recovered_at, noted_at, failed_at) VALUES ('alertmanager:f-Crash loop', 'alertmanager:Crash loop/api', 1, NULL, 1773144004000, 1773144000000);
INSERT INTO alerts (id, source, is_firing, recovered_at, noted_at, failed_at) VALUES ('alertmanager:f-Strange', 'alertmanager:Strange', 1, NULL, 1773144004000, 1773144000000);
INSERT INTO held_alerts (source, sender, named, first_at, last_at, times) VALUES ('alertmanager:Strange', 'alertmanager', '{"component":"of nobody","monitor":"Strange","name":"Strange","url":null,"also":[]}', 1773144004000, 1773144004000, 1);
INSERT INTO known_incidents (key, id, record, gone_at) VALUES ('20260310_crash-loop', '20260310_crash-loop', '{"former":[],"updates":[{"key":"2026-03-10T12:00:00Z#0","as":"2026-03-10T12:00:00Z#0","words":"Crash loop, says Alertmanager: Crash loop fires"}],"gone":[],"sources":["alertmanager:Crash loop/api","probe:api"],"front":{"title":"Crash loop","started":1773144000000,"isOver":false}}', NULL);
INSERT INTO known_incidents (key, id, record, gone_at) VALUES ('20260310_slow-sign-in', '20260310_slow-sign-in', '{"former":[],"updates":[{"key":"2026-03-10T12:00:04Z#0","as":"2026-03-10T12:00:04Z#0","words":"Signing in takes a minute."},{"key":"2026-03-10T12:45:04Z#0","as":"2026-03-10T12:45:04Z#0","words":"Fast again."}],"gone":[],"sources":[],"front":{"title":"Slow sign-in","started":1773144004000,"isOver":true}}', NULL);
INSERT INTO known_incidents (key, id, record, gone_at) VALUES ('20260312_database-maintenance', '20260312_database-maintenance', '{"former":[],"updates":[{"key":"2026-03-10T12:00:00Z#0","as":"2026-03-10T12:00:00Z#0","words":"We move to a larger machine."}],"gone":[],"sources":[],"front":{"title":"Database maintenance","started":1773144000000,"isOver":false}}', NULL);
INSERT INTO kept_files (name, text) VALUES ('20260312_database-maintenance.md', '---
title: Database maintenance
status: scheduled
components: [dashboard]
scheduled_start: 2026-03-12T02:00:00Z
scheduled_end: 2026-03-12T03:00:00Z
---
## Scheduled 2026-03-10 12:00 UTC
We move to a larger machine.
');
INSERT INTO kept_files (name, text) VALUES ('20260310_crash-loop.md', '---
title: Crash loop
status: investigating
severity: critical
started: 2026-03-10T12:00:00Z
components: [api]
opened_by: "alertmanager:Crash loop/api, probe:api"
---

## Investigating 2026-03-10 12:00:00 UTC
Crash loop, says Alertmanager: Crash loop fires
');
INSERT INTO kept_files (name, text) VALUES ('20260310_slow-sign-in.md', '---
title: Slow sign-in
status: resolved
severity: major
started: 2026-03-10T12:00:04Z
resolved: 2026-03-10T12:45:04Z
components: [dashboard]
---

## Resolved 2026-03-10 12:45:04 UTC
Fast again.

## Investigating 2026-03-10 12:00:04 UTC
Signing in takes a minute.
');
INSERT INTO plans (incident_id, plan, sequence, changed_at, gone_at) VALUES ('20260312_database-maintenance', '{"start":1773280800000,"end":1773284400000,"title":"Database maintenance","rrule":null,"zone":"UTC","components":["dashboard"],"isOver":false,"updates":1}', 0, NULL, NULL);
INSERT INTO uncommitted (name, author, before) VALUES ('20260310_crash-loop.md', 'machine', NULL);
INSERT INTO uncommitted (name, author, before) VALUES ('20260310_slow-sign-in.md', 'api', NULL);
INSERT INTO requests (key, body_hash, at, answer) VALUES ('frasJ-R2SgoiA-b1uNCsVHcSDigIbUBd-TawLaMNr0Q', 'IZkt2Q6OxFZyExGm9UeiU_tCreVmUlYmGCAk5hpW_o4', 1773144004000, '{"status":201,"body":{"id":"20260310_slow-sign-in","url":"http://localhost:39717/status/incidents/20260310_slow-sign-in"}}');
INSERT INTO webhooks_log (seq, at, sender, status, action, incident, why, body) VALUES (1, 1773144004000, 'alertmanager', 200, 'opened', '20260310_crash-loop', NULL, '{"version":"4","groupKey":"{}","status":"firing","alerts":[{"status":"firing","labels":{"alertname":"Crash loop","component":"api","severity":"critical"},"annotations":{"summary":"Crash loop fires"},"startsAt":"2026-03-10T12:00:00Z","endsAt":"0001-01-01T00:00:00Z","fingerprint":"f-Crash loop"}]}');
INSERT INTO webhooks_log (seq, at, sender, status, action, incident, why, body) VALUES (2, 1773144004000, 'alertmanager', 200, 'held', NULL, 'it matches no component: write `match: ["of nobody"]` in one in status.yaml', '{"version":"4","groupKey":"{}","status":"firing","alerts":[{"status":"firing","labels":{"alertname":"Strange","component":"of nobody","severity":"critical"},"annotations":{"summary":"Strange fires"},"startsAt":"2026-03-10T12:00:00Z","endsAt":"0001-01-01T00:00:00Z","fingerprint":"f-Strange"}]}');
INSERT INTO subscribers (id, channel, owner, address, address_key, secret, state, components, kinds, detail, lang, nonce, created_at, confirmed_at, confirmed_seq, strikes, failing_since, paused_until, error) VALUES ('ops', 'slack', 'operator', NULL, '2ju3l5bgu4jr', NULL, 'confirmed', NULL, 'all', 'all', 'en', '', 1773144000000, 1773144000000, 1, 0, 1773146705000, 1773146873588, 'it answered 503');
INSERT INTO subscribers (id, channel, owner, address, address_key, secret, state, components, kinds, detail, lang, nonce, created_at, confirmed_at, confirmed_seq, strikes, failing_since, paused_until, error) VALUES ('jPOL5cQQKd7X', 'email', 'visitor', 'ann@example.com', 'ann@example.com', NULL, 'confirmed', '["api"]', 'all', 'all', 'en', 'QXGUxqGgSmBk', 1773144000000, 1773144001000, 2, 0, NULL, NULL, NULL);
INSERT INTO subscribers (id, channel, owner, address, address_key, secret, state, components, kinds, detail, lang, nonce, created_at, confirmed_at, confirmed_seq, strikes, failing_since, paused_until, error) VALUES ('Q3D6ldqemzhO', 'email', 'visitor', 'bob@example.com', 'bob@example.com', NULL, 'confirmed', NULL, 'incidents', 'ends', 'en', '262G5pHNaGeK', 1773144001000, 1773144002000, 3, 0, NULL, NULL, NULL);
INSERT INTO subscribers (id, channel, owner, address, address_key, secret, state, components, kinds, detail, lang, nonce, created_at, confirmed_at, confirmed_seq, strikes, failing_since, paused_until, error) VALUES ('PiNTSEDshuoA', 'slack', 'visitor', 'https://hooks.slack.com/services/T0/B0/team', '1d8Qld42P4GBLS1fxzaN-OrU3R_KniCG', NULL, 'confirmed', NULL, 'all', 'all', 'en', 'J_mqBMWuutdx', 1773144003000, 1773144004000, 5, 0, 1773146705000, 1773146886573, 'it answered 503');
INSERT INTO subscribers (id, channel, owner, address, address_key, secret, state, components, kinds, detail, lang, nonce, created_at, confirmed_at, confirmed_seq, strikes, failing_since, paused_until, error) VALUES ('ltLsR0NtqSC_', 'email', 'visitor', 'asked@example.com', 'asked@example.com', NULL, 'pending', NULL, 'all', 'all', 'en', 'aQ1Gf1Y-uMv4', 1773144004000, NULL, NULL, 0, NULL, NULL, NULL);
INSERT INTO suppressed (address_hash, reason, at) VALUES ('EJ7twC7QBqsp1Nvea4rckF_tCk5sTyFq', 'refused', 1773144064000);
INSERT INTO subscribe_requests (counted, hash, at) VALUES ('address', 'imOQZihDNkf1D7dfwL2QEGWEfRwTtXh2', 1773144000000);
INSERT INTO subscribe_requests (counted, hash, at) VALUES ('address', 'YJ1Y9mjNg3jV7NZb3eGEuTV1RZOmyvCM', 1773144001000);
INSERT INTO subscribe_requests (counted, hash, at) VALUES ('address', 'EJ7twC7QBqsp1Nvea4rckF_tCk5sTyFq', 1773144002000);
INSERT INTO subscribe_requests (counted, hash, at) VALUES ('address', '1d8Qld42P4GBLS1fxzaN-OrU3R_KniCG', 1773144003000);
INSERT INTO subscribe_requests (counted, hash, at) VALUES ('address', 'MN_uJpYYXk0UHUBp-PjtoRgyHpXSQUIG', 1773144004000);
INSERT INTO announcements (ref, incident_id, key, seen_at, frozen, due_at, cursor, upto) VALUES ('20260310_crash-loop 2026-03-10T12:00:00Z#0', '20260310_crash-loop', '2026-03-10T12:00:00Z#0', 1773144004000, '{"incident":{"id":"20260310_crash-loop","title":"Crash loop","status":"investigating","severity":"critical","started":1773144000000,"resolved":null,"components":[{"id":"api","status":null}],"scheduled":null,"openedBy":"alertmanager:Crash loop/api","notify":true,"updates":[{"key":"2026-03-10T12:00:00Z#0","at":1773144000000,"status":"investigating","label":null,"body":"Crash loop, says Alertmanager: Crash loop fires"}],"postmortem":null,"affected":[{"id":"api","name":"API","status":"major_outage"}],"stretches":[{"start":1773144000000,"end":null,"severity":"critical","affected":[{"id":"api","status":"major_outage"}]}],"comparison":{"reported":{"start":1773144000000,"end":null},"measured":{"start":1773144000000,"end":null},"detectionLag":4000,"firstUpdateLag":4000},"state":"investigating","nextUpdate":null,"duration":4000,"unfiled":false},"update":{"key":"2026-03-10T12:00:00Z#0","at":1773144000000,"status":"investigating","label":null,"body":"Crash loop, says Alertmanager: Crash loop fires"}}', 1773144004000, NULL, 5);
INSERT INTO announcements (ref, incident_id, key, seen_at, frozen, due_at, cursor, upto) VALUES ('20260310_crash-loop filed Yc8fv6JI7G3rcGHKvTSQiO', '20260310_crash-loop', 'filed Yc8fv6JI7G3rcGHKvTSQiO', 1773144004000, NULL, NULL, NULL, NULL);
INSERT INTO announcements (ref, incident_id, key, seen_at, frozen, due_at, cursor, upto) VALUES ('20260310_slow-sign-in 2026-03-10T12:00:04Z#0', '20260310_slow-sign-in', '2026-03-10T12:00:04Z#0', 1773144004000, '{"incident":{"id":"20260310_slow-sign-in","title":"Slow sign-in","status":"investigating","severity":"major","started":1773144004000,"resolved":null,"components":[{"id":"dashboard","status":null}],"scheduled":null,"openedBy":null,"notify":true,"updates":[{"key":"2026-03-10T12:00:04Z#0","at":1773144004000,"status":"investigating","label":null,"body":"Signing in takes a minute."}],"postmortem":null,"affected":[{"id":"dashboard","name":"Dashboard","status":"partial_outage"}],"stretches":[{"start":1773144004000,"end":null,"severity":"major","affected":[{"id":"dashboard","status":"partial_outage"}]}],"comparison":{"reported":{"start":1773144004000,"end":null},"measured":null,"detectionLag":null,"firstUpdateLag":null},"state":"investigating","nextUpdate":null,"duration":0,"unfiled":false},"update":{"key":"2026-03-10T12:00:04Z#0","at":1773144004000,"status":"investigating","label":null,"body":"Signing in takes a minute."}}', 1773144004000, NULL, 5);
INSERT INTO announcements (ref, incident_id, key, seen_at, frozen, due_at, cursor, upto) VALUES ('20260310_slow-sign-in 2026-03-10T12:45:04Z#0', '20260310_slow-sign-in', '2026-03-10T12:45:04Z#0', 1773146704000, NULL, NULL, NULL, NULL);
INSERT INTO announcements (ref, incident_id, key, seen_at, frozen, due_at, cursor, upto) VALUES ('20260310_slow-sign-in as end 2026-03-10T12:45:04Z#0', '20260310_slow-sign-in', 'as end 2026-03-10T12:45:04Z#0', 1773146704000, NULL, NULL, NULL, NULL);
INSERT INTO announcements (ref, incident_id, key, seen_at, frozen, due_at, cursor, upto) VALUES ('20260310_slow-sign-in end#0', '20260310_slow-sign-in', 'end#0', 1773146704000, '{"incident":{"id":"20260310_slow-sign-in","title":"Slow sign-in","status":"resolved","severity":"major","started":1773144004000,"resolved":1773146704000,"components":[{"id":"dashboard","status":null}],"scheduled":null,"openedBy":null,"notify":true,"updates":[{"key":"2026-03-10T12:00:04Z#0","at":1773144004000,"status":"investigating","label":null,"body":"Signing in takes a minute."},{"key":"2026-03-10T12:45:04Z#0","at":1773146704000,"status":"resolved","label":null,"body":"Fast again."}],"postmortem":null,"affected":[{"id":"dashboard","name":"Dashboard","status":"partial_outage"}],"stretches":[{"start":1773144004000,"end":1773146704000,"severity":"major","affected":[{"id":"dashboard","status":"partial_outage"}]}],"comparison":{"reported":{"start":1773144004000,"end":1773146704000},"measured":null,"detectionLag":null,"firstUpdateLag":null},"state":"resolved","nextUpdate":null,"duration":2700000,"unfiled":false},"update":{"key":"2026-03-10T12:45:04Z#0","at":1773146704000,"status":"resolved","label":null,"body":"Fast again.","announces":"end"}}', 1773146704000, NULL, 5);
INSERT INTO announcements (ref, incident_id, key, seen_at, frozen, due_at, cursor, upto) VALUES ('20260312_database-maintenance 2026-03-10T12:00:00Z#0', '20260312_database-maintenance', '2026-03-10T12:00:00Z#0', 1773144004000, '{"incident":{"id":"20260312_database-maintenance","title":"Database maintenance","status":"scheduled","severity":"minor","started":1773144000000,"resolved":null,"components":[{"id":"dashboard","status":null}],"scheduled":{"start":1773280800000,"end":1773284400000},"openedBy":null,"notify":true,"updates":[{"key":"2026-03-10T12:00:00Z#0","at":1773144000000,"status":"scheduled","label":null,"body":"We move to a larger machine."}],"postmortem":null,"affected":[{"id":"dashboard","name":"Dashboard","status":"under_maintenance"}],"stretches":[{"start":1773144000000,"end":null,"severity":"minor","affected":[{"id":"dashboard","status":"under_maintenance"}]}],"comparison":null,"state":"scheduled","nextUpdate":null,"duration":3600000,"unfiled":false},"update":{"key":"2026-03-10T12:00:00Z#0","at":1773144000000,"status":"scheduled","label":null,"body":"We move to a larger machine."}}', 1773144004000, NULL, 5);
INSERT INTO deliveries (id, channel, kind, ref, incident_id, subscriber_id, state, attempts, due_at, error, created_at, sent_at) VALUES (1, 'email', 'confirm', '1773144000000', NULL, 'jPOL5cQQKd7X', 'sent', 1, 1773144000000, NULL, 1773144000000, 1773144001000);
INSERT INTO deliveries (id, channel, kind, ref, incident_id, subscriber_id, state, attempts, due_at, error, created_at, sent_at) VALUES (2, 'email', 'confirm', '1773144001000', NULL, 'Q3D6ldqemzhO', 'sent', 1, 1773144001000, NULL, 1773144001000, 1773144002000);
INSERT INTO deliveries (id, channel, kind, ref, incident_id, subscriber_id, state, attempts, due_at, error, created_at, sent_at) VALUES (4, 'slack', 'confirm', '1773144003000', NULL, 'PiNTSEDshuoA', 'sent', 1, 1773144003000, NULL, 1773144003000, 1773144004000);
INSERT INTO deliveries (id, channel, kind, ref, incident_id, subscriber_id, state, attempts, due_at, error, created_at, sent_at) VALUES (5, 'email', 'confirm', '1773144004000', NULL, 'ltLsR0NtqSC_', 'sent', 1, 1773144004000, NULL, 1773144004000, 1773144064000);
INSERT INTO deliveries (id, channel, kind, ref, incident_id, subscriber_id, state, attempts, due_at, error, created_at, sent_at) VALUES (6, 'slack', 'update', '20260310_crash-loop 2026-03-10T12:00:00Z#0', '20260310_crash-loop', 'PiNTSEDshuoA', 'sent', 1, 1773144004000, NULL, 1773144004000, 1773144064000);
INSERT INTO deliveries (id, channel, kind, ref, incident_id, subscriber_id, state, attempts, due_at, error, created_at, sent_at) VALUES (7, 'email', 'update', '20260310_crash-loop 2026-03-10T12:00:00Z#0', '20260310_crash-loop', 'Q3D6ldqemzhO', 'sent', 1, 1773144004000, NULL, 1773144004000, 1773144064000);
INSERT INTO deliveries (id, channel, kind, ref, incident_id, subscriber_id, state, attempts, due_at, error, created_at, sent_at) VALUES (9, 'email', 'update', '20260310_crash-loop 2026-03-10T12:00:00Z#0', '20260310_crash-loop', 'jPOL5cQQKd7X', 'sent', 1, 1773144004000, NULL, 1773144004000, 1773144064000);
INSERT INTO deliveries (id, channel, kind, ref, incident_id, subscriber_id, state, attempts, due_at, error, created_at, sent_at) VALUES (10, 'slack', 'update', '20260310_crash-loop 2026-03-10T12:00:00Z#0', '20260310_crash-loop', 'ops', 'sent', 1, 1773144004000, NULL, 1773144004000, 1773144064000);
INSERT INTO deliveries (id, channel, kind, ref, incident_id, subscriber_id, state, attempts, due_at, error, created_at, sent_at) VALUES (11, 'slack', 'update', '20260310_slow-sign-in 2026-03-10T12:00:04Z#0', '20260310_slow-sign-in', 'PiNTSEDshuoA', 'sent', 1, 1773144004000, NULL, 1773144004000, 1773144064000);
INSERT INTO deliveries (id, channel, kind, ref, incident_id, subscriber_id, state, attempts, due_at, error, created_at, sent_at) VALUES (12, 'email', 'update', '20260310_slow-sign-in 2026-03-10T12:00:04Z#0', '20260310_slow-sign-in', 'Q3D6ldqemzhO', 'sent', 1, 1773144004000, NULL, 1773144004000, 1773144064000);
INSERT INTO deliveries (id, channel, kind, ref, incident_id, subscriber_id, state, attempts, due_at, error, created_at, sent_at) VALUES (14, 'slack', 'update', '20260310_slow-sign-in 2026-03-10T12:00:04Z#0', '20260310_slow-sign-in', 'ops', 'sent', 1, 1773144004000, NULL, 1773144004000, 1773144064000);
INSERT INTO deliveries (id, channel, kind, ref, incident_id, subscriber_id, state, attempts, due_at, error, created_at, sent_at) VALUES (15, 'slack', 'update', '20260312_database-maintenance 2026-03-10T12:00:00Z#0', '20260312_database-maintenance', 'PiNTSEDshuoA', 'sent', 1, 1773144004000, NULL, 1773144004000, 1773144064000);
INSERT INTO deliveries (id, channel, kind, ref, incident_id, subscriber_id, state, attempts, due_at, error, created_at, sent_at) VALUES (17, 'slack', 'update', '20260312_database-maintenance 2026-03-10T12:00:00Z#0', '20260312_database-maintenance', 'ops', 'sent', 1, 1773144004000, NULL, 1773144004000, 1773144064000);
INSERT INTO deliveries (id, channel, kind, ref, incident_id, subscriber_id, state, attempts, due_at, error, created_at, sent_at) VALUES (18, 'slack', 'update', '20260310_slow-sign-in end#0', '20260310_slow-sign-in', 'PiNTSEDshuoA', 'pending', 3, 1773146886573, 'it answered 503', 1773146704000, NULL);
INSERT INTO deliveries (id, channel, kind, ref, incident_id, subscriber_id, state, attempts, due_at, error, created_at, sent_at) VALUES (19, 'email', 'update', '20260310_slow-sign-in end#0', '20260310_slow-sign-in', 'Q3D6ldqemzhO', 'pending', 3, 1773146845205, 'Can''t send mail - all recipients were rejected: 450 no', 1773146704000, NULL);
INSERT INTO deliveries (id, channel, kind, ref, incident_id, subscriber_id, state, attempts, due_at, error, created_at, sent_at) VALUES (20, 'slack', 'update', '20260310_slow-sign-in end#0', '20260310_slow-sign-in', 'ops', 'pending', 3, 1773146873588, 'it answered 503', 1773146704000, NULL);
INSERT INTO reminders (incident_id, at) VALUES ('20260310_crash-loop', 1773146404000);
INSERT INTO sqlite_sequence (name, seq) VALUES ('deliveries', 20);
INSERT INTO sqlite_sequence (name, seq) VALUES ('transitions', 3);
INSERT INTO sqlite_sequence (name, seq) VALUES ('webhooks_log', 2);
