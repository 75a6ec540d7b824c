// database: whether PostgreSQL, MySQL or Redis answers a query. Each driver is loaded on first use.
import { isIP, Socket } from 'node:net';
import type { CheckOf, ProbeResult } from '../../core/model/checks/check.ts';
import { explain, Finding, hasFailureMessage } from './failure.ts';
import { type CheckRunner, type Network, reach } from './network.ts';
import { closeOnAbort } from './tcp.ts';

type DatabaseCheck = CheckOf<'database'>;

/** Connects, sends one query, disconnects. The result is not judged: only an error means "down". */
export const checkDatabase: CheckRunner<DatabaseCheck> = async (check, signal, network) => {
  const url = check.url.trim();
  const ask = url.startsWith('postgres') ? askPostgres : url.startsWith('redis') ? askRedis : askMysql;
  // Loading the driver must not count as response time.
  const asking = await ask(url, check, signal, network);
  const started = performance.now();
  try {
    await asking();
  } catch (error) {
    throw inWords(error);
  }
  return { outcome: 'up', latency: performance.now() - started, seen: 'answered' } satisfies ProbeResult;
};

/** Loads the driver; the function it returns connects and asks. */
type Ask = (
  url: string,
  check: DatabaseCheck,
  signal: AbortSignal,
  network: Network,
) => Promise<() => Promise<void>>;

const askPostgres: Ask = async (url, check, signal, network) => {
  const { default: pg } = await import('pg');
  return async () => {
    // Our own socket, because pg cannot abort a connection that is being made.
    const stream = ownSocket(signal, network);
    const client = new pg.Client({
      connectionString: url,
      stream: () => stream,
      application_name: 'status-live',
    });
    client.on('error', () => {});
    meetHost(client.host, network);
    try {
      await client.connect();
      await client.query(check.query ?? 'SELECT 1');
      await client.end();
    } finally {
      stream.destroy();
    }
  };
};

const askMysql: Ask = async (url, check, signal, network) => {
  const { createConnection } = await import('mysql2');
  const { port } = new URL(url);
  const host = hostOf(url);
  return () =>
    new Promise((resolve, reject) => {
      meetHost(host, network);
      const stream = ownSocket(signal, network).connect(Number(port) || 3306, host);
      const connection = createConnection({ uri: url, stream, connectTimeout: check.timeout * 2 });
      connection.on('error', reject);
      connection.query(check.query ?? 'SELECT 1', error => {
        if (error) reject(error);
        else resolve();
        connection.destroy();
      });
    });
};

const askRedis: Ask = async (url, check, signal, network) => {
  const { createClient } = await import('redis');
  return async () => {
    const client = createClient({
      url,
      socket: { ...reach(network, hostOf(url)), connectTimeout: check.timeout, reconnectStrategy: false },
      // Maintenance notifications are useless for one query, and requesting them resolves "[::1]" as a name.
      maintNotifications: 'disabled',
    });
    client.on('error', () => {});
    const close = () => {
      // It throws if the client is not open yet or already closed.
      try {
        client.destroy();
      } catch {}
    };
    signal.addEventListener('abort', close, { once: true });
    try {
      await client.connect();
      await client.sendCommand((check.query ?? 'PING').trim().split(/\s+/));
    } finally {
      signal.removeEventListener('abort', close);
      close();
    }
  };
};

/** Its host, without the brackets of an IPv6 address. */
function hostOf(url: string): string {
  return new URL(url).hostname.replace(/^\[(.*)\]$/, '$1');
}

/** Names are met when the socket looks them up. A unix socket is on this machine. */
function meetHost(host: string, { meet = () => {} }: Network): void {
  if (isIP(host)) meet(host);
  if (host.startsWith('/')) meet('127.0.0.1');
}

function ownSocket(signal: AbortSignal, { meet = () => {} }: Network): Socket {
  const socket = new Socket();
  socket.on('error', () => {});
  socket.on('lookup', (error: Error | null, address) => error ?? meet(address));
  closeOnAbort(socket, signal);
  return socket;
}

/** Error codes of the three servers for a refused login. */
const LOGIN = /^(28P01|28000|ER_ACCESS_DENIED_ERROR|ER_DBACCESS_DENIED_ERROR)$/;
/** Error codes for "too many connections" and "starting". */
const BUSY = /^(53300|57P03|ER_CON_COUNT_ERROR)$/;

function inWords(cause: unknown): Error {
  const { code = '', message = '' } = cause as { code?: string; message?: string };
  const say = (words: string) => new Finding(words, { cause });
  if (LOGIN.test(code) || /^(WRONGPASS|NOAUTH|ERR AUTH)/.test(message)) return say('refused the login');
  if (BUSY.test(code) || /^(LOADING|BUSY)/.test(message)) return say('is not ready to answer');
  if (hasFailureMessage(cause)) return say(explain(cause).seen);
  if (/terminated unexpectedly|Socket closed|closed state|Connection lost/i.test(message))
    return say('closed the connection');
  return say('answered with an error');
}
