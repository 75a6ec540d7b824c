// Composes an email that is due: its text, links and headers.

import { randomBytes } from 'node:crypto';
import { domainToASCII } from 'node:url';
import { affectedNamesAt } from '../../core/incidents/impact.ts';
import { type IncidentUpdate, incidentPath, keyOf } from '../../core/model/incident.ts';
import type { Lang } from '../../core/model/lang.ts';
import type { Site } from '../../core/model/site.ts';
import type { Concern } from '../../core/model/subscriber.ts';
import { type Purpose, shortId } from '../../core/model/token.ts';
import { begins } from '../../core/notify/concern.ts';
import type { EmailDelivery } from '../../core/notify/delivery.ts';
import type { EmailForm, OutgoingMail } from '../../core/notify/mail.ts';
import type { Snapshot } from '../../core/page/snapshot.ts';
import { asBeginning } from '../../store/notify/additions.ts';
import { concernIn, currentUpdate, firstAnnounced } from '../../store/notify/announcements.ts';
import { type EmailLinks, linkTo, tokenFor } from './links.ts';
import type { SomeNotificationParts } from './parts.ts';

type EmailParts = SomeNotificationParts<'db' | 'emails' | 'snapshot' | 'secret' | 'mailFrom' | 'clock'>;

/**
 * Placeholder for a subscriber's token in a shared rendering. It is random, so nobody can write it into an incident.
 */
const BLANK = randomBytes(12).toString('base64url');
const blank = (purpose: Purpose) => `${BLANK}-${purpose}`;

/** The part of an email that does not depend on the subscriber's token. */
interface SharedEmail {
  readonly email: EmailForm;
  /** The same for those to whom it is the beginning: a component was added that they follow. */
  readonly beginning?: { readonly email: EmailForm; readonly concern: Concern };
  /** The first email of the thread, by name; null for that email itself and for emails without a thread. */
  readonly root: string | null;
}

export class EmailComposer {
  readonly #parts: EmailParts;
  // Updates, rendered once per Snapshot and language. For each email only the placeholders are filled in.
  #forms = new Map<string, Promise<SharedEmail | null>>();
  #formsOf: Snapshot | null = null;

  constructor(parts: EmailParts) {
    this.#parts = parts;
  }

  /** Composes an email that is due; null if its subject is gone. */
  async compose(due: EmailDelivery): Promise<OutgoingMail | null> {
    const { snapshot, secret, mailFrom, clock } = this.#parts;
    const { kind, ref, subscriber } = due;
    const form = await this.#formOf(due);
    if (!form) return null;
    const isBeginning = form.beginning !== undefined && begins(subscriber.choice, form.beginning.concern);
    const { site } = snapshot();
    const domain = domainOf(mailFrom());
    const idOf = (name: string) => `<${shortId(`${name} ${subscriber.id}`)}@${domain}>`;
    const token = (purpose: Purpose) => tokenFor(secret, purpose, subscriber, clock());
    const leave = token('unsubscribe');
    const blanks =
      kind === 'confirm'
        ? { [blank('confirm')]: token('confirm') }
        : { [blank('unsubscribe')]: leave, [blank('manage')]: token('manage') };
    return {
      to: subscriber.address,
      form: isBeginning ? form.beginning!.email : form.email,
      blanks,
      sentAt: clock(),
      messageId: idOf(`${kind} ${ref}`),
      references: form.root === null ? null : idOf(`update ${form.root}`),
      headers: {
        'List-Id': `${listName(site.title)} <status.${domain}>`,
        'Auto-Submitted': 'auto-generated',
        'List-Unsubscribe': `<${linkTo(site, 'unsubscribe', leave)}>`,
        'List-Unsubscribe-Post': 'List-Unsubscribe=One-Click',
      },
    };
  }

  #formOf({ kind, ref, subscriber: { lang, address } }: EmailDelivery): Promise<SharedEmail | null> {
    const snapshot = this.#parts.snapshot();
    if (kind !== 'update')
      return Promise.resolve({ email: this.#requested(kind, lang, address), root: null });
    if (snapshot !== this.#formsOf) {
      this.#forms = new Map();
      this.#formsOf = snapshot;
    }
    const key = `${lang} ${ref}`;
    const form = this.#forms.get(key) ?? this.#makeUpdate(ref, lang, snapshot);
    this.#forms.set(key, form);
    return form;
  }

  /** An email that was requested with a form. It names the address, so it is rendered for each. */
  #requested(kind: 'confirm' | 'leave', lang: Lang, address: string): EmailForm {
    const { emails, snapshot } = this.#parts;
    const { site } = snapshot();
    return kind === 'confirm'
      ? emails.confirm(site, lang, address, { confirm: linkTo(site, 'confirm', blank('confirm')) })
      : emails.unsubscribeLink(site, lang, address, blankLinks(site));
  }

  async #makeUpdate(ref: string, lang: Lang, snapshot: Snapshot): Promise<SharedEmail | null> {
    const { db, emails } = this.#parts;
    const { site } = snapshot;
    const about = await currentUpdate(db, snapshot, ref);
    if (!about) return null;
    const { incident, update } = about;
    const names = affectedNamesAt(incident, update, site.components);
    const page = site.url + incidentPath(incident.id);
    const written = (one: IncidentUpdate) =>
      emails.update(site, lang, incident, one, names, { incident: page, ...blankLinks(site) });
    const email = written(update);
    const concern = await concernIn(db, ref, about, site.components);
    const beginning = concern.untold.length > 0 && {
      email: written(asBeginning(about).update),
      concern,
    };
    // The first announced update of an incident: its emails start the threads.
    const root = await firstAnnounced(db, keyOf(incident));
    return { email, ...(beginning ? { beginning } : {}), root: root === ref ? null : root };
  }
}

function blankLinks(site: Site): EmailLinks {
  const link = (purpose: Purpose) => linkTo(site, purpose, blank(purpose));
  return { unsubscribe: link('unsubscribe'), manage: link('manage') };
}

/** The domain of `Name <address@domain>` in ASCII, as headers need it. */
export function domainOf(from: string): string {
  return domainToASCII(/@([^@<>\s]+)>?\s*$/.exec(from)?.[1] ?? '') || 'localhost';
}

/** A phrase that is safe in a List-Id header and short enough for its line. */
function listName(title: string): string {
  const ascii = title
    .replace(/[^\x20-\x7e]|["\\<>]/g, '')
    .slice(0, 200)
    .trim();
  return ascii === '' ? '"Status"' : `"${ascii}"`;
}
