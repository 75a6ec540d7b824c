// PostgreSQL as Kysely's driver. What writes is a transaction that takes one lock first, over all processes, as SQLite's
// BEGIN IMMEDIATE does, and then compares the epoch: a process that no longer leads fails there, before it has written.
import {
  type CompiledQuery,
  type DatabaseConnection,
  type Dialect,
  type Driver,
  PostgresAdapter,
  PostgresIntrospector,
  PostgresQueryCompiler,
  type QueryResult,
} from 'kysely';
import type { QueryResult as PgResult, Pool, PoolClient } from 'pg';
import { type PostgresPlace, StorageFault } from '../../../core/model/ports/storage.ts';
import type { Level, OnWrite } from '../connection.ts';
import { asFault } from './errors.ts';
import { writerLock } from './place.ts';

/** What a leader's statements must pass; commands have none. */
export interface LeaderFence {
  readonly epoch: number;
  /** False from the moment on at which another process may lead. */
  holds(): boolean;
  /** Another epoch was found: this process has been deposed. */
  deposed(epoch: number): void;
}

interface Transaction {
  readonly client: PoolClient;
  wrote: boolean;
}

export class PostgresConnection {
  readonly #pool: Pool;
  readonly #place: PostgresPlace;
  readonly #onWrite: OnWrite;
  readonly #fence: LeaderFence | null;
  /** The end of the transaction in progress: the next one would only wait for its lock, with a connection in its hands. */
  #last: Promise<void> = Promise.resolve();
  #ended = new WeakMap<Transaction, () => void>();

  constructor(pool: Pool, place: PostgresPlace, onWrite: OnWrite, fence: LeaderFence | null) {
    this.#pool = pool;
    this.#place = place;
    this.#onWrite = onWrite;
    this.#fence = fence;
  }

  /** Runs a statement outside a transaction; one that writes gets a transaction of its own. */
  async alone<R>(query: CompiledQuery): Promise<QueryResult<R>> {
    if (isReading(query)) {
      const client = await this.#connect();
      try {
        const result = await run<R>(client, query);
        client.release();
        return result;
      } catch (error) {
        throw this.#explained(error, client);
      }
    }
    const transaction = await this.begin('FULL');
    try {
      const result = await this.within<R>(transaction, query);
      await this.commit(transaction);
      return result;
    } catch (error) {
      await this.rollback(transaction);
      throw error;
    }
  }

  async within<R>(transaction: Transaction, query: CompiledQuery): Promise<QueryResult<R>> {
    this.#mustHold();
    try {
      const result = await run<R>(transaction.client, query);
      transaction.wrote ||= !isReading(query) && Number(result.numAffectedRows ?? 0) > 0;
      return result;
    } catch (error) {
      throw this.#explained(error);
    }
  }

  async begin(level: Level): Promise<Transaction> {
    const before = this.#last;
    let end = () => {};
    this.#last = new Promise(resolve => {
      end = resolve;
    });
    await before;
    try {
      const client = await this.#connect();
      try {
        await this.#enter(client, level);
      } catch (error) {
        // It may be within a transaction.
        client.release(true);
        throw this.#explained(error);
      }
      const transaction: Transaction = { client, wrote: false };
      this.#ended.set(transaction, end);
      return transaction;
    } catch (error) {
      end();
      throw error;
    }
  }

  async commit(transaction: Transaction): Promise<void> {
    this.#mustHold();
    let answer: PgResult;
    try {
      answer = await transaction.client.query('COMMIT');
    } catch (error) {
      throw this.#explained(error);
    }
    // What failed before was rolled back, whatever was asked for.
    if (answer.command !== 'COMMIT') throw new Error('the transaction was rolled back');
    this.#leave(transaction, false);
    if (transaction.wrote) this.#onWrite(null);
  }

  /** After a commit nothing is left to do. */
  async rollback(transaction: Transaction): Promise<void> {
    if (!this.#ended.has(transaction)) return;
    let isBroken = false;
    await transaction.client.query('ROLLBACK').catch(() => {
      isBroken = true;
    });
    this.#leave(transaction, isBroken);
  }

  async close(): Promise<void> {
    await this.#pool.end();
  }

  #leave(transaction: Transaction, isBroken: boolean): void {
    transaction.client.release(isBroken);
    this.#ended.get(transaction)?.();
    this.#ended.delete(transaction);
  }

  /** One message to the server: begin, the lock, the epoch. Each later statement sees all that was committed before. */
  async #enter(client: PoolClient, level: Level): Promise<void> {
    const begin = level === 'FULL' ? 'BEGIN' : 'BEGIN; SET LOCAL synchronous_commit = off';
    const lock = `SELECT pg_advisory_xact_lock(${writerLock(this.#place)})`;
    const asked = this.#fence ? '; SELECT epoch FROM status_live_leader' : '';
    const answers: unknown = await client.query(`${begin}; ${lock}${asked}`);
    const fence = this.#fence;
    if (!fence) return;
    const epoch = (answers as PgResult<{ epoch: number }>[]).at(-1)?.rows[0]?.epoch ?? 0;
    if (epoch === fence.epoch) return;
    await client.query('ROLLBACK');
    fence.deposed(epoch);
    throw new StorageFault('away', `epoch ${epoch}`);
  }

  async #connect(): Promise<PoolClient> {
    this.#mustHold();
    try {
      return await this.#pool.connect();
    } catch (error) {
      throw this.#explained(error);
    }
  }

  #mustHold(): void {
    if (this.#fence === null || this.#fence.holds()) return;
    this.#onWrite('away');
    throw new StorageFault('away', 'the lock of the leader');
  }

  #explained(error: unknown, client?: PoolClient): unknown {
    const fault = asFault(error);
    const isFault = fault instanceof StorageFault;
    // What the server refused leaves a connection that works, outside a transaction.
    client?.release(isFault);
    if (isFault && !(error instanceof StorageFault)) this.#onWrite(fault.trouble);
    return fault;
  }
}

