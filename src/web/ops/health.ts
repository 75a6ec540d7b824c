// /healthz: the process answers. /readyz: all problems an operator should know. /metrics.

import type { Router } from 'express';
import { HELD_FOR, heldProblems, stillHeld } from '../../core/inbound/held.ts';
import { StorageFault } from '../../core/model/ports/storage.ts';
import { printProblem } from '../../core/model/problem.ts';
import { isoMillis, type Millis, SECOND } from '../../core/model/time.ts';
import { jsonText } from '../../core/text/printable.ts';
import { heldAlerts } from '../../store/incidents/held-alerts.ts';
import type { Web } from '../context.ts';

export function healthRoutes(router: Router, web: Web): void {
  const { refresh, notifications, storage, db, clock, log } = web;
  router.get('/healthz', (_req, res) => {
    res.set('Cache-Control', 'no-store').json({ ok: true });
  });
  router.get('/readyz', async (_req, res) => {
    const { problems: found, warnings, at, version, site } = refresh.current();
    const facts = Promise.all([notifications.depth(), heldAlerts(db, clock() - HELD_FOR)]);
    const known = await inTime(facts).catch((error: unknown) => {
      if (!(error instanceof StorageFault)) log.error({ err: error }, 'the database does not answer');
      return null;
    });
    const [outbox, held] = known ?? [null, []];
    const unmatched = heldProblems(stillHeld(held, site));
    const problems = [storage.problem() ?? [], outbox?.problems ?? [], found, unmatched].flat();
    // Always 200: after a content problem or on a full disk, the last good page is still served.
    res
      .status(200)
      .set('Cache-Control', 'no-store')
      .type('json')
      // Commands are copied from here: `&&` must stay as it is.
      .send(
        jsonText({
          ok: outbox !== null && problems.every(problem => problem.level !== 'error'),
          ...(storage.epoch === null ? {} : { role: 'leader', epoch: storage.epoch }),
          snapshot: { version, at: isoMillis(at) },
          problems: problems.map(problem => ({ ...problem, message: printProblem(problem) })),
          warnings: warnings.map(({ source, component, what, since, seenAt, expires }) => ({
            source,
            component,
            what,
            since: moment(since),
            last_seen: moment(seenAt),
            expires: moment(expires),
          })),
          outbox: outbox && {
            pending: outbox.pending,
            givenUp: outbox.givenUp,
            channels: outbox.channels.map(one => ({ ...one, until: moment(one.until) })),
            stopped: outbox.stopped && { ...outbox.stopped, until: moment(outbox.stopped.until) },
          },
        }),
      );
  });
}

export function metricsRoutes(router: Router, { metrics, refresh, notifications }: Web): void {
  router.get('/metrics', async (_req, res) => {
    const depth = await inTime(notifications.depth()).catch(() => null);
    const text = await metrics.text(refresh.current(), depth);
    res.set({ 'Cache-Control': 'no-store', 'Content-Type': metrics.contentType }).send(text);
  });
}

/** A database that does not answer must not block `/readyz` and `/metrics`. */
const MAX_WAIT: Millis = 3 * SECOND;

/** Resolves with the result; rejects if that takes too long. */
async function inTime<T>(work: Promise<T>): Promise<T> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<never>((_, reject) => {
    timer = setTimeout(reject, MAX_WAIT, new Error('no answer for 3 seconds'));
  });
  return Promise.race([work, late]).finally(() => clearTimeout(timer));
}

function moment(at: number | null): string | null {
  return at === null ? null : isoMillis(at);
}
