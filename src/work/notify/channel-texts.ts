// What is said in a channel: a due message → heading, facts, words, and the payload of a webhook.

import { sayIn } from '../../core/i18n/words.ts';
import { announcedStatus } from '../../core/incidents/ending.ts';
import { affectedNamesAt } from '../../core/incidents/impact.ts';
import type { Incident, IncidentUpdate } from '../../core/model/incident.ts';
import type { Lang } from '../../core/model/lang.ts';
import type { ChannelMessage, ChannelNotice } from '../../core/model/notification-channel.ts';
import type { Site } from '../../core/model/site.ts';
import { DAY, type Millis } from '../../core/model/time.ts';
import { shortId, signToken } from '../../core/model/token.ts';
import { findUpdate } from '../../core/notify/news.ts';
import type { Snapshot } from '../../core/page/snapshot.ts';
import { oneLine } from '../../core/text/printable.ts';
import { isVisitors, type Message } from './channel-delivery.ts';
import { tagOf, updateView } from './email-texts.ts';

/** Where a visitor changes or ends a subscription. */
export interface Links {
  readonly manage: string;
  readonly unsubscribe: string;
}

interface Told {
  readonly incident: Incident;
  readonly update: IncidentUpdate;
}

export interface NoticeDeps {
  readonly frozen: (ref: string) => Promise<Told | null>;
  readonly snapshot: () => Snapshot;
  /** Statuspage's payload about an update; `links` null where there is nothing to leave. */
  readonly payload: (snapshot: Snapshot, told: Told, links: Links | null) => object;
  readonly reader: (channelId: string) => Promise<{ readonly lang: Lang; readonly nonce: string } | null>;
  readonly secret: string;
  readonly clock: () => Millis;
}

/** A confirmation link works this long. */
const CONFIRM_FOR = 2 * DAY;

/** Makes the function that says what a due message says; null when what it was about is gone. */
export function makeNotices(deps: NoticeDeps) {
  const { secret, clock } = deps;

  const confirmation = (site: Site, lang: Lang, channelId: string, nonce: string): ChannelNotice => {
    const say = sayIn(lang);
    const claim = { subscriber: channelId, nonce, expires: clock() + CONFIRM_FOR };
    const token = signToken(secret, 'confirm', claim);
    const challenge = shortId(`challenge ${channelId} ${nonce}`);
    return {
      heading: say('email.confirm_subject', { title: site.title }),
      facts: [],
      markdown: say('channel.confirm_lead', { title: oneLine(site.title) }),
      color: '#3b66dd',
      tone: 'accent',
      link: { label: say('email.confirm_do'), url: `${site.url}/status/confirm?token=${token}` },
      foot: { text: say('email.confirm_else'), links: [] },
      payload: { type: 'url_verification', challenge, page: { name: site.title, url: site.url } },
      challenge,
    };
  };

  return async ({ kind, ref, channelId }: Message): Promise<ChannelMessage | null> => {
    const snapshot = deps.snapshot();
    const { site, incidents, maintenances } = snapshot;
    const reader = await deps.reader(channelId);
    if (!reader) return null;
    const id = messageId(kind, ref, channelId);
    if (kind === 'confirm') return { ...confirmation(site, reader.lang, channelId, reader.nonce), id };
    // The update as it reads now: an edited typo is told mended.
    const told = findUpdate([...incidents, ...maintenances], ref) ?? (await deps.frozen(ref));
    if (!told) return null;
    const links = isVisitors(channelId) ? linksFor(secret, site, channelId) : null;
    return {
      ...noticeOf(site, reader.lang, told, links),
      payload: deps.payload(snapshot, told, links),
      id,
    };
  };
}

/** The name of a message: the same on every try, and after every restart. */
export function messageId(kind: string, ref: string, channelId: string): string {
  return `msg_${shortId(`${kind} ${ref} ${channelId}`)}`;
}

/** An update in words; `links` lead a visitor to their subscription. */
export function noticeOf(
  site: Site,
  lang: Lang,
  { incident, update }: Told,
  links: Links | null,
): Omit<ChannelNotice, 'payload'> {
  const say = sayIn(lang);
  const names = affectedNamesAt(incident, update, site.components);
  const view = updateView(site, lang, incident, update, names);
  const url = `${site.url}/status/incidents/${encodeURIComponent(incident.id)}`;
  return {
    heading: `[${tagOf(incident, update)}] ${view.title}`,
    facts: [[view.state, view.kind, view.label].filter(Boolean).join(' · '), ...view.facts],
    markdown: update.body.trim(),
    color: view.color,
    tone: toneOf(incident, update),
    link: { label: view.see, url },
    foot: links
      ? {
          text: say('channel.why', { title: site.title }),
          links: [
            { label: say('email.manage'), url: links.manage },
            { label: say('email.unsubscribe'), url: links.unsubscribe },
          ],
        }
      : { text: `${oneLine(site.title)} · ${view.time}`, links: [] },
    challenge: null,
  };
}

/** Where a visitor without mail changes or ends their subscription. */
export function linksFor(secret: string, site: Pick<Site, 'url'>, channelId: string): Links {
  const link = (purpose: 'manage' | 'unsubscribe') => {
    const token = signToken(secret, purpose, { subscriber: channelId, nonce: '', expires: 0 });
    return `${site.url}/status/${purpose}?token=${token}`;
  };
  return { manage: link('manage'), unsubscribe: link('unsubscribe') };
}

function toneOf(incident: Incident, update: IncidentUpdate): ChannelNotice['tone'] {
  const status = announcedStatus(incident, update);
  if (status === 'resolved' || status === 'completed') return 'good';
  if (incident.scheduled) return 'accent';
  return incident.severity === 'minor' ? 'warning' : 'attention';
}
