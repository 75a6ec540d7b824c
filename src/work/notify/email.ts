// A due email → the mail that goes out: words, links, and the headers mail programs act on.
import { randomBytes } from 'node:crypto';
import { domainToASCII } from 'node:url';
import { affectedNamesAt } from '../../core/incidents/impact.ts';
import type { Incident, IncidentUpdate } from '../../core/model/incident.ts';
import type { Lang } from '../../core/model/lang.ts';
import type { Subscriber } from '../../core/model/subscriber.ts';
import { DAY } from '../../core/model/time.ts';
import { type Purpose, shortId, signToken } from '../../core/model/token.ts';
import type { Due } from '../../core/notify/due-email.ts';
import type { OutgoingMail } from '../../core/notify/mail.ts';
import { findUpdate } from '../../core/notify/news.ts';
import type { Snapshot } from '../../core/page/snapshot.ts';
import type { Email, Emails } from './email-texts.ts';

/** A confirmation link works this long. */
const CONFIRM_FOR = 2 * DAY;

interface Told {
  readonly incident: Incident;
  readonly update: IncidentUpdate;
}

export interface EnvelopeDeps {
  readonly frozen: (ref: string) => Promise<Told | null>;
  /** The first update of an incident that was mailed: its emails are the roots of their threads. */
  readonly rootOf: (incidentId: string) => Promise<string | null>;
  readonly emails: Emails;
  readonly snapshot: () => Snapshot;
  readonly secret: string;
  readonly mailFrom: () => string;
  readonly clock: () => number;
}

/** The mail for a due email; null when what it was about is gone. */
export type MakeEmail = (due: Due) => Promise<OutgoingMail | null>;

/** Stands for a subscriber's token in an email rendered for all; nobody can write it into an incident. */
const BLANK = randomBytes(12).toString('base64url');
const blank = (purpose: Purpose) => `${BLANK}-${purpose}`;

/** What all emails about one thing in one language share. */
interface Form {
  readonly email: Email;
  /** The first email of the thread, by name; null for that one itself and emails without a thread. */
  readonly root: string | null;
}

export function makeEnvelopes(deps: EnvelopeDeps): MakeEmail {
  const { emails, secret, clock } = deps;
  // Rendered once per Snapshot, update and language; each email only has its blanks filled in.
  let forms = new Map<string, Promise<Form | null>>();
  let formsOf: Snapshot | null = null;

  const formOf = ({ kind, ref, subscriber: { lang } }: Due): Promise<Form | null> => {
    const snapshot = deps.snapshot();
    if (snapshot !== formsOf) {
      forms = new Map();
      formsOf = snapshot;
    }
    const key = kind === 'update' ? `${lang} update ${ref}` : `${lang} ${kind}`;
    const form = forms.get(key) ?? makeForm(kind, ref, lang, snapshot);
    forms.set(key, form);
    return form;
  };

  const makeForm = async (kind: Due['kind'], ref: string, lang: Lang, snapshot: Snapshot) => {
    const { site, incidents, maintenances } = snapshot;
    const link = (purpose: Purpose) => address(site.url, purpose, blank(purpose));
    const links = { unsubscribe: link('unsubscribe'), manage: link('manage') };
    if (kind === 'confirm') {
      return { email: emails.confirm(site, lang, { confirm: link('confirm') }), root: null };
    }
    if (kind === 'leave') return { email: emails.unsubscribeLink(site, lang, links), root: null };
    // The update as it reads now: an edited typo is mailed mended.
    const told = findUpdate([...incidents, ...maintenances], ref) ?? (await deps.frozen(ref));
    if (!told) return null;
    const { incident, update } = told;
    const names = affectedNamesAt(incident, update, site.components);
    const page = `${site.url}/status/incidents/${encodeURIComponent(incident.id)}`;
    const email = emails.update(site, lang, incident, update, names, { incident: page, ...links });
    const root = await deps.rootOf(incident.id);
    return { email, root: root === ref ? null : root };
  };

  const tokenOf = (purpose: Purpose, { id, nonce }: Subscriber) => {
    // Confirming ends, and ends with the subscription; leaving must work for ever.
    const ends = purpose === 'confirm';
    const claim = { subscriber: id, nonce: ends ? nonce : '', expires: ends ? clock() + CONFIRM_FOR : 0 };
    return signToken(secret, purpose, claim);
  };

  return async due => {
    const { kind, ref, subscriber } = due;
    const form = await formOf(due);
    if (!form) return null;
    const { site } = deps.snapshot();
    const domain = domainOf(deps.mailFrom());
    const idOf = (name: string) => `<${shortId(`${name} ${subscriber.id}`)}@${domain}>`;
    const leave = tokenOf('unsubscribe', subscriber);
    const blanks =
      kind === 'confirm'
        ? { [blank('confirm')]: tokenOf('confirm', subscriber) }
        : { [blank('unsubscribe')]: leave, [blank('manage')]: tokenOf('manage', subscriber) };
    return {
      to: subscriber.address,
      form: form.email,
      blanks,
      sentAt: clock(),
      messageId: idOf(`${kind} ${ref}`),
      references: form.root === null ? null : idOf(`update ${form.root}`),
      headers: {
        'List-Id': `${listName(site.title)} <status.${domain}>`,
        'Auto-Submitted': 'auto-generated',
        'List-Unsubscribe': `<${address(site.url, 'unsubscribe', leave)}>`,
        'List-Unsubscribe-Post': 'List-Unsubscribe=One-Click',
      },
    };
  };
}

function address(url: string, page: string, token: string): string {
  return `${url}/status/${page}?token=${token}`;
}

/** The domain of `Name <address@domain>`, in ASCII: headers hold nothing else. */
export function domainOf(from: string): string {
  return domainToASCII(/@([^@<>\s]+)>?\s*$/.exec(from)?.[1] ?? '') || 'localhost';
}

/** A phrase that is safe in a List-Id header, and leaves room on its line. */
function listName(title: string): string {
  const ascii = title
    .replace(/[^\x20-\x7e]|["\\<>]/g, '')
    .slice(0, 200)
    .trim();
  return ascii === '' ? '"Status"' : `"${ascii}"`;
}
