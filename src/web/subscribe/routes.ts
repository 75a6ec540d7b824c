// Subscribing, confirming, choosing, leaving: the forms of walk 4. GETs show, POSTs change.
import express, { type Request, type Response, type Router } from 'express';
import { type Choice, DETAILS, KINDS, type Subscriber } from '../../core/model/subscriber.ts';
import type { Web } from '../context.ts';
import { Refusal, refuseEmbedded, sameSite } from '../http/guards.ts';
import { LIMITS } from '../http/limits.ts';
import { formLimit, subscribeLimit } from '../http/rate-limit.ts';
import type { Notice } from '../page/pages.ts';
import { contextOf, langOf, sendPrivately, wantsJson } from '../page/visitor.ts';
import { subscribeChannel } from './channel.ts';

type Fields = Readonly<Record<string, unknown>>;

export function subscribeRoutes(router: Router, web: Web): void {
  const { pages, enrolment } = web;
  const form = express.urlencoded({ extended: false, limit: LIMITS.form_body, parameterLimit: 500 });
  const json = express.json({ limit: LIMITS.form_body });
  const guard = sameSite(() => [new URL(web.refresh.current().site.url).origin]);
  const limit = subscribeLimit();
  const forms = formLimit();
  const ctx = (req: Request) => contextOf(web, web.refresh.current(), req);

  const notice = (req: Request, res: Response, kind: Notice, status = 200) => {
    if (wantsJson(req)) return sendJson(res, status, { ok: status < 400, result: kind });
    sendPrivately(res, status, pages.notice(ctx(req), kind));
  };

  const subscribe = async (req: Request, res: Response, fields: Fields) => {
    const email = text(fields.email);
    const components = list(fields.components);
    const ids = web.refresh.current().site.components.map(component => component.id);
    const stranger = components.find(id => !ids.includes(id));
    if (stranger !== undefined) throw new Refusal(400, `There is no component "${stranger.slice(0, 64)}".`);
    const all = components.length === 0 || components.length === ids.length;
    const choice = { ...choiceOf(fields), components: all ? null : components };
    // A filled honeypot gets the same answer and no email.
    const trapped = text(fields.website) !== '';
    if (fields.url !== undefined && req.method === 'POST') {
      return subscribeChannel(web, req, res, { url: text(fields.url), choice, trapped });
    }
    const asked = await evenly(trapped ? 'accepted' : enrolment.subscribe(email, choice, langOf(req)));
    if (asked === 'busy') throw new Refusal(429, BUSY);
    if (asked === 'accepted') return notice(req, res, 'check_inbox');
    if (wantsJson(req)) return sendJson(res, 400, { ok: false, error: 'This is not an email address.' });
    const typed = { email: email.slice(0, 320), choice, problem: 'email_invalid' };
    sendPrivately(res, 400, pages.subscribe(ctx(req), typed));
  };

  router.get('/status/subscribe', forms, refuseEmbedded, limitIf(limit, 'email'), async (req, res) => {
    // Who asks for the head alone has not asked for an email.
    if (req.query.email !== undefined && req.method === 'GET') {
      return subscribe(req, res, { ...req.query, email: asTyped(req) });
    }
    const choice = { ...choiceOf(req.query), components: list(req.query.components) };
    sendPrivately(res, 200, pages.subscribe(ctx(req), { email: '', choice, problem: null }));
  });
  router.post('/status/subscribe', guard, forms, limit, form, json, (req, res) =>
    subscribe(req, res, bodyOf(req)),
  );

  router.get('/status/confirm', forms, async (req, res) => {
    const token = text(req.query.token);
    if (!(await enrolment.pending(token))) return notice(req, res, 'link_invalid', 400);
    sendPrivately(res, 200, pages.confirm(ctx(req), token));
  });
  router.post('/status/confirm', guard, forms, form, json, async (req, res) => {
    const done = await enrolment.confirm(tokenOf(req));
    notice(req, res, done ? 'confirmed' : 'link_invalid', done ? 200 : 400);
  });

  router.get('/status/unsubscribe', forms, (req, res) => {
    const token = text(req.query.token);
    if (token !== '' && !enrolment.isUnsubscribe(token)) return notice(req, res, 'link_invalid', 400);
    const fields = { token: token || null, email: text(req.query.email).slice(0, 320), problem: null };
    sendPrivately(res, 200, pages.unsubscribe(ctx(req), fields));
  });
  // RFC 8058: mail programs POST here across sites, perhaps as multipart, which needs no reading.
  router.post('/status/unsubscribe', form, json, async (req, res, next) => {
    const token = tokenOf(req);
    if (token !== '') {
      const done = await enrolment.unsubscribe(token);
      // Right tokens are not counted: a mail provider's few addresses send everybody's.
      if (!done) web.countGuess(req, res);
      return notice(req, res, done ?? 'link_invalid', done ? 200 : 400);
    }
    guard(req, res, (refused?: unknown) => {
      if (refused) return next(refused);
      limit(req, res, (error?: unknown) => (error ? next(error) : askLeave(req, res).catch(next)));
    });
  });
  const askLeave = async (req: Request, res: Response) => {
    const email = text(bodyOf(req).email ?? req.query.email);
    const asked = await evenly(enrolment.askLeave(email));
    if (asked === 'busy') throw new Refusal(429, BUSY);
    if (asked === 'accepted') return notice(req, res, 'unsubscribe_link_sent');
    if (wantsJson(req)) return sendJson(res, 400, { ok: false, error: 'This is not an email address.' });
    const typed = { token: null, email: email.slice(0, 320), problem: 'email_invalid' };
    sendPrivately(res, 400, pages.unsubscribe(ctx(req), typed));
  };

  const manage = (
    req: Request,
    res: Response,
    token: string,
    who: Managed,
    done: 'saved' | 'none' | null = null,
  ) => {
    if (wantsJson(req) && done === 'none')
      return sendJson(res, 400, { ok: false, error: 'Choose at least one component, or all of them.' });
    if (wantsJson(req)) return sendJson(res, 200, { ok: true, ...who.choice, ...who.channel });
    const channel = who.channel ?? null;
    const fields = { token, email: who.address, choice: who.choice, done, channel };
    sendPrivately(res, done === 'none' ? 400 : 200, pages.manage(ctx(req), fields));
  };
  router.get('/status/manage', forms, async (req, res) => {
    const token = text(req.query.token);
    const who = await enrolment.manage(token);
    if (!who) return notice(req, res, 'link_invalid', 400);
    manage(req, res, token, who);
  });
  router.post('/status/manage', guard, forms, form, json, async (req, res) => {
    const fields = bodyOf(req);
    if (text(fields.leave) !== '') {
      const done = await enrolment.leave(tokenOf(req));
      return notice(req, res, done ?? 'link_invalid', done ? 200 : 400);
    }
    if (text(fields.again) !== '') {
      const asked = await enrolment.challengeAgain(tokenOf(req));
      if (asked === null) return notice(req, res, 'link_invalid', 400);
      if (asked !== 'accepted') throw new Refusal(429, BUSY);
      return notice(req, res, 'asked_again');
    }
    const ids = web.refresh.current().site.components.map(component => component.id);
    const chosen = list(fields.components).filter(id => ids.includes(id));
    const all = text(fields.all) !== '' || chosen.length === ids.length;
    const token = tokenOf(req);
    // Nothing chosen would be nearly no mail: nobody asks for that and means it.
    if (!all && chosen.length === 0) {
      const who = await enrolment.manage(token);
      if (!who) return notice(req, res, 'link_invalid', 400);
      return manage(req, res, token, { ...who, choice: { ...choiceOf(fields), components: [] } }, 'none');
    }
    const who = await enrolment.choose(token, { ...choiceOf(fields), components: all ? null : chosen });
    if (!who) return notice(req, res, 'link_invalid', 400);
    manage(req, res, token, who, 'saved');
  });
}

