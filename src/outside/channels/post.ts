// Sends one POST to a channel over a new connection: without redirects, with limits on time and response size.
import { isIP, type LookupFunction } from 'node:net';
import type { ChannelFailure, ChannelSent } from '../../core/model/notification-channel.ts';
import { type Millis, SECOND } from '../../core/model/time.ts';
import { buildConnector, Client } from '../undici.ts';
import { guardedLookup, isPublicAddress, notPublic } from './public-address.ts';

interface Post {
  readonly url: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string;
  /** Only public addresses may be called. */
  readonly guarded: boolean;
  /** The text that the response must contain; null if any 2xx is enough. */
  readonly challenge: string | null;
}

/** Replaced in tests: name resolution, trusted roots, time limit and the address of a service. */
export interface PostNetwork {
  readonly lookup?: LookupFunction;
  readonly ca?: string;
  /** Time limit of the whole exchange, ms. */
  readonly timeout?: Millis;
  /** The address to use in place of a service's own, or null. A replaced address may be private. */
  readonly dial?: (url: URL) => URL | null;
}

/** How much of a response is read, bytes: enough for the challenge, or a text for the operator. */
const MAX_READ = 16_384;
const TIMEOUT: Millis = 10 * SECOND;

/** Posts and judges the response. `now` is used for a Retry-After with a date. */
export async function postTo(post: Post, network: PostNetwork, now: Millis): Promise<ChannelSent> {
  const signal = AbortSignal.timeout(network.timeout ?? TIMEOUT);
  const dialled = network.dial?.(new URL(post.url)) ?? null;
  const url = dialled ?? new URL(post.url);
  const guarded = post.guarded && dialled === null;
  const client = new Client(url.origin, {
    connect: connectorOf(guarded, network),
    headersTimeout: 0,
    bodyTimeout: 0,
  });
  // undici also reports an aborted connection on the client.
  client.on('connectionError', () => {});
  try {
    const answer = await client.request({
      path: `${url.pathname}${url.search}`,
      method: 'POST',
      headers: { 'content-type': 'application/json', 'user-agent': 'Status-Live', ...post.headers },
      body: post.body,
      signal,
      reset: true,
    });
    answer.body.on('error', () => {});
    const { statusCode: status, headers } = answer;
    if (status < 200 || status >= 300) return judge(status, waitOf(headers['retry-after'], now));
    // The rest of the body does not matter, so it is not read.
    if (post.challenge === null || (await readSome(answer.body)).includes(post.challenge))
      return { ok: true };
    return failed('refused', 'it did not answer with the challenge');
  } catch (error) {
    return failed(codeOf(error) === 'ENOTPUBLIC' ? 'refused' : 'unreachable', wordsOf(error, signal));
  } finally {
    await client.destroy().catch(() => {});
  }
}

function connectorOf(guarded: boolean, network: PostNetwork): buildConnector.connector {
  const { lookup, ca } = network;
  const base = {
    timeout: network.timeout ?? TIMEOUT,
    ...(ca ? { ca } : {}),
    // All addresses of a name are tried in turn, each checked.
    autoSelectFamily: true,
    autoSelectFamilyAttemptTimeout: 1000,
  };
  if (!guarded) return buildConnector({ ...base, ...(lookup ? { lookup } : {}) });
  const connect = buildConnector({ ...base, lookup: guardedLookup(lookup) });
  return (options, callback) => {
    // Node does not resolve IP addresses, so the lookup never sees them.
    const host = options.hostname.replace(/^\[(.*)\]$/, '$1');
    if (isIP(host) !== 0 && !isPublicAddress(host)) return callback(notPublic(), null);
    connect(options, (...[error, socket]) => {
      if (error || !socket) return callback(error ?? notPublic(), null);
      // Check the address really connected to, before any byte is sent.
      if (isPublicAddress(socket.remoteAddress ?? '')) return callback(null, socket);
      socket.destroy();
      callback(notPublic(), null);
    });
  };
}

async function readSome(body: AsyncIterable<Uint8Array>): Promise<string> {
  const chunks: Uint8Array[] = [];
  let size = 0;
  for await (const chunk of body) {
    chunks.push(chunk);
    size += chunk.length;
    if (size >= MAX_READ) break;
  }
  return Buffer.concat(chunks).subarray(0, MAX_READ).toString('utf8');
}

function judge(status: number, wait: Millis | null): ChannelSent {
  const error = `it answered ${status}`;
  if (status === 410) return failed('gone', `${error}: it no longer accepts messages`);
  if ([408, 425, 429, 503].includes(status)) return failed('busy', error, wait);
  if (status >= 500) return failed('broken', error, wait);
  return failed('refused', status < 400 ? `${error}: redirects are not followed` : error);
}

function failed(failure: ChannelFailure, error: string, wait: Millis | null = null): ChannelSent {
  return { ok: false, failure, error, wait };
}

/** Retry-After in ms; given in seconds (by Discord with a fraction) or as a date. */
function waitOf(header: string | string[] | undefined, now: Millis): Millis | null {
  const text = [header].flat()[0]?.trim() ?? '';
  if (/^\d{1,9}(\.\d+)?$/.test(text)) return Math.ceil(Number(text) * SECOND);
  // The date is GMT by definition, but old formats do not say so and would be read as local time.
  const at = Date.parse(/(?:GMT|UTC|Z|[+-]\d{2}:?\d{2})$/i.test(text) ? text : `${text} GMT`);
  return Number.isNaN(at) ? null : Math.max(0, at - now);
}

function codeOf(error: unknown): string {
  return (error as NodeJS.ErrnoException).code ?? '';
}

/** The failure in words, without the address: Node's messages name the host at most. */
function wordsOf(error: unknown, signal: AbortSignal): string {
  const code = codeOf(error);
  if (signal.aborted || /TIMEOUT|TIMEDOUT/.test(code)) return 'it did not answer in time';
  if (code === 'ENOTPUBLIC') return 'its address is not on the public internet';
  if (code === 'ENOTFOUND' || code === 'EAI_AGAIN') return 'its host name could not be looked up';
  if (code === 'ECONNREFUSED') return 'nothing answers there';
  if (/CERT|TLS|SSL|SIGNATURE/.test(code)) return `its certificate or TLS is not valid (${code})`;
  return `the connection was lost${code ? ` (${code})` : ''}`;
}
