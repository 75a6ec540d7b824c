// What is said in a channel: a message that is due → heading, facts, words, and the payload of a webhook.
import { sayIn } from '../../core/i18n/words.ts';
import { toldStatus } from '../../core/incidents/ending.ts';
import { namesAsTold } from '../../core/incidents/impact.ts';
import type { Incident, IncidentUpdate } from '../../core/model/incident.ts';
import type { Lang } from '../../core/model/lang.ts';
import type { ChannelContent, ChannelMessage } from '../../core/model/notification-channel.ts';
import type { Site } from '../../core/model/site.ts';
import type { Clock, Millis } from '../../core/model/time.ts';
import { shortId } from '../../core/model/token.ts';
import type { NotificationChannel } from '../../core/notify/channel-health.ts';
import type { ChannelDelivery } from '../../core/notify/delivery.ts';
import type { Snapshot } from '../../core/page/snapshot.ts';
import { oneLine } from '../../core/text/printable.ts';
import type { Db } from '../../store/db/database.ts';
import { tagOf, updateView } from './email-texts.ts';
import { type Links, linksFor, linkTo, tokenFor, updateOf } from './links.ts';

export interface MessageParts {
  readonly db: Db;
  readonly snapshot: () => Snapshot;
  /** Statuspage's payload about an update; `links` null where there is nothing to leave. */
  readonly payload: (snapshot: Snapshot, about: About, links: Links | null) => object;
  readonly secret: string;
  readonly clock: Clock;
}

interface About {
  readonly incident: Incident;
  readonly update: IncidentUpdate;
}

/** What a message says; null when what it was about is gone. */
export type ComposeMessage = (delivery: ChannelDelivery) => Promise<ChannelMessage | null>;

export function messageComposer({ db, snapshot, payload, secret, clock }: MessageParts): ComposeMessage {
  return async ({ kind, ref, channel }) => {
    const now = snapshot();
    const id = messageId(kind, ref, channel.id);
    if (kind !== 'update') return { ...confirmation(now.site, channel, secret, clock()), id };
    const about = await updateOf(db, now, ref);
    if (!about) return null;
    const links = channel.owner === 'visitor' ? linksFor(secret, now.site, channel.id) : null;
    return { ...describe(now.site, channel.lang, about, links), payload: payload(now, about, links), id };
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
    foot: { text: say('email.confirm_else'), links: [] },
    payload: { type: 'url_verification', challenge, page: { name: site.title, url: site.url } },
    challenge,
  };
}

/** The name of a message: the same on every try, and after every restart. */
function messageId(kind: string, ref: string, channelId: string): string {
  return `msg_${shortId(`${kind} ${ref} ${channelId}`)}`;
}

/** An update in words; `links` lead a visitor to their subscription. */
function describe(
  site: Site,
  lang: Lang,
  { incident, update }: About,
  links: Links | null,
): Omit<ChannelContent, 'payload'> {
  const say = sayIn(lang);
  const names = namesAsTold(incident, update, site.components);
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

function toneOf(incident: Incident, update: IncidentUpdate): ChannelContent['tone'] {
  const status = toldStatus(incident, update);
  if (status === 'resolved' || status === 'completed') return 'good';
  if (incident.scheduled) return 'accent';
  return incident.severity === 'minor' ? 'warning' : 'attention';
}
