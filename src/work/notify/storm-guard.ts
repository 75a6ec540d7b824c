// The storm guard (`mail.storm`): after too many incident emails within an hour, the rest wait for the operator.

import { statusCommand } from '../../core/model/status-command.ts';
import type { Millis } from '../../core/model/time.ts';
import { releasedUntil, sentLately } from '../../store/notify/outbox.ts';
import type { SomeNotificationParts } from './parts.ts';

export class StormGuard {
  readonly #parts: SomeNotificationParts<'db' | 'log'>;
  /** Why emails are held back; null if they are not. */
  blockedBecause: string | null = null;

  constructor(parts: SomeNotificationParts<'db' | 'log'>) {
    this.#parts = parts;
  }

  /**
   * Returns how many emails may be sent, and until which time incident emails must have been enqueued (null: any).
   * @param most incident emails per hour; null for no limit
   * @param underWay emails being sent now
   */
  async allowed(
    most: number | null,
    now: Millis,
    underWay: number,
  ): Promise<{ room: number; until: Millis | null }> {
    const before = this.blockedBecause;
    this.blockedBecause = null;
    if (most === null) return { room: Number.POSITIVE_INFINITY, until: null };
    const released = await releasedUntil(this.#parts.db);
    const sent = await sentLately(this.#parts.db, now, released);
    if (sent < most) return { room: most - sent - underWay, until: null };
    this.blockedBecause = `${sent} emails were sent within an hour, ${most} are allowed`;
    if (before === null)
      this.#parts.log.error(
        { sent, most },
        `emails are held back: release them with \`${statusCommand('outbox release')}\``,
      );
    return { room: Number.POSITIVE_INFINITY, until: released };
  }
}
