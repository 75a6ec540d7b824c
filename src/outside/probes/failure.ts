// Describes failures: `seen` may be published, `detail` is for the log.

import { spell } from '../../core/i18n/spell.ts';
import type { ProbeResult } from '../../core/model/checks/check.ts';
import type { Millis } from '../../core/model/time.ts';

/** Thrown by a probe if the response itself is wrong; its message may be published. */
export class Finding extends Error {}

/** Thrown by a probe if the response says nothing of the target; its message may be published. */
export class NotKnown extends Error {}

/** A result with fields that only the probes use. */
export type ProbeFinding = ProbeResult & {
  /** No response came, in a way that a pause of this process can cause. */
  readonly lost?: true;
  /** A provider's status page was read, so its status is a measurement. */
  readonly isRead?: true;
};

/** Turns an error of a probe or a library into a result: "down", unless the fault is ours. */
export function explain(error: unknown): ProbeFinding {
  const seen = inWords(error);
  return isLost(error) ? { ...seen, lost: true } : seen;
}

function inWords(error: unknown): ProbeResult {
  if (error instanceof Finding) return down(error.message, error.cause ? describe(error.cause) : undefined);
  if (error instanceof NotKnown) return { outcome: 'unknown', latency: null, seen: error.message };
  // Too many open files here says nothing about the target.
  if (/^E[MN]FILE$/.test(codeOf(error)))
    return { outcome: 'unknown', latency: null, seen: 'not checked', detail: describe(error) };
  return down(wordsFor(error), describe(error));
}

/** Whether there is a message for an error's code (of network or certificate). */
export function hasFailureMessage(error: unknown): boolean {
  return WORDS.has(codeOf(error));
}

/** "timed out after 10 seconds"; `soFar` describes the response until then. */
export function timedOut(timeout: Millis, soFar: string | null): ProbeFinding {
  const seen = `timed out after ${spell(timeout)}`;
  return { ...down(soFar === null ? seen : `${seen}: ${soFar}`), lost: true };
}

/** Timeouts, and connections closed by the other side: a pause of this process can cause them. */
const LOST =
  /^(ECONNRESET|ECONNABORTED|EPIPE|E?TIMEDOUT|ETIMEOUT|ESOCKETTIMEDOUT|ERR_SOCKET_CONNECTION_TIMEOUT|EAI_AGAIN|UND_ERR_(SOCKET|CONNECT_TIMEOUT|ABORTED)|PROTOCOL_(CONNECTION_LOST|SEQUENCE_TIMEOUT)|HPE_INVALID_EOF_STATE|ERR_HTTP2_.*|ERR_STREAM_PREMATURE_CLOSE|Z_BUF_ERROR|57014|57P05|ERR_CLIENT_INTERACTION_TIMEOUT|ER_NET_READ_INTERRUPTED|ER_NET_READ_ERROR)$/;
/** The same for drivers without codes, and for servers that gave up waiting for us (HTTP 408, SMTP 421). */
const LOST_WORDS =
  /time(d|-)? ?out|terminated unexpectedly|socket closed|closed state|connection (lost|closed)|^HTTP 408$|^answered 421$/i;

/** Searches all nested errors: of several addresses, one may have refused and another not have answered. */
function isLost(error: unknown): boolean {
  if (typeof error !== 'object' || error === null) return false;
  const { code, message, errors, cause } = error as Record<string, unknown>;
  if (LOST.test(String(code)) || LOST_WORDS.test(String(message))) return true;
  return [...(Array.isArray(errors) ? errors : []), cause].some(isLost);
}

function down(seen: string, detail?: string): ProbeResult {
  return { outcome: 'down', latency: null, seen, ...(detail === undefined ? {} : { detail }) };
}

const WORDS = new Map([
  ['EMFILE', 'too many open files here'],
  ['ENFILE', 'too many open files here'],
  ['ECONNREFUSED', 'refused the connection'],
  ['ECONNRESET', 'closed the connection'],
  ['EPIPE', 'closed the connection'],
  ['UND_ERR_SOCKET', 'closed the connection'],
  ['PROTOCOL_CONNECTION_LOST', 'closed the connection'],
  ['ENOTFOUND', 'host name not found'],
  ['ENODATA', 'host name not found'],
  ['EAI_AGAIN', 'host name could not be looked up'],
  ['ESERVFAIL', 'host name could not be looked up'],
  ['EHOSTUNREACH', 'host unreachable'],
  ['ENETUNREACH', 'host unreachable'],
  ['EADDRNOTAVAIL', 'host unreachable'],
  ['ETIMEDOUT', 'timed out while connecting'],
  ['UND_ERR_CONNECT_TIMEOUT', 'timed out while connecting'],
  ['CERT_HAS_EXPIRED', 'certificate expired'],
  ['CERT_NOT_YET_VALID', 'certificate not valid yet'],
  ['CERT_REVOKED', 'certificate revoked'],
  ['DEPTH_ZERO_SELF_SIGNED_CERT', 'certificate is self-signed'],
  ['SELF_SIGNED_CERT_IN_CHAIN', 'certificate is not trusted'],
  ['UNABLE_TO_VERIFY_LEAF_SIGNATURE', 'certificate is not trusted'],
  ['UNABLE_TO_GET_ISSUER_CERT', 'certificate is not trusted'],
  ['UNABLE_TO_GET_ISSUER_CERT_LOCALLY', 'certificate is not trusted'],
  ['ERR_TLS_CERT_ALTNAME_INVALID', 'certificate is for another host'],
  ['UND_ERR_HEADERS_OVERFLOW', 'answered with headers that are too large'],
  ['UND_ERR_RES_CONTENT_LENGTH_MISMATCH', 'answered with a body of the wrong length'],
  ['HPE_INVALID_EOF_STATE', 'closed the connection'],
  ['HPE_HEADER_OVERFLOW', 'answered with headers that are too large'],
]);

function wordsFor(error: unknown): string {
  const code = codeOf(error);
  const known = WORDS.get(code);
  if (known) return known;
  // undici gives a code for only some of its parser's errors.
  if (code.startsWith('HPE_') || nameOf(error) === 'HTTPParserError')
    return 'answered with something that is not HTTP';
  if (/^(ERR_SSL|EPROTO|ERR_TLS)/.test(code)) return 'TLS handshake failed';
  if (code.startsWith('ERR_HTTP2')) return 'HTTP/2 failed';
  if (/^(Z_|ERR_BROTLI|ERR__ERROR_FORMAT)/.test(code))
    return 'answered with a body that cannot be decompressed';
  return 'the check failed';
}

/** An error's code; for several tried addresses (AggregateError), the first one's. */
function codeOf(error: unknown): string {
  if (typeof error !== 'object' || error === null) return '';
  const { code, errors, cause } = error as { code?: unknown; errors?: unknown[]; cause?: unknown };
  if (typeof code === 'string' && WORDS.has(code)) return code;
  for (const inner of [...(errors ?? []), cause]) {
    const found = codeOf(inner);
    if (found) return found;
  }
  return typeof code === 'string' ? code : '';
}

function nameOf(error: unknown): string {
  return error instanceof Error ? error.name : '';
}

function describe(error: unknown): string {
  if (!(error instanceof Error)) return String(error);
  const code = codeOf(error);
  const text = code && !error.message.includes(code) ? `${code}: ${error.message}` : error.message;
  return text || error.name;
}
