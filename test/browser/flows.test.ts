// The real server in a real browser: what a visitor does, click by click and key by key.
import { describe, expect, test } from 'vitest';
import { openServer } from '../../src/web/http/server.ts';
import { linkIn, openWorld, type World } from '../walks/world.ts';
import { browserOfTests, HAS_CHROMIUM } from './chromium.ts';

const incident = (started: string, title: string) => `---
title: ${title}
status: investigating
severity: critical
started: ${started}
components: [api]
---
Requests fail. We are looking into it.
`;

/** A world whose first checks have been made. */
async function checked(env: Record<string, string> = {}): Promise<World> {
  const world = await openWorld({ env });
  await world.pass(61, 1);
  return world;
}

describe.runIf(HAS_CHROMIUM)('a visitor of the real server', () => {
  const open = browserOfTests();

  test.each([
    ['with script', true, ''],
    ['without script', false, ''],
    ['under a path', true, '/health-page'],
  ])('subscribes, confirms, chooses and leaves, %s', async (_, javaScriptEnabled, prefix) => {
    const world = await checked(prefix ? { PUBLIC_URL: `https://levqor.example${prefix}` } : {});
    const page = await open({ javaScriptEnabled });
    const follow = async (start: string) => {
      await expect.poll(async () => world.pass(0).then(() => world.mails.length)).toBeGreaterThan(0);
      return page.goto(world.url + linkIn(world.mails.at(-1), prefix + start));
    };
    const heading = () => page.locator('h1').textContent();

    await page.goto(`${world.url}${prefix}/status/live`);
    expect(await heading()).toBe('All checked systems operational');
    await page.locator('header > .button').click();
    const form = page.locator(javaScriptEnabled ? '#ways' : 'main');
    await form.getByLabel('Email address').fill('ada@example.com');
    await form.getByRole('button', { name: 'Subscribe' }).click();
    expect(await heading()).toBe('Check your inbox');
    await follow('/status/confirm');
    await page.getByRole('button', { name: 'Confirm subscription' }).click();
    expect(await heading()).toBe('You are subscribed');
    await page.getByRole('link', { name: 'Manage subscription' }).click();
    expect(await page.locator('.lead').textContent()).toBe('Emails go to ada@example.com.');

    await world.write('20260310_api.md', incident('2026-03-10T12:01:00Z', 'API is down'));
    await world.pass(5, 1);
    expect(world.mails.at(-1)?.subject).toBe('[INCIDENT] API is down');
    await follow('/status/incidents/');
    expect(await heading()).toBe('API is down');
    await follow('/status/manage');
    // Nothing chosen is not kept.
    await page.getByLabel('Only the components selected here').check();
    await page.getByRole('button', { name: 'Save' }).click();
    expect(await page.getByRole('alert').textContent()).toContain('Choose at least one component');
    await page.getByLabel('Dashboard').check();
    await page.getByRole('button', { name: 'Save' }).click();
    expect(await page.getByRole('status').first().textContent()).toContain('Saved');
    expect(await page.getByLabel('Dashboard').isChecked()).toBe(true);
    expect(await page.getByLabel('All components').isChecked()).toBe(false);

    await page.getByRole('button', { name: 'Unsubscribe' }).click();
    expect(await heading()).toBe('You are unsubscribed');
    const before = world.mails.length;
    await world.write('20260310_two.md', incident('2026-03-10T12:01:30Z', 'API and Dashboard are down'));
    await world.pass(5, 1);
    expect(world.mails).toHaveLength(before);
  });

  test('is asked once which components: all, or only these', async () => {
    const world = await checked();
    const page = await open({ javaScriptEnabled: false });
    const radio = (name: RegExp) => page.locator('main').getByRole('radio', { name }).first();
    const [all, some] = [radio(/All components/), radio(/Only the components/)];
    const send = () => page.locator('main').getByRole('button', { name: 'Subscribe' }).click();
    await page.goto(`${world.url}/status/subscribe?components=api`);
    expect(await some.isChecked()).toBe(true);
    await page.getByLabel('API').first().uncheck();
    await page.locator('main').getByLabel('Email address').fill('ada@example.com');
    await send();
    expect(await page.getByRole('alert').textContent()).toContain('Choose at least one component');
    expect(await some.isChecked()).toBe(true);
    // What is hidden beneath the other answer does not count.
    await page.getByLabel('API').first().check();
    await all.check();
    expect(await page.getByLabel('API').first().isVisible()).toBe(false);
    await send();
    await world.pass(1);
    await page.goto(world.url + linkIn(world.mails.at(-1), '/status/confirm'));
    await page.getByRole('button', { name: 'Confirm subscription' }).click();
    await page.getByRole('link', { name: 'Manage subscription' }).click();
    expect(await all.isChecked()).toBe(true);
  });

  test('subscribes by keyboard alone', async () => {
    const world = await checked();
    const page = await open();
    await page.goto(`${world.url}/status/live`);
    for (let i = 0; i < 10; i++) {
      await page.keyboard.press('Tab');
      if (await page.evaluate(() => document.activeElement?.textContent === 'Subscribe')) break;
    }
    await page.keyboard.press('Enter');
    // The panel opens at its first field.
    await page.keyboard.type('ada@example.com');
    await page.keyboard.press('Enter');
    await expect.poll(() => page.locator('h1').textContent()).toBe('Check your inbox');
    await world.pass(1);
    expect(world.mails).toHaveLength(1);
  });

  test('sees a saved incident within two seconds on the open page, without reloading', async () => {
    const world = await checked();
    const page = await open();
    await page.goto(`${world.url}/status/live`);
    await page.evaluate(() => document.body.classList.add('same-page'));
    await page.waitForFunction(() =>
      performance.getEntriesByName(document.body.dataset.events ?? '', 'resource'),
    );
    const since = performance.now();
    await world.write('20260310_api.md', incident('2026-03-10T12:01:00Z', 'API is down'));
    await expect
      .poll(() => page.locator('h1').textContent(), { timeout: 2000, interval: 20 })
      .toContain('API is down');
    expect(performance.now() - since).toBeLessThan(2000);
    expect(await page.title()).toMatch(/^✕ API is down/);
    expect(await page.locator('body.same-page #now article').count()).toBe(1);
  });

  test('is told when the connection is gone, and brought up to date when it is back', async () => {
    const world = await checked();
    const page = await open();
    await page.goto(`${world.url}/status/live`);
    // A first change proves that the stream stands before it is cut.
    const other = incident('2026-03-10T12:00:30Z', 'Dashboard is down').replace('[api]', '[dashboard]');
    await world.write('20260310_dashboard.md', other);
    await expect.poll(() => page.locator('h1').textContent(), { timeout: 5000 }).toContain('Dashboard');
    await page.context().setOffline(true);
    await expect
      .poll(() => page.locator('#lost').textContent(), { timeout: 5000 })
      .toMatch(/^No\sconnection\s·\sas\sof\s/);
    await world.write('20260310_api.md', incident('2026-03-10T12:01:00Z', 'API is down'));
    await world.pass(2, 1);
    expect(await page.locator('h1').textContent()).not.toContain('API');
    await page.context().setOffline(false);
    await expect
      .poll(() => page.locator('h1').textContent(), { timeout: 5000 })
      .toContain('API and Dashboard are down');
    expect(await page.locator('#lost').isVisible()).toBe(false);
  });

  test('who comes while the server starts sees why, and then the page, by itself', async () => {
    const server = await openServer(0, '127.0.0.1');
    if ('what' in server) throw new Error(server.what);
    const page = await open({ javaScriptEnabled: false, colorScheme: 'dark' });
    const answer = await page.goto(`http://127.0.0.1:${server.port}/status/live`);
    expect(answer?.status()).toBe(503);
    expect(await page.locator('h1').textContent()).toBe('This page is starting');
    // The style is allowed by its hash: the policy has not blocked it.
    expect(await page.evaluate(() => getComputedStyle(document.body).backgroundColor)).toBe(
      'rgb(15, 17, 21)',
    );
    server.serve((_req, res) => res.writeHead(200, { 'content-type': 'text/html' }).end('<h1>Here</h1>'));
    await expect.poll(() => page.locator('h1').textContent(), { timeout: 10_000 }).toBe('Here');
    await server.close();
  });

  test('finds the same look on pages that are not there, and a way back', async () => {
    const world = await checked();
    const page = await open();
    const answer = await page.goto(`${world.url}/status/incidents/nothing`);
    expect(answer?.status()).toBe(404);
    expect(await page.locator('h1').textContent()).toBe('Page not found');
    await page.getByRole('link', { name: 'Back to current status' }).click();
    expect(await page.locator('h1').textContent()).toBe('All checked systems operational');
  });
});
