// The one connection to SQLite, as Kysely's driver: one transaction at a time, begun IMMEDIATE, so that it
// either holds the write lock or has done nothing. A locked database is waited for with timers, never inside
// SQLite: its own busy timeout would stop every request of this process for as long.
import { accessSync, constants } from 'node:fs';
import Sqlite from 'better-sqlite3';
import {
  type CompiledQuery,
  type DatabaseConnection,
  type Dialect,
  type Driver,
  type QueryResult,
  SqliteAdapter,
  SqliteIntrospector,
  SqliteQueryCompiler,
} from 'kysely';
import { StorageFault, type StorageTrouble, troubleOf } from '../../core/model/ports/storage.ts';

/** Called after every write: with null when it succeeded, else with why it did not. */
export type OnWrite = (trouble: StorageTrouble | null) => void;

/** FULL: a commit waits for the disk. NORMAL: it may be lost with the power, never with the process. */
type Level = 'FULL' | 'NORMAL';

/** How long a locked database is waited for before a write is refused, ms. */
const PATIENCE = 5000;
/** Between two tries, ms: short at first, since most locks are. */
const PAUSES = [2, 5, 10, 20, 40] as const;
/** Statements kept compiled: an email costs half as much. */
const STATEMENTS = 300;

/** What both speeds of writing share: the SQLite handle and whose transaction is under way. */
export class Connection {
  #sqlite: Sqlite.Database;
  readonly #onWrite: OnWrite;
  readonly #gone: () => boolean;
  readonly #afresh: (() => Sqlite.Database) | null;
  readonly #statements = new Map<string, Sqlite.Statement>();
  #busy: Promise<void> | null = null;
  #free: () => void = () => {};
  #level: Level = 'FULL';
  #wrote = false;

  /** `afresh` opens the file once more, for a server, which outlives what its disk goes through. */
  constructor(
    sqlite: Sqlite.Database,
    onWrite: OnWrite,
    gone: () => boolean,
    afresh: (() => Sqlite.Database) | null,
  ) {
    this.#sqlite = sqlite;
    this.#afresh = afresh;
    this.#onWrite = onWrite;
    this.#gone = gone;
  }

