// The head of every page in a real browser: the panel of its button, and a logo of any size.
import { writeFile } from 'node:fs/promises';
import { describe, expect, test } from 'vitest';
import { openWorld, SITE, type World } from '../walks/world.ts';
import { browserOfTests, HAS_CHROMIUM, violations } from './chromium.ts';

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

  /** A picture as Chromium writes it. */
  async function picture(type: string, width: number, height: number): Promise<Buffer> {
    const page = await open();
    const url = await page.evaluate(
      ([kind, w, h]) => {
        const canvas = document.createElement('canvas');
        Object.assign(canvas, { width: w, height: h });
        canvas.getContext('2d')!.fillRect(0, 0, w, h);
        return canvas.toDataURL(`image/${kind}`);
      },
      [type, width, height] as const,
    );
    return Buffer.from(url.split(',')[1]!, 'base64');
  }
  const svg = (attributes: string) =>
    Buffer.from(
      `<svg xmlns="http://www.w3.org/2000/svg" ${attributes}><rect width="100%" height="100%"/></svg>`,
    );

  test.each<[string, string, () => Buffer | Promise<Buffer>, number]>([
    ['a wide PNG', 'logo.png', () => picture('png', 1200, 200), 192],
    ['a square WebP', 'logo.webp', () => picture('webp', 64, 64), 32],
    ['a JPEG', 'logo.jpeg', () => picture('jpeg', 300, 100), 96],
    ['an SVG with a viewBox alone', 'logo.svg', () => svg('viewBox="0 0 120 40"'), 96],
    ['an SVG without any size', 'logo.svg', () => svg(''), 64],
    ['a file that is no picture', 'logo.png', () => Buffer.from('PNG'), 32],
  ])('keeps room for its logo: %s moves nothing', async (_, file, bytes, width) => {
    const { url } = await openWorld({
      site: target => `${SITE(target)}\nbrand: { logo: ${file} }\n`,
      brand: { [file]: await bytes() },
    });
    const page = await open({ viewport: { width: 1000, height: 700 } });
    await page.addInitScript(() => {
      Object.assign(window, { shift: 0 });
      new PerformanceObserver(list => {
        for (const entry of list.getEntries())
          (window as unknown as { shift: number }).shift += (entry as unknown as { value: number }).value;
      }).observe({ type: 'layout-shift', buffered: true });
    });
    let release = () => {};
    const painted = new Promise<void>(done => {
      release = done;
    });
    await page.route('**/status/brand/**', async route => {
      await painted;
      await route.continue();
    });
    const frames = () =>
      page.evaluate(() => new Promise(done => requestAnimationFrame(() => requestAnimationFrame(done))));
    const boxes = async () => [
      await page.locator('header img').boundingBox(),
      await page.locator('.brand span').boundingBox(),
    ];
    await page.goto(`${url}/status/live`, { waitUntil: 'domcontentloaded' });
    await frames();
    const before = await boxes();
    expect(before[0]).toMatchObject({ width, height: 32 });
    release();
    await page.waitForFunction(() => document.querySelector<HTMLImageElement>('header img')!.complete);
    await frames();
    expect(await boxes()).toEqual(before);
    expect(await page.evaluate(() => (window as unknown as { shift: number }).shift)).toBe(0);
  });

  test('keeps room for a logo that was put in the place of another', async () => {
    const shown = await openWorld({
      site: target => `${SITE(target)}\nbrand: { logo: logo.svg, logo_dark: dark.svg }\n`,
      brand: { 'logo.svg': svg('viewBox="0 0 1 1"'), 'dark.svg': svg('viewBox="0 0 2 1"') },
    });
    const boxes = async () => {
      const { text } = await shown.get('/status/live');
      return [...text.matchAll(/<(?:img|source)[^>]* width="(\d+)" height="32"/g)].map(([, width]) => width);
    };
    expect(await boxes()).toEqual(['64', '32']);
    await writeFile(`${shown.dir}/status/logo.svg`, svg('viewBox="0 0 3 1"'));
    await shown.pass(61, 1);
    expect(await boxes()).toEqual(['64', '96']);
  });
});
