// One POST to a channel over one fresh connection: no redirect followed, little read, never for long.
import { isIP, type LookupFunction } from 'node:net';
import type { ChannelFailure, ChannelSent } from '../../core/model/notification-channel.ts';
import { type Millis, SECOND } from '../../core/model/time.ts';
import { buildConnector, Client } from '../undici.ts';
import { guardedLookup, isPublicAddress, notPublic } from './public-address.ts';

export interface Post {
  readonly url: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string;
  /** Only public addresses may be called. */
  readonly guarded: boolean;
  /** What the answer must hold; null when any 2xx will do. */
  readonly challenge: string | null;
}

/** What tests replace: name resolution, trusted roots, patience, and where a service is. */
export interface PostNetwork {
  readonly lookup?: LookupFunction;
  readonly ca?: string;
  /** For the whole exchange, ms. */
  readonly patience?: Millis;
  /** The address in place of a service's own; null leaves it. What is dialled elsewhere is not guarded. */
  readonly dial?: (url: URL) => URL | null;
}

/** Answers are read so far, bytes: for the challenge, and a word for the operator. */
const MAX_READ = 16_384;
const PATIENCE: Millis = 10 * SECOND;

/** Posts, and judges the answer. `now` is for a Retry-After that names a date. */
export async function postTo(post: Post, network: PostNetwork, now: Millis): Promise<ChannelSent> {
  const signal = AbortSignal.timeout(network.patience ?? PATIENCE);
  const dialled = network.dial?.(new URL(post.url)) ?? null;
  const url = dialled ?? new URL(post.url);
  const guarded = post.guarded && dialled === null;
  const client = new Client(url.origin, {
    connect: connectorOf(guarded, network),
    headersTimeout: 0,
    bodyTimeout: 0,
  });
  // undici reports an aborted connection through the client, too.
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
    // What a body says besides is nobody's business, however long it is.
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
    timeout: network.patience ?? PATIENCE,
    ...(ca ? { ca } : {}),
    // Several addresses of a name are tried in turn, each guarded alike.
    autoSelectFamily: true,
    autoSelectFamilyAttemptTimeout: 1000,
  };
  if (!guarded) return buildConnector({ ...base, ...(lookup ? { lookup } : {}) });
  const connect = buildConnector({ ...base, lookup: guardedLookup(lookup) });
  return (options, callback) => {
    // Node resolves no literal, so the lookup never sees it.
    const host = options.hostname.replace(/^\[(.*)\]$/, '$1');
    if (isIP(host) !== 0 && !isPublicAddress(host)) return callback(notPublic(), null);
    connect(options, (...[error, socket]) => {
      if (error || !socket) return callback(error ?? notPublic(), null);
      // Whatever was resolved: before a byte of ours is sent, this is who it goes to.
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
  if (status === 410) return failed('gone', `${error}: it wants no more`);
  if ([408, 425, 429, 503].includes(status)) return failed('busy', error, wait);
  if (status >= 500) return failed('broken', error, wait);
  return failed('refused', status < 400 ? `${error}: redirects are not followed` : error);
}

function failed(failure: ChannelFailure, error: string, wait: Millis | null = null): ChannelSent {
  return { ok: false, failure, error, wait };
}

/** Retry-After in ms, written as seconds (Discord: with a fraction) or as a date. */
function waitOf(header: string | string[] | undefined, now: Millis): Millis | null {
  const text = [header].flat()[0]?.trim() ?? '';
  if (/^\d{1,9}(\.\d+)?$/.test(text)) return Math.ceil(Number(text) * SECOND);
  // A date here is GMT by rule, also in the old form that does not say so; without a word it would be read as local.
  const at = Date.parse(/(?:GMT|UTC|Z|[+-]\d{2}:?\d{2})$/i.test(text) ? text : `${text} GMT`);
  return Number.isNaN(at) ? null : Math.max(0, at - now);
}

function codeOf(error: unknown): string {
  return (error as NodeJS.ErrnoException).code ?? '';
}

/** In words, never with the address: what Node says names hosts at most. */
function wordsOf(error: unknown, signal: AbortSignal): string {
  const code = codeOf(error);
  if (signal.aborted || /TIMEOUT|TIMEDOUT/.test(code)) return 'it did not answer in time';
  if (code === 'ENOTPUBLIC') return 'its address is not on the public internet';
  if (code === 'ENOTFOUND' || code === 'EAI_AGAIN') return 'its name is not known';
  if (code === 'ECONNREFUSED') return 'nothing answers there';
  if (/CERT|TLS|SSL|SIGNATURE/.test(code)) return `its certificate or TLS is not valid (${code})`;
  return `the connection was lost${code ? ` (${code})` : ''}`;
}
