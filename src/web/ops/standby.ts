// What a standby answers: it lives, it is not ready, and its page is starting.
import type { RequestListener } from 'node:http';
import { starting } from '../http/plain-pages.ts';

/** A proxy that asks `/readyz` sends visitors to the leader. */
export const standingBy: RequestListener = (req, res) => {
  const [path] = (req.url ?? '').split('?');
  const answer = (status: number, body: object) => {
    res.writeHead(status, { 'Content-Type': 'application/json; charset=utf-8', 'Cache-Control': 'no-store' });
    res.end(req.method === 'HEAD' ? undefined : `${JSON.stringify(body)}\n`);
  };
  if (path?.endsWith('/healthz')) return answer(200, { ok: true });
  if (path?.endsWith('/readyz')) return answer(503, { ok: false, role: 'standby' });
  starting(req, res);
};
