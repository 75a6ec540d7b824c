// What is read of Uptime Kuma's database; rows as they are in it, of version 1 and 2.
import type { RollupSpan } from '../../model/metric.ts';

export interface KumaTables {
  /** The status pages, the published ones first. */
  readonly pages: readonly { readonly id: number; readonly title: string; readonly slug: string | null }[];
  readonly monitors: readonly MonitorRow[];
  /** The monitors on status pages, in the order shown there. */
  readonly shown: readonly {
    readonly monitor: number;
    readonly group: string;
    readonly page: number | null;
  }[];
  /** Tags called `component`: the webhook names the component by them. */
  readonly labels: readonly { readonly monitor: number; readonly value: string }[];
  /** The first heartbeat of each stretch of `down`, and the first after it that is up or under maintenance. In order. */
  readonly turns: readonly TurnRow[];
  readonly lastBeats: readonly { readonly monitor: number; readonly time: string }[];
  readonly measured: readonly MeasuredRow[];
  /** What version 2 keeps of older heartbeats. */
  readonly stats: readonly StatRow[];
  readonly notes: readonly NoteRow[];
  readonly maintenances: readonly MaintenanceRow[];
  /** The status pages that show a maintenance. */
  readonly announced: readonly { readonly maintenance: number; readonly page: number }[];
  readonly maintained: readonly { readonly maintenance: number; readonly monitor: number }[];
  /** The server's time zone; null: not set. */
  readonly zone: string | null;
}

type NullableText = string | null | undefined;
type NullableNumber = number | null | undefined;

export interface MonitorRow {
  readonly id: number;
  readonly name: string;
  readonly type: string;
  readonly active: number;
  /** Seconds. */
  readonly interval: number;
  readonly url?: NullableText;
  readonly hostname?: NullableText;
  readonly port?: NullableNumber;
  readonly description?: NullableText;
  readonly parent?: NullableNumber;
  readonly method?: NullableText;
  readonly body?: NullableText;
  /** JSON of an object. */
  readonly headers?: NullableText;
  readonly http_body_encoding?: NullableText;
  /** JSON of a list of ranges. */
  readonly accepted_statuscodes_json?: NullableText;
  readonly maxredirects?: NullableNumber;
  readonly maxretries?: NullableNumber;
  /** Seconds. */
  readonly retry_interval?: NullableNumber;
  /** Seconds. */
  readonly timeout?: NullableNumber;
  readonly keyword?: NullableText;
  readonly invert_keyword?: NullableNumber;
  readonly json_path?: NullableText;
  readonly json_path_operator?: NullableText;
  readonly expected_value?: NullableText;
  readonly upside_down?: NullableNumber;
  readonly ignore_tls?: NullableNumber;
  readonly expiry_notification?: NullableNumber;
  readonly proxy_id?: NullableNumber;
  readonly auth_method?: NullableText;
  readonly basic_auth_user?: NullableText;
  readonly push_token?: NullableText;
  readonly dns_resolve_type?: NullableText;
  readonly dns_resolve_server?: NullableText;
  /** JSON of a list: what a DNS answer must be (version 2). */
  readonly conditions?: NullableText;
  readonly database_query?: NullableText;
  readonly smtp_security?: NullableText;
}

/** A heartbeat; `status` 0 down, 1 up, 2 pending, 3 maintenance. */
export interface TurnRow {
  readonly id: number;
  readonly monitor: number;
  readonly status: number;
  /** UTC. */
  readonly time: string;
  /** Since the heartbeat before, seconds. */
  readonly duration: number;
}

/** Heartbeats of one period with one outcome and one response time. */
export interface MeasuredRow {
  readonly span: RollupSpan;
  readonly monitor: number;
  /** The beginning of a time in UTC: `2024-03-05`, `2024-03-05 10`, `2024-03-05 10:2`. */
  readonly period: string;
  readonly ok: number;
  /** ms */
  readonly ping: number | null;
  readonly beats: number;
  /** The time they cover, seconds. */
  readonly seconds: number;
}

export interface StatRow {
  readonly span: RollupSpan;
  readonly monitor_id: number;
  /** Its beginning, seconds since the Unix epoch. */
  readonly timestamp: number;
  /** The average of those that are up, ms. */
  readonly ping: number;
  readonly ping_min?: NullableNumber;
  readonly ping_max?: NullableNumber;
  readonly up: number;
  readonly down: number;
}

/** A note pinned to a status page (`incident`). */
export interface NoteRow {
  readonly id: number;
  readonly title: string;
  readonly content: string;
  readonly style: string;
  /** UTC. */
  readonly created_date: string;
  readonly last_updated_date: string | null;
  readonly status_page_id?: NullableNumber;
  readonly pin: number;
  readonly active?: NullableNumber;
}

export interface MaintenanceRow {
  readonly id: number;
  readonly title: string;
  readonly description: string;
  readonly active: number;
  readonly strategy: string;
  /** In its time zone, as the times below. */
  readonly start_date: string | null;
  readonly end_date: string | null;
  readonly start_time: string | null;
  readonly end_time: string | null;
  /** JSON of a list: 0 (Sunday) to 6. */
  readonly weekdays?: NullableText;
  /** JSON of a list: 1 to 31, and `lastDay1` (the last) to `lastDay4`. */
  readonly days_of_month?: NullableText;
  readonly interval_day?: NullableNumber;
  readonly cron?: NullableText;
  readonly timezone?: NullableText;
  /** Seconds. */
  readonly duration?: NullableNumber;
}
