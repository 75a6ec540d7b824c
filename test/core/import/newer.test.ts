// Whether the file of an incident is still as an earlier import wrote it.
import { expect, test } from 'vitest';
import { printImported } from '../../../src/core/import/imported.ts';
import { besideSource } from '../../../src/core/import/newer.ts';
import { outageIncident } from '../../../src/core/import/outage.ts';
import { courseOf, type ToldUpdate } from '../../../src/core/import/timeline.ts';
import { parseIncident } from '../../../src/core/incidents/file/parse.ts';
import { type Affected, refOf, type UpdateStatus } from '../../../src/core/model/incident.ts';
import { MINUTE } from '../../../src/core/model/time.ts';
import { announcements } from '../../../src/core/notify/news.ts';

const START = Date.UTC(2026, 10, 20, 10);
const at = (minutes: number) => START + minutes * MINUTE;
const update = (minutes: number, status: UpdateStatus, message: string): ToldUpdate => ({
  at: at(minutes),
  status,
  message,
  affected: [{ id: 'api', status: null }] as Affected[],
});
const TOLD = [
  update(0, 'investigating', 'Logins fail.\n\nnotify: false'),
  update(10, 'identified', 'It is the cache.'),
  update(20, 'monitoring', 'Mended.'),
  update(30, 'resolved', 'All is well.'),
];
const imported = (told: readonly ToldUpdate[], end?: number, more: object = {}) =>
  printImported('statuspage:1', {
    title: 'Logins fail',
    severity: 'major',
    started: START,
    components: ['api'],
    aliases: ['1'],
    ...courseOf({
      told,
      started: START,
      end: end === undefined ? undefined : at(end),
      over: 'resolved',
      open: 'investigating',
    }),
    ...more,
  });
const OPEN = imported(TOLD.slice(0, 2));
const OVER = imported(TOLD, 30);
const beside = (here: string, there = OVER) => besideSource(here, { text: there });

test.each([
  ['it is over since then', OPEN, OVER],
  ['one more update, still open', OPEN, imported(TOLD.slice(0, 3))],
  ['over without a word', OPEN, imported(TOLD.slice(0, 2), 30)],
  [
    'another severity and other components',
    OPEN,
    imported(TOLD, 30, { severity: 'critical', components: ['web'] }),
  ],
  ['over, and a post-mortem since then', OVER, imported(TOLD, 30, { postmortem: 'It was mail.' })],
  ['line ends of Windows', OPEN.replaceAll('\n', '\r\n'), OVER],
])('nobody changed it: %s', (_, here, there) => {
  expect(beside(here, there)).toEqual({ is: 'older' });
});

test('the same text is the same, with any line ends', () => {
  expect(beside(OVER)).toEqual({ is: 'same' });
  expect(beside(OVER.replaceAll('\n', '\r\n'))).toEqual({ is: 'same' });
});

const NEWS = 'the source has 2 other sections and is over';
test.each([
  ['words', OPEN.replace('the cache', 'our cache'), '1 section; the source has 3 other sections and is over'],
  ['a section of its own', `${OPEN}## Update 2026-11-20 10:05:00 UTC\n\nOurs.\n`, `1 section; ${NEWS}`],
  ['words above the sections', OPEN.replace('\n\n## ', '\n\nOurs.\n\n## '), `1 section; ${NEWS}`],
  ['a comment in the front matter', OPEN.replace('severity:', '# ours\nseverity:'), `# ours; ${NEWS}`],
  ['a comment behind a value', OPEN.replace('api]', 'api] # ours'), null],
  ['a title', OPEN.replace('Logins fail', 'Logins failed'), `title; ${NEWS}`],
  ['a former address', OPEN.replace('["1"]', '["1", "2"]'), `aliases; ${NEWS}`],
  [
    'an end that a person wrote',
    OPEN.replace('status: identified', 'status: resolved\nresolved: 2026-11-20T10:15:00Z'),
    'resolved, notify; the source has 2 other sections',
  ],
  ['the severity of what is over', OVER.replace('severity: major', 'severity: minor'), 'severity'],
  ['the severity, without news there', OPEN.replace('severity: major', 'severity: minor'), 'severity', OPEN],
  ['no front matter', 'Ours.\n', null],
])('it was changed here: %s', (_, here, what, there = OVER) => {
  expect(here).not.toBe(OPEN);
  const found = beside(here, there);
  if (what !== null) expect(found).toEqual({ is: 'other', what });
  else expect(found.is).toBe('other');
});

test('an outage that went on after the first import gets its later end, but not an earlier one, nor over an edit', () => {
  const outage = (minutes: number) =>
    outageIncident(
      {
        file: 'kuma.db',
        sender: 'uptime-kuma',
        key: '1/heartbeat-2',
        name: 'Shop',
        component: 'shop',
        start: START,
        end: at(minutes),
        reason: '',
        after: null,
      },
      id => id,
    );
  const [first, second] = [outage(5), outage(9)];
  expect(besideSource(first.text, second)).toEqual({ is: 'older' });
  expect(besideSource(second.text, first).is).toBe('other');
  expect(besideSource(first.text.replace('severity: critical', 'severity: minor'), second).is).toBe('other');
});

test('nobody is told of an import, nor of the newer text that replaces it, nor of its end', () => {
  const seen = new Set<string>();
  for (const [text, minutes] of [
    [OPEN, 12],
    [imported(TOLD.slice(0, 3)), 22],
    [OVER, 32],
  ] as const) {
    const incident = parseIncident('logins', 'logins.md', text).value!;
    const news = announcements([incident], seen, at(minutes), false);
    expect(news.length).toBeGreaterThan(0);
    expect(news.filter(({ quiet }) => !quiet)).toEqual([]);
    for (const { incidentId, key } of news) seen.add(refOf({ incidentId, key }));
  }
});
