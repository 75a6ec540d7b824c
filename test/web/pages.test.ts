// Pages: what they say, that they never contradict themselves, and that text stays text.
import { describe, expect, it } from 'vitest';
import { checkSchema } from '../../src/core/model/checks/check.ts';
import type { Component } from '../../src/core/model/component.ts';
import { EVERYTHING } from '../../src/core/model/subscriber.ts';
import { DAY, HOUR, MINUTE } from '../../src/core/model/time.ts';
import type { Snapshot } from '../../src/core/page/snapshot.ts';
import { makeRender } from '../../src/views.ts';
import type { PageRequest } from '../../src/web/page/context.ts';
import { brandCss } from '../../src/web/page/parts/accent.ts';
import { makePages } from '../../src/web/pages.ts';
import { FACES, LATENCY_ID } from '../browser/faces.ts';
import { component, incident, NOW, shown, site, snapshot, update, view } from '../makers.ts';

const pages = makePages(makeRender('views'));
const API = component('api', { name: 'API' });
const DB = component('db', { name: 'Database' });

function context(of: Snapshot, over: Partial<PageRequest> = {}): PageRequest {
  return { snapshot: of, lang: 'en', base: '', assets: { css: '/a.css', js: '/a.js' }, ...over };
}

function heading(html: string): string {
  return /<h1[^>]*>(?:<svg.*?<\/svg>)?(.*?)<\/h1>/s
    .exec(html)![1]!
    .replace(/<[^>]+>/g, '')
    .replaceAll('\u00a0', ' ');
}

describe('the overall status', () => {
  const open = shown(incident('o', { title: 'Odd thing' }), []);
  const many = (n: number, sick: number) =>
    snapshot(
      Array.from({ length: n }, (_, i) =>
        view(component(`c${i}`), i < sick ? 'major_outage' : 'operational', {
          since: i < sick ? NOW - 12 * MINUTE : null,
        }),
      ),
    );
  it.each([
    ['all well', snapshot([view(API, 'operational')]), 'All systems operational'],
    [
      'some unknown',
      snapshot([view(API, 'operational'), view(DB, 'no_data')]),
      'All checked systems operational',
    ],
    ['first minute', snapshot([view(API, 'no_data')]), 'Waiting for the first checks'],
    ['no components', snapshot([]), 'No components yet'],
    ['one down', many(2, 1), 'c0 is down'],
    ['three down', many(5, 3), 'c0, c1 and c2 are down'],
    ['many down', many(9, 4), '4 of 9 components are down'],
    ['all down', many(4, 4), 'All systems are down'],
    ['maintenance', snapshot([view(DB, 'under_maintenance')]), 'Database is under maintenance'],
    [
      'loose incident',
      snapshot([view(API, 'operational')], { incidents: [open] }),
      'Open incident: Odd thing',
    ],
    [
      'two loose',
      snapshot([view(API, 'operational')], { incidents: [open, { ...open, id: 'p' }] }),
      '2 open incidents',
    ],
    ['loose, nothing known', snapshot([], { incidents: [open] }), 'Open incident: Odd thing'],
  ])('%s', (_, of, sentence) => {
    const html = pages.live(context(of));
    expect(heading(html)).toBe(sentence);
    expect(html).toContain(`<meta property="og:title" content="${sentence}">`);
  });

  it('names what it knows nothing about, and who else is unwell', () => {
    const html = pages.live(
      context(
        snapshot([
          view(API, 'major_outage'),
          view(DB, 'degraded_performance'),
          view(component('x'), 'no_data'),
        ]),
      ),
    );
    expect(html).toContain(
      '<p><span class="phrases"><span class="phrase">Database degraded</span> <span class="phrase"><i>·</i> No data for x</span></span></p>',
    );
  });

  const line = (html: string) =>
    /<\/h1>\s*<p>(.*?)<\/p>/s
      .exec(html)?.[1]
      ?.replace(/<[^>]+>/g, '')
      .replaceAll('\u00a0', ' ');
  it.each([
    ['well', 'No incidents in the last 3 days · 99.91% uptime in 90 days'],
    ['outage', 'Since 14:30 (12 min) · Dashboard degraded'],
    ['maintenance', 'Until 15:22 (40 min left)'],
    ['down', 'Since 13:37 (1 h 5 min)'],
  ])('%s: the line below says what matters next', (name, words) => {
    expect(line(pages.live(context(FACES[name]!)))).toBe(words);
  });

  it('says nothing of quiet days where little was observed, or where all is new', () => {
    const http = checkSchema.parse({ type: 'http', url: 'https://api.example/' });
    const young = view(component('api', { check: http }), 'operational');
    const thin = { ...young, uptime: { ...young.uptime, observed: 3 * DAY } };
    expect(line(pages.live(context(snapshot([thin]))))).toBe(
      '100.00% uptime in 90 days (3 of 90 days observed)',
    );
    const from = young.uptime.window.end - HOUR;
    const fresh = { ...young, uptime: { ...young.uptime, from, total: HOUR, observed: HOUR } };
    expect(line(pages.live(context(snapshot([fresh]))))).toBeUndefined();
  });

  it('is never calm above an open incident, whatever the components say', () => {
    for (const [name, of] of Object.entries(FACES)) {
      const html = pages.live(context(of));
      if (html.includes('id="now"'))
        expect([name, heading(html)]).not.toEqual([name, expect.stringMatching(/operational/i)]);
    }
  });
});

