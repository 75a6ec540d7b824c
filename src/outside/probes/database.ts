// database: whether PostgreSQL, MySQL or Redis answers a question. Each driver is loaded at its first use.
import { Socket } from 'node:net';
import type { CheckOf, ProbeResult } from '../../core/model/checks/check.ts';
import { explain, Finding, isKnown } from './failure.ts';
import type { CheckRunner } from './network.ts';
import { closeOnAbort } from './tcp.ts';

type DatabaseCheck = CheckOf<'database'>;

/** Connects, asks once, hangs up. The answer's content is not judged: an error is what "down" means. */
export const checkDatabase: CheckRunner<DatabaseCheck> = async (check, signal) => {
  const url = check.url.trim();
  const ask = url.startsWith('postgres') ? askPostgres : url.startsWith('redis') ? askRedis : askMysql;
  // Loading a driver for the first time is not the database's slowness.
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
    // Our own socket: pg cannot be told to give up a connection that is still being made.
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
      // News of a move are of no use for one question, and asking for them looks up "[::1]" as a name.
      maintNotifications: 'disabled',
    });
    client.on('error', () => {});
    const close = () => {
      // It throws on a client that is closed already, or not open yet.
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

/** Codes of the three servers that mean "who are you?". */
const LOGIN = /^(28P01|28000|ER_ACCESS_DENIED_ERROR|ER_DBACCESS_DENIED_ERROR)$/;
/** … and "not now". */
const BUSY = /^(53300|57P03|ER_CON_COUNT_ERROR)$/;

function inWords(cause: unknown): Error {
  const { code = '', message = '' } = cause as { code?: string; message?: string };
  const say = (words: string) => new Finding(words, { cause });
  if (LOGIN.test(code) || /^(WRONGPASS|NOAUTH|ERR AUTH)/.test(message)) return say('refused the login');
  if (BUSY.test(code) || /^(LOADING|BUSY)/.test(message)) return say('is not ready to answer');
  if (isKnown(cause)) return say(explain(cause).seen);
  if (/terminated unexpectedly|Socket closed|closed state|Connection lost/i.test(message))
    return say('broke off the connection');
  return say('answered with an error');
}
