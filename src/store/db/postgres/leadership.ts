// Leadership: of all processes on a PostgreSQL, one works. It holds a lock of its session on a connection of its own, renews
// a row, and stops by itself before another may begin. Each leader has an epoch, which every transaction compares.

import { randomBytes } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import type { Client, QueryConfig } from 'pg';
import type { PostgresPlace } from '../../../core/model/ports/storage.ts';
import { type Millis, SECOND } from '../../../core/model/time.ts';
import type { LeaderFence } from './connection.ts';
import { serverTroubleOf } from './errors.ts';
import { inspectServer } from './inspect.ts';
import { migrateServer, prepareSchema } from './migrate.ts';
import { clientOf, leaderLock, settleSession, writerLock } from './place.ts';

const RENEWED_EVERY: Millis = 2 * SECOND;
/** A leader that could not renew for so long stops; a standby waits longer, by the clock of the database. */
const VALID_FOR: Millis = 6 * SECOND;
const STALE_AFTER: Millis = 8 * SECOND;
const STANDBY_LOOKS_EVERY: Millis = 0.4 * SECOND;
/** How often a leader without its lock tries to take it again. */
const TRIED_EVERY: Millis = SECOND;
/** An answer must come in less than a leader has. */
const ANSWER_TIMEOUT: Millis = 3 * SECOND;
/** Another writer may have to end first. */
const WRITER_TIMEOUT: Millis = 6 * SECOND;

export interface LeadershipEvents {
  /** Another process leads; this one waits. */
  readonly standingBy: () => void;
  /** The lock's connection is lost, or back. */
  readonly changed: (holds: boolean) => void;
  /** Another process leads since: this one must end. */
  readonly deposed: (why: string) => void;
}

export class Leadership implements LeaderFence {
  readonly #place: PostgresPlace;
  readonly #events: LeadershipEvents;
  /** In pg_stat_activity, so that a successor can end the sessions of this process. */
  readonly name = `status-live ${randomBytes(6).toString('hex')}`;
  epoch = 0;
  #client: Client | null = null;
  /** When the last renewal that succeeded was sent, by the monotonic clock. */
  #renewedAt = Number.NEGATIVE_INFINITY;
  #isEnded = false;
  #timer: NodeJS.Timeout | undefined;
  #inProgress: Promise<void> | null = null;

  private constructor(place: PostgresPlace, events: LeadershipEvents) {
    this.#place = place;
    this.#events = events;
  }

  /** Waits until this process leads. Throws what `refusalOf` explains, or DatabaseRefused, if it never can. */
  static async take(place: PostgresPlace, secret: string, events: LeadershipEvents): Promise<Leadership> {
    const leadership = new Leadership(place, events);
    await leadership.#wait(secret);
    leadership.#tick();
    try {
      await migrateServer(place, secret);
    } catch (error) {
      await leadership.close();
      throw error;
    }
    return leadership;
  }

  readonly holds = (): boolean =>
    this.#client !== null && !this.#isEnded && performance.now() - this.#renewedAt < VALID_FOR;