interface Managed {
  readonly address: string;
  readonly choice: Choice;
  readonly channel?: Subscriber['channel'];
}

const BUSY = 'Too many people are subscribing right now; try again in an hour.';

/** Longer than the work behind an answer takes, ms: its length tells nothing about the address. */
const EVEN = 50;

async function evenly<T>(work: T | Promise<T>): Promise<T> {
  const [done] = await Promise.all([work, new Promise(resolve => setTimeout(resolve, EVEN))]);
  return done;
}

/** What was chosen besides components; anything unknown is everything. */
function choiceOf(fields: Fields): Pick<Choice, 'kinds' | 'detail'> {
  return {
    kinds: KINDS.find(kind => kind === text(fields.kinds)) ?? 'all',
    detail: DETAILS.find(detail => detail === text(fields.detail)) ?? 'all',
  };
}

function limitIf(limit: express.RequestHandler, field: string): express.RequestHandler {
  return (req, res, next) => (req.query[field] === undefined ? next() : limit(req, res, next));
}

function sendJson(res: Response, status: number, body: object): void {
  res.status(status).set('Cache-Control', 'no-store').json(body);
}

function bodyOf(req: Request): Fields {
  return typeof req.body === 'object' && req.body !== null ? (req.body as Fields) : {};
}

function tokenOf(req: Request): string {
  return text(req.query.token) || text(bodyOf(req).token);
}

function text(value: unknown): string {
  return typeof value === 'string' ? value.trim() : '';
}

/** The address of the query: a plus in it is meant, as typed into an address bar, and no blank as forms write it. */
function asTyped(req: Request): string {
  const read = text(req.query.email);
  const [, raw = ''] = /[?&]email=\+*([^&]*?)\+*(?:&|$)/.exec(req.originalUrl) ?? [];
  // Right before the @ it is a space that slipped in, not a tag.
  if (!read.includes(' ') || !raw.includes('+') || /\+(@|%40)/i.test(raw)) return read;
  try {
    return decodeURIComponent(raw);
  } catch {
    return read;
  }
}

function list(value: unknown): string[] {
  const values = Array.isArray(value) ? value : value === undefined ? [] : [value];
  return [...new Set(values.filter(item => typeof item === 'string' && item !== ''))] as string[];
}
