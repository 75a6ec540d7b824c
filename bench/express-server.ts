// What one writes first: Express 5 that renders the page on every request, with EJS's templates compiled and
// cached, from facts in memory, without SQL and without compression. Our templates, our content.
// Arguments: the status folder, a data folder, the port.
import express from 'express';
import { readEnvironment } from '../src/config/environment.ts';
import { makeRender } from '../src/views.ts';
import { makePages } from '../src/web/pages.ts';
import { openSystem } from '../src/wiring/wiring.ts';

const [status = '', data = '', port = ''] = process.argv.slice(2);
const { value: env } = readEnvironment(
  { PORT: '0', HOST: '127.0.0.1', STATUS_DIR: status, DATA_DIR: data },
  data,
);
if (!env) throw new Error('the environment is not accepted');
const quiet = () => undefined;
const system = await openSystem(env, {
  clock: Date.now,
  monotonic: () => performance.now(),
  everySecond: () => () => {},
  probe: async () => ({ outcome: 'unknown', at: 0, latency: null, seen: '' }) as never,
  fetchText: async () => '',
  log: { debug: quiet, info: quiet, warn: quiet, error: quiet },
});
const pages = makePages(makeRender('views'));
const app = express();
app.get('/status/live', (_req, res) => {
  const assets = { css: '/status/assets/status.css', js: '/status/assets/live.js' };
  res.send(pages.live({ snapshot: system.snapshot(), lang: 'en', base: '', assets }));
});
app.listen(Number(port), '127.0.0.1');
