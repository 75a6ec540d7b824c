// Remind: nags the operators about open incidents without news, and tells them of each warning once.

import { lastWord, reminderEmail, remindersDue } from '../../core/filing/reminder.ts';
import type { Log } from '../../core/model/ports/log.ts';
import type { Site } from '../../core/model/site.ts';
import { iso, type Millis } from '../../core/model/time.ts';
import { type Warning, warningEmail, warningsDue } from '../../core/monitoring/warning.ts';
import { channelEmail, type FailingChannel, stretchOf } from '../../core/notify/failing-channels.ts';
import type { Snapshot } from '../../core/page/snapshot.ts';

export interface RemindDeps {
  readonly snapshot: () => Snapshot;
  /** When each incident was last reminded of, by id. */
  readonly reminded: () => Promise<ReadonlyMap<string, Millis>>;
  /** Keeps that it was, and forgets those that are not open any more. */
  readonly note: (id: string, now: Millis) => Promise<void>;
  readonly forgetBut: (open: readonly string[]) => Promise<void>;
  /** Sends an email of plain text; the sentence that went wrong, or null. */
  readonly send: (
    to: string,
    email: { subject: string; text: string },
    key: string,
  ) => Promise<string | null>;
  /** The operator's channels that take nothing any more. */
  readonly failing: () => Promise<readonly FailingChannel[]>;
  readonly warnings: (site: Site, now: Millis) => readonly Warning[];
  readonly mailed: (source: string, now: Millis) => Promise<void>;
  readonly log: Log;
}

/** One round: a reminder that could not be sent is owed still; one sent just before a crash comes twice. */
export function makeRemind(deps: RemindDeps) {
  const { snapshot, reminded, note, forgetBut, send, log } = deps;
  return async (now: Millis): Promise<void> => {
    const { site, incidents } = snapshot();
    const known = await reminded();
    const open = incidents.filter(({ status }) => status !== 'resolved').map(({ id }) => id);
    const failing = await deps.failing();
    const standing = [...open, ...failing.map(stretchOf)];
    if ([...known.keys()].some(id => !standing.includes(id))) await forgetBut(standing);
    for (const incident of remindersDue(incidents, known, site.reminders.after, now)) {
      const since = iso(lastWord(incident, now));
      log.warn({ incident: incident.id, since }, 'reminding the operators of an open incident without news');
      const { to } = site.reminders;
      const wrong = to
        ? await send(to, reminderEmail(incident, site, now), `reminder ${incident.id} ${now}`)
        : null;
      if (wrong === null) await note(incident.id, now);
      else log.error({ incident: incident.id, error: wrong }, 'the reminder could not be sent');
    }
    const { to } = site.reminders;
    if (to === null) return;
    for (const channel of failing.filter(one => !known.has(stretchOf(one)))) {
      const wrong = await send(to, channelEmail(channel, site), stretchOf(channel));
      if (wrong === null) await note(stretchOf(channel), now);
      else log.error({ channel: channel.id, error: wrong }, 'the warning could not be mailed');
    }
    for (const warning of warningsDue(deps.warnings(site, now), now)) {
      const { source, since } = warning;
      const wrong = await send(to, warningEmail(warning, site, now), `warning ${source} ${since}`);
      if (wrong === null) await deps.mailed(source, now);
      else log.error({ source, error: wrong }, 'the warning could not be mailed');
    }
  };
}
