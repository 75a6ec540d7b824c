// database: whether PostgreSQL, MySQL or Redis answers a query. Each driver is loaded on first use.
import { Socket } from 'node:net';
import type { CheckOf, ProbeResult } from '../../core/model/checks/check.ts';
import { explain, Finding, hasFailureMessage } from './failure.ts';
import type { CheckRunner } from './network.ts';
import { closeOnAbort } from './tcp.ts';

type DatabaseCheck = CheckOf<'database'>;

/** Connects, sends one query, disconnects. The result is not judged: only an error means "down". */
export const checkDatabase: CheckRunner<DatabaseCheck> = async (check, signal) => {
  const url = check.url.trim();
  const ask = url.startsWith('postgres') ? askPostgres : url.startsWith('redis') ? askRedis : askMysql;
  // Loading the driver must not count as response time.
  const asking = await ask(url, check, signal);
  const started = performance.now();
  try {
    await asking();
  } catch (error) {
    throw inWords(error);
  }
  return { outcome: 'up', latency: performance.now() - started, seen: 'answered' } satisfies ProbeResult;
};

type Asking = () => Promise<void>;

async function askPostgres(url: string, check: DatabaseCheck, signal: AbortSignal): Promise<Asking> {
  const { default: pg } = await import('pg');
  return async () => {
    // Our own socket, because pg cannot abort a connection that is being made.
    const stream = ownSocket(signal);
    const client = new pg.Client({
      connectionString: url,
      stream: () => stream,
      application_name: 'status-live',
    });
    client.on('error', () => {});
    try {
      await client.connect();
      await client.query(check.query ?? 'SELECT 1');
      await client.end();
    } finally {
      stream.destroy();
    }
  };
}

async function askMysql(url: string, check: DatabaseCheck, signal: AbortSignal): Promise<Asking> {
  const { createConnection } = await import('mysql2');
  const { hostname, port } = new URL(url);
  return () =>
    new Promise((resolve, reject) => {
      const stream = ownSocket(signal).connect(Number(port) || 3306, hostname.replace(/^\[(.*)\]$/, '$1'));
      const connection = createConnection({ uri: url, stream, connectTimeout: check.timeout * 2 });
      connection.on('error', reject);
      connection.query(check.query ?? 'SELECT 1', error => {
        if (error) reject(error);
        else resolve();
        connection.destroy();
      });
    });
}

async function askRedis(url: string, check: DatabaseCheck, signal: AbortSignal): Promise<Asking> {
  const { createClient } = await import('redis');
  return async () => {
    const client = createClient({
      url,
      socket: { connectTimeout: check.timeout, reconnectStrategy: false },
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
}

function ownSocket(signal: AbortSignal): Socket {
  const socket = new Socket();
  socket.on('error', () => {});
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
