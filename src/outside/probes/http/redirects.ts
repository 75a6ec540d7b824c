// Follows redirects: counted, with cookies, and with credentials sent only to their own origin.
import { isUtf8 } from 'node:buffer';
import { Finding } from '../failure.ts';
import { type Network, now } from '../network.ts';
import type { Cookies } from './cookies.ts';
import { type Answer, exchange, type Request } from './exchange.ts';

/**
 * Sends the request, follows at most `max` redirects, and passes the last response to `read`. A redirect with an
 * expected status is not followed; with `max` 0, none is.
 */
export async function retrieve<T extends object>(
  first: Request,
  max: number,
  isWanted: (status: number) => boolean,
  signal: AbortSignal,
  network: Network,
  read: (answer: Answer) => Promise<T>,
): Promise<T> {
  let request = first;
  let cookies: Cookies | null = null;
  for (let hops = 0; ; hops++) {
    const sent = withCookies(request, cookies?.for(request.url) ?? '');
    const found = await exchange(sent, signal, network, async answer => {
      const { status, headers } = answer;
      const location = [headers.location].flat()[0];
      const isRedirect = max > 0 && REDIRECTS.has(status) && !isWanted(status);
      if (!isRedirect || location === undefined) return { done: await read(answer) };
      return { next: follow(request, status, location), setCookie: headers['set-cookie'] };
    });
    if (found.next === undefined) return found.done;
    if (hops >= max) throw new Finding(`redirected more than ${max} times`);
    // Loaded on demand, because the list of public suffixes is slow to load.
    cookies ??= new (await import('./cookies.ts')).Cookies(() => now(network));
    cookies.keep(request.url, found.setCookie);
    request = found.next;
  }
}

function withCookies(request: Request, cookies: string): Request {
  if (cookies === '') return request;
  const { cookie } = request.headers;
  return { ...request, headers: { ...request.headers, cookie: cookie ? `${cookie}; ${cookies}` : cookies } };
}

const REDIRECTS = new Set([301, 302, 303, 307, 308]);
/** Headers that may be sent to another origin after a redirect; any other may contain a key. */
const HARMLESS = new Set(['accept', 'accept-encoding', 'accept-language', 'content-type', 'user-agent']);
/** Headers that describe a body; they are dropped together with it. */
const OF_A_BODY = /^(content-(type|length|encoding|language|location)|transfer-encoding)$/;

/** Node reads headers byte by byte. Browsers take bytes that are UTF-8 for UTF-8. */
function asUtf8(header: string): string {
  const bytes = Buffer.from(header, 'latin1');
  return isUtf8(bytes) ? bytes.toString() : header;
}

function follow(request: Request, status: number, header: string): Request {
  const location = asUtf8(header);
  const { href } = request.url;
  const url = URL.canParse(location, href) ? new URL(location, href) : null;
  if (url === null || !/^https?:$/.test(url.protocol)) throw new Finding('redirected to an invalid address');
  const retrieve =
    (status === 303 && request.method !== 'HEAD') || (status <= 302 && request.method === 'POST');
  const headers = Object.entries(request.headers).filter(
    ([name]) =>
      (url.origin === request.url.origin || HARMLESS.has(name)) && !(retrieve && OF_A_BODY.test(name)),
  );
  return {
    ...request,
    url,
    headers: Object.fromEntries(headers),
    ...(retrieve ? { method: 'GET', body: undefined } : {}),
  };
}
