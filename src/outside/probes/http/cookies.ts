// Cookies, kept for one look: a login's or a consent's redirect leads in a circle without them.
import type { Millis } from '../../../core/model/time.ts';

/** What redirects of one look were told to remember. */
export interface Jar {
  /** Takes in what an answer from `url` sets. */
  keep(url: URL, setCookie: string | readonly string[] | undefined): void;
  /** The value of the `cookie` header for `url`; '' for none. */
  for(url: URL): string;
}

interface Cookie {
  readonly name: string;
  readonly value: string;
  readonly host: string;
  /** Whether hosts below `host` get it as well. */
  readonly below: boolean;
  readonly port: string;
  readonly path: string;
  readonly secure: boolean;
}

/** Browsers keep more; a look has twenty redirects at most. */
const MOST = 50;
const LONGEST = 4096;

/** An empty jar. Of RFC 6265 what matters within seconds; another port is another server, 80 and 443 are one. */
export function makeJar(now: () => Millis): Jar {
  const cookies = new Map<string, Cookie>();
  return {
    keep(url, setCookie = []) {
      for (const line of [setCookie].flat()) {
        const cookie = parse(url, line);
        if (!cookie) continue;
        const key = JSON.stringify([cookie.name, cookie.host, cookie.port, cookie.path]);
        cookies.delete(key);
        if (!isOver(line, now()) && cookies.size < MOST) cookies.set(key, cookie);
      }
    },
    for(url) {
      return [...cookies.values()]
        .filter(cookie => isFor(cookie, url))
        .sort((a, b) => b.path.length - a.path.length)
        .map(({ name, value }) => `${name}=${value}`)
        .join('; ');
    },
  };
}

function parse(url: URL, line: string): Cookie | null {
  const [pair = ''] = line.split(';', 1);
  const at = pair.indexOf('=');
  const name = pair.slice(0, at).trim();
  const value = pair.slice(at + 1).trim();
  // What cannot be sent back is not kept.
  if (at < 1 || name === '' || !/^[\x20-\x7e]+$/.test(pair) || pair.length > LONGEST) return null;
  const domain = attribute(line, 'domain')?.replace(/^\./, '').toLowerCase();
  if (domain && !isWithin(url.hostname, domain)) return null;
  const secure = attribute(line, 'secure') !== undefined;
  if (secure && url.protocol !== 'https:') return null;
  const below = Boolean(domain) && !isShared(domain!);
  if (domain && !below && domain !== url.hostname) return null;
  const given = attribute(line, 'path');
  return {
    name,
    value,
    host: domain || url.hostname,
    below,
    port: url.port,
    path: given?.startsWith('/') ? given : url.pathname.replace(/\/[^/]*$/, '') || '/',
    secure,
  };
}

/** The value of an attribute, '' when it has none; undefined when it is not there. The last one counts. */
function attribute(line: string, name: string): string | undefined {
  let found: string | undefined;
  for (const part of line.split(';').slice(1)) {
    const [key = '', ...value] = part.split('=');
    if (key.trim().toLowerCase() === name) found = value.join('=').trim();
  }
  return found;
}

/** Whether a cookie is set only to be taken back. */
function isOver(line: string, now: Millis): boolean {
  const seconds = attribute(line, 'max-age');
  if (seconds && /^-?\d+$/.test(seconds)) return Number(seconds) <= 0;
  return Date.parse(attribute(line, 'expires') ?? '') <= now;
}

function isFor({ host, below, port, path, secure }: Cookie, url: URL): boolean {
  if (url.hostname !== host && !(below && isWithin(url.hostname, host))) return false;
  if (url.port !== port || (secure && url.protocol !== 'https:')) return false;
  const { pathname } = url;
  return pathname === path || pathname.startsWith(path.endsWith('/') ? path : `${path}/`);
}

function isWithin(host: string, domain: string): boolean {
  return host === domain || (host.endsWith(`.${domain}`) && !/^[\d.]+$|:/.test(host));
}

/** Domains under which strangers live: `com`, `co.uk`. A guess without the public list, and a strict one. */
function isShared(domain: string): boolean {
  return (
    !domain.includes('.') ||
    /^(ac|co|com|edu|go|gob|gov|gouv|id|ltd|me|ne|net|nom|or|org|plc|sch)\.[a-z]{2}$/.test(domain)
  );
}
