// The one error handler: turns errors into statuses, as a page or as JSON, without internal details.
import { STATUS_CODES } from 'node:http';
import type { ErrorRequestHandler, Request, RequestHandler, Response } from 'express';
import { StorageFault } from '../core/model/ports/storage.ts';
import type { Web } from './context.ts';
import { Refusal } from './http/guards.ts';
import { loggedPath } from './http/logged-path.ts';
import { PLAIN_POLICY, plainPage } from './http/plain-pages.ts';
import { currentPage, langOf } from './page/visitor.ts';

const NOT_FOUND = 'There is nothing at this address.';
const INTERNAL = 'Something went wrong on our side.';

export const notFound: RequestHandler = (_req, _res, next) => next(new Refusal(404, NOT_FOUND));

export function errorHandler(web: Web): ErrorRequestHandler {
  return (error: unknown, req, res, next) => {
    const { status, message, more } = refusalOf(error);
    // storage.ts reports storage faults, once.
    const expected = error instanceof Refusal || error instanceof StorageFault;
    if (status >= 500 && !expected)
      web.log.error(
        { path: loggedPath(req.path), method: req.method, err: error },
        'a request could not be answered (a bug: please report it)',
      );
    if (res.headersSent) return next(error);
    res.status(status).set('Cache-Control', 'no-store');
    if (error instanceof StorageFault) res.set('Retry-After', '30');
    if (status === 405) res.set('Allow', 'GET, HEAD, OPTIONS');
    if (isPage(req) && web.isOverloaded()) sendPlain(req, res, status);
    else if (isPage(req)) sendPage(web, req, res, status, message);
    else sendProblem(res, status, message, more);
  };
}

function refusalOf(error: unknown): Refusal {
  if (error instanceof Refusal) return error;
  if (error instanceof StorageFault)
    return new Refusal(503, 'We cannot save this right now. Please try again in a few minutes.');
  // body-parser and Express mark client errors. Their messages may repeat the request, so we use our own.
  const { status, code } = error as { status?: unknown; code?: unknown };
  if (code === 'ECONNRESET') return new Refusal(400, 'The request was not complete.');
  if (typeof status === 'number' && status >= 400 && status < 500)
    return new Refusal(status, status === 413 ? 'The request is too large.' : 'The request cannot be read.');
  return new Refusal(500, INTERNAL);
}

function isPage(req: Request): boolean {
  return /^\/(?!(api|webhooks|heartbeats)\/)/.test(req.path) && req.accepts(['html', 'json']) === 'html';
}

function sendPage(web: Web, req: Request, res: Response, status: number, detail: string): void {
  // The error page already says this, in the visitor's language.
  const shown = detail === NOT_FOUND || detail === INTERNAL ? null : detail;
  res.type('html').send(web.pages.error(currentPage(web, req), status, shown));
}

/** A short error page: rendering a full one for each of a thousand wrong addresses costs too much. */
function sendPlain(req: Request, res: Response, status: number): void {
  const lang = langOf(req);
  const page =
    status === 404 || status === 429
      ? plainPage(lang, `error.${status}`, `error.${status}_text`)
      : plainPage(lang, 'overloaded.title', 'overloaded.text');
  res.set('Content-Security-Policy', PLAIN_POLICY).type('html').send(page);
}

/** RFC 9457. */
function sendProblem(res: Response, status: number, detail: string, more: object): void {
  const body = { type: 'about:blank', title: STATUS_CODES[status] ?? 'Error', status, detail, ...more };
  // Use `json`, not `send`: it escapes `<`, so that no client reads the response as markup (app.ts).
  res.set('Access-Control-Allow-Origin', '*').type('application/problem+json').json(body);
}
