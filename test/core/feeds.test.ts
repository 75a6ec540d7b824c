// Feeds, calendar, badges and evidence, parsed back by libraries that did not write them.
import { parseFeed } from '@rowanmanning/feed-parser';
import ICAL from 'ical.js';
import RssParser from 'rss-parser';
import { describe, expect, it } from 'vitest';
import * as z from 'zod';
import { decodeEntities } from '../../src/core/inbound/fields.ts';
import type { Snapshot } from '../../src/core/snapshot.ts';
import { DAY, HOUR } from '../../src/core/time.ts';
import { uptimeOf } from '../../src/core/uptime.ts';
import { badge } from '../../src/web/badges.ts';
import { maintenanceIcs } from '../../src/web/calendar.ts';
import { uptimeJson } from '../../src/web/evidence.ts';
import { atom, jsonFeed, rss } from '../../src/web/feeds.ts';
import { affected, at, component, incident, NOW, snapshot, update, view } from './door-makers.ts';

const api = view(component('api', { name: 'API & <Co>' }), 'partial_outage');
const db = view(component('db', { name: 'Database' }));
const HOSTILE =
  '<script>alert(1)</script> [x](javascript:alert(1)) ]]> & \u0000\u000b\n\n**bold** [x](javascript:alert(1))';

function facts(): Snapshot {
  const nightly = { start: at('20:00:00'), end: at('21:00:00') };
  return snapshot({
    components: [api, db],
    incidents: [
      incident({
        id: '20261123_outage',
        title: 'Outage <of> "all" & more 🔥',
        affected: [affected(api)],
        postmortemHtml: '<p>Because.</p>',
        state: 'resolved',
        updates: [
          { ...update('10:00:00', 'investigating', HOSTILE), label: null },
          { ...update('10:06:00', 'identified', 'Bad deploy.'), label: 'Rolled <back>' },
          update('11:00:00', 'resolved', 'Fine.'),
        ],
      }),
      incident({
        id: 'db',
        affected: [affected(db)],
        updates: [update('09:00:00', 'investigating', 'Slow; very, slow\\.')],
      }),
    ],
    maintenances: [
      incident({
        id: 'move',
        title: 'Move, of; servers',
        state: 'scheduled',
        scheduled: nightly,
        affected: [{ id: 'db', name: 'Database', status: 'under_maintenance' }],
        updates: [update('08:00:00', 'scheduled', 'At night.'), update('08:30:00', 'scheduled', 'Later.')],
      }),
      incident({
        id: 'off',
        state: 'completed',
        scheduled: nightly,
        resolved: at('12:00:00'),
        updates: [update('07:00:00', 'scheduled', 'x'), update('12:00:00', 'completed', 'Called off.')],
      }),
      incident({
        id: 'early',
        state: 'completed',
        scheduled: { start: at('05:00:00'), end: at('07:00:00') },
        resolved: at('06:00:00'),
        updates: [update('05:00:00', 'in_progress', 'x')],
      }),
    ],
  });
}

/** The same facts a while later, at another address. */
function moved(): Snapshot {
  const before = facts();
  return {
    ...before,
    at: before.at + HOUR,
    site: { ...before.site, url: 'http://localhost:3000', title: 'New' },
  };
}

