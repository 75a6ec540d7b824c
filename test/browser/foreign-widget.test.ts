// Atlassian's own widget for Statuspage pages, unchanged, on another origin, reading our server.
import { readFileSync } from 'node:fs';
import { createServer } from 'node:http';
import { createRequire } from 'node:module';
import type { AddressInfo } from 'node:net';
import path from 'node:path';
import { describe, expect, onTestFinished, test } from 'vitest';
import { openWorld } from '../walks/world.ts';
import { browserOfTests, HAS_CHROMIUM } from './chromium.ts';

const HOOK = '/webhooks/uptime?token=the-webhook-token-of-this-test';
const folder = path.dirname(createRequire(import.meta.url).resolve('@statuspage/status-widget/package.json'));
const SCRIPT = readFileSync(path.join(folder, 'dist', 'index.js'));

describe.runIf(HAS_CHROMIUM)('@statuspage/status-widget', () => {
  const openPage = browserOfTests();

  test.each(['basic', 'badge'])('shows our state, looking as %s', async appearance => {
    const world = await openWorld();
    const server = createServer((req, res) => {
      if (req.url === '/widget.js') return res.setHeader('content-type', 'text/javascript').end(SCRIPT);
      const tag = `<statuspage-widget src="${world.url}" appearance="${appearance}"></statuspage-widget>`;
      // Its bundle wants its packer's name to be there.
      const html = `<!DOCTYPE html><html lang="en"><title>Shop</title>${tag}<script>var parcelRequire</script><script src="/widget.js"></script>`;
      return res.setHeader('content-type', 'text/html').end(html);
    });
    await new Promise<void>(done => server.listen(0, '127.0.0.1', done));
    onTestFinished(async () => {
      server.closeAllConnections();
      await new Promise(done => server.close(done));
    });
    const said = async () => {
      // A browser of its own each time: the answer may be kept for ten seconds.
      const page = await openPage();
      await page.goto(`http://127.0.0.1:${(server.address() as AddressInfo).port}/`);
      const link = page.locator('statuspage-widget a');
      await link.waitFor();
      return [await link.innerText(), await link.getAttribute('href')];
    };
    expect((await said()).map(text => text?.trim())).toEqual([
      expect.stringMatching(/all systems operational$/i),
      world.url,
    ]);
    await world.post(HOOK, { alert_type: 'down', monitor_name: 'Dashboard' });
    await world.pass(1);
    expect((await said())[0]).toMatch(/outage$/i);
  });
});
