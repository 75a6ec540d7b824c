// Feeds, parsed back by libraries that did not write them.
import { parseFeed } from '@rowanmanning/feed-parser';
import RssParser from 'rss-parser';
import { describe, expect, it } from 'vitest';
import * as z from 'zod';
import type { Snapshot } from '../../../src/core/page/snapshot.ts';
import { atom, jsonFeed, rss } from '../../../src/web/feeds/feeds.ts';
import { at, NOW, snapshot } from '../tiny-snapshots.ts';
import { facts, moved } from './snapshot-with-news.ts';

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
      'off – Cancelled',
      'Outage <of> "all" & more 🔥 – Resolved',
      'Outage <of> "all" & more 🔥 – Rolled <back>',
      'Outage <of> "all" & more 🔥 – Investigating',
      'db – Investigating',
      'Move, of; servers – Scheduled',
      'Move, of; servers – Scheduled',
      'off – Scheduled',
      'early – Completed',
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
    expect(new Set(ids(facts())).size).toBe(10);
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
