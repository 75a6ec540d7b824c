// The database of a server on PostgreSQL: waits as a standby until this process leads, then opens it.
import type { Log } from '../../core/model/ports/log.ts';
import { type PostgresPlace, StorageFault } from '../../core/model/ports/storage.ts';
import type { Clock } from '../../core/model/time.ts';
import { refusalOf } from '../../store/db/postgres/errors.ts';
import { Leadership } from '../../store/db/postgres/leadership.ts';
import { openAsLeader } from '../../store/db/postgres/open.ts';
import { type Storage, StorageHealth } from './storage.ts';

interface Standing {
  /** Another process leads: this one waits. */
  readonly standingBy: () => void;
  /** This process led, and another one does now: it must end at once. */
  readonly deposed: (why: string) => void;
}

/** Resolves when this process leads. Throws DatabaseRefused if it never can. */
export async function openLeaderStorage(
  place: PostgresPlace,
  secret: string,
  { standingBy, deposed }: Standing,
  clock: Clock,
  log: Log,
): Promise<Storage> {
  const health = new StorageHealth(`DATABASE_URL (${place.shown})`, clock, log);
  const { onWrite, problem } = health;
  const events = {
    standingBy,
    deposed,
    changed: (holds: boolean) => {
      if (holds) log.info({}, 'this process leads as before: nobody did meanwhile');
      else health.failed('away');
    },
  };
  try {
    const leadership = await Leadership.take(place, secret, events);
    const db = await openAsLeader(place, leadership, onWrite).catch(async error => {
      await leadership.close();
      throw error;
    });
    log.info({ epoch: leadership.epoch }, 'this process leads');
    return {
      db,
      epoch: leadership.epoch,
      leads: leadership.holds,
      problem,
      look: () => health.tryAgain(db),
      async close() {
        await db.destroy();
        await leadership.close();
      },
    };
  } catch (error) {
    throw refusalOf(error instanceof StorageFault ? error.cause : error, place);
  }
}