describe('the live page', () => {
  it('draws one rect a day, and lists the imperfect days with their incidents', () => {
    const html = pages.live(context(FACES.well!));
    expect(html.match(/<rect /g)).toHaveLength(6 * 90);
    expect(html).toContain(
      'aria-label="API: 99.75% uptime over 90 days; 2 days with incidents or maintenance"',
    );
    expect(html).toContain(`<a href="/status/incidents/${LATENCY_ID}" dir="auto">API Latency Spike</a></li>`);
  });

  it.each([
    [30 * 1000, '>40.00%<', 'uptime so far'],
    [HOUR, '>40.00% in\u00a01 h<', 'uptime over 1 h'],
    [90 * DAY, '>40.00%<', 'uptime over 90 days'],
  ])('says over how much a young figure is: %i ms', (total, words, heard) => {
    const young = view(API, 'operational');
    const uptime = { ...young.uptime, percent: 40, total, from: young.uptime.window.end - total };
    const html = pages.live(context(snapshot([{ ...young, uptime }], {})));
    expect(html).toContain(words);
    // Who hears it is told as long a time.
    expect(html).toMatch(new RegExp(`aria-label="API: 40.00% ${heard};`));
  });

  it('does not call a day inside a long incident quiet', () => {
    const long = shown(
      incident('l', {
        title: 'Long one',
        started: NOW - 3 * DAY,
        resolved: NOW - DAY,
        updates: [update(NOW - 3 * DAY, 'investigating', 'x'), update(NOW - DAY, 'resolved', 'y')],
      }),
      [API],
    );
    const html = pages.live(context(snapshot([view(API, 'operational')], { incidents: [long] })));
    const quiet = (text: string) =>
      [...text.matchAll(/<p class="calm".*?>([^<]*)<\/time>/g)].map(([, days]) => days);
    expect(quiet(html)).toEqual(['23 November', '10 – 19 November']);
    expect(html.match(/Continued: Long one/g)).toHaveLength(2);
    expect(html).toMatch(/id="d-2026-11-20">\s*<h3><time[^>]*>Friday,? 20 November<\/time><\/h3>\s*<article/);
    const open = shown({ ...long, status: 'monitoring', resolved: null }, [API]);
    // What is still active is not repeated, and its days are not quiet.
    const active = pages.live(context(snapshot([view(API, 'operational')], { incidents: [open] })));
    expect(active.match(/Long one/g)).toHaveLength(active.split('id="past"')[0]!.match(/Long one/g)!.length);
    expect(quiet(active)).toEqual(['10 – 19 November']);
  });

  it('stays small whatever the history', () => {
    const components = Array.from({ length: 36 }, (_, i) => component(`c${i}`, { name: `Part ${i}` }));
    const old = Array.from({ length: 2000 }, (_, i) => {
      const started = NOW - Math.floor((i * 90 * DAY) / 2000) - HOUR;
      const updates = Array.from({ length: 12 }, (_, j) =>
        update(started + j * MINUTE, 'investigating', `Words ${j}`),
      );
      return shown(
        incident(`i${i}`, { title: `Trouble ${i}`, started, resolved: started + HOUR, updates }),
        components,
      );
    });
    const bad = Object.fromEntries(Array.from({ length: 90 }, (_, day) => [day, 'partial_outage' as const]));
    const rows = components.map(one => view(one, 'operational', { bad, incidents: old.map(({ id }) => id) }));
    const html = pages.live(context(snapshot(rows, { incidents: old })));
    expect(html.length).toBeLessThan(700_000);
    expect(html.match(/<article/g)).toHaveLength(30);
    expect(html).toContain('All days and response times');
    expect(html).toContain('All updates');
    // The component's page lists every day.
    const page = pages.component(context(snapshot(rows, { incidents: old })), 'c0', {
      range: '24h',
      span: 'slot',
      from: NOW - DAY,
      to: NOW,
      points: [],
    })!;
    expect(page.match(/<li data-i=/g)).toHaveLength(90);
  });

  it('lets no text become markup', () => {
    const evil = '"><script>alert(1)</script>{names}';
    const of = snapshot(
      [view(component('a', { name: evil, description: evil, group: evil }), 'major_outage', { since: NOW })],
      {
        incidents: [
          shown(incident(evil, { title: evil, updates: [update(NOW, 'investigating', evil, evil)] }), []),
        ],
        site: site({ title: evil, timezone: evil }),
      },
    );
    const ctx = context(of);
    const all = [
      pages.live(ctx),
      pages.incident(ctx, evil)!,
      pages.history(ctx, null)!,
      pages.subscribe(ctx, { email: evil, choice: { ...EVERYTHING, components: [evil] }, problem: evil }),
      pages.manage(ctx, { token: evil, email: evil, choice: EVERYTHING, done: null }),
      pages.unsubscribe(ctx, { token: null, email: evil, problem: evil }),
      pages.unsubscribe(ctx, { token: evil, email: evil, problem: null }),
      pages.confirm(ctx, { token: evil, email: evil }),
      pages.confirmation(ctx, 'confirmed', { email: evil, manage: evil }),
      pages.error(ctx, 404, evil),
    ];
    for (const html of all) {
      expect(html).not.toContain('<script>');
      expect(html.replace(/"https?:[^"]*"/g, '')).not.toMatch(/\sstyle=|\son\w+=/);
    }
  });

  it('puts the prefix of PUBLIC_URL before every link', () => {
    const ctx = context(FACES.outage!, { base: '/x', assets: { css: '/x/a.css', js: '/x/a.js' } });
    for (const html of [
      pages.live(ctx),
      pages.subscribe(ctx, { email: '', choice: EVERYTHING, problem: null }),
    ]) {
      const local = [...html.matchAll(/(?:href|action|src|data-events)="(\/[^"]*)"/g)].map(
        found => found[1]!,
      );
      expect(local.filter(url => !url.startsWith('/x/'))).toEqual([]);
    }
  });

  it('says what was not checked yet only where something will be', () => {
    const probed = component('api', { check: checkSchema.parse({ type: 'heartbeat', period: '5m' }) });
    const line = (...of: Component[]) =>
      pages.live(context(snapshot(of.map(one => view(one, 'no_data', { known: 0 })))));
    expect(line(probed, DB)).toContain('Not checked yet · page updated ');
    expect(line(API, DB)).not.toContain('Not checked yet');
    expect(line(API, DB)).toContain('<p class="checked unwatched">Page updated <time');
  });

  it('shows no sign of life where checks do not run', () => {
    const well = snapshot([view(API, 'operational')]);
    const isAlive = (of: Snapshot) => pages.live(context(of)).includes('<p class="checked">');
    expect(isAlive(well)).toBe(true);
    const { overall } = well;
    expect([
      isAlive({ ...well, networkDownSince: NOW - MINUTE }),
      isAlive({ ...well, checkedAt: null }),
      isAlive({ ...well, overall: { ...overall, stalePage: NOW - MINUTE } }),
      isAlive({ ...well, overall: { ...overall, interrupted: { names: ['API'], since: NOW - MINUTE } } }),
    ]).toEqual([false, false, false, false]);
  });

  it('refreshes itself without script; pages with forms never do', () => {
    const refresh = '<noscript><meta http-equiv="refresh" content="60"></noscript>';
    expect(pages.live(context(FACES.well!))).toContain(refresh);
    const confirm = pages.confirm(context(FACES.well!), { token: 't', email: 'ada@example.com' });
    expect(confirm).not.toContain('http-equiv');
    expect(confirm).toContain('<meta name="robots" content="noindex">');
  });
});

