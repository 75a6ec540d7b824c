// The operator's brand, from status.yaml alone; and the same page in a language, under a path, before it starts.
import { mkdir, rm, writeFile } from 'node:fs/promises';
import request from 'supertest';
import { describe, expect, test } from 'vitest';
import { readSite } from '../../../src/config/site-file.ts';
import { directionOf } from '../../../src/core/i18n/words.ts';
import { printProblem } from '../../../src/core/model/problem.ts';
import { openServer } from '../../../src/web/http/server.ts';
import { linkIn, openWorld } from '../../walks/world.ts';

const BRANDED = `title: Acme
url: https://status.acme.example
brand:
  logo: logo.svg
  logo_dark: dark.svg
  favicon: icon.png
  css: acme.css
  color: "#f0f"
  homepage: https://acme.example
links:
  - { label: Imprint, url: "https://acme.example/imprint" }
  - { label: "Help <us>", url: "mailto:help@acme.example" }
components: [{ id: a, name: A, check: { type: manual } }]
`;

const FILES = {
  'logo.svg': '<svg/>',
  'dark.svg': '<svg/>',
  'icon.png': 'an icon',
  'acme.css': 'h1 { color: red }',
};

describe('the brand', () => {
  test('logo for light and dark, favicon while all is well, stylesheet, homepage and links in the foot', async () => {
    const world = await openWorld({ site: () => BRANDED, brand: FILES });
    const { text } = await world.get('/status/live');
    expect(text).toContain(
      '<source srcset="/status/brand/dark.svg" media="(prefers-color-scheme: dark)" width="64" height="32"><img src="/status/brand/logo.svg" alt="" width="64" height="32">',
    );
    expect(text).toContain('<link rel="icon" href="/status/brand/icon.png">');
    expect(text.indexOf('/status/brand/acme.css')).toBeGreaterThan(text.indexOf('/status/assets/status.css'));
    expect(text).toContain('<a href="https://acme.example/imprint" rel="noopener">Imprint</a>');
    expect(text).toContain('<a href="mailto:help@acme.example" rel="noopener">Help &lt;us&gt;</a>');
    expect(text).toContain('<link rel="canonical" href="https://status.acme.example/status/live">');
    for (const [path, type] of [
      ['/status/brand/dark.svg', 'image/svg+xml'],
      ['/status/brand/acme.css', 'text/css; charset=utf-8'],
    ]) {
      const answer = await world.get(path as string);
      expect([answer.status, answer.headers.get('content-type')]).toEqual([200, type]);
    }
    await world.write(
      '20260310_a.md',
      `---\ntitle: A\nstatus: investigating\nseverity: major\nstarted: 2026-03-10T11:59:00Z\n---\nx\n`,
    );
    await world.pass(1);
    // Trouble wears its own icon.
    expect((await world.get('/status/live')).text).toMatch(/<link rel="icon" href="data:image/);
  });

  test('a file that is not there is named with its line, and not linked until it is', async () => {
    const { 'logo.svg': logo, 'acme.css': _, ...rest } = FILES;
    const world = await openWorld({ site: () => BRANDED, brand: rest });
    const told = async () =>
      (await world.get('/readyz')).json.problems.map((problem: { message: string }) => problem.message);
    expect(await told()).toEqual([
      expect.stringMatching(
        /status\.yaml:4: `brand\.logo`: there is no file "logo\.svg" in the status folder/,
      ),
      expect.stringMatching(/status\.yaml:7: `brand\.css`: there is no file "acme\.css"/),
    ]);
    const linked = async () => (await world.get('/status/live')).text.match(/\/status\/brand\/[\w.]+/g) ?? [];
    expect(await linked()).toEqual(['/status/brand/icon.png']);
    await writeFile(`${world.dir}/status/logo.svg`, logo);
    await world.pass(1);
    expect(await told()).toEqual([expect.stringContaining('brand.css')]);
    expect(await linked()).toContain('/status/brand/logo.svg');
    // Taken away while it runs, and a folder in its place is no file.
    await rm(`${world.dir}/status/icon.png`);
    await mkdir(`${world.dir}/status/icon.png`);
    await world.pass(1);
    expect(await told()).toHaveLength(2);
    expect(await linked()).not.toContain('/status/brand/icon.png');
  });

  test.each([
    ['logo_dark: ../x.svg', 7, 'brand.logo_dark'],
    ['logo_drak: x.svg', 7, 'logo_dark'],
    ['links: [{ label: X, url: "javascript:alert(1)" }]', 7, 'links.0.url'],
    ['links: [{ label: "", url: "https://x.example" }]', 7, 'links.0.label'],
    ['links: [{ lable: X, label: X, url: "https://x.example" }]', 7, 'label'],
  ])('a mistake is told with its line: %s', (text, line, named) => {
    const yaml = `title: X\ncomponents:\n  - id: a\n    name: A\n    check: { type: manual }\n${
      text.startsWith('links') ? `brand: {}\n${text}` : `brand:\n  ${text}`
    }\n`;
    const told = readSite(yaml, 'status.yaml', {}, null, 'http://x').problems.map(printProblem);
    expect(told).toHaveLength(1);
    expect(told[0]).toContain(`status.yaml:${line}:`);
    expect(told[0]).toContain(named);
  });
});

describe('the language', () => {
  test('asked for by ?lang= is kept by every link to a page of ours; canonical and alternates tell them apart', async () => {
    const world = await openWorld({ site: () => BRANDED });
    const asked = (await world.get('/status/live?lang=de')).text;
    expect(asked).toContain('<html lang="de" dir="ltr">');
    const pages = [...asked.matchAll(/href="(\/status\/(?:live|history|subscribe|incidents)[^"]*)"/g)].map(
      found => found[1] as string,
    );
    expect(pages.length).toBeGreaterThan(2);
    expect(pages.filter(url => !/\?lang=de(#|$)/.test(url))).toEqual([]);
    expect(asked).toContain('rel="canonical" href="https://status.acme.example/status/live?lang=de"');
    expect(asked).toContain('hreflang="en" href="https://status.acme.example/status/live?lang=en"');
    const browsers = (await world.get('/status/live', { 'accept-language': 'de' })).text;
    expect(browsers).toContain('<html lang="de"');
    expect(browsers).not.toContain('href="/status/history?lang');
    expect(browsers).toContain('rel="canonical" href="https://status.acme.example/status/live"');
  });

  test('can be switched without losing the token of the page', async () => {
    const world = await openWorld();
    await world.get('/status/subscribe?email=ada@example.com');
    await world.pass(1);
    const page = await world.get(linkIn(world.mails[0], '/status/confirm'));
    const german = /href="(\?token=[^"]*lang=de)"/
      .exec(page.text)?.[1]
      ?.replaceAll('&#38;', '&')
      .replaceAll('&amp;', '&');
    const switched = await world.get(`/status/confirm${german}`);
    expect([switched.status, switched.text.includes('Abonnement bestätigen')]).toEqual([200, true]);
  });

  test('says which way it is written', () => {
    expect(['en', 'de', 'ar', 'he', 'fa-IR', 'ur'].map(directionOf)).toEqual([
      'ltr',
      'ltr',
      'rtl',
      'rtl',
      'rtl',
      'rtl',
    ]);
  });
});

describe('under a path', () => {
  test('every address on the page, in feeds and emails begins with it, with and without a stripping proxy', async () => {
    const world = await openWorld({ env: { PUBLIC_URL: 'https://acme.example/health-page' } });
    for (const path of ['/health-page/status/live', '/status/live']) {
      const { text } = await world.get(path);
      const local = [...text.matchAll(/(?:href|action|src|data-events)="(\/[^"]*)"/g)].map(
        found => found[1] as string,
      );
      expect(local.length).toBeGreaterThan(10);
      expect(local.filter(url => !url.startsWith('/health-page/'))).toEqual([]);
      for (const url of local.filter(url => !url.endsWith('/events'))) {
        expect([url, (await world.get(url)).status]).toEqual([url, 200]);
      }
      expect(text).toContain('content="https://acme.example/health-page/status/og.png?');
    }
    expect((await world.get('/health-page/status/feed.atom')).text).toContain(
      'https://acme.example/health-page/status/',
    );
    expect((await world.get('/robots.txt')).text).toContain('Disallow: /health-page/status/manage');
  });
});

describe('while it starts', () => {
  test('the server answers 503 in the page’s look, in the visitor’s language, and plainly to programs', async () => {
    const server = await openServer(0, '127.0.0.1');
    if ('what' in server) throw new Error(server.what);
    const url = `http://127.0.0.1:${server.port}`;
    const page = await request(url)
      .get('/status/live')
      .set('Accept', 'text/html')
      .set('Accept-Language', 'de');
    expect([page.status, page.headers['retry-after'], page.headers['cache-control']]).toEqual([
      503,
      '2',
      'no-store',
    ]);
    expect(page.text).toContain('<html lang="de" dir="ltr">');
    expect(page.text).toContain('<h1>Diese Seite startet gerade</h1>');
    expect(page.headers['content-security-policy']).not.toContain('unsafe');
    const program = await request(url).get('/healthz').set('Accept', 'application/json');
    expect([program.status, program.text]).toEqual([503, 'Starting; try again in a second.\n']);
    await server.close();
  });
});