  /** A statement outside a transaction. */
  async alone<R>(query: CompiledQuery): Promise<QueryResult<R>> {
    return this.#patiently(() => {
      this.#setLevel('FULL');
      this.#wrote = false;
      const result = this.#run<R>(query);
      if (this.#wrote) this.#onWrite(null);
      return result;
    });
  }

  /** A statement of the transaction under way. */
  within<R>(query: CompiledQuery): QueryResult<R> {
    try {
      return this.#run<R>(query);
    } catch (error) {
      throw this.#explained(error);
    }
  }

  /** Begins a transaction, of others' at the same time none. */
  async begin(level: Level): Promise<void> {
    await this.#patiently(() => {
      // Cannot be changed inside a transaction.
      this.#setLevel(level);
      this.#statement('BEGIN IMMEDIATE').run();
      this.#wrote = false;
      this.#busy = new Promise(resolve => {
        this.#free = resolve;
      });
    });
  }

  commit(): void {
    try {
      this.#statement('COMMIT').run();
      if (this.#wrote) this.#onWrite(null);
    } catch (error) {
      throw this.#explained(error);
    }
    this.#ended();
  }

  /** SQLite rolls back by itself when the disk is full. */
  rollback(): void {
    try {
      if (this.#sqlite.inTransaction) this.#statement('ROLLBACK').run();
    } finally {
      this.#ended();
    }
  }

  /**
   * A server's log files stay, emptied: SQLite removes them with its last connection, and on a disk that is full
   * by then the next start could not make them again. A connection that only reads is the last, and may not.
   */
  close(): void {
    let last: Sqlite.Database | null = null;
    try {
      if (this.#afresh && !this.#gone()) {
        last = new Sqlite(this.#sqlite.name, { readonly: true });
        last.pragma('schema_version');
        this.#sqlite.pragma('wal_checkpoint(TRUNCATE)');
      }
    } catch {
      // A disk that fails now: what is in the log is read at the next start.
    }
    this.#sqlite.close();
    last?.close();
  }

  #ended(): void {
    this.#busy = null;
    this.#free();
  }

  #setLevel(level: Level): void {
    const sqlite = this.#handle();
    if (level !== this.#level) sqlite.pragma(`synchronous = ${level}`);
    this.#level = level;
  }

  /** Waits for the transaction under way, then for whoever else has locked the file: 5 s at most. */
  async #patiently<T>(work: () => T): Promise<T> {
    for (let waited = 0, tries = 0; ; tries++) {
      while (this.#busy) await this.#busy;
      try {
        return work();
      } catch (error) {
        const locked = troubleOf((error as { code?: string }).code) === 'locked';
        if (!locked || waited >= PATIENCE) throw this.#explained(error);
      }
      const pause = PAUSES[Math.min(tries, PAUSES.length - 1)] as number;
      await new Promise(resolve => setTimeout(resolve, pause));
      waited += pause;
    }
  }

  #run<R>({ sql, parameters }: CompiledQuery): QueryResult<R> {
    // A pragma acts when it is compiled.
    const statement = /^\s*pragma\b/i.test(sql) ? this.#handle().prepare(sql) : this.#statement(sql);
    if (!statement.readonly && this.#gone()) throw new StorageFault('gone', 'ENOENT');
    if (statement.reader) {
      const rows = statement.all(parameters) as R[];
      this.#wrote ||= !statement.readonly && rows.length > 0;
      return { rows };
    }
    const { changes, lastInsertRowid } = statement.run(parameters);
    this.#wrote ||= changes > 0;
    return { numAffectedRows: BigInt(changes), insertId: BigInt(lastInsertRowid), rows: [] };
  }

  #statement(sql: string): Sqlite.Statement {
    const known = this.#statements.get(sql);
    if (known) return known;
    if (this.#statements.size >= STATEMENTS) this.#statements.clear();
    const statement = this.#handle().prepare(sql);
    this.#statements.set(sql, statement);
    return statement;
  }

  /**
   * A handle that was opened while the file could not be written never writes, nor does another beside it, since
   * they share the log's index: once the file can be written again, it is closed and opened anew.
   */
  #reopen(): void {
    if (!this.#afresh || this.#busy || this.#sqlite.inTransaction) return;
    try {
      accessSync(this.#sqlite.name, constants.W_OK);
    } catch {
      return;
    }
    this.#statements.clear();
    this.#sqlite.close();
  }

  #handle(): Sqlite.Database {
    if (this.#sqlite.open || !this.#afresh) return this.#sqlite;
    this.#sqlite = this.#afresh();
    this.#level = 'FULL';
    return this.#sqlite;
  }

  #explained(error: unknown): unknown {
    const { code } = error as { code?: string };
    const trouble = troubleOf(code);
    if (trouble === null) return error;
    this.#onWrite(trouble);
    if (trouble === 'readonly') this.#reopen();
    return new StorageFault(trouble, code as string, error);
  }
}

/** Kysely over the connection; `level` is that of its transactions. */
export function dialectOf(connection: Connection, level: Level): Dialect {
  return {
    createAdapter: () => new SqliteAdapter(),
    createDriver: () => driverOf(connection, level),
    createIntrospector: db => new SqliteIntrospector(db),
    createQueryCompiler: () => new SqliteQueryCompiler(),
  };
}

interface Lease extends DatabaseConnection {
  inTransaction: boolean;
}

function driverOf(connection: Connection, level: Level): Driver {
  return {
    init: async () => {},
    async acquireConnection() {
      const lease: Lease = {
        inTransaction: false,
        executeQuery: async query =>
          lease.inTransaction ? connection.within(query) : connection.alone(query),
        streamQuery() {
          throw new Error('rows are read at once, not streamed');
        },
      };
      return lease;
    },
    async beginTransaction(lease) {
      await connection.begin(level);
      (lease as Lease).inTransaction = true;
    },
    async commitTransaction(lease) {
      connection.commit();
      (lease as Lease).inTransaction = false;
    },
    async rollbackTransaction(lease) {
      if (!(lease as Lease).inTransaction) return;
      (lease as Lease).inTransaction = false;
      connection.rollback();
    },
    releaseConnection: async () => {},
    destroy: async () => connection.close(),
  };
}
