// What markdown becomes: footnotes, the alignment of columns, and links that lead to the same place wherever they stand.
import { expect, test } from 'vitest';
import { decodeEntities } from '../../../src/core/inbound/fields.ts';
import { inWords } from '../../../src/core/text/chat-markdown.ts';
import { absoluteLinks, markdownAsWords, renderMarkdown } from '../../../src/core/text/markdown.ts';
import { atom, jsonFeed, rss } from '../../../src/web/feeds/feeds.ts';
import { STATUSPAGE } from '../../../src/web/statuspage/statuspage.ts';
import { component, incident, NOW, shown, site, snapshot, update, view } from '../../makers.ts';

test.each([
  [
    'Full[^2], then slow[^1].\n\n[^1]: One.\n[^2]: Two,\n  and more.',
    '<p>Full<sup>[1]</sup>, then slow<sup>[2]</sup>.</p>\n<hr />\n' +
      '<p><sup>[1]</sup> Two,\nand more.</p>\n<p><sup>[2]</sup> One.</p>',
  ],
  // One word is no address.
  ['A[^1]\n\n[^1]: word', '<p>A<sup>[1]</sup></p>\n<hr />\n<p><sup>[1]</sup> word</p>'],
  // Twice the same, a note within a note, and one that nobody refers to.
  [
    'A[^a] and[^a]\n\n[^c]: C\n[^a]: see[^b]\n[^b]: **B**',
    '<p>A<sup>[1]</sup> and<sup>[1]</sup></p>\n<hr />\n<p><sup>[1]</sup> see<sup>[2]</sup></p>\n' +
      '<p><sup>[2]</sup> <strong>B</strong></p>\n<p><sup>[3]</sup> C</p>',
  ],
  // Paragraphs of a note are indented; what follows is none of it.
  [
    'A[^1]\n\n[^1]: one\n\n    two\n\nB\n\n[^x]',
    '<p>A<sup>[1]</sup></p>\n<p>B</p>\n<p>[^x]</p>\n<hr />\n<p><sup>[1]</sup> one</p>\n<p>two</p>',
  ],
  ['[^1]: one\n- item', '<ul>\n<li>item</li>\n</ul>\n<hr />\n<p><sup>[1]</sup> one</p>'],
  ['A[^1]\n\n[^1]:\n    - x', '<p>A<sup>[1]</sup></p>\n<hr />\n<sup>[1]</sup><ul>\n<li>x</li>\n</ul>'],
  [
    '`[^1]` \\[^1]\n\n[^1]: [^2]: x\n[^2]: y',
    '<p><code>[^1]</code> [^1]</p>\n<hr />\n<sup>[1]</sup><p><sup>[2]</sup> y</p>\n<p>x</p>',
  ],
])('footnotes are numbered, and stand at the end: %j', (markdown, html) => {
  expect(renderMarkdown(markdown)).toBe(html);
});

test('chats and summaries have footnotes, too', () => {
  const markdown = 'The pool[^1] was full.\n\n[^1]: Of **20** connections.';
  expect(inWords(markdown)).toBe('The pool[1] was full.\n\n[1] Of 20 connections.');
  expect(markdownAsWords(markdown)).toBe('The pool was full. Of 20 connections.');
});

test('columns keep their alignment, without a style', () => {
  const html = renderMarkdown('| a | b | c | d |\n|---|:--|:-:|--:|\n| 1 | 2 | 3 | 4 |');
  expect(html.match(/<t[hd](?: [^>]*)?>/g)).toEqual([
    ...['<th>', '<th align="left">', '<th align="center">', '<th align="right">'],
    ...['<td>', '<td align="left">', '<td align="center">', '<td align="right">'],
  ]);
  expect(html).not.toContain('style');
});

test.each([
  ['[a](history?x=1&y=2)', 'https://s.example/x/status/history?x=1&amp;y=2'],
  ['[a](/status/history)', 'https://s.example/status/history'],
  ['[a](#cause)', 'https://s.example/x/status/incidents/i%20d#cause'],
  ['![a](../graph.png)', 'https://s.example/x/graph.png'],
  ['[a](https://other.example/)', 'https://other.example/'],
  ['[a](mailto:a@example.com)', 'mailto:a@example.com'],
  ['a" href="foo" [a](b)', 'https://s.example/x/status/b'],
])('%s is absolute', (markdown, address) => {
  const html = absoluteLinks(renderMarkdown(markdown), 'https://s.example/x', 'i d');
  expect([...html.matchAll(/ (?:href|src)="([^"]*)"/g)].map(([, link]) => link)).toEqual([address]);
  const own = absoluteLinks(renderMarkdown(markdown), '/x', 'i d');
  expect(own).toContain(`"${address.replace('https://s.example', '')}"`);
});

test('in feeds and in the API, relative links and images lead to the site', () => {
  const linked = incident('20261123_x', {
    updates: [update(NOW, 'investigating', 'See [history](history) ![graph](/graph.png) and [why](#cause)')],
    postmortem: '[more](uptime)',
  });
  const { url } = site();
  const of = snapshot([view(component('api'), 'operational')], {
    incidents: [shown(linked, [component('api')])],
  });
  const texts = [atom(of), rss(of), jsonFeed(of), atom(of, undefined, 'incident')].map(decodeEntities);
  for (const text of texts) {
    expect(text.replaceAll('\\"', '"')).toContain(`href="${url}/status/history"`);
    expect(text.replaceAll('\\"', '"')).toContain(`src="${url}/graph.png"`);
    expect(text.replaceAll('\\"', '"')).toContain(`href="${url}/status/incidents/20261123_x#cause"`);
  }
  expect(texts[3]).toContain(`href="${url}/status/uptime"`);
  expect(JSON.stringify(STATUSPAGE['incidents.json']!(of))).toContain(`history (${url}/status/history)`);
});
