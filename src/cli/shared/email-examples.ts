// Example emails of every kind, filled with a realistic story, so that an operator sees what is sent.

import type { Incident, IncidentUpdate } from '../../core/model/incident.ts';
import type { Lang } from '../../core/model/lang.ts';
import type { Site } from '../../core/model/site.ts';
import { DAY, HOUR, MINUTE, type Millis } from '../../core/model/time.ts';
import type { EmailForm } from '../../core/notify/mail.ts';
import type { Emails } from '../../work/notify/email-texts.ts';

export interface EmailPreview {
  /** `03-resolved`: in the order a subscriber would get them. */
  readonly name: string;
  readonly email: EmailForm;
}

/** One email of each kind, in the site's name. Their links contain no real token. */
export function emailPreviews(site: Site, lang: Lang, emails: Emails, now: Millis): EmailPreview[] {
  const links = {
    confirm: `${site.url}/status/confirm?token=PREVIEW`,
    manage: `${site.url}/status/manage?token=PREVIEW`,
    unsubscribe: `${site.url}/status/unsubscribe?token=PREVIEW`,
    incident: `${site.url}/status/incidents/PREVIEW`,
  };
  const name = site.components[0]?.name ?? 'API';
  const email = (incident: Incident, index: number) =>
    emails.update(site, lang, incident, incident.updates[index] as IncidentUpdate, [name], links);
  const outage = outageOf(name, now);
  const upkeep = upkeepOf(name, now);
  const made: [string, EmailForm][] = [
    ['confirm', emails.confirm(site, lang, 'you@example.com', links)],
    ['incident', email(outage, 0)],
    ['update', email(outage, 1)],
    ['resolved', email(outage, 2)],
    ['maintenance-ahead', email(upkeep, 0)],
    ['maintenance-begins', email(upkeep, 1)],
    ['maintenance-over', email(upkeep, 2)],
    ['unsubscribe-link', emails.unsubscribeLink(site, lang, 'you@example.com', links)],
  ];
  return made.map(([name, one], i) => ({ name: `${String(i + 1).padStart(2, '0')}-${name}`, email: one }));
}

function outageOf(name: string, now: Millis): Incident {
  const started = now - (now % MINUTE) - 48 * MINUTE;
  const resolved = started + 43 * MINUTE;
  const cause = 'An expired key. We are rotating it:\n\n- new key made\n- servers restarting one by one';
  return {
    ...base,
    title: `${name} Down`,
    status: 'resolved',
    severity: 'critical',
    started,
    resolved,
    scheduled: null,
    updates: [
      {
        ...entry(started, 'investigating', 'Requests fail with **503**. We are looking into it.'),
        promised: started + 30 * MINUTE,
      },
      entry(started + 18 * MINUTE, 'identified', cause),
      entry(resolved, 'resolved', 'Everything works again. Sorry; keys now renew automatically.'),
    ],
  };
}

function upkeepOf(name: string, now: Millis): Incident {
  const start = now - (now % HOUR) + 2 * DAY;
  const resolved = start + 70 * MINUTE;
  return {
    ...base,
    title: `${name}: planned upgrade`,
    status: 'completed',
    severity: 'minor',
    started: start,
    resolved,
    scheduled: { start, end: start + 90 * MINUTE },
    updates: [
      entry(now, 'scheduled', 'Expect up to five minutes without writes. Reads keep working.'),
      entry(start, 'in_progress', 'The upgrade has begun.'),
      entry(resolved, 'completed', 'The upgrade is done, twenty minutes early.'),
    ],
  };
}

const base = { id: 'PREVIEW', components: null, openedBy: null, notify: true, postmortem: null } as const;

function entry(at: Millis, status: IncidentUpdate['status'], body: string): IncidentUpdate {
  return { key: String(at), at, status, label: null, body };
}
