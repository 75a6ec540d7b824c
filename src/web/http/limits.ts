// Limits: what a visitor, a crowd or an attacker may take of this process. docs/limits.md lists each by its name.
import { HOUR, MINUTE, type Millis, SECOND } from '../../core/model/time.ts';

/** So many requests in so long a window, of one address (or of one token). */
export interface Rate {
  readonly most: number;
  readonly window: Millis;
}

const perMinute = (most: number): Rate => ({ most, window: MINUTE });

export const LIMITS = {
  /** Open connections; fewer where the system allows fewer open files. */
  connections: 20_000,
  /** Open connections of one public address: a tenth, so that no single one shuts the others out. */
  connections_per_address: 2_000,
  /** Requests on one connection: the last is answered with `Connection: close`, as proxies know it. */
  requests_per_connection: 1_000,
  /** Open event streams; further pages ask every minute instead. */
  streams: 10_000,
  streams_per_address: 1_000,
  /** Until a request's headers must have arrived, and until all of it must have. */
  headers_time: 10 * SECOND,
  request_time: 30 * SECOND,
  /** An idle connection is kept so long: longer than proxies keep theirs (60 s), or they meet a closed door. */
  idle_time: 65 * SECOND,
  /** An answer nobody fetches is kept so long, and `read_rate` bytes a second longer the larger it is. */
  read_time: 30 * SECOND,
  read_rate: 4_096,
  /** Request line and headers, bytes; headers beyond the number are not read. */
  header_bytes: 16_384,
  header_count: 200,
  /** The address with its query, characters. */
  url: 8_192,
  /** Bodies, bytes. */
  form_body: 16_384,
  webhook_body: 102_400,
  write_body: 102_400,
  git_push_body: 26_214_400,
  /** Rates of one address; an IPv6 address counts as its network of so many bits. */
  ipv6_network: 64,
  subscribe: { most: 30, window: HOUR } as Rate,
  forms: perMinute(120),
  ranges: perMinute(300),
  pictures: perMinute(60),
  guesses: perMinute(60),
  webhooks: perMinute(600),
  writes: perMinute(120),
  /** Of one heartbeat's token. */
  heartbeats: perMinute(60),
  /** Addresses remembered for each rate; beyond, those counted longest are forgotten. */
  addresses: 50_000,
  /** How late the process may be, on average, before it puts off what is not the page itself. */
  lateness: 500,
} as const;

export type Limits = typeof LIMITS;
