// The schema as numbered migrations. Released ones never change; new ones are only ever appended. Times are epoch ms.

/** The schema of version 1.0. Versions 0.x counted from 1 and are not migrated: any number below this one is theirs. */
export const FIRST_SCHEMA = 100;

const FIRST = `
  CREATE TABLE meta (name TEXT PRIMARY KEY, value TEXT NOT NULL) STRICT, WITHOUT ROWID;
  INSERT INTO meta (name, value) VALUES ('confirmed_seq', '0');

  -- What was measured.
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

  -- What becomes incident files, and how they are written.
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
  -- The incidents as last read: key is the lasting name, record their updates as JSON (core/incidents/identity.ts).
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

  -- Requests of other programs.
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

  -- Who is notified: by email or by a chat channel, a visitor or (channels of status.yaml) the operator.
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
  -- Anybody may ask for a channel of somebody else's, so that only confirmed ones exclude each other.
  CREATE UNIQUE INDEX subscribers_once ON subscribers (address_key)
    WHERE owner = 'visitor' AND (channel = 'email' OR state = 'confirmed');
  CREATE INDEX subscribers_channels ON subscribers (owner, id) WHERE channel <> 'email';

  -- Addresses that must not be written to, as keyed hashes: the address itself is forgotten.
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

  -- An announcement with a cursor is owed, from due_at on, to those who confirmed until upto; the cursor is the id of
  -- the last subscriber whose delivery is enqueued. In the order of ids, all indexes grow in order.
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
  -- Emails somebody waits for at the screen go before a storm of others.
  CREATE INDEX deliveries_requested ON deliveries (due_at)
    WHERE state = 'pending' AND channel = 'email' AND kind <> 'update';
  -- What waits behind another is found by one look, however many wait.
  CREATE INDEX deliveries_waiting ON deliveries (subscriber_id, incident_id, id) WHERE state = 'pending';
  CREATE INDEX deliveries_to_channels ON deliveries (subscriber_id, id)
    WHERE state = 'pending' AND channel <> 'email';
  CREATE INDEX deliveries_sent ON deliveries (sent_at) WHERE state = 'sent';
  CREATE INDEX deliveries_given_up ON deliveries (channel, subscriber_id) WHERE state = 'given_up';
  CREATE INDEX deliveries_failed ON deliveries (id) WHERE error IS NOT NULL;

  CREATE TABLE reminders (incident_id TEXT PRIMARY KEY, at INTEGER NOT NULL) STRICT, WITHOUT ROWID;
`;

/** 1: measured by another program, from which it was imported. */
const IMPORTED =
  'ALTER TABLE rollups ADD COLUMN imported INTEGER NOT NULL DEFAULT 0 CHECK (imported IN (0, 1))';

/** The first makes schema 100, each further one adds 1. */
export const MIGRATIONS: readonly string[] = [FIRST, IMPORTED];

/** The schema of this program. */
export const currentSchema = () => FIRST_SCHEMA + MIGRATIONS.length - 1;
