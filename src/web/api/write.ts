// The writing API: incidents opened, changed and updated, metrics fed, with a Bearer token.
import express, { type Request, type RequestHandler, type Response, type Router } from 'express';
import type * as z from 'zod';
import {
  changeSchema,
  faultsOf,
  openSchema,
  pushSchema,
  updateSchema,
} from '../../core/incidents/api-bodies.ts';
import type { Asked } from '../../core/incidents/api-edits.ts';
import { isoMillis } from '../../core/model/time.ts';
import { digestOf, sameSecret } from '../../core/model/token.ts';
import { answerRequest, forgetRequest, rememberRequest } from '../../store/incidents/requests.ts';
import type { Written } from '../../work/incidents/write.ts';
import type { Pushed } from '../../work/monitoring/metrics.ts';
import type { Web } from '../context.ts';
import { Refusal } from '../http/guards.ts';
import { LIMITS } from '../http/limits.ts';
import { writeLimit } from '../http/rate-limit.ts';

/** An answer, as it is kept for a repeat. */
interface Result {
  readonly status: number;
  readonly body: object;
}

export function writeRoutes(router: Router, web: Web): void {
  const { write } = web;
  const inTurn = turns();
  const before = [
    authorised(web),
    writeLimit(),
    express.text({ type: () => true, limit: LIMITS.write_body, defaultCharset: 'utf-8' }),
  ];

  router.post(
    '/api/incidents',
    before,
    handler(web, inTurn, openSchema, 201, (_req, body, asked) => write.open(body, asked)),
  );
  router.patch(
    '/api/incidents/:id',
    before,
    handler(web, inTurn, changeSchema, 200, (req, body, asked) =>
      write.change(String(req.params.id), body, asked),
    ),
  );
  router.post(
    '/api/incidents/:id/updates',
    before,
    handler(web, inTurn, updateSchema, 201, (req, body, asked) =>
      write.update(String(req.params.id), body, asked),
    ),
  );
  router.post(
    '/api/metrics/:id',
    before,
    handler(web, inTurn, pushSchema, 201, (req, body, asked) => web.push(String(req.params.id), body, asked)),
  );
}

/** 403 while the API is off, 401 without the token; compared in constant time. */
function authorised({ apiToken, countGuess }: Web): RequestHandler {
  return (req, res, next) => {
    if (apiToken === null) {
      return next(new Refusal(403, 'The writing API is off: it is on when API_TOKEN is set on the server.'));
    }
    const given = /^Bearer +(\S+) *$/i.exec(req.headers.authorization ?? '')?.[1];
    if (given !== undefined && sameSecret(given, apiToken)) return next();
    countGuess(req, res);
    res.set('WWW-Authenticate', 'Bearer realm="status"');
    next(new Refusal(401, 'Send the server’s API_TOKEN as "Authorization: Bearer …".'));
  };
}

function handler<S extends z.ZodType>(
  web: Web,
  inTurn: Turns,
  schema: S,
  success: number,
  act: (req: Request, body: z.output<S>, asked: Asked) => Promise<Written | Pushed>,
): RequestHandler {
  return (req, res) =>
    inTurn(async () => {
      const raw = readJson(req);
      const parsed = schema.safeParse(raw);
      if (!parsed.success) {
        throw new Refusal(422, 'Some fields are not right.', { errors: faultsOf(parsed.error) });
      }
      const answer = (asked: Asked) =>
        act(req, parsed.data, asked).then(written => resultOf(written, success, web));
      const key = keyOf(req);
      const { status, body } = key
        ? await once(web, key, digestOf(JSON.stringify(raw)), answer)
        : await answer({ at: web.clock(), again: false });
      send(res, status, body);
    });
}

/** A request with a key is carried out once: a repeat gets the same answer, another body is refused. */
async function once(
  { db, clock }: Web,
  key: string,
  bodyHash: string,
  answer: (asked: Asked) => Promise<Result>,
): Promise<Result> {
  const known = await rememberRequest(db, key, bodyHash, clock());
  if (known && known.bodyHash !== bodyHash) {
    throw new Refusal(422, 'This Idempotency-Key was used with another body; take a new one.');
  }
  if (known?.answer) return JSON.parse(known.answer) as Result;
  try {
    const given = await answer({ at: known?.at ?? clock(), again: known !== null });
    await answerRequest(db, key, JSON.stringify(given));
    return given;
  } catch (error) {
    // Refused means nothing was written: the key is free for a better body. Anything else may have been.
    if (error instanceof Refusal && error.status < 500) await forgetRequest(db, key);
    throw error;
  }
}

function resultOf(written: Written | Pushed, success: number, web: Web): Result {
  if (written.kind === 'refused') {
    throw new Refusal(written.status, written.detail, written.faults && { errors: written.faults });
  }
  if (written.kind === 'failed') throw new Refusal(503, written.detail);
  const { id } = written;
  const site = web.refresh.current().site.url;
  if (written.kind === 'pushed') {
    const { at, value, isNew } = written;
    const url = `${site}/status/metrics/${encodeURIComponent(id)}`;
    return { status: isNew ? success : 200, body: { id, at: isoMillis(at), value, url } };
  }
  const url = `${site}/status/incidents/${encodeURIComponent(id)}`;
  return { status: success, body: { id, url } };
}

function send(res: Response, status: number, body: object): void {
  if (status === 201) res.set('Location', (body as { url: string }).url);
  res.status(status).set('Cache-Control', 'no-store').json(body);
}

function readJson(req: Request): unknown {
  try {
    return JSON.parse(typeof req.body === 'string' ? req.body : '');
  } catch {
    throw new Refusal(400, 'The body is not JSON.');
  }
}

function keyOf(req: Request): string | null {
  const key = req.headers['idempotency-key'];
  if (key === undefined) return null;
  if (typeof key !== 'string' || key.trim() === '' || key.length > 255) {
    throw new Refusal(400, 'The Idempotency-Key must have 1 to 255 characters.');
  }
  return digestOf(`${req.method} ${req.path} ${key}`);
}

/** One write after the other: two of the same key, or of the same incident, never meet. */
function turns(): Turns {
  let last: Promise<unknown> = Promise.resolve();
  return job => {
    const done = last.then(job);
    last = done.catch(() => undefined);
    return done;
  };
}

type Turns = <T>(job: () => Promise<T>) => Promise<T>;
