// The one connection to SQLite, as Kysely's driver. Transactions run one at a time and begin IMMEDIATE, so that each
// either holds the write lock or has done nothing. The wait for a locked database uses timers, because SQLite's own
// busy timeout would block every request of this process.
import { accessSync, constants } from 'node:fs';
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
import Sqlite from '#sqlite';
import { StorageFault, type StorageTrouble, troubleOf } from '../../core/model/ports/storage.ts';

/** Called after every write: with null on success, else with the reason of the failure. */
export type OnWrite = (trouble: StorageTrouble | null) => void;

/** FULL: a commit waits for the disk. NORMAL: a power cut may lose it, a crash of the process cannot. */
export type Level = 'FULL' | 'NORMAL';

/** How long to wait for a locked database before a write is refused, ms. */
const LOCK_TIMEOUT = 5000;
/** The pauses between two tries, ms: short at first, because most locks are short. */
const PAUSES = [2, 5, 10, 20, 40] as const;
/** How many statements are kept compiled. This halves the cost of an email. */
const STATEMENTS = 300;

/** The SQLite handle and the transaction in progress, shared by both levels. */
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

  /** @param afresh opens the file again; for a server, which must survive failures of its disk */
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

  /** Runs a statement outside a transaction. */
  async alone<R>(query: CompiledQuery): Promise<QueryResult<R>> {
    return this.#patiently(() => {
      this.#setLevel('FULL');
      this.#wrote = false;
      const result = this.#run<R>(query);
      if (this.#wrote) this.#onWrite(null);
      return result;
    });
  }

  within<R>(query: CompiledQuery): QueryResult<R> {
    try {
      return this.#run<R>(query);
    } catch (error) {
      throw this.#explained(error);
    }
  }

  /** Begins a transaction when no other is in progress. */
  async begin(level: Level): Promise<void> {
    await this.#patiently(() => {
      // The level cannot be changed inside a transaction.
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

  /** If the disk is full, SQLite has already rolled back. */
  rollback(): void {
    try {
      if (this.#sqlite.inTransaction) this.#statement('ROLLBACK').run();
    } finally {
      this.#ended();
    }
  }

  /**
   * A server empties its log files but keeps them: SQLite removes them with its last connection, and on a full disk the
   * next start could not create them again. So a read-only connection, which may not remove them, is closed last.
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
      // The disk fails now. The next start reads what is in the log.
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

  /** Waits for the transaction in progress, then up to 5 s for another process that has locked the file. */
  async #patiently<T>(work: () => T): Promise<T> {
    for (let waited = 0, tries = 0; ; tries++) {
      while (this.#busy) await this.#busy;
      try {
        return work();
      } catch (error) {
        const locked = troubleOf((error as { code?: string }).code) === 'locked';
        if (!locked || waited >= LOCK_TIMEOUT) throw this.#explained(error);
      }
      const pause = PAUSES[Math.min(tries, PAUSES.length - 1)] as number;
      await new Promise(resolve => setTimeout(resolve, pause));
      waited += pause;
    }
  }

  #run<R>({ sql, parameters }: CompiledQuery): QueryResult<R> {
    // A pragma takes effect when it is compiled.
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
   * Closes the handle and opens the file again once it can be written. A handle opened while the file was read-only
   * never writes, and neither does another one beside it, because they share the log's index.
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

/** A Kysely dialect over the connection; `level` is that of its transactions. */
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
