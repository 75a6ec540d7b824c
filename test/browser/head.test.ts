// The head of every page in a real browser: the panel of its button, and a logo of any size.
import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import type { Page } from 'playwright-core';
import { describe, expect, test } from 'vitest';
import { openWorld, type World } from '../walks/world.ts';
import { browserOfTests, HAS_CHROMIUM } from './chromium.ts';

const AXE = readFileSync(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8');

/** What axe finds on the page as it is. */
async function violations(page: Page): Promise<string[]> {
  await page.evaluate(AXE);
  return page.evaluate(async () => {
    // biome-ignore lint/suspicious/noExplicitAny: axe puts itself on the window.
    const { violations } = await (window as any).axe.run(document, {
      runOnly: ['wcag2a', 'wcag2aa', 'wcag21aa', 'wcag22aa', 'best-practice'],
    });
    return violations.map(
      (one: { id: string; nodes: { html: string }[] }) => `${one.id}: ${one.nodes[0]?.html}`,
    );
  });
}

describe.runIf(HAS_CHROMIUM)('the head', () => {
  const open = browserOfTests();
  const world = (): Promise<World> => openWorld({});

  test('opens a panel of ways to subscribe, by mouse and keyboard; Escape and a click outside close it', async () => {
    const { url } = await world();
    const page = await open();
    await page.goto(`${url}/status/live`);
    const button = page.locator('header > .button');
    const panel = page.locator('#ways');
    const expanded = () =>
      button.evaluate(one => (one as HTMLButtonElement).popoverTargetElement?.matches(':popover-open'));
    expect(await panel.isVisible()).toBe(false);
    await button.click();
    expect([await panel.isVisible(), await expanded()]).toEqual([true, true]);
    await page.locator('h1').click();
    expect(await panel.isVisible()).toBe(false);
    await button.focus();
    await page.keyboard.press('Enter');
    await page.keyboard.press('Tab');
    expect(await page.evaluate(() => document.activeElement?.id)).toBe('way-email');
    await page.keyboard.press('Escape');
    expect(await panel.isVisible()).toBe(false);
    expect(await page.evaluate(() => document.activeElement?.className)).toBe('button');
    // Both ends of the button are told to readers.
    const session = await page.context().newCDPSession(page);
    const { nodes } = await session.send('Accessibility.getFullAXTree');
    const told = nodes.find(({ role, name }) => role?.value === 'button' && name?.value === 'Subscribe');
    expect(told?.properties?.find(({ name }) => name === 'expanded')?.value.value).toBe(false);
    expect(await panel.getByRole('link', { includeHidden: true }).allTextContents()).toEqual([
      'Choose what to hear about',
      'Slack, Discord, Teams, Webhook',
      'RSS Incidents and maintenance',
      'Calendar Upcoming maintenance',
    ]);
  });

  test('is the same on every page, in sight on the narrowest phone, and clean for axe in light and dark', async () => {
    const { url } = await world();
    const paths = [
      'live',
      'history',
      'uptime',
      'subscribe',
      'unsubscribe',
      'components/api',
      'incidents/none',
    ];
    for (const colorScheme of ['light', 'dark'] as const) {
      const page = await open({ colorScheme, viewport: { width: 320, height: 640 } });
      for (const path of paths) {
        await page.goto(`${url}/status/${path}`);
        await page.locator('header > .button').click();
        const { x, y, width } = (await page.locator('#ways').boundingBox())!;
        const bottom = await page
          .locator('header > .button')
          .evaluate(one => one.getBoundingClientRect().bottom);
        expect([path, x >= 8, x + width <= 312, y > bottom]).toEqual([path, true, true, true]);
        const targets = page.locator('#ways :is(a, button), #way-email');
        const heights = await targets.evaluateAll(all => all.map(one => one.getBoundingClientRect().height));
        expect(
          heights.every(height => height >= 24),
          `${path}: ${heights}`,
        ).toBe(true);
        if (path === 'live' || path === 'subscribe') expect(await violations(page)).toEqual([]);
      }
    }
  });

  test('keeps a link to the form without script, and leads those with chats to theirs', async () => {
    const { url } = await world();
    const still = await open({ javaScriptEnabled: false });
    await still.goto(`${url}/status/live`);
    expect(await still.locator('#ways').isVisible()).toBe(false);
    await still.getByRole('link', { name: 'Subscribe' }).click();
    expect(still.url()).toBe(`${url}/status/subscribe`);
    const page = await open();
    await page.goto(`${url}/status/live`);
    await page.locator('header > .button').click();
    await page.locator('#ways').getByRole('link', { name: 'Slack' }).click();
    expect(await page.locator('#url').isVisible()).toBe(true);
  });
});
