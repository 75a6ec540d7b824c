// The tables as Kysely sees them; migrations.ts creates them.
import type { Generated } from 'kysely';
import type { LoggedWebhook } from '../../core/inbound/webhook-log.ts';
import type { CheckResult } from '../../core/model/checks/check.ts';
import type { MetricRollup, RollupSpan } from '../../core/model/metric.ts';
import type { ChannelType } from '../../core/model/notification-channel.ts';
import type { Warning } from '../../core/monitoring/warning.ts';

interface ComponentRow {
  id: string;
  first_seen: number;
  first_check: number | null;
  last_check: number | null;
  seen: string | null;
  upstream: string | null;
  /** DetectorState as JSON. */
  detector: string | null;
  health_since: number | null;
}

export interface RollupRow {
  component_id: string;
  /** Ten minutes, an hour or a UTC day. */
  span: RollupSpan;
  start: number;
  checks: number;
  ok: number;
  /** Observed time, ms. */
  observed: number;
  latency_sum: number;
  latency_min: number | null;
  latency_max: number | null;
  /** Sketch of the latencies, as printed by core/monitoring/ddsketch.ts. */
  sketch: string;
  /** 1: measured by another program, from which it was imported. */
  imported: Generated<number>;
}

export interface TransitionRow {
  seq: Generated<number>;
  key: string;
  source: string;
  kind: 'down' | 'up';
  at: number;
  title: string;
  slug: string;
  severity: 'minor' | 'major' | 'critical';
  /** JSON list of component ids. */
  components: string;
  message: string;
  filed_at: number | null;
  /** The lasting name of the incident. */
  incident_id: string | null;
  /** 1: that incident was open before its source failed. */
  joined: number;
  /** When it became known. */
  recorded_at: number;
  /** `TransitionFacts` as JSON; null if there are none for templates. */
  facts: string | null;
}

export interface SubscriberRow {
  id: string;
  channel: Generated<'email' | ChannelType>;
  /** `operator`: a channel of status.yaml. */
  owner: Generated<'operator' | 'visitor'>;
  /** An email address or a visitor's URL; the operator's URLs stay in status.yaml. */
  address: string | null;
  /** The same for two spellings of one address. */
  address_key: string;
  /** The key that signs messages to a visitor's webhook. */
  secret: string | null;
  /** `dead`: a channel that refused for good or accepted nothing for too long. */
  state: 'pending' | 'confirmed' | 'dead';
  /** JSON list of component ids; null for all. */
  components: string | null;
  kinds: Generated<'all' | 'incidents' | 'maintenance'>;
  detail: Generated<'all' | 'ends'>;
  lang: Generated<string>;
  nonce: string;
  created_at: number;
  confirmed_at: number | null;
  /** Position in the order of confirmation, never reused; null while pending. */
  confirmed_seq: number | null;
  /** Permanent email refusals, or given-up messages of a channel, in a row. */
  strikes: Generated<number>;
  /** Since when a channel has accepted nothing; null if it works. */
  failing_since: number | null;
  /** Nothing is sent before this time; null if not paused. */
  paused_until: number | null;
  error: string | null;
}

interface AnnouncementRow {
  ref: string;
  incident_id: string;
  key: string;
  seen_at: number;
  /** Incident and update as JSON, for deliveries whose file is gone; null if nobody is to be notified. */
  frozen: string | null;
  /** When its deliveries are enqueued. */
  due_at: number | null;
  /** The last subscriber id whose delivery is enqueued; null if none are left to enqueue. */
  cursor: string | null;
  /** The last `confirmed_seq` that gets a delivery. */
  upto: number | null;
}

interface DeliveryRow {
  id: Generated<number>;
  channel: Generated<'email' | ChannelType>;
  kind: 'update' | 'confirm' | 'leave';
  /** `announcements.ref` for updates, otherwise the time of the request. */
  ref: string;
  /** The incident of an update; null for an email requested with a form. */
  incident_id: string | null;
  subscriber_id: string;
  state: 'pending' | 'sent' | 'given_up';
  attempts: Generated<number>;
  due_at: number;
  /** Null once sent. */
  error: string | null;
  created_at: number;
  sent_at: number | null;
}

interface KnownIncidentRow {
  /** The name that it keeps when its file is renamed. */
  key: string;
  id: string;
  /** `KnownIncident` without key and id, as JSON. */
  record: string;
  /** Since when there is no such file; null while there is. */
  gone_at: number | null;
}

interface RequestRow {
  /** Hash of method, path and Idempotency-Key. */
  key: string;
  body_hash: string;
  at: number;
  /** JSON `{status, body}`; null while the request is in progress. */
  answer: string | null;
}

export interface MetricRollupRow extends Omit<MetricRollup, 'lastAt'> {
  metric_id: string;
  span: RollupSpan;
  start: number;
  last_at: number;
}

interface WarningRow extends Omit<Warning, 'seenAt' | 'mailedAt' | 'goneAt'> {
  seen_at: number;
  mailed_at: number | null;
  gone_at: number | null;
}

interface PlanRow {
  incident_id: string;
  /** `ToldPlan['plan']` as JSON. */
  plan: string;
  sequence: number;
  changed_at: number | null;
  gone_at: number | null;
}

export interface Tables {
  components: ComponentRow;
  results: Pick<CheckResult, 'at' | 'outcome' | 'latency' | 'seen'> & { component_id: string };
  rollups: RollupRow;
  transitions: TransitionRow;
  subscribers: SubscriberRow;
  announcements: AnnouncementRow;
  deliveries: DeliveryRow;
  subscribe_requests: { counted: 'address' | 'host'; hash: string; at: number };
  requests: RequestRow;
  webhooks_log: LoggedWebhook & { seq: Generated<number> };
  reminders: { incident_id: string; at: number };
  suppressed: { address_hash: string; reason: 'refused' | 'bounced' | 'complained'; at: number };
  metric_points: { metric_id: string; at: number; value: number };
  metric_rollups: MetricRollupRow;
  warnings: WarningRow;
  known_incidents: KnownIncidentRow;
  kept_files: { name: string; text: string };
  plans: PlanRow;
  alerts: {
    id: string;
    source: string;
    is_firing: number;
    recovered_at: number | null;
    noted_at: number;
    failed_at: number | null;
  };
  held_alerts: {
    source: string;
    sender: string;
    /** The fields by which its component is found, as JSON. */
    named: string;
    first_at: number;
    last_at: number;
    times: number;
  };
  uncommitted: { name: string; author: 'machine' | 'api'; before: string | null };
  meta: { name: string; value: string };
}
