// Connections: how many there may be, in all and of one address, and an end for those that ask and never read.
import type { Server } from 'node:http';
import type { Socket } from 'node:net';
import ipaddr from 'ipaddr.js';
import type { Log } from '../../core/model/ports/log.ts';
import { MINUTE, SECOND } from '../../core/model/time.ts';
import { openFiles } from './descriptors.ts';
import type { Limits } from './limits.ts';
import { addressKey } from './rate-limit.ts';

type ConnectionLimits = Pick<
  Limits,
  'connections' | 'connections_per_address' | 'requests_per_connection' | 'read_time' | 'read_rate'
>;

export interface ConnectionRules {
  readonly limits: { readonly [name in keyof ConnectionLimits]: number };
  /** Whether this address is one visitor's, and may be counted; a proxy's is not. */
  readonly isVisitor: (address: string | undefined) => boolean;
  readonly log: Pick<Log, 'warn'>;
}

const LOOK = 5 * SECOND;

/** Files the process needs for itself: the database, checks under way, incident files, mail. */
const OWN_FILES = 700;

export class ConnectionGuard {
  readonly #rules: ConnectionRules;
  readonly #max: number;
  readonly #open = new Map<Socket, { written: number; since: number }>();
  readonly #perAddress = new Counts();
  #refused = { full: 0, address: 0, unread: 0, requests: 0 };
  #warnedAt = Number.NEGATIVE_INFINITY;
  readonly #timers: readonly NodeJS.Timeout[];

  constructor(server: Server, rules: ConnectionRules) {
    const { limits } = rules;
    this.#rules = rules;
    // Visitors who used up the open files would make every check fail, and so report outages that are none.
    this.#max = Math.min(limits.connections, Math.max(50, openFiles() - OWN_FILES));
    server.maxConnections = this.#max;
    // The last one is answered with `Connection: close`; who asks on has sent them in a row without reading.
    server.maxRequestsPerSocket = limits.requests_per_connection;
    server.on('drop', () => this.#refused.full++);
    server.on('dropRequest', (_req, socket) => {
      if (!socket.destroyed) this.#refused.requests++;
      socket.destroy();
    });
    server.on('connection', socket => this.#accept(socket));
    // Without a listener an error while accepting would end the process.
    server.on('error', error => this.#warnOf(error));
    this.#timers = [
      setInterval(() => this.#endUnread(), Math.min(LOOK, limits.read_time)).unref(),
      setInterval(() => this.#report(), MINUTE).unref(),
    ];
  }

  close(): void {
    for (const timer of this.#timers) clearInterval(timer);
  }

  #accept(socket: Socket): void {
    const { limits, isVisitor } = this.#rules;
    const key = isVisitor(socket.remoteAddress) ? addressKey(socket.remoteAddress) : null;
    if (key !== null && this.#perAddress.of(key) >= limits.connections_per_address) {
      this.#refused.address++;
      socket.destroy();
      return;
    }
    if (key !== null) this.#perAddress.add(key);
    this.#open.set(socket, { written: 0, since: performance.now() });
    socket.once('close', () => {
      this.#open.delete(socket);
      if (key !== null) this.#perAddress.remove(key);
    });
  }

  #endUnread(): void {
    const { read_time, read_rate } = this.#rules.limits;
    const now = performance.now();
    for (const [socket, seen] of this.#open) {
      const waiting = socket.writableLength;
      if (waiting === 0 || socket.bytesWritten !== seen.written) {
        seen.written = socket.bytesWritten;
        seen.since = now;
      } else if (now - seen.since > read_time + (waiting / read_rate) * SECOND) {
        this.#refused.unread++;
        socket.destroy();
      }
    }
  }

  #report(): void {
    const { full, address, unread, requests } = this.#refused;
    if (full + address + unread + requests === 0) return;
    const { connections_per_address, requests_per_connection } = this.#rules.limits;
    const parts = [
      `${full} beyond ${this.#max} in all`,
      `${address} beyond ${connections_per_address} of one address`,
      `${unread} that did not read`,
      `${requests} with more than ${requests_per_connection} requests`,
    ];
    this.#rules.log.warn(this.#refused, `connections refused: ${parts.join(', ')}`);
    this.#refused = { full: 0, address: 0, unread: 0, requests: 0 };
  }

  #warnOf({ code }: NodeJS.ErrnoException): void {
    if (performance.now() - this.#warnedAt < MINUTE) return;
    this.#warnedAt = performance.now();
    const fix = /^E[MN]FILE$/.test(code ?? '') ? ' (LimitNOFILE in systemd, `ulimit -n`)' : '';
    this.#rules.log.warn({ code }, `connections cannot be accepted: raise the limit of open files${fix}`);
  }
}

/** How many there are of each key; a key without any is forgotten. */
export class Counts {
  readonly #counts = new Map<string, number>();

  of(key: string): number {
    return this.#counts.get(key) ?? 0;
  }

  add(key: string): void {
    this.#counts.set(key, this.of(key) + 1);
  }

  remove(key: string): void {
    if (this.of(key) > 1) this.#counts.set(key, this.of(key) - 1);
    else this.#counts.delete(key);
  }
}

/**
 * Whether an address is of this machine or a private network: most likely a proxy, behind which stand many
 * visitors, even where TRUST_PROXY was forgotten.
 */
export function isPrivate(address = ''): boolean {
  return ipaddr.isValid(address) && PRIVATE.includes(ipaddr.process(address).range());
}

const PRIVATE = ['loopback', 'private', 'linkLocal', 'uniqueLocal'];
