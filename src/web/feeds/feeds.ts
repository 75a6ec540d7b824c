// Atom, RSS 2.0 and JSON Feed 1.1, of the whole site or of one component. Text between tags uses numeric entities: some
// readers decode named ones twice, which would turn quoted HTML into real HTML.

import { iso, type Millis } from '../../core/model/time.ts';
import type { Snapshot } from '../../core/page/snapshot.ts';
import { escapeHtml } from '../../core/text/markdown.ts';
import { jsonText } from '../../core/text/printable.ts';
import { type EntryPer, type FeedEntry, feedOf } from './entries.ts';
import { xmlAttribute } from './xml.ts';

/** Atom (RFC 4287): `/status/feed.atom`, `/status/feed/:component.atom`; per incident `/history.atom`. */
export function atom(snapshot: Snapshot, componentId?: string, per: EntryPer = 'update'): string {
  const feed = feedOf(snapshot, componentId, per);
  return `<?xml version="1.0" encoding="utf-8"?>
<feed xmlns="http://www.w3.org/2005/Atom" xml:lang="en">
<id>${feed.id}</id>
<title>${escapeHtml(feed.title)}</title>
<subtitle>${escapeHtml(feed.subtitle)}</subtitle>
<updated>${iso(feed.updated)}</updated>
<author><name>${escapeHtml(snapshot.site.title)}</name></author>
<link rel="alternate" type="text/html" href="${xmlAttribute(feed.url)}"/>
<link rel="self" type="application/atom+xml" href="${xmlAttribute(feed.feedUrl)}.atom"/>
${feed.entries.map(atomEntry).join('')}</feed>
`;
}

/** RSS 2.0: `/status/feed.rss`, `/status/feed/:component.rss`; per incident `/history.rss`. */
export function rss(snapshot: Snapshot, componentId?: string, per: EntryPer = 'update'): string {
  const feed = feedOf(snapshot, componentId, per);
  return `<?xml version="1.0" encoding="utf-8"?>
<rss version="2.0" xmlns:atom="http://www.w3.org/2005/Atom">
<channel>
<title>${escapeHtml(feed.title)}</title>
<link>${escapeHtml(feed.url)}</link>
<description>${escapeHtml(feed.subtitle)}</description>
<language>en</language>
<lastBuildDate>${rfc822(feed.updated)}</lastBuildDate>
<atom:link rel="self" type="application/rss+xml" href="${xmlAttribute(feed.feedUrl)}.rss"/>
${feed.entries.map(rssItem).join('')}</channel>
</rss>
`;
}

/** JSON Feed 1.1: `/status/feed.json`, `/status/feed/:component.json`. */
export function jsonFeed(snapshot: Snapshot, componentId?: string, per: EntryPer = 'update'): string {
  const feed = feedOf(snapshot, componentId, per);
  return `${jsonText({
    version: 'https://jsonfeed.org/version/1.1',
    title: feed.title,
    home_page_url: feed.url,
    feed_url: `${feed.feedUrl}.json`,
    description: feed.subtitle,
    language: 'en',
    authors: [{ name: snapshot.site.title, url: feed.url }],
    items: feed.entries.map(entry => ({
      id: entry.id,
      url: entry.url,
      title: entry.title,
      content_html: entry.html,
      date_published: iso(entry.published),
      date_modified: iso(entry.updated),
      tags: entry.components,
    })),
  })}\n`;
}

function atomEntry(entry: FeedEntry): string {
  return `<entry>
<id>${entry.id}</id>
<title>${escapeHtml(entry.title)}</title>
<link rel="alternate" type="text/html" href="${xmlAttribute(entry.url)}"/>
<published>${iso(entry.published)}</published>
<updated>${iso(entry.updated)}</updated>
${entry.components.map(name => `<category term="${xmlAttribute(name)}"/>\n`).join('')}<content type="html">${escapeHtml(entry.html)}</content>
</entry>
`;
}

function rssItem(entry: FeedEntry): string {
  return `<item>
<title>${escapeHtml(entry.title)}</title>
<link>${escapeHtml(entry.url)}</link>
<guid isPermaLink="false">${entry.id}</guid>
<pubDate>${rfc822(entry.published)}</pubDate>
${entry.components.map(name => `<category>${escapeHtml(name)}</category>\n`).join('')}<description>${escapeHtml(entry.html)}</description>
</item>
`;
}

function rfc822(at: Millis): string {
  return new Date(at).toUTCString();
}
