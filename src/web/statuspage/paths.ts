// Statuspage's paths for people and for CORS preflights, so that links and clients made for it keep working.
import type { Router } from 'express';
import { occurrenceDay, readOccurrenceId } from '../../core/incidents/recurrence.ts';
import { incidentPath, keyOf } from '../../core/model/incident.ts';
import type { IncidentView } from '../../core/page/snapshot.ts';
import { OPEN_TO_ALL } from '../cache/cache-control.ts';
import type { Web } from '../context.ts';
import { Refusal } from '../http/guards.ts';
import { stableId } from './ids.ts';

/** Paths that scripts of other sites may request with custom headers. */
const OPEN = ['/api/v2/*path', '/api/uptime.json', '/api/incidents/:id/claim.json'];

const READS = 'GET, HEAD, OPTIONS';

/**
 * `/incidents/CODE` with the API's twelve characters (the permalink), the first
 * occurrence of a series by its day, CORS preflights of the read API, and 405 for other methods.
 */
export function statuspagePaths(router: Router, web: Web): void {
  router.get(['/incidents/:code', '/status/incidents/:code'], (req, res, next) => {
    const { incidents, maintenances } = web.refresh.current();
    const code = String(req.params.code);
    // Some programs send an accent as a separate character.
    const same = code.normalize('NFC');
    const isSame = same !== code && [...incidents, ...maintenances].some(({ id }) => id === same);
    const moved = isSame ? same : firstOf(code, maintenances);
    if (moved) return res.redirect(308, web.base() + incidentPath(moved));
    if (!/^[a-z0-9]{12}$/.test(code)) return next();
    const incident = [...incidents, ...maintenances].find(one => stableId('incident', keyOf(one)) === code);
    if (!incident) return next();
    res.redirect(302, web.base() + incidentPath(incident.id));
  });

  router.options(OPEN, (req, res) => {
    const asked = req.headers['access-control-request-headers'];
    res.set({ ...OPEN_TO_ALL, 'Access-Control-Allow-Methods': READS, 'Access-Control-Max-Age': '86400' });
    // Browsers ask before they send a header such as `If-None-Match`: any header is allowed.
    if (typeof asked === 'string' && /^[\w, -]{1,500}$/.test(asked)) {
      res.set('Access-Control-Allow-Headers', asked);
    }
    res.status(204).end();
  });
  router.all(OPEN, (req, _res, next) => {
    if (req.method === 'GET' || req.method === 'HEAD') return next();
    next(new Refusal(405, `This address accepts only ${READS}.`));
  });
}

/** The id of the occurrence that `ID--FIRSTDATE` means: the first one has the file's own id. */
function firstOf(id: string, maintenances: readonly IncidentView[]): string | null {
  const asked = readOccurrenceId(id);
  if (!asked || maintenances.some(one => one.id === id)) return null;
  const first = maintenances.find(one => one.id === asked.series && one.series);
  return first && occurrenceDay(first) === asked.day ? first.id : null;
}
