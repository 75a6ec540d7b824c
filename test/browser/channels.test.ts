// A visitor subscribes a webhook in a real browser, on a phone, with and without script.
import { describe, expect, test } from 'vitest';
import { openPeer } from '../walks/notify/channel-peer.ts';
import { openWorld, SITE } from '../walks/world.ts';
import { browserOfTests, HAS_CHROMIUM } from './chromium.ts';

const INCIDENT = `---
title: API is down
status: investigating
severity: critical
started: 2026-03-10T12:00:00Z
components: [api]
---
Requests fail.
`;

describe.runIf(HAS_CHROMIUM)('a visitor of the real server', () => {
  const open = browserOfTests();

  test.each([
    ['with script', true],
    ['without script', false],
  ])(
    'adds a webhook, sees its secret once, changes and ends it, at 360 px, %s',
    async (_, javaScriptEnabled) => {
      const peer = await openPeer();
      peer.answer = (got, res) => void res.end(JSON.stringify({ challenge: got.json.challenge }));
      const world = await openWorld({
        site: target => `${SITE(target)}notify: { visitors: { private: true } }\n`,
      });
      const page = await open({ javaScriptEnabled, viewport: { width: 360, height: 740 } });
      const heading = () => page.locator('h1').textContent();
      const fits = async () =>
        expect(await page.locator('html').evaluate(html => html.scrollWidth)).toBeLessThanOrEqual(360);

      await page.goto(`${world.url}/status/subscribe`);
      // Quiet until somebody opens it.
      expect(await page.getByLabel('Address of the webhook').isVisible()).toBe(false);
      await page.locator('main').getByText('Slack, Discord, Teams, Webhook').click();
      const address = page.getByLabel('Address of the webhook');
      await address.fill('ftp://example.com/hook');
      await page.getByRole('button', { name: 'Add the channel' }).click();
      expect(await page.getByRole('alert').textContent()).toContain('begins with https://');
      expect(await address.inputValue()).toBe('ftp://example.com/hook');
      await address.fill(`${peer.url}/hook`);
      await page.getByText('Choose what to hear about').last().click();
      const some = page.getByLabel('Only the components selected here').last();
      await some.check();
      await fits();
      // "Only these", and none: that is asked again, and nothing that was typed is lost.
      await page.getByRole('button', { name: 'Add the channel' }).click();
      expect(await page.getByRole('alert').textContent()).toContain('Choose at least one component');
      expect(await address.inputValue()).toBe(`${peer.url}/hook`);
      expect(await some.isChecked()).toBe(true);
      await page.getByLabel('Dashboard').last().check();
      await page.getByRole('button', { name: 'Add the channel' }).click();
      expect(await heading()).toBe('One step left');
      expect(await page.locator('code').textContent()).toMatch(/^whsec_[\w+/]{43}=$/);
      await fits();
      const manage = new URL((await page.locator('.keys a').getAttribute('href')) as string);
      const again = world.url + manage.pathname + manage.search;

      await world.pass(1);
      await page.goto(again);
      expect(await page.locator('.problem').count()).toBe(0);
      expect(await page.getByLabel('Dashboard').isChecked()).toBe(true);
      await page.getByLabel('API').check();
      await page.getByRole('button', { name: 'Save' }).click();
      expect(await page.getByRole('status').first().textContent()).toContain('Saved');
      await fits();
      await world.write('a.md', INCIDENT);
      await world.pass(2, 1);
      expect(peer.got.at(-1)?.json.incident.name).toBe('API is down');
      await page.getByRole('button', { name: 'Unsubscribe' }).click();
      expect(await heading()).toBe('You are unsubscribed');
      await page.goto(again);
      expect(await heading()).toBe('This link is not valid');
    },
  );
});