  readonly deposed = (epoch: number): void => {
    if (this.#isEnded) return;
    this.#isEnded = true;
    clearTimeout(this.#timer);
    this.#events.changed(false);
    this.#events.deposed(`another process leads since (epoch ${epoch}, this one had ${this.epoch})`);
  };

  /** Gives the lock back: a standby takes it within a second. */
  async close(): Promise<void> {
    this.#isEnded = true;
    clearTimeout(this.#timer);
    await this.#inProgress;
    await this.#drop();
  }

  async #wait(secret: string): Promise<void> {
    let isKnown = false;
    for (let said = false; ; ) {
      try {
        const client = this.#client ?? (await this.#connect());
        this.#client = client;
        if (!isKnown) await inspectServer(client, this.#place, secret);
        isKnown = true;
        if (await tryLock(client, this.#place)) {
          // Another version may have led meanwhile.
          await inspectServer(client, this.#place, secret);
          return await this.#begin(client);
        }
        if (!said) this.#events.standingBy();
        said = true;
        // The first leader of a new database may not have made its row yet.
        await endStale(client, this.#place).catch(unlessMissing);
      } catch (error) {
        await this.#drop();
        // The first look says what is wrong; a standby outlives a restart of the database.
        if (!isKnown || serverTroubleOf(error) === null) throw error;
      }
      await sleep(STANDBY_LOOKS_EVERY);
    }
  }

  /** The lock is ours: ends what is left of the leader before, then counts the epoch up under the lock of every writer. */
  async #begin(client: Client): Promise<void> {
    await prepareSchema(client, this.#place);
    await settleSession(client, this.#place, this.name);
    await client.query(
      `SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = current_database()
        AND pid <> pg_backend_pid() AND application_name = (SELECT leader FROM status_live_leader)
        AND application_name <> ''`,
    );
    const sentAt = performance.now();
    const lock = `BEGIN; SELECT pg_advisory_xact_lock(${writerLock(this.#place)})`;
    await client.query({ text: lock, query_timeout: WRITER_TIMEOUT } as QueryConfig);
    const { rows } = await client.query<{ epoch: number }>(
      `UPDATE status_live_leader SET epoch = epoch + 1, leader = $1, renewed_at = clock_timestamp() RETURNING epoch`,
      [this.name],
    );
    await client.query('COMMIT');
    this.epoch = rows[0]?.epoch ?? 0;
    this.#keep(client, sentAt);
  }

  #keep(client: Client, sentAt: Millis): void {
    this.#client = client;
    this.#renewedAt = sentAt;
    client.on('end', () => {
      if (this.#client === client) this.#lost();
    });
  }

  #tick(): void {
    this.#inProgress = (this.#client ? this.#renew(this.#client) : this.#takeAgain())
      .catch(() => this.#lost())
      .finally(() => {
        this.#inProgress = null;
        if (this.#isEnded) return;
        const pause = this.#client ? RENEWED_EVERY : TRIED_EVERY;
        this.#timer = setTimeout(() => this.#tick(), pause);
      });
  }

  async #renew(client: Client): Promise<void> {
    const sentAt = performance.now();
    const { rowCount } = await client.query(
      'UPDATE status_live_leader SET renewed_at = clock_timestamp() WHERE epoch = $1',
      [this.epoch],
    );
    if (rowCount === 1) this.#renewedAt = sentAt;
    else this.deposed(await epochIn(client));
  }

  /**
   * After the connection was lost. With the lock and the epoch as before, nobody has led meanwhile: work goes on. The old
   * session may still hold the lock, where the network broke; it is ended.
   */
  async #takeAgain(): Promise<void> {
    const client = await this.#connect();
    try {
      const epoch = await epochIn(client);
      if (epoch !== this.epoch) return this.deposed(epoch);
      if (!(await tryLock(client, this.#place))) {
        const holder = await holderOf(client, this.#place);
        if (holder !== null && holder.name !== this.name) return this.deposed(epoch + 1);
        if (holder) await client.query('SELECT pg_terminate_backend($1)', [holder.pid]);
        return;
      }
      if ((await epochIn(client)) !== this.epoch) return this.deposed(await epochIn(client));
      this.#keep(client, Number.NEGATIVE_INFINITY);
      await this.#renew(client);
      this.#events.changed(true);
    } finally {
      if (this.#client !== client) await client.end().catch(() => undefined);
    }
  }

  #lost(): void {
    const had = this.#client !== null;
    void this.#drop();
    if (had && !this.#isEnded) this.#events.changed(false);
  }

  async #drop(): Promise<void> {
    const client = this.#client;
    this.#client = null;
    // Where the network is broken, nobody answers the farewell.
    await Promise.race([client?.end().catch(() => undefined), sleep(SECOND, undefined, { ref: false })]);
  }

  async #connect(): Promise<Client> {
    const client = await clientOf(this.#place, ANSWER_TIMEOUT);
    await client.connect();
    await settleSession(client, this.#place, this.name);
    return client;
  }
}

function unlessMissing(error: unknown): void {
  if ((error as { code?: string }).code !== '42P01') throw error;
}

async function tryLock(client: Client, place: PostgresPlace): Promise<boolean> {
  const asked = `SELECT pg_try_advisory_lock(${leaderLock(place)}) AS taken`;
  const { rows } = await client.query<{ taken: boolean }>(asked);
  return rows[0]?.taken === true;
}

async function epochIn(client: Client): Promise<number> {
  const { rows } = await client.query<{ epoch: number }>('SELECT epoch FROM status_live_leader');
  return rows[0]?.epoch ?? 0;
}

/** Whose session holds the lock of the leader, and whether it has been silent for long. */
async function holderOf(
  client: Client,
  place: PostgresPlace,
): Promise<{ pid: number; name: string; silent: boolean } | null> {
  const [kind, schema] = leaderLock(place).split(', ').map(Number) as [number, number];
  const { rows } = await client.query<{ pid: number; name: string; silent: boolean }>(
    `SELECT l.pid, a.application_name AS name,
        a.state_change < clock_timestamp() - interval '${STALE_AFTER} milliseconds' AS silent
      FROM pg_locks l JOIN pg_stat_activity a ON a.pid = l.pid
      WHERE l.locktype = 'advisory' AND l.granted AND l.objsubid = 2 AND a.datname = current_database()
        AND l.classid = $1::bigint::oid AND l.objid = $2::bigint::oid`,
    [kind, schema < 0 ? schema + 2 ** 32 : schema],
  );
  return rows[0] ?? null;
}

/** Ends the session of a leader that does not renew: it is stopped, or nobody hears it. A new one has just said something. */
async function endStale(client: Client, place: PostgresPlace): Promise<void> {
  const { rows } = await client.query<{ fresh: boolean }>(
    `SELECT renewed_at > clock_timestamp() - interval '${STALE_AFTER} milliseconds' AS fresh FROM status_live_leader`,
  );
  if (rows[0]?.fresh) return;
  const holder = await holderOf(client, place);
  if (holder?.silent) await client.query('SELECT pg_terminate_backend($1)', [holder.pid]);
}