describe('the other pages', () => {
  const ctx = context(FACES.well!);
  it('incident: facts, newest update first, post-mortem; null when unknown', () => {
    const html = pages.incident(ctx, LATENCY_ID)!;
    expect(heading(html)).toBe('API Latency Spike');
    expect(html.indexOf('back to normal')).toBeLessThan(html.indexOf('Investigating elevated'));
    expect(html).toContain('<h2 id="h-pm">Post-mortem</h2>');
    expect(html).toContain('lasted 30\u00a0min</span></span></p>');
    expect(html).not.toContain('<dt>Duration</dt>');
    expect(pages.incident(ctx, 'nothing')).toBeNull();
    expect(pages.incident(ctx, '__proto__')).toBeNull();
  });

  it('history: every month between first and last, and no other', () => {
    expect(heading(pages.history(ctx, '2026-10')!)).toBe('Incidents in October 2026');
    for (const month of ['2026-09', '2027-01', '2026-13', '2026-1', 'x'])
      expect(pages.history(ctx, month)).toBeNull();
  });

  it('has one filled button at most to press: the head’s steps back where the form’s stands', () => {
    const filled = (html: string) => /<header>.*<a class="button" /s.test(html);
    const form = pages.subscribe(ctx, { email: '', choice: EVERYTHING, problem: null });
    expect([filled(pages.live(ctx)), filled(form)]).toEqual([true, false]);
  });

  it('forms come back as typed, with the problem said', () => {
    const html = pages.subscribe(ctx, {
      email: 'a@',
      choice: { ...EVERYTHING, components: ['email'] },
      problem: 'email_invalid',
    });
    expect(html).toContain('value="a@" aria-invalid="true"');
    expect(html).toContain('value="email" checked');
    expect(html).toContain('does not look like an email address');
    expect(pages.subscribe(ctx, { email: '', choice: EVERYTHING, problem: 'A sentence.' })).toContain(
      'A sentence.',
    );
  });

  it.each([400, 403, 404, 413, 429, 500, 503, 418, 502])('error %i has the look of the page', status => {
    const html = pages.error(context(FACES.well!, { lang: 'de' }), status);
    expect(html).toContain(`<p class="status">Fehler ${status}</p>\n<p><a class="button"`);
    expect(html).toContain('<html lang="de"');
  });
});

