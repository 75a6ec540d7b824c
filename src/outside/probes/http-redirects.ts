// Redirects, followed by hand: counted, and with credentials kept to the origin they were meant for.
import { Finding } from './failure.ts';
import { type Answer, exchange, type Request } from './http-exchange.ts';
import type { Network } from './network.ts';

/**
 * Sends the request, follows at most `most` redirects and hands the last answer to `read`. A
 * redirect whose status is wanted in itself is not followed, and with `most` 0 none is.
 */
export async function retrieve<T extends object>(
  first: Request,
  most: number,
  isWanted: (status: number) => boolean,
  signal: AbortSignal,
  network: Network,
  read: (answer: Answer) => Promise<T>,
): Promise<T> {
  let request = first;
  for (let hops = 0; ; hops++) {
    const found = await exchange(request, signal, network, async answer => {
      const { location } = answer.headers;
      const isRedirect = most > 0 && REDIRECTS.has(answer.status) && !isWanted(answer.status);
      if (!isRedirect || typeof location !== 'string') return { done: await read(answer) };
      return { next: follow(request, answer.status, location) };
    });
    if (found.next === undefined) return found.done;
    if (hops >= most) throw new Finding(`redirected more than ${most} times`);
    request = found.next;
  }
}

const REDIRECTS = new Set([301, 302, 303, 307, 308]);
/** Headers that may follow a redirect to another origin; any other may hold a key. */
const HARMLESS = new Set(['accept', 'accept-encoding', 'accept-language', 'content-type', 'user-agent']);

function follow(request: Request, status: number, location: string): Request {
  const { href } = request.url;
  const url = URL.canParse(location, href) ? new URL(location, href) : null;
  if (url === null || !/^https?:$/.test(url.protocol)) throw new Finding('redirected to an invalid address');
  const retrieve =
    (status === 303 && request.method !== 'HEAD') || (status <= 302 && request.method === 'POST');
  const headers = Object.entries(request.headers).filter(
    ([name]) => url.origin === request.url.origin || HARMLESS.has(name),
  );
  return {
    ...request,
    url,
    headers: Object.fromEntries(headers),
    ...(retrieve ? { method: 'GET', body: undefined } : {}),
  };
}
