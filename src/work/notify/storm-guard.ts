// The storm guard (`mail.storm`): when so many incident emails went out within an hour, the rest wait for the operator.
import type { Log } from '../../core/model/ports/log.ts';
import type { Millis } from '../../core/model/time.ts';
import type { Db } from '../../store/db/database.ts';
import { releasedUntil, sentLately } from '../../store/notify/outbox.ts';

export class StormGuard {
  readonly #db: Db;
  readonly #log: Log;
  /** Why emails are held back; null when they are not. */
  heldBack: string | null = null;

  constructor(db: Db, log: Log) {
    this.#db = db;
    this.#log = log;
  }

  /**
   * How many emails may leave while `underWay` are being sent and, of incident emails, only those enqueued until when
   * (null: all). `most`: so many an hour; null for no limit.
   */
  async allowed(
    most: number | null,
    now: Millis,
    underWay: number,
  ): Promise<{ room: number; until: Millis | null }> {
    const before = this.heldBack;
    this.heldBack = null;
    if (most === null) return { room: Number.POSITIVE_INFINITY, until: null };
    const released = await releasedUntil(this.#db);
    const sent = await sentLately(this.#db, now, released);
    if (sent < most) return { room: most - sent - underWay, until: null };
    this.heldBack = `${sent} emails went out within the hour, ${most} are allowed`;
    if (before === null)
      this.#log.error({ sent, most }, 'emails are held back: release them with `status outbox release`');
    return { room: Number.POSITIVE_INFINITY, until: released };
  }
}
