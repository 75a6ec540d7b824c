// Former addresses: they lead to today's for good.
import type { Router } from 'express';
import { pathToday } from '../../core/page/former-paths.ts';
import { CACHED } from '../cache/cache-control.ts';
import type { Web } from '../context.ts';

/** For requests that no page answers: current addresses win. */
export function formerAddresses(router: Router, web: Web): void {
  // No route: /metrics counts requests by route, and these may be for anything.
  router.use((req, res, next) => {
    const isRead = req.method === 'GET' || req.method === 'HEAD';
    const today = isRead ? pathToday(web.refresh.current(), req.path) : null;
    if (today === null) return next();
    res.set('Cache-Control', CACHED);
    res.redirect(301, web.base() + today);
  });
}
