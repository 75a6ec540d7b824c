// Limits connections, in total and per address, and closes those whose client does not read.
import type { Server } from 'node:http';
import type { Socket } from 'node:net';
import type { Log } from '../../core/model/ports/log.ts';
import { MINUTE, SECOND } from '../../core/model/time.ts';
import { openFiles } from './descriptors.ts';
import type { Limits } from './limits.ts';
import { clientAddressKey } from './rate-limit.ts';

type ConnectionLimits = Pick<
  Limits,
  'connections' | 'connections_per_address' | 'requests_per_connection' | 'read_time' | 'read_rate'
>;

export interface ConnectionRules {
  readonly limits: { readonly [name in keyof ConnectionLimits]: number };
  /** Whether the address belongs to one visitor and is counted; a proxy's is not. */
  readonly isVisitor: (address: string | undefined) => boolean;
  readonly log: Pick<Log, 'warn'>;
}

const LOOK = 5 * SECOND;

/** Files that the process needs itself: database, running checks, incident files, mail. */
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
    // If visitors used up all open files, every check would fail and report outages that are none.
    this.#max = Math.min(limits.connections, Math.max(50, openFiles() - OWN_FILES));
    server.maxConnections = this.#max;
    // The last response has `Connection: close`. A client that sends more has sent them without reading.
    server.maxRequestsPerSocket = limits.requests_per_connection;
    server.on('drop', () => this.#refused.full++);
    server.on('dropRequest', (_req, socket) => {
      if (!socket.destroyed) this.#refused.requests++;
      socket.destroy();
    });
    server.on('connection', socket => this.#accept(socket));
    // Without a listener, an error while accepting would end the process.
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
    const key = isVisitor(socket.remoteAddress) ? clientAddressKey(socket.remoteAddress) : null;
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
      `${full} over the limit of ${this.#max}`,
      `${address} over the limit of ${connections_per_address} per address`,
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

/** Counts by key; a key with no count is removed. */
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
