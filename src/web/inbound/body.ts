// Reads the token and the fields of a webhook's request, however they were sent.
import { createHmac } from 'node:crypto';
import type { Request } from 'express';
import { sameSecret } from '../../core/model/token.ts';
import { Refusal } from '../http/guards.ts';
import { LIMITS } from '../http/limits.ts';

/**
 * Query, form and JSON fields in one object, body before query; a JSON list stays a list.
 * @param glued what a sender appended to the token in the address, see `afterToken`.
 */
export function fieldsOfRequest(req: Request, glued = ''): Record<string, unknown> | unknown[] {
  const { token: _, ...query } = req.query;
  const body = readBody(req);
  const appended = Object.fromEntries(new URLSearchParams(glued));
  return Array.isArray(body) ? body : { ...appended, ...query, ...body };
}

/**
 * UptimeRobot appends its variables to the address as it was typed: `?token=XmonitorID=7`, `?token=X?monitorID=7`. What
 * follows the token, if that is the whole token and then `?`, `&`, `*` or the first variable; null otherwise. The token
 * is compared in constant time.
 */
export function afterToken(given: unknown, token: string): string | null {
  if (typeof given !== 'string' || given.length <= token.length) return null;
  const rest = given.slice(token.length);
  const isToken = sameSecret(given.slice(0, token.length), token);
  return isToken && /^([?&*]|monitorID=)/i.test(rest) ? rest.replace(/^[?&*]+/, '') : null;
}

/** All places where a token may be: query, header, Bearer, Basic password. */
export function webhookTokensOf(req: Request): string[] {
  const found = [req.query.token, req.headers['x-webhook-token']];
  const [scheme = '', value = ''] = (req.headers.authorization ?? '').split(/\s+/, 2);
  if (/^bearer$/i.test(scheme)) found.push(value);
  if (/^basic$/i.test(scheme))
    found.push(
      Buffer.from(value, 'base64')
        .toString()
        .replace(/^[^:]*:/, ''),
    );
  return found.filter(token => typeof token === 'string' && token !== '') as string[];
}

/**
 * The HMAC-SHA-256 of a body in hex, read in chunks: git hosts list every file of a push, and unknown senders must not
 * fill our memory. Throws 413 if the body is too long.
 */
export async function bodyDigest(req: Request, secret: string): Promise<string> {
  const hmac = createHmac('sha256', secret);
  let size = 0;
  // A refusal must not close the connection on which it is sent.
  const chunks: AsyncIterable<Buffer> = req.iterator({ destroyOnReturn: false });
  for await (const chunk of chunks) {
    size += chunk.length;
    if (size > LIMITS.git_push_body) throw new Refusal(413, 'The request is too large.');
    hmac.update(chunk);
  }
  return hmac.digest('hex');
}

function readBody(req: Request): Record<string, unknown> | unknown[] {
  const body = typeof req.body === 'string' ? req.body : '';
  if (body.trim() === '') return {};
  const type = (req.headers['content-type'] ?? '').toLowerCase().split(';')[0]!.trim();
  const isForm = type === 'application/x-www-form-urlencoded';
  // `curl -d '{…}'` sends JSON as a form; no real form begins with a brace or bracket.
  if (isForm && !/^\s*[[{]/.test(body)) return formOf(req);
  if (type === 'multipart/form-data') return { data: multipartField(body, 'data') };
  if (!isForm && type !== '' && !/json$/.test(type) && !type.startsWith('text/plain')) {
    throw new Refusal(415, `Send JSON or a form, not ${type.slice(0, 60)}.`);
  }
  try {
    const parsed: unknown = JSON.parse(body);
    if (typeof parsed === 'object' && parsed !== null) return parsed as Record<string, unknown> | unknown[];
  } catch {
    throw new Refusal(400, 'The body is not JSON.');
  }
  throw new Refusal(400, 'The body must be a JSON object or list.');
}

export function formOf(req: Request): Record<string, unknown> {
  const type = req.headers['content-type'] ?? '';
  if (!/^application\/x-www-form-urlencoded/i.test(type) || typeof req.body !== 'string') return {};
  return Object.fromEntries(new URLSearchParams(req.body));
}

/** Uptime Kuma's form mode: one field that contains JSON. */
function multipartField(body: string, name: string): string {
  const part = body.split(/\r?\n--/).find(text => text.includes(`name="${name}"`));
  const found = /\r?\n\r?\n([\s\S]*)$/.exec(part ?? '');
  return found?.[1] ?? '';
}
