// Machine texts: what is written to a file is read back to the letter, and shown in the reader's language and zone.

import fc from 'fast-check';
import { expect, test } from 'vitest';
import { datesIn } from '../../../src/core/i18n/dates.ts';
import { en } from '../../../src/core/i18n/en.ts';
import { sayIn } from '../../../src/core/i18n/words.ts';
import { machineText, machineTextFor, type TextReader } from '../../../src/core/text/machine-texts.ts';
import { oneLine } from '../../../src/core/text/printable.ts';

const dates = (lang: 'en' | 'de', zone: string) => datesIn(lang, zone);
const readerIn = (lang: 'en' | 'de', zone: string): TextReader => ({
  say: sayIn(lang),
  dates: dates(lang, zone),
  moment: dates(lang, zone).dateTime,
  text: String,
  ours: String,
  other: text => `«${text}»`,
});
const german = readerIn('de', 'Europe/Berlin');
const at = Date.UTC(2026, 10, 23, 10, 6, 7);

type Args = Parameters<typeof machineText>;
test.each<[Args[0], Args[1], string]>([
  [
    'machine.down',
    { name: 'API', at, seen: 'HTTP 503', checks: 2 },
    'API besteht seit 23. Nov. 2026, 11:06 MEZ die Prüfungen nicht: HTTP 503. 2 Prüfungen in Folge fehlgeschlagen.',
  ],
  [
    'machine.down',
    { name: 'A*P_I', at, seen: 'HTTP 503', first: 'timeout. At once', checks: 1 },
    'A*P_I besteht seit 23. Nov. 2026, 11:06 MEZ die Prüfungen nicht: HTTP 503. Zuerst: timeout. At once. 1 Prüfung in Folge fehlgeschlagen.',
  ],
  [
    'machine.up',
    { name: 'API', at, good: 2, lasted: 7_500_000 },
    'API antwortet seit 23. Nov. 2026, 11:06 MEZ wieder normal (2 erfolgreiche Prüfungen in Folge). Der Ausfall dauerte 2 Stunden 5 Minuten.',
  ],
  ['machine.works_again', { name: 'Search' }, 'Search funktioniert wieder.'],
  [
    'machine.slow_percentile',
    { name: 'API', at, percentile: 95, value: 1250, limit: 800, window: 300_000, checks: 30 },
    'API antwortet langsam: im Perzentil 95 1,25 Sekunden in einem Zeitraum von 5 Minuten (30 Prüfungen, die Grenze ist 800 ms), Stand 23. Nov. 2026, 11:06 MEZ.',
  ],
  [
    'machine.unwatched',
    { name: 'API', reason: 'manual' },
    'API wird nicht mehr überwacht: Die Prüfung ist nun manuell.',
  ],
  [
    'machine.fail_too',
    { names: 'API and 4 other components' },
    'API und 4 weitere Komponenten sind auch ausgefallen.',
  ],
  ['machine.fail_too', { names: 'API, Queue and Jobs' }, 'API, Queue und Jobs sind auch ausgefallen.'],
  [
    'machine.says_down',
    { name: 'Web', who: 'UptimeRobot', said: '' },
    'Web ist ausgefallen, meldet UptimeRobot.',
  ],
  [
    'machine.says',
    { name: 'High load', who: 'Grafana', said: 'cpu: 97 %' },
    'High load, meldet Grafana: cpu: 97 %',
  ],
  [
    'machine.over',
    { name: 'API Down', lasted: 60_000 },
    'API Down ist vorbei: Alles Gemeldete ist beendet. Dauer: 1 Minute.',
  ],
  ['machine.begins', { lead: 86_400_000 }, 'Zeit bis zum Beginn dieser Wartung: 1 Tag.'],
])('%s %j', (key, values, inGerman) => {
  const text = machineText(key, values);
  expect(machineTextFor(text, german)).toBe(inGerman);
  expect(machineTextFor(`Still unstable. ${text}`, german)).toBe(`Weiterhin instabil. ${inGerman}`);
});

test('paragraphs that somebody wrote or changed stay as they are', () => {
  const ours = machineText('machine.works_again', { name: 'API', lasted: 60_000 });
  const changed = ours.replace('works', 'runs');
  expect(machineTextFor(`${changed}\n\nMore.`, german)).toBeNull();
  expect(machineTextFor(`Hello *you*.\n\n- a\n\n- b\n\n${ours}\n\n${changed}`, german)).toBe(
    `«Hello *you*.\n\n- a\n\n- b»\n\nAPI funktioniert wieder. Der Ausfall dauerte 1 Minute.\n\n«${changed}»`,
  );
});

const texts = fc.oneof(
  fc.string({ maxLength: 30, unit: 'grapheme' }).map(text => oneLine(text) || 'x'),
  fc.constantFrom(
    'API',
    'a. At first: b',
    'x is down, says y.',
    'X fails too',
    'A and B',
    '1 check',
    'a [b](c) <d> `e`',
  ),
);
const values = fc.record({
  name: texts,
  names: texts,
  list: texts,
  seen: texts,
  first: fc.option(texts, { nil: undefined }),
  said: texts,
  who: texts,
  type: texts,
  at: fc.integer({ min: 0, max: 4e12 / 1000 }).map(seconds => seconds * 1000),
  lasted: fc.option(
    fc.integer({ min: 1, max: 1e7 }).map(seconds => seconds * 1000),
    { nil: undefined },
  ),
  value: fc.integer({ min: 0, max: 1e6 }),
  limit: fc.integer({ min: 0, max: 1e6 }),
  window: fc.integer({ min: 1, max: 1e5 }).map(seconds => seconds * 1000),
  lead: fc.integer({ min: 1, max: 1e4 }).map(minutes => minutes * 60_000),
  checks: fc.integer({ min: 1, max: 1e6 }),
  good: fc.integer({ min: 1, max: 1e6 }),
  percentile: fc.constantFrom(50, 95, 99.9),
  reason: fc.constantFrom('removed', 'manual', 'unconfigured', 'heartbeat'),
});
const keys = Object.keys(en).filter((key): key is Args[0] =>
  /^machine\.(?!unstable|checks|good|others|reason_)/.test(key),
);

test('every sentence is read back to the letter', () => {
  const moment = (time: number) => `${new Date(time).toISOString().slice(0, 19).replace('T', ' ')} UTC`;
  const plain = { ...readerIn('en', 'UTC'), moment };
  fc.assert(
    fc.property(fc.constantFrom(...keys), values, (key, all) => {
      const text = machineText(key, all);
      expect(machineTextFor(text, plain)).not.toBeNull();
      expect(machineTextFor(text, german)).not.toBeNull();
    }),
    { numRuns: 3000 },
  );
});