describe('the brand color', () => {
  it.each(['#ffff00', '#000000', '#ffffff', '#4f46e5', '#808080', '#e5484d'])(
    '%s is readable in both schemes',
    color => {
      const css = brandCss(site({ brand: { ...site().brand, color } }));
      const found = [...css.matchAll(/--brand:(#\w{6});--on-brand:(#\w{3})/g)];
      expect(found).toHaveLength(2);
      const grounds = ['#fafbfc', '#15181d'];
      found.forEach(([, brand, on], i) => {
        expect(ratio(brand!, grounds[i]!)).toBeGreaterThanOrEqual(4.5);
        expect(ratio(brand!, on === '#fff' ? '#ffffff' : '#000000')).toBeGreaterThanOrEqual(4.5);
      });
    },
  );
});

/** WCAG's ratio, written out apart from the code under test. */
function ratio(a: string, b: string): number {
  const light = (color: string) =>
    [0.2126, 0.7152, 0.0722].reduce((sum, weight, i) => {
      const part = Number.parseInt(color.slice(1 + 2 * i, 3 + 2 * i), 16) / 255;
      return sum + weight * (part <= 0.04045 ? part / 12.92 : ((part + 0.055) / 1.055) ** 2.4);
    }, 0.05);
  return Math.max(light(a), light(b)) / Math.min(light(a), light(b));
}
