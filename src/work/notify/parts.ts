// The dependencies of notifications; each file of this folder takes what it needs.
import type { StatusFolder } from '../../content/folder.ts';
import type { SendToChannel } from '../../core/model/notification-channel.ts';
import type { Log } from '../../core/model/ports/log.ts';
import type { Site } from '../../core/model/site.ts';
import type { Clock, Millis } from '../../core/model/time.ts';
import type { Warning } from '../../core/monitoring/warning.ts';
import type { MailTransport } from '../../core/notify/mail.ts';
import type { Snapshot } from '../../core/page/snapshot.ts';
import type { Db } from '../../store/db/database.ts';
import type { Frozen } from '../../store/notify/announcements.ts';
import type { Emails } from './email-texts.ts';
import type { EmailLinks } from './links.ts';

export interface NotificationParts {
  readonly db: Db;
  readonly secret: string;
  readonly snapshot: () => Snapshot;
  readonly folder: Pick<StatusFolder, 'isBeingWritten'>;
  readonly emails: Emails;
  readonly mail: MailTransport;
  readonly mailFrom: () => string;
  readonly sendToChannel: SendToChannel;
  /** Statuspage's payload for an update; `links` is null if there is no subscription to manage. */
  readonly payload: (snapshot: Snapshot, about: Frozen, links: EmailLinks | null) => object;
  /** Whether the database can be written. If not, nothing is sent, because it could not be recorded. */
  readonly writable: () => boolean;
  /** The warnings of checks, and a note of those that were mailed. */
  readonly warn: {
    current(site: Site, now: Millis): readonly Warning[];
    mailed(source: string, now: Millis): Promise<void>;
  };
  /** Whether the clock was just set (`ClockSteps`). */
  readonly isClockUnsure: () => boolean;
  /** Starts a round soon. */
  readonly ring: () => void;
  readonly clock: Clock;
  readonly log: Log;
}

export type SomeNotificationParts<Names extends keyof NotificationParts> = Pick<NotificationParts, Names>;
