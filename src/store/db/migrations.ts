// The schema, as numbered steps that are only ever appended to. Moments are epoch ms.

export const MIGRATIONS: readonly string[] = [
  `
  CREATE TABLE components (
    id TEXT PRIMARY KEY,
    first_seen INTEGER NOT NULL,
    first_check INTEGER,
    last_check INTEGER,
    seen TEXT,
    detector TEXT,
    health_since INTEGER
  ) STRICT;

  CREATE TABLE results (
    component_id TEXT NOT NULL,
    at INTEGER NOT NULL,
    outcome TEXT NOT NULL CHECK (outcome IN ('up', 'degraded', 'down', 'unknown')),
    latency INTEGER,
    seen TEXT NOT NULL,
    PRIMARY KEY (component_id, at)
  ) STRICT, WITHOUT ROWID;

  CREATE TABLE rollups (
    component_id TEXT NOT NULL,
    span TEXT NOT NULL CHECK (span IN ('hour', 'day')),
    start INTEGER NOT NULL,
    checks INTEGER NOT NULL,
    ok INTEGER NOT NULL,
    observed INTEGER NOT NULL,
    latency_count INTEGER NOT NULL,
    latency_sum INTEGER NOT NULL,
    latency_min INTEGER,
    latency_max INTEGER,
    PRIMARY KEY (component_id, span, start)
  ) STRICT, WITHOUT ROWID;

  CREATE TABLE transitions (
    seq INTEGER PRIMARY KEY AUTOINCREMENT,
    key TEXT NOT NULL UNIQUE,
    source TEXT NOT NULL,
    kind TEXT NOT NULL CHECK (kind IN ('down', 'up')),
    at INTEGER NOT NULL,
    title TEXT NOT NULL,
    slug TEXT NOT NULL,
    severity TEXT NOT NULL CHECK (severity IN ('minor', 'major', 'critical')),
    components TEXT NOT NULL,
    message TEXT NOT NULL,
    filed_at INTEGER,
    incident_id TEXT
  ) STRICT;
  CREATE INDEX transitions_unfiled ON transitions (seq) WHERE filed_at IS NULL;
  CREATE INDEX transitions_source ON transitions (source, seq);

  CREATE TABLE subscribers (
    id TEXT PRIMARY KEY,
    address TEXT NOT NULL,
    address_key TEXT NOT NULL UNIQUE,
    state TEXT NOT NULL CHECK (state IN ('pending', 'confirmed')),
    components TEXT,
    nonce TEXT NOT NULL,
    refusals INTEGER NOT NULL DEFAULT 0,
    created_at INTEGER NOT NULL,
    confirmed_at INTEGER
  ) STRICT;

  CREATE TABLE updates (
    ref TEXT PRIMARY KEY,
    incident_id TEXT NOT NULL,
    key TEXT NOT NULL,
    seen_at INTEGER NOT NULL,
    frozen TEXT
  ) STRICT, WITHOUT ROWID;

  CREATE TABLE deliveries (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    kind TEXT NOT NULL CHECK (kind IN ('update', 'confirm', 'leave')),
    ref TEXT NOT NULL,
    subscriber_id TEXT NOT NULL REFERENCES subscribers (id) ON DELETE CASCADE,
    state TEXT NOT NULL CHECK (state IN ('pending', 'sent', 'given_up')),
    attempts INTEGER NOT NULL DEFAULT 0,
    due_at INTEGER NOT NULL,
    error TEXT,
    created_at INTEGER NOT NULL,
    sent_at INTEGER,
    UNIQUE (kind, ref, subscriber_id)
  ) STRICT;
  CREATE INDEX deliveries_due ON deliveries (due_at) WHERE state = 'pending';
  CREATE INDEX deliveries_subscriber ON deliveries (subscriber_id);

  CREATE TABLE letters_asked (
    address_hash TEXT NOT NULL,
    at INTEGER NOT NULL
  ) STRICT;
  CREATE INDEX letters_asked_hash ON letters_asked (address_hash, at);

  CREATE TABLE meta (name TEXT PRIMARY KEY, value TEXT NOT NULL) STRICT, WITHOUT ROWID;
  `,
  `
  CREATE TABLE requests (
    key TEXT PRIMARY KEY,
    body_hash TEXT NOT NULL,
    at INTEGER NOT NULL,
    answer TEXT
  ) STRICT, WITHOUT ROWID;
  CREATE INDEX requests_at ON requests (at);

  CREATE TABLE webhooks_log (
    seq INTEGER PRIMARY KEY AUTOINCREMENT,
    at INTEGER NOT NULL,
    sender TEXT NOT NULL,
    status INTEGER NOT NULL,
    action TEXT NOT NULL CHECK (action IN ('opened', 'resolved', 'ignored', 'refused')),
    incident TEXT,
    why TEXT,
    body TEXT NOT NULL
  ) STRICT;
  `,
  // Ten-minute rollups, and sketches for percentiles; what was rolled up before has none.
  `
  ALTER TABLE rollups RENAME TO rollups_before;
  CREATE TABLE rollups (
    component_id TEXT NOT NULL,
    span TEXT NOT NULL CHECK (span IN ('slot', 'hour', 'day')),
    start INTEGER NOT NULL,
    checks INTEGER NOT NULL,
    ok INTEGER NOT NULL,
    observed INTEGER NOT NULL,
    latency_sum INTEGER NOT NULL,
    latency_min INTEGER,
    latency_max INTEGER,
    sketch TEXT NOT NULL,
    PRIMARY KEY (component_id, span, start)
  ) STRICT, WITHOUT ROWID;
  INSERT INTO rollups
    SELECT component_id, span, start, checks, ok, observed, latency_sum, latency_min, latency_max, ''
    FROM rollups_before;
  DROP TABLE rollups_before;

  CREATE TABLE reminders (incident_id TEXT PRIMARY KEY, at INTEGER NOT NULL) STRICT, WITHOUT ROWID;
  `,
  `
  -- Subscribers choose; everyone has a place in the order of confirming: clocks may go back.
  ALTER TABLE subscribers ADD COLUMN lang TEXT NOT NULL DEFAULT 'en';
  ALTER TABLE subscribers ADD COLUMN kinds TEXT NOT NULL DEFAULT 'all'
    CHECK (kinds IN ('all', 'incidents', 'maintenance'));
  ALTER TABLE subscribers ADD COLUMN detail TEXT NOT NULL DEFAULT 'all' CHECK (detail IN ('all', 'ends'));
  ALTER TABLE subscribers ADD COLUMN confirmed_seq INTEGER;
  UPDATE subscribers SET confirmed_seq = rowid WHERE state = 'confirmed';
  CREATE UNIQUE INDEX subscribers_confirmed ON subscribers (confirmed_seq) WHERE confirmed_seq IS NOT NULL;
  INSERT INTO meta (name, value) SELECT 'confirmed_seq', COALESCE(MAX(rowid), 0) FROM subscribers;

  -- An update with a cursor is owed, from due_at on, to those with a place until upto; the cursor is the
  -- id of the last subscriber whose email is enqueued. In the order of ids, all indexes grow in order.
  ALTER TABLE updates ADD COLUMN due_at INTEGER;
  ALTER TABLE updates ADD COLUMN cursor TEXT;
  ALTER TABLE updates ADD COLUMN upto INTEGER;
  CREATE INDEX updates_owed ON updates (due_at) WHERE cursor IS NOT NULL;

  -- Emails somebody waits for at the screen go before a storm of others.
  CREATE INDEX deliveries_asked ON deliveries (due_at) WHERE state = 'pending' AND kind <> 'update';
  CREATE INDEX deliveries_sent ON deliveries (sent_at) WHERE state = 'sent';
  CREATE INDEX deliveries_given_up ON deliveries (id) WHERE state = 'given_up';
  CREATE INDEX letters_asked_at ON letters_asked (at);

  -- Addresses that must not be written to, as keyed hashes: the address itself is forgotten.
  CREATE TABLE suppressed (
    address_hash TEXT PRIMARY KEY,
    reason TEXT NOT NULL CHECK (reason IN ('refused', 'bounced', 'complained')),
    at INTEGER NOT NULL
  ) STRICT, WITHOUT ROWID;
  `,
  // Metrics of the operator's own: values as they were sent, and added up.
  `
  CREATE TABLE metric_points (
    metric_id TEXT NOT NULL,
    at INTEGER NOT NULL,
    value REAL NOT NULL,
    PRIMARY KEY (metric_id, at)
  ) STRICT, WITHOUT ROWID;
  CREATE TABLE metric_rollups (
    metric_id TEXT NOT NULL,
    span TEXT NOT NULL CHECK (span IN ('slot', 'hour', 'day')),
    start INTEGER NOT NULL,
    count INTEGER NOT NULL CHECK (count > 0),
    sum REAL NOT NULL,
    min REAL NOT NULL,
    max REAL NOT NULL,
    last REAL NOT NULL,
    last_at INTEGER NOT NULL,
    PRIMARY KEY (metric_id, span, start)
  ) STRICT, WITHOUT ROWID;
  `,
  // When a transition was known, beside since when it is so; of older ones nobody wrote it down.
  `
  ALTER TABLE transitions ADD COLUMN recorded_at INTEGER;
  `,
  // What a template of the operator's is filled with.
  `
  ALTER TABLE transitions ADD COLUMN told TEXT;
  `,
  // What is to be mended and is no outage: a certificate about to expire, a metric without its number.
  `
  CREATE TABLE warnings (
    source TEXT PRIMARY KEY,
    component TEXT,
    what TEXT NOT NULL,
    fix TEXT NOT NULL,
    expires INTEGER,
    host TEXT,
    since INTEGER NOT NULL,
    seen_at INTEGER NOT NULL,
    mailed_at INTEGER,
    gone_at INTEGER
  ) STRICT, WITHOUT ROWID;
  `,
  // Channels besides mail, the operator's and visitors', and the messages owed to them.
  `
  CREATE TABLE channels (
    id TEXT PRIMARY KEY,
    owner TEXT NOT NULL CHECK (owner IN ('operator', 'visitor')),
    type TEXT NOT NULL CHECK (type IN ('slack', 'discord', 'teams', 'webhook')),
    url TEXT CHECK ((url IS NULL) = (owner = 'operator')),
    url_key TEXT NOT NULL,
    secret TEXT,
    state TEXT NOT NULL CHECK (state IN ('pending', 'confirmed', 'dead')),
    components TEXT,
    kinds TEXT NOT NULL CHECK (kinds IN ('all', 'incidents', 'maintenance')),
    detail TEXT NOT NULL CHECK (detail IN ('all', 'ends')),
    lang TEXT NOT NULL,
    nonce TEXT NOT NULL,
    created_at INTEGER NOT NULL,
    confirmed_at INTEGER,
    confirmed_seq INTEGER,
    strikes INTEGER NOT NULL DEFAULT 0,
    failing_since INTEGER,
    resting_until INTEGER,
    error TEXT
  ) STRICT;
  CREATE UNIQUE INDEX channels_once ON channels (url_key) WHERE owner = 'visitor' AND state = 'confirmed';

  CREATE TABLE messages (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    kind TEXT NOT NULL CHECK (kind IN ('update', 'confirm')),
    ref TEXT NOT NULL,
    channel_id TEXT NOT NULL REFERENCES channels (id) ON DELETE CASCADE,
    state TEXT NOT NULL CHECK (state IN ('pending', 'sent', 'given_up')),
    attempts INTEGER NOT NULL DEFAULT 0,
    due_at INTEGER NOT NULL,
    error TEXT,
    created_at INTEGER NOT NULL,
    sent_at INTEGER,
    UNIQUE (kind, ref, channel_id)
  ) STRICT;
  CREATE INDEX messages_due ON messages (channel_id, id) WHERE state = 'pending';
  CREATE INDEX messages_channel ON messages (channel_id);
  `,
  // The last good text of incident files that are not over, for a start at which one cannot be read.
  `
  CREATE TABLE kept_files (name TEXT PRIMARY KEY, text TEXT NOT NULL) STRICT;
  `,
  // When each inbound monitor last recovered, by its own clock: a "down" from before that comes too late.
  `
  CREATE TABLE recoveries (
    source TEXT PRIMARY KEY,
    at INTEGER NOT NULL
  ) STRICT, WITHOUT ROWID;
  `,
  // The emails that wait for one subscriber, in their order: of one incident they leave one after another.
  `
  CREATE INDEX deliveries_waiting ON deliveries (subscriber_id, id) WHERE state = 'pending';
  `,
  // Incident files that are to be committed to git, noted before they are written: a crash may come between.
  `
  CREATE TABLE uncommitted (
    name TEXT PRIMARY KEY,
    author TEXT NOT NULL CHECK (author IN ('machine', 'api')),
    before TEXT
  ) STRICT, WITHOUT ROWID;
  `,
  // Which incident an email is about: what waits behind another is found by one look, however many wait.
  `
  ALTER TABLE deliveries ADD COLUMN incident_id TEXT;
  UPDATE deliveries SET incident_id = (SELECT incident_id FROM updates WHERE updates.ref = deliveries.ref)
    WHERE kind = 'update';
  DROP INDEX deliveries_waiting;
  CREATE INDEX deliveries_waiting ON deliveries (subscriber_id, incident_id, id) WHERE state = 'pending';
  `,
];
