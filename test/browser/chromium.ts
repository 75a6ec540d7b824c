// Chromium for the browser tests: one launch a file, contexts that close themselves and judge the console.
import { existsSync, readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { type Browser, type BrowserContextOptions, chromium, type Page } from 'playwright-core';
import { afterAll, afterEach, beforeAll, expect } from 'vitest';

const AXE = readFileSync(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8');
const CHROMIUM = process.env.CHROMIUM ?? '/usr/bin/chromium';

/** Browser tests run where Chromium is found; CI fails when it is missing. */
export const HAS_CHROMIUM = existsSync(CHROMIUM);

/** Launches Chromium for the tests of a `describe`; the function it returns opens a page in a fresh context. */
export function browserOfTests(): (options?: BrowserContextOptions) => Promise<Page> {
  let browser: Browser;
  const closing: (() => Promise<void>)[] = [];
  beforeAll(async () => {
    const quiet = [
      '--disable-background-networking',
      '--disable-component-update',
      '--disable-sync',
      '--no-first-run',
    ];
    browser = await chromium.launch({
      executablePath: CHROMIUM,
      args: ['--no-sandbox', '--disable-gpu', ...quiet],
    });
  }, 60_000);
  afterEach(async () => {
    for (const close of closing.splice(0)) await close();
  });
  afterAll(() => browser?.close());
  return async (options = {}) => {
    const context = await browser.newContext({ timezoneId: 'UTC', reducedMotion: 'reduce', ...options });
    closing.push(() => context.close());
    const page = await context.newPage();
    const wrong: string[] = [];
    page.on('pageerror', problem => wrong.push(String(problem)));
    page.on('console', message => {
      // Losing contact is part of the test; breaking the policy never is.
      if (/Content Security Policy|Uncaught/.test(message.text())) wrong.push(message.text());
    });
    closing.unshift(async () => expect(wrong).toEqual([]));
    return page;
  };
}

/** What axe puts on the window, as far as it is used here. */
interface Axe {
  run(root: Document, options: object): Promise<{ violations: { id: string; nodes: { html: string }[] }[] }>;
}

/** What axe finds on the page as it is: the rule, and the first element that breaks it. */
export async function violations(page: Page): Promise<string[]> {
  await page.evaluate(AXE);
  return page.evaluate(async () => {
    const { axe } = window as unknown as { axe: Axe };
    const found = await axe.run(document, {
      runOnly: ['wcag2a', 'wcag2aa', 'wcag21aa', 'wcag22aa', 'best-practice'],
    });
    return found.violations.map(one => `${one.id}: ${one.nodes[0]?.html}`);
  });
}
