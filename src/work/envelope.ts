// A due letter → the mail that goes out: words, links, and the headers mail programs act on.
import { affectedBy, type Incident, type IncidentUpdate } from '../core/incident.ts';
import type { OutgoingMail } from '../core/mail.ts';
import { refOf } from '../core/notification.ts';
import type { Snapshot } from '../core/snapshot.ts';
import type { Subscriber } from '../core/subscriber.ts';
import { DAY } from '../core/time.ts';
import { shortId, signToken } from '../core/token.ts';
import type { Due } from './deliver.ts';
import type { Letter, Letters } from './letters.ts';

/** A confirmation link works this long. */
const CONFIRM_FOR = 2 * DAY;

interface Parts {
  readonly frozen: (ref: string) => Promise<{ incident: Incident; update: IncidentUpdate } | null>;
  readonly letters: Letters;
  readonly snapshot: () => Snapshot;
  readonly secret: string;
  readonly mailFrom: () => string;
  readonly clock: () => number;
}

/** The mail for a due letter; null when what it was about is gone. */
export async function makeLetter(due: Due, parts: Parts): Promise<OutgoingMail | null> {
  const { site } = parts.snapshot();
  const { subscriber } = due;
  const domain = domainOf(parts.mailFrom());
  const idOf = (name: string) => `<${shortId(`${name} ${subscriber.id}`)}@${domain}>`;
  const links = linksFor(site.url, subscriber, parts);
  const common = {
    to: subscriber.address,
    headers: {
      'List-Id': `${listName(site.title)} <status.${domain}>`,
      'Auto-Submitted': 'auto-generated',
      'List-Unsubscribe': `<${links.oneClick}>`,
      'List-Unsubscribe-Post': 'List-Unsubscribe=One-Click',
    },
  };
  const finish = (letter: Letter, name: string, root: string | null): OutgoingMail => ({
    ...common,
    ...letter,
    messageId: idOf(name),
    references: root === null ? null : idOf(root),
  });
  if (due.kind === 'confirm')
    return finish(parts.letters.confirm(site, 'en', links), `confirm ${due.ref}`, null);
  if (due.kind === 'leave')
    return finish(parts.letters.unsubscribeLink(site, 'en', links), `leave ${due.ref}`, null);
  const told = (await current(due.ref, parts)) ?? (await parts.frozen(due.ref));
  if (!told) return null;
  const { incident, update } = told;
  const affected = affectedBy(incident, site.components).map(({ id }) => id);
  const names = site.components.filter(({ id }) => affected.includes(id)).map(({ name }) => name);
  const page = `${site.url}/status/incidents/${encodeURIComponent(incident.id)}`;
  const letter = parts.letters.update(site, 'en', incident, update, names, { incident: page, ...links });
  // The thread hangs on the incident itself, so that later letters join it whichever came first.
  const isFirst = incident.updates[0]?.key === update.key;
  const root = `incident ${incident.id}`;
  return finish(letter, isFirst ? root : `update ${due.ref}`, isFirst ? null : root);
}

function linksFor(url: string, subscriber: Subscriber, { secret, clock }: Parts) {
  const forever = { subscriber: subscriber.id, nonce: '', expires: 0 };
  const pending = { subscriber: subscriber.id, nonce: subscriber.nonce, expires: clock() + CONFIRM_FOR };
  const unsubscribe = `${url}/status/unsubscribe?token=${signToken(secret, 'unsubscribe', forever)}`;
  return {
    unsubscribe,
    oneClick: unsubscribe,
    manage: `${url}/status/manage?token=${signToken(secret, 'manage', forever)}`,
    confirm: `${url}/status/confirm?token=${signToken(secret, 'confirm', pending)}`,
  };
}

/** The update as it reads now: an edited typo is mailed mended. */
async function current(ref: string, { snapshot }: Parts) {
  const { incidents, maintenances } = snapshot();
  for (const incident of [...incidents, ...maintenances]) {
    if (!ref.startsWith(`${incident.id} `)) continue;
    const update = incident.updates.find(({ key }) => refOf({ incidentId: incident.id, key }) === ref);
    if (update) return { incident, update };
  }
  return null;
}

/** The domain of `Name <address@domain>`. */
function domainOf(from: string): string {
  return /@([^@<>\s]+)>?\s*$/.exec(from)?.[1]?.toLowerCase() ?? 'localhost';
}

/** A phrase that is safe in a List-Id header. */
function listName(title: string): string {
  const ascii = title.replace(/[^\x20-\x7e]|["\\<>]/g, '').trim();
  return ascii === '' ? '"Status"' : `"${ascii}"`;
}
