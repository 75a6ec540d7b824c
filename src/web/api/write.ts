// The write API: opens, changes and updates incidents and takes metric values, with a Bearer token.
import express, { type Request, type RequestHandler, type Response, type Router } from 'express';
import type * as z from 'zod';
import {
  changeSchema,
  faultsOf,
  openSchema,
  pushSchema,
  typeWords,
  updateSchema,
} from '../../core/incidents/api/bodies.ts';
import type { Asked } from '../../core/incidents/api/edits.ts';
import { incidentPath } from '../../core/model/incident.ts';
import { isoMillis } from '../../core/model/time.ts';
import { digestOf, ownerOf } from '../../core/model/token.ts';
import { makeQueue } from '../../core/model/turns/queue.ts';
import { answerRequest, forgetRequest, rememberRequest } from '../../store/incidents/requests.ts';
import type { WriteResult } from '../../work/incidents/write.ts';
import type { Pushed } from '../../work/monitoring/metrics.ts';
import type { Web } from '../context.ts';
import { Refusal } from '../http/guards.ts';
import { LIMITS } from '../http/limits.ts';
import { limited } from '../http/rate-limit.ts';
import { incidentNamed } from '../statuspage/statuspage.ts';

/** A response, as stored for a repeated request. */
interface Result {
  readonly status: number;
  readonly body: { readonly id: string; readonly url: string; readonly at?: string; readonly value?: number };
}

type Act<S extends z.ZodType> = (
  id: string,
  body: z.output<S>,
  asked: Asked,
) => Promise<WriteResult | Pushed>;

export function writeRoutes(router: Router, web: Web): void {
  const { write } = web;
  // Requests with the same key, or about the same incident, run one at a time.
  const enqueue = makeQueue();
  const before = [
    authorised(web),
    limited(LIMITS.writes),
    express.text({ type: () => true, limit: LIMITS.write_body, defaultCharset: 'utf-8' }),
  ];
  const on = <S extends z.ZodType>(method: 'post' | 'patch', path: string, schema: S, act: Act<S>) =>
    router[method](path, before, (req: Request, res: Response) =>
      enqueue(async () => {
        const raw = readJson(req);
        const { data, error } = schema.safeParse(raw, { error: typeWords });
        if (error) throw new Refusal(422, 'Some fields are not valid.', { errors: faultsOf(error) });
        const by = res.locals.by as string | null;
        const answer = async (asked: Omit<Asked, 'by'>) =>
          resultOf(
            await act(String(req.params.id), data, { ...asked, by }),
            method === 'post' ? 201 : 200,
            web,
          );
        const key = keyOf(req);
        const { status, body } = key
          ? await once(web, key, digestOf(JSON.stringify(raw)), answer)
          : await answer({ at: web.clock(), again: false });
        if (status === 201) res.set('Location', body.url);
        res.status(status).set('Cache-Control', 'no-store').json(body);
      }),
    );
  on('post', '/api/incidents', openSchema, (_id, body, asked) => write.open(body, asked));
  const today = (name: string) => incidentNamed(web.refresh.current(), name)?.id ?? name;
  on('patch', '/api/incidents/:id', changeSchema, (name, body, asked) =>
    write.change(today(name), body, asked),
  );
  on('post', '/api/incidents/:id/updates', updateSchema, (name, body, asked) =>
    write.update(today(name), body, asked),
  );
  on('post', '/api/metrics/:id', pushSchema, (id, body, asked) => web.push(id, body, asked));
}

/** 403 if the API is off or the token may only read, 401 without a token. Whose it is stands in `res.locals.by`. */
function authorised({ env: { apiTokens }, countGuess }: Web): RequestHandler {
  return (req, res, next) => {
    if (apiTokens.length === 0) {
      return next(new Refusal(403, 'The writing API is off: set API_TOKEN on the server to enable it.'));
    }
    const given = /^Bearer +(\S+) *$/i.exec(req.headers.authorization ?? '')?.[1];
    const owner = given === undefined ? null : ownerOf(given, apiTokens);
    if (owner?.may === 'read') return next(new Refusal(403, 'This token may only read.'));
    if (owner) {
      res.locals.by = owner.name;
      return next();
    }
    countGuess(req, res);
    res.set('WWW-Authenticate', 'Bearer realm="status"');
    next(new Refusal(401, 'Send the server’s API_TOKEN as "Authorization: Bearer …".'));
  };
}

/** Runs a request with a key once: a repeat gets the same response, another body is refused. */
async function once(
  { db, clock }: Web,
  key: string,
  bodyHash: string,
  answer: (asked: Omit<Asked, 'by'>) => Promise<Result>,
): Promise<Result> {
  const known = await rememberRequest(db, key, bodyHash, clock());
  if (known && known.bodyHash !== bodyHash) {
    throw new Refusal(422, 'This Idempotency-Key was used with another body; use a new one.');
  }
  if (known?.answer) return JSON.parse(known.answer) as Result;
  try {
    const given = await answer({ at: known?.at ?? clock(), again: known !== null });
    await answerRequest(db, key, JSON.stringify(given));
    return given;
  } catch (error) {
    // After a refusal nothing was written, so the key may be used again. After any other error, something may have
    // been.
    if (error instanceof Refusal && error.status < 500) await forgetRequest(db, key);
    throw error;
  }
}

function resultOf(written: WriteResult | Pushed, success: number, web: Web): Result {
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
  const url = site + incidentPath(id);
  return { status: success, body: { id, url } };
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
