// Channel URLs of visitors: which service they belong to, and which may be called.
import { CHANNEL_TYPES, type ChannelType } from './notification-channel.ts';

/** Which channels visitors may subscribe, besides email. */
export interface VisitorChannels {
  readonly channels: readonly ChannelType[];
  /** Allows webhooks on internal hosts, over http and on any port: for pages of an intranet. */
  readonly private: boolean;
}

export const VISITOR_CHANNELS: VisitorChannels = { channels: CHANNEL_TYPES, private: false };

/** Keys of the catalogue, without `problem.`. */
export type ChannelUrlProblem = 'url_invalid' | 'url_https' | 'url_type';

/** Ports that webhooks may use. */
const PORTS = ['', '8443'];
const MAX_LENGTH = 2000;

/**
 * Reads the URL a visitor typed. The host identifies the service; any other URL is a webhook. Whether the host is on
 * the public internet is checked on each call, not here.
 * @param ownHost the page's host, which a webhook must not call.
 */
export function readChannelUrl(
  typed: string,
  { channels, private: inside }: VisitorChannels,
  ownHost: string,
): { readonly type: ChannelType; readonly url: URL } | { readonly problem: ChannelUrlProblem } {
  const text = typed.trim();
  if (text.length > MAX_LENGTH || !URL.canParse(text)) return { problem: 'url_invalid' };
  const url = new URL(text);
  url.hash = '';
  if (url.username !== '' || url.password !== '' || isOwn(url, ownHost)) return { problem: 'url_invalid' };
  if (url.protocol !== 'https:' && !(inside && url.protocol === 'http:')) return { problem: 'url_https' };
  const type = serviceOf(url) ?? 'webhook';
  if (!channels.includes(type)) return { problem: 'url_type' };
  if (inside && type === 'webhook') return { type, url };
  if (!PORTS.includes(url.port) || !url.hostname.includes('.')) return { problem: 'url_invalid' };
  return { type, url };
}

/** A dot at the end of the name makes no other host. */
function isOwn({ host }: URL, ownHost: string): boolean {
  return host.replace(/\.(?=:|$)/, '') === ownHost;
}

/** The service of a URL, by host and path; null when there is none. */
function serviceOf({ protocol, hostname, port, pathname }: URL): ChannelType | null {
  if (protocol !== 'https:' || port !== '') return null;
  if (/^hooks\.slack(-gov)?\.com$/.test(hostname) && pathname.startsWith('/services/')) return 'slack';
  const discord = /^((ptb|canary)\.)?discord(app)?\.com$/.test(hostname);
  if (discord && /^\/api\/(v\d+\/)?webhooks\//.test(pathname)) return 'discord';
  const flow = /\.(logic\.azure\.com|api\.powerplatform\.com)$/.test(hostname);
  return flow && /\/workflows\//.test(pathname) ? 'teams' : null;
}
