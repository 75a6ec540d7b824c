// Webhooks and heartbeats: monitors and jobs tell us; closed without the token.
import express, { type Request, type Response, type Router } from 'express';
import { INBOUND } from '../core/inbound/senders.ts';
import { sameSecret } from '../core/token.ts';
import type { Web } from './context.ts';
import { doorLimit, Refusal } from './guards.ts';

/** Larger than any monitor's message. */
const MOST = '100kb';

export function webhookRoutes(router: Router, web: Web): void {
  const limit = doorLimit();
  const raw = express.text({ type: () => true, limit: MOST, defaultCharset: 'utf-8' });

  const receive = (sender: string) => async (req: Request, res: Response) => {
    const reader = INBOUND[sender];
    if (!reader) throw new Refusal(404, 'No such webhook.');
    const { token: _, ...query } = req.query;
    const body = readBody(req);
    const reading = reader(Array.isArray(body) ? body : { ...query, ...body });
    if ('problem' in reading) {
      web.log.warn({ sender, problem: reading.problem }, 'webhook not understood');
      throw new Refusal(400, reading.problem);
    }
    const done = [];
    for (const signal of reading.signals) done.push(await web.receive(signal));
    const told = done.find(({ action }) => action !== 'ignored') ?? done[0];
    res.set('Cache-Control', 'no-store').json({
      ok: true,
      action: told?.action ?? 'ignored',
      incident: told?.incident ?? null,
      ...(told?.why ? { why: told.why } : {}),
    });
  };
  const authorised = (req: Request, _res: Response, next: (error?: unknown) => void) => {
    const given = tokensOf(req);
    const fine = given.some(token => sameSecret(token, web.webhookToken));
    if (!fine)
      web.log.warn({ path: req.path, tokens: given.length }, 'webhook with a wrong or missing token');
    next(
      fine
        ? undefined
        : new Refusal(401, 'This webhook needs its token: ?token=…, X-Webhook-Token or Bearer.'),
    );
  };
  router.get('/webhooks/uptime', limit, authorised, receive('uptimerobot'));
  router.post('/webhooks/uptime', limit, authorised, raw, receive('uptimerobot'));
  router.post('/webhooks/:sender', limit, authorised, raw, (req, res) =>
    receive(String(req.params.sender))(req, res),
  );

  router.all('/heartbeats/:token', limit, raw, async (req, res, next) => {
    if (req.method !== 'GET' && req.method !== 'POST') return next();
    const fields = { ...req.query, ...formOf(req) };
    const ok = !/^(down|fail|failed|error|0)$/i.test(String(fields.status ?? 'up'));
    const message = String(fields.msg ?? '').slice(0, 500);
    if (!(await web.beats.beat(String(req.params.token), ok, message))) {
      throw new Refusal(404, 'No such heartbeat.');
    }
    res.set('Cache-Control', 'no-store').json({ ok: true });
  });
}

/** Every place a token may stand in: query, header, Bearer, Basic password. */
function tokensOf(req: Request): string[] {
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

function readBody(req: Request): Record<string, unknown> | unknown[] {
  const body = typeof req.body === 'string' ? req.body : '';
  if (body.trim() === '') return {};
  const type = (req.headers['content-type'] ?? '').toLowerCase().split(';')[0]!.trim();
  if (type === 'application/x-www-form-urlencoded') return formOf(req);
  if (type === 'multipart/form-data') return { data: multipartField(body, 'data') };
  if (type !== '' && !/json$/.test(type) && !type.startsWith('text/plain')) {
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

function formOf(req: Request): Record<string, unknown> {
  const type = req.headers['content-type'] ?? '';
  if (!/^application\/x-www-form-urlencoded/i.test(type) || typeof req.body !== 'string') return {};
  return Object.fromEntries(new URLSearchParams(req.body));
}

/** Uptime Kuma's form mode: one field that holds JSON. */
function multipartField(body: string, name: string): string {
  const part = body.split(/\r?\n--/).find(text => text.includes(`name="${name}"`));
  const found = /\r?\n\r?\n([\s\S]*)$/.exec(part ?? '');
  return found?.[1] ?? '';
}
