// Addresses of channels that visitors give: which service they belong to, and which may be called at all.
import { CHANNEL_TYPES, type ChannelType } from './notification-channel.ts';

/** What visitors may subscribe besides mail. */
export interface VisitorChannels {
  readonly channels: readonly ChannelType[];
  /** Webhooks may stand on the inside, speak http and use any port: for pages of an intranet. */
  readonly private: boolean;
}

export const VISITOR_CHANNELS: VisitorChannels = { channels: CHANNEL_TYPES, private: false };

/** Keys of the catalogue without `problem.`. */
export type ChannelUrlProblem = 'url_invalid' | 'url_https' | 'url_type';

/** Ports of webhooks, besides https's own. */
const PORTS = ['', '8443'];
const MAX_LENGTH = 2000;

/**
 * Reads what was typed. The service is known by its host, which nobody else can own; anything else is a
 * webhook. `ownHost` is the page's: it does not call itself. Whether a name leads to the public internet is
 * asked when it is called, not here.
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

/** With a dot behind its name it is the same host. */
function isOwn({ host }: URL, ownHost: string): boolean {
  return host.replace(/\.(?=:|$)/, '') === ownHost;
}

/** The service an address belongs to, by its host and path; null when it is nobody's. */
function serviceOf({ protocol, hostname, port, pathname }: URL): ChannelType | null {
  if (protocol !== 'https:' || port !== '') return null;
  if (/^hooks\.slack(-gov)?\.com$/.test(hostname) && pathname.startsWith('/services/')) return 'slack';
  const discord = /^((ptb|canary)\.)?discord(app)?\.com$/.test(hostname);
  if (discord && /^\/api\/(v\d+\/)?webhooks\//.test(pathname)) return 'discord';
  const flow = /\.(logic\.azure\.com|api\.powerplatform\.com)$/.test(hostname);
  return flow && /\/workflows\//.test(pathname) ? 'teams' : null;
}
