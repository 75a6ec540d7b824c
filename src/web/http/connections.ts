// Connections: how many there may be, in all and of one address, and an end for those that ask and never read.
import { readFileSync } from 'node:fs';
import type { RequestListener, Server } from 'node:http';
import { BlockList, isIP, isIPv6, type Socket } from 'node:net';
import type { Log } from '../../core/model/ports/log.ts';
import { MINUTE, SECOND } from '../../core/model/time.ts';
import type { Limits } from './limits.ts';
import { addressKey } from './rate-limit.ts';

type ConnectionLimits = Pick<
  Limits,
  'connections' | 'connections_per_address' | 'pipelined' | 'read_time' | 'read_rate'
>;

export interface ConnectionRules {
  readonly limits: { readonly [name in keyof ConnectionLimits]: number };
  /** Whether this address is one visitor's, and may be counted; a proxy's is not. */
  readonly isVisitor: (address: string | undefined) => boolean;
  readonly log: Pick<Log, 'warn'>;
}

export interface ConnectionGuard {
  /** Ends a connection on which more than `pipelined` requests wait; `listener` sees none of those beyond. */
  inTurn(listener: RequestListener): RequestListener;
  close(): void;
}

/** How often slow readers are looked for. */
const LOOK = 5 * SECOND;

/** Files the process needs for itself: the database, checks under way, incident files, mail. */
const FILES_OF_OUR_OWN = 700;

/** Watches the server's connections until it is closed. */
export function guardConnections(
  server: Server,
  { limits, isVisitor, log }: ConnectionRules,
): ConnectionGuard {
  const counts = new Map<string, number>();
  const open = new Map<Socket, { written: number; since: number }>();
  const turnedAway = { full: 0, address: 0, unread: 0, pipelined: 0 };
  // Visitors who used up the open files would make every check fail, and so report outages that are none.
  const most = Math.min(limits.connections, Math.max(50, openFiles() - FILES_OF_OUR_OWN));
  server.maxConnections = most;
  server.on('drop', () => turnedAway.full++);

  server.on('connection', socket => {
    const key = isVisitor(socket.remoteAddress) ? addressKey(socket.remoteAddress) : null;
    if (key !== null) {
      const count = (counts.get(key) ?? 0) + 1;
      if (count > limits.connections_per_address) {
        turnedAway.address++;
        socket.destroy();
        return;
      }
      counts.set(key, count);
    }
    open.set(socket, { written: 0, since: performance.now() });
    socket.once('close', () => {
      open.delete(socket);
      if (key === null) return;
      const left = (counts.get(key) ?? 1) - 1;
      if (left > 0) counts.set(key, left);
      else counts.delete(key);
    });
  });

  // Without a listener an error while accepting would end the process.
  let complainedAt = Number.NEGATIVE_INFINITY;
  server.on('error', (error: NodeJS.ErrnoException) => {
    if (performance.now() - complainedAt < MINUTE) return;
    complainedAt = performance.now();
    const fix = /^E[MN]FILE$/.test(error.code ?? '') ? ' (LimitNOFILE in systemd, `ulimit -n`)' : '';
    log.warn({ code: error.code }, `connections cannot be accepted: raise the limit of open files${fix}`);
  });

  const look = setInterval(
    () => {
      const now = performance.now();
      for (const [socket, seen] of open) {
        const waiting = socket.writableLength;
        if (waiting === 0 || socket.bytesWritten !== seen.written) {
          seen.written = socket.bytesWritten;
          seen.since = now;
        } else if (now - seen.since > limits.read_time + (waiting / limits.read_rate) * SECOND) {
          turnedAway.unread++;
          socket.destroy();
        }
      }
    },
    Math.min(LOOK, limits.read_time),
  );
  const tell = setInterval(() => {
    const { full, address, unread, pipelined } = turnedAway;
    Object.assign(turnedAway, { full: 0, address: 0, unread: 0, pipelined: 0 });
    if (full + address + unread + pipelined === 0) return;
    const why = `${full} beyond ${most} in all, ${address} beyond ${limits.connections_per_address} of one address`;
    const ended = `${unread} that did not read, ${pipelined} with more than ${limits.pipelined} requests waiting`;
    log.warn({ full, address, unread, pipelined }, `connections turned away: ${why}, ${ended}`);
  }, MINUTE);
  look.unref();
  tell.unref();

  const inLine = new WeakMap<Socket, number>();
  return {
    inTurn: listener => (req, res) => {
      // A response whose turn it is has its socket: nearly all, and nothing is counted for them.
      if (res.socket !== null) return listener(req, res);
      const { socket } = req;
      // Node reads what came in one piece to its end, thousands of requests, though nobody is there.
      if (socket.destroyed) return;
      const count = (inLine.get(socket) ?? 0) + 1;
      if (count > limits.pipelined) {
        turnedAway.pipelined++;
        socket.destroy();
        // Not in Node's types: for what is left of the piece no response is made, and nothing kept until the close.
        const { parser } = socket as Socket & { parser?: { onIncoming: unknown } | null };
        if (parser) parser.onIncoming = () => 0;
        return;
      }
      inLine.set(socket, count);
      res.once('close', () => inLine.set(socket, (inLine.get(socket) ?? 1) - 1));
      listener(req, res);
    },
    close() {
      clearInterval(look);
      clearInterval(tell);
    },
  };
}

const near = new BlockList();
for (const [network, bits] of [
  ['127.0.0.0', 8],
  ['10.0.0.0', 8],
  ['172.16.0.0', 12],
  ['192.168.0.0', 16],
  ['169.254.0.0', 16],
] as const) {
  near.addSubnet(network, bits, 'ipv4');
}
near.addAddress('::1', 'ipv6');
near.addSubnet('fc00::', 7, 'ipv6');
near.addSubnet('fe80::', 10, 'ipv6');

/**
 * Whether an address is of this machine or a private network: most likely a proxy, behind which stand many
 * visitors, even where TRUST_PROXY was forgotten.
 */
export function isNear(address: string | undefined): boolean {
  if (!address) return false;
  const plain = address.replace(/^::ffff:(?=\d+\.)/i, '').replace(/%.*$/, '');
  return isIP(plain) !== 0 && near.check(plain, isIPv6(plain) ? 'ipv6' : 'ipv4');
}

/** How many files this process may have open; a large number where the system does not say. */
export function openFiles(): number {
  try {
    const found = /^Max open files\s+(\d+)/m.exec(readFileSync('/proc/self/limits', 'utf8'));
    return found ? Number(found[1]) : Number.MAX_SAFE_INTEGER;
  } catch {
    return Number.MAX_SAFE_INTEGER; // not Linux
  }
}
