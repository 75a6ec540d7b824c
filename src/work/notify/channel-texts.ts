// The texts of messages to channels: heading, facts and body, and the payload of a webhook.
import { sayIn } from '../../core/i18n/words.ts';
import { affectedNamesAt } from '../../core/incidents/impact.ts';
import { type Incident, type IncidentUpdate, incidentPath, isFinal } from '../../core/model/incident.ts';
import type { Lang } from '../../core/model/lang.ts';
import type { ChannelContent, ChannelMessage } from '../../core/model/notification-channel.ts';
import type { Site } from '../../core/model/site.ts';
import type { Millis } from '../../core/model/time.ts';
import { shortId } from '../../core/model/token.ts';
import type { NotificationChannel } from '../../core/notify/channel-health.ts';
import { begins } from '../../core/notify/concern.ts';
import type { ChannelDelivery } from '../../core/notify/delivery.ts';
import { oneLine } from '../../core/text/printable.ts';
import { asBeginning } from '../../store/notify/additions.ts';
import { concernIn, currentUpdate, type Frozen } from '../../store/notify/announcements.ts';
import { tagOf, updateView } from './email-texts.ts';
import { type EmailLinks, linksFor, linkTo, tokenFor } from './links.ts';
import type { SomeNotificationParts } from './parts.ts';

/** Composes a message; null if its subject is gone. */
export type ComposeMessage = (delivery: ChannelDelivery) => Promise<ChannelMessage | null>;

export function messageComposer(
  parts: SomeNotificationParts<'db' | 'snapshot' | 'payload' | 'secret' | 'clock'>,
): ComposeMessage {
  const { db, snapshot, payload, secret, clock } = parts;

  return async ({ kind, ref, channel }) => {
    const now = snapshot();
    const id = messageId(kind, ref, channel.id);
    if (kind !== 'update') return { ...confirmation(now.site, channel, secret, clock()), id };
    const about = await currentUpdate(db, now, ref);
    if (!about) return null;
    const isFirst = begins(channel.choice, await concernIn(db, ref, about, now.site.components));
    const links = channel.owner === 'visitor' ? linksFor(secret, now.site, channel.id) : null;
    return {
      ...describe(now.site, channel.lang, isFirst ? asBeginning(about) : about, links),
      payload: payload(now, about, links),
      id,
    };
  };
}

function confirmation(site: Site, channel: NotificationChannel, secret: string, now: Millis): ChannelContent {
  const say = sayIn(channel.lang);
  const challenge = shortId(`challenge ${channel.id} ${channel.nonce}`);
  const url = linkTo(site, 'confirm', tokenFor(secret, 'confirm', channel, now));
  return {
    heading: say('email.confirm_subject', { title: site.title }),
    facts: [],
    markdown: say('channel.confirm_lead', { title: oneLine(site.title) }),
    color: '#3b66dd',
    tone: 'accent',
    link: { label: say('email.confirm_do'), url },
    foot: { text: say('channel.confirm_else'), links: [] },
    payload: { type: 'url_verification', challenge, page: { name: site.title, url: site.url } },
    challenge,
  };
}

/** The id of a message: the same on every try and after every restart. */
function messageId(kind: string, ref: string, channelId: string): string {
  return `msg_${shortId(`${kind} ${ref} ${channelId}`)}`;
}

/** Describes an update in words; `links` lead a visitor to their subscription. */
function describe(
  site: Site,
  lang: Lang,
  { incident, update }: Frozen,
  links: EmailLinks | null,
): Omit<ChannelContent, 'payload'> {
  const say = sayIn(lang);
  const names = affectedNamesAt(incident, update, site.components);
  const view = updateView(site, lang, incident, update, names);
  const url = site.url + incidentPath(incident.id);
  return {
    heading: `[${tagOf(incident, update)}] ${view.title}`,
    facts: [
      [view.state, view.kind, view.label].filter(Boolean).join(' · '),
      ...view.facts.map(({ label, value }) => `${label}: ${value}`),
    ],
    markdown: view.markdown,
    color: view.colors.edge,
    tone: toneOf(incident, update),
    link: { label: view.see, url },
    foot: links
      ? {
          text: say('channel.why', { title: site.title }),
          links: [
            { label: say('manage.link'), url: links.manage },
            { label: say('email.unsubscribe'), url: links.unsubscribe },
          ],
        }
      : { text: `${oneLine(site.title)} · ${view.time}`, links: [] },
    challenge: null,
  };
}

function toneOf(incident: Incident, update: IncidentUpdate): ChannelContent['tone'] {
  const { status } = update;
  if (isFinal(status)) return 'good';
  if (incident.scheduled) return 'accent';
  return incident.severity === 'minor' ? 'warning' : 'attention';
}
