// Limits of what a visitor, a crowd or an attacker may use. docs/limits.md lists each by its name.
import { HOUR, MINUTE, type Millis, SECOND } from '../../core/model/time.ts';

/** At most `most` requests per `window` from one address (or with one token). */
export interface Rate {
  readonly most: number;
  readonly window: Millis;
}

const perMinute = (most: number): Rate => ({ most, window: MINUTE });

export const LIMITS = {
  /** Open connections; fewer if the system allows fewer open files. */
  connections: 20_000,
  /** Open connections of one public address: a tenth, so that one cannot block all others. */
  connections_per_address: 2_000,
  /** Requests on one connection. The last response has `Connection: close`, which proxies handle. */
  requests_per_connection: 1_000,
  /** Open event streams; further pages poll every minute. */
  streams: 10_000,
  streams_per_address: 1_000,
  /** The time for a request's headers, and for the whole request, to arrive. */
  headers_time: 10 * SECOND,
  request_time: 30 * SECOND,
  /** How long an idle connection stays open: longer than proxies keep theirs (60 s), or their next request fails. */
  idle_time: 65 * SECOND,
  /** How long an unread response is kept, plus one second for each `read_rate` bytes of it. */
  read_time: 30 * SECOND,
  read_rate: 4_096,
  /** Request line and headers, bytes; headers beyond the count are ignored. */
  header_bytes: 16_384,
  header_count: 200,
  /** The address with its query, characters. */
  url: 8_192,
  /** Bodies, bytes. */
  form_body: 16_384,
  webhook_body: 102_400,
  write_body: 102_400,
  git_push_body: 26_214_400,
  /** Rates per address; an IPv6 address counts as its network with this prefix length, bits. */
  ipv6_network: 64,
  subscribe: { most: 30, window: HOUR } as Rate,
  forms: perMinute(120),
  ranges: perMinute(300),
  pictures: perMinute(60),
  guesses: perMinute(60),
  webhooks: perMinute(600),
  writes: perMinute(120),
  /** Per heartbeat token. */
  heartbeats: perMinute(60),
  /** Addresses remembered per rate; beyond this, the oldest are forgotten. */
  addresses: 50_000,
  /** The average delay of the event loop from which work that can wait is refused, ms. */
  lateness: 500,
} as const;

export type Limits = typeof LIMITS;