describe.each([
  ['Atom', 'atom', atom],
  ['RSS', 'rss', rss],
] as const)('%s', (_, ending, feed) => {
  it('is read by two parsers, with the same news', async () => {
    const one = parseFeed(feed(facts()));
    expect(one.title).toBe('Acme');
    expect(one.url).toBe('https://status.acme.io/status/live');
    expect(one.self).toBe(`https://status.acme.io/status/feed.${ending}`);
    expect(one.items.map(item => item.title)).toEqual([
      'off – Completed',
      'Outage <of> "all" & more 🔥 – Resolved',
      'Outage <of> "all" & more 🔥 – Rolled <back>',
      'Outage <of> "all" & more 🔥 – Investigating',
      'db – Investigating',
      'Move, of; servers – Scheduled',
      'Move, of; servers – Scheduled',
      'off – Scheduled',
      'early – In progress',
    ]);
    expect(one.items[1]!.url).toBe('https://status.acme.io/status/incidents/20261123_outage');
    expect(one.items[1]!.published).toEqual(new Date(at('11:00:00')));
    expect(one.items[1]!.categories.map(each => each.term)).toEqual(['API & <Co>']);
    const two = await new RssParser().parseString(feed(facts()));
    expect(two.items.map(item => item.title)).toEqual(one.items.map(item => item.title));
    expect(two.items.map(item => item.isoDate)).toEqual(one.items.map(item => item.published!.toISOString()));
  });

  it('holds no markup but its own', () => {
    const text = feed(facts());
    // biome-ignore lint/suspicious/noControlCharactersInRegex: they are what must not be there
    expect(text).not.toMatch(/[\u0000-\u0008\u000b\u000c\u000e-\u001f]/);
    const [hostile] = parseFeed(text).items.filter(item => item.title?.includes('Investigating'));
    expect(hostile!.content ?? hostile!.description).toContain('<strong>bold</strong>');
    expect(hostile!.content ?? hostile!.description).not.toMatch(/<script|href="javascript/);
  });

  it('has one entry an incident for readers who come from Statuspage', () => {
    const { self, items } = parseFeed(feed(facts(), undefined, 'incident'));
    expect(self).toBe(`https://status.acme.io/history.${ending}`);
    expect(items).toHaveLength(5);
    const outage = items.find(item => item.title?.startsWith('Outage'))!;
    const html = outage.content ?? outage.description!;
    expect(html.indexOf('Fine.')).toBeLessThan(html.indexOf('Bad deploy.'));
    expect(html).toContain('Rolled &#60;back&#62;');
    expect(html).toContain('Because.');
  });

  it('is narrowed to a component', () => {
    const { title, self, items } = parseFeed(feed(facts(), 'db'));
    expect([title, self]).toEqual(['Acme: Database', `https://status.acme.io/status/feed/db.${ending}`]);
    expect(items.map(item => item.title)).toEqual([
      'db – Investigating',
      'Move, of; servers – Scheduled',
      'Move, of; servers – Scheduled',
    ]);
  });

  it('keeps its ids when the page moves, and no two alike', () => {
    const ids = (of: Snapshot) => parseFeed(feed(of)).items.map(item => item.id);
    expect(ids(moved())).toEqual(ids(facts()));
    expect(new Set(ids(facts())).size).toBe(9);
    for (const id of ids(facts()))
      expect(id).toMatch(/^urn:uuid:[0-9a-f]{8}-[0-9a-f]{4}-8[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/);
  });

  it('is the same a minute later, and valid when there is nothing to tell', () => {
    expect(feed({ ...facts(), at: NOW + 60_000 })).toBe(feed(facts()));
    expect(parseFeed(feed(snapshot())).items).toEqual([]);
  });
});

it('JSON Feed has the fields of version 1.1 and no other', () => {
  const item = z.strictObject({
    id: z.string().startsWith('urn:uuid:'),
    url: z.url(),
    title: z.string(),
    content_html: z.string(),
    date_published: z.iso.datetime(),
    date_modified: z.iso.datetime(),
    tags: z.array(z.string()),
  });
  const feed = z.strictObject({
    version: z.literal('https://jsonfeed.org/version/1.1'),
    title: z.string(),
    home_page_url: z.url(),
    feed_url: z.literal('https://status.acme.io/status/feed.json'),
    description: z.string(),
    language: z.literal('en'),
    authors: z.array(z.strictObject({ name: z.string(), url: z.url() })),
    items: z.array(item),
  });
  const read = feed.parse(JSON.parse(jsonFeed(facts())));
  expect(read.items.map(each => each.id)).toEqual(parseFeed(atom(facts())).items.map(each => each.id));
});

describe('the calendar', () => {
  const events = (text: string) =>
    new ICAL.Component(ICAL.parse(text)).getAllSubcomponents('vevent').map(each => new ICAL.Event(each));
  const byTitle = (title: string) => events(maintenanceIcs(facts())).find(event => event.summary === title)!;

  it('is read back: when, what, where', () => {
    const event = byTitle('Move, of; servers');
    expect(event.startDate.toJSDate()).toEqual(new Date(at('20:00:00')));
    expect(event.endDate.toJSDate()).toEqual(new Date(at('21:00:00')));
    expect(event.startDate.zone).toBe(ICAL.Timezone.utcTimezone);
    expect(event.sequence).toBe(1);
    expect(event.description).toBe('Affects: Database\n\nScheduled: Later.\n\nScheduled: At night.');
    const value = (name: string) => String(event.component.getFirstPropertyValue(name));
    expect(value('url')).toBe('https://status.acme.io/status/incidents/move');
    expect(value('status')).toBe('CONFIRMED');
    expect(value('transp')).toBe('TRANSPARENT');
    expect(value('dtstamp')).toBe('2026-11-23T08:30:00Z');
  });

  it('cancels what never began, and shortens what ended early', () => {
    expect(byTitle('off').component.getFirstPropertyValue('status')).toBe('CANCELLED');
    expect(byTitle('early').component.getFirstPropertyValue('status')).toBe('CONFIRMED');
    expect(byTitle('early').endDate.toJSDate()).toEqual(new Date(at('06:00:00')));
  });

  it('is narrowed to a component, empty without maintenance, and named', () => {
    expect(events(maintenanceIcs(facts(), 'db')).map(event => event.summary)).toEqual(['Move, of; servers']);
    expect(events(maintenanceIcs(snapshot()))).toEqual([]);
    const calendar = new ICAL.Component(ICAL.parse(maintenanceIcs(facts(), 'db')));
    expect(calendar.getFirstPropertyValue('x-wr-calname')).toBe('Acme: Database maintenance');
    expect(calendar.getFirstPropertyValue('method')).toBe('PUBLISH');
  });

  it('keeps its UIDs when the page moves, and its bytes when nothing changes', () => {
    const uids = (of: Snapshot) => events(maintenanceIcs(of)).map(event => event.uid);
    expect(uids(moved())).toEqual(uids(facts()));
    expect(maintenanceIcs({ ...facts(), at: NOW + 60_000 })).toBe(maintenanceIcs(facts()));
  });

  it('has CRLF lines of at most 75 octets', () => {
    const lines = maintenanceIcs(facts()).split('\r\n');
    for (const line of lines) {
      expect(line).not.toContain('\n');
      expect(Buffer.byteLength(line)).toBeLessThanOrEqual(75);
    }
  });
});

describe('a badge', () => {
  const words = (svg: string) => decodeEntities(/<title>(.*)<\/title>/.exec(svg)![1]!);
  const label = (svg: string) => decodeEntities(/aria-label="([^"]*)"/.exec(svg)![1]!);
  it.each([
    [badge(facts(), 'api'), 'API & <Co>: partial outage'],
    [badge(facts(), 'db'), 'Database: operational'],
    [badge(facts(), 'nope'), 'nope: unknown'],
    [badge(facts()), 'Acme: operational'],
    [badge(facts(), 'db', 'uptime'), 'Database uptime 90d: 100.00%'],
    [badge(snapshot(), undefined, 'uptime'), 'Acme uptime 90d: no data'],
    [
      badge(snapshot({ components: [view(component('a', { name: 'A'.repeat(99) }), 'no_data')] }), 'a'),
      `${'A'.repeat(39)}…: no data`,
    ],
  ])('%# says it in words', (svg, said) => {
    expect(words(svg)).toBe(said);
    expect(label(svg)).toBe(said);
    expect(svg).toContain('role="img"');
    expect(svg).not.toMatch(/style=|<script|NaN|undefined/);
  });

  it('never rounds a failed minute up, neither for one component nor for all', () => {
    const span = { start: NOW - 90 * DAY, end: NOW };
    const minute = { start: NOW - 60_000, end: NOW, incident: 'x', severity: 'critical' as const };
    const uptime = uptimeOf([minute], [], span, span.start, 0, { minor: 1, major: 1, critical: 1 });
    const shaky = view(component('api', { name: 'API' }), 'operational', { uptime });
    expect(words(badge(snapshot({ components: [shaky] }), 'api', 'uptime'))).toBe('API uptime 90d: 99.99%');
    const many = Array.from({ length: 20 }, (_, i) => view(component(`c${i}`)));
    expect(words(badge(snapshot({ components: [shaky, ...many] }), undefined, 'uptime'))).toBe(
      'Acme uptime 90d: 99.99%',
    );
  });
});

it('the evidence adds up by hand', () => {
  const window = { start: NOW - 90 * DAY, end: NOW };
  const outages = [
    { start: NOW - 3 * HOUR, end: NOW - HOUR, incident: 'a', severity: 'minor' as const },
    { start: NOW - 2 * HOUR, end: null, incident: 'b', severity: 'critical' as const },
  ];
  const uptime = uptimeOf(outages, [], window, window.start, 80 * DAY, { minor: 1, major: 1, critical: 1 });
  const body = uptimeJson(
    snapshot({ components: [view(component('api', { name: 'API' }), 'no_data', { uptime })] }),
  );
  expect(body).toEqual({
    asOf: '2026-11-23T12:00:00.000Z',
    days: 90,
    components: [
      {
        id: 'api',
        name: 'API',
        status: 'no_data',
        window: { start: '2026-08-25T12:00:00.000Z', end: '2026-11-23T12:00:00.000Z' },
        total_seconds: 7_776_000,
        // The union of 9–11 h and 10–12 h is three hours, though the two add up to four.
        downtime_seconds: 10_800,
        excluded_seconds: 0,
        observed_seconds: 6_912_000,
        // (7,776,000 − 10,800) / 7,776,000 = 99.8611… %
        uptime: 99.86,
        strict: 99.86,
        // The minor hour costs nothing: 7,200 s → 99.9074… %
        statuspage: 99.9,
        intervals: [
          {
            start: '2026-11-23T09:00:00.000Z',
            end: '2026-11-23T11:00:00.000Z',
            incident: 'a',
            severity: 'minor',
            weight: 1,
          },
          {
            start: '2026-11-23T10:00:00.000Z',
            end: '2026-11-23T12:00:00.000Z',
            incident: 'b',
            severity: 'critical',
            weight: 1,
          },
        ],
      },
    ],
  });
});