const READING = /^\s*select\b/i;

function isReading({ query, sql }: CompiledQuery): boolean {
  return query.kind === 'SelectQueryNode' || (query.kind === 'RawNode' && READING.test(sql));
}

async function run<R>(client: PoolClient, { sql, parameters }: CompiledQuery): Promise<QueryResult<R>> {
  const values = parameters.map(storable);
  const { command, rowCount, rows } = await client.query({ ...named(sql), text: sql, values });
  const counts = command === 'INSERT' || command === 'UPDATE' || command === 'DELETE';
  return { rows, ...(counts ? { numAffectedRows: BigInt(rowCount ?? 0) } : {}) };
}

/** Statements with a name are parsed once in each connection; lists of many lengths would be many. */
const names = new Map<string, string>();
const MAX_NAMES = 300;
const MAX_NAMED_LENGTH = 1500;

function named(text: string): { name?: string } {
  let name = names.get(text);
  if (name === undefined && names.size < MAX_NAMES && text.length <= MAX_NAMED_LENGTH) {
    name = `s${names.size}`;
    names.set(text, name);
  }
  return name === undefined ? {} : { name };
}

/** PostgreSQL holds every character but this one. */
function storable(value: unknown): unknown {
  return typeof value === 'string' && value.includes('\0') ? value.replaceAll('\0', '\ufffd') : value;
}

/** A Kysely dialect over the connection; `level` is that of its transactions. */
export function postgresDialect(connection: PostgresConnection, level: Level): Dialect {
  return {
    createAdapter: () => new PostgresAdapter(),
    createDriver: () => driverOf(connection, level),
    createIntrospector: db => new PostgresIntrospector(db),
    createQueryCompiler: () => new PostgresQueryCompiler(),
  };
}

interface PostgresLease extends DatabaseConnection {
  transaction: Transaction | null;
}

function driverOf(connection: PostgresConnection, level: Level): Driver {
  return {
    init: async () => {},
    async acquireConnection() {
      const lease: PostgresLease = {
        transaction: null,
        executeQuery: query =>
          lease.transaction ? connection.within(lease.transaction, query) : connection.alone(query),
        streamQuery() {
          throw new Error('rows are read at once, not streamed');
        },
      };
      return lease;
    },
    async beginTransaction(lease) {
      (lease as PostgresLease).transaction = await connection.begin(level);
    },
    async commitTransaction(lease) {
      await connection.commit((lease as PostgresLease).transaction as Transaction);
      (lease as PostgresLease).transaction = null;
    },
    async rollbackTransaction(lease) {
      const { transaction } = lease as PostgresLease;
      (lease as PostgresLease).transaction = null;
      if (transaction) await connection.rollback(transaction);
    },
    releaseConnection: async () => {},
    destroy: () => connection.close(),
  };
}
