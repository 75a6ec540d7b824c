// Former addresses of incidents (`aliases:`, renamed files): they lead to today's for good.
import type { Router } from 'express';
import { readOccurrenceId } from '../../core/incidents/recurrence.ts';
import { incidentPath } from '../../core/model/incident.ts';
import { memoized } from '../../core/model/memo.ts';
import type { Snapshot } from '../../core/page/snapshot.ts';
import { CACHED } from '../cache/cache-control.ts';
import type { Web } from '../context.ts';

/** For requests that no page answers: an id in use is no former one. */
export function formerAddresses(router: Router, web: Web): void {
  // No route: /metrics counts requests by route, and these may be for anything.
  router.use((req, res, next) => {
    const isRead = req.method === 'GET' || req.method === 'HEAD';
    const id = isRead ? todayOf(web.refresh.current()).get(plain(req.path)) : undefined;
    if (id === undefined) return next();
    res.set('Cache-Control', CACHED);
    res.redirect(301, web.base() + incidentPath(id));
  });
}

/** Today's id by former path. */
const todayOf = memoized(({ incidents, maintenances }: Snapshot): ReadonlyMap<string, string> => {
  const found = new Map<string, string>();
  for (const { id, aliases = [] } of [...incidents, ...maintenances]) {
    const day = readOccurrenceId(id)?.day;
    for (const alias of aliases) {
      const name = day === undefined ? alias : `${alias}--${day}`;
      if (alias.startsWith('/')) found.set(alias, found.get(alias) ?? id);
      else for (const folder of ['/status/incidents/', '/incidents/']) found.set(plain(folder + name), id);
    }
  }
  return found;
});

/** A path in one spelling, however it is encoded. */
function plain(path: string): string {
  try {
    return decodeURIComponent(path)
      .normalize('NFC')
      .replace(/(?!^)\/+$/, '');
  } catch {
    return path;
  }
}
