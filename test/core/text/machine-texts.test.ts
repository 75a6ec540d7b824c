// Machine texts: what is written to a file is read back to the letter, and shown in the reader's language and zone.

import fc from 'fast-check';
import { expect, test } from 'vitest';
import { datesIn } from '../../../src/core/i18n/dates.ts';
import { en } from '../../../src/core/i18n/en.ts';
import { sayIn } from '../../../src/core/i18n/words.ts';
import {
  machineText,
  machineTextFor,
  relapseWords,
  type TextReader,
} from '../../../src/core/text/machine-texts.ts';
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
    { name: 'API', seen: 'HTTP 503', checks: 2 },
    'API funktioniert nicht (HTTP 503, 2 Prüfungen in Folge). Wir untersuchen das Problem.',
  ],
  [
    'machine.down',
    { name: 'A*P_I', seen: 'HTTP 503', first: 'timeout. At once', checks: 1 },
    'A*P_I funktioniert nicht (HTTP 503, 1 Prüfung in Folge). Zuerst: timeout. At once. Wir untersuchen das Problem.',
  ],
  [
    'machine.up',
    { name: 'API', lasted: 7_500_000 },
    'API funktioniert wieder. Der Ausfall dauerte 2 Stunden 5 Minuten.',
  ],
  ['machine.up', { name: 'Search' }, 'Search funktioniert wieder.'],
  [
    'machine.all_up',
    { names: 'API and Web', lasted: 240_000 },
    'API und Web funktionieren wieder. Der Ausfall dauerte 4 Minuten.',
  ],
  ['machine.again', { name: 'API', seen: 'HTTP 503' }, 'API ist erneut ausgefallen (HTTP 503).'],
  ['machine.reported', { name: 'Jobs', said: 'disk full' }, 'Jobs hat einen Fehler gemeldet: disk full'],
  [
    'machine.silent',
    { name: 'Jobs', at, window: 300_000 },
    'Jobs hat sich seit 23. Nov. 2026, 11:06 MEZ nicht gemeldet; die längste Pause zwischen zwei Meldungen ist 5 Minuten. Wir untersuchen das Problem.',
  ],
  [
    'machine.slow_percentile',
    { name: 'API', percentile: 95, value: 1250, limit: 800, window: 300_000, checks: 30 },
    'API antwortet langsam: im Perzentil 95 1,25 Sekunden in einem Zeitraum von 5 Minuten (30 Prüfungen, Grenze 800 ms). Wir untersuchen das Problem.',
  ],
  [
    'machine.unwatched',
    { name: 'API', reason: 'manual' },
    'API wird nicht mehr überwacht: Die Prüfung ist nun manuell.',
  ],
  [
    'machine.fail_too',
    { names: 'API and 4 other components' },
    'API und 4 weitere Komponenten funktionieren ebenfalls nicht.',
  ],
  [
    'machine.fail_too',
    { names: 'API, Queue and Jobs' },
    'API, Queue und Jobs funktionieren ebenfalls nicht.',
  ],
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
  const ours = machineText('machine.up', { name: 'API', lasted: 60_000 });
  const changed = ours.replace('working', 'running');
  expect(machineTextFor(`${changed}\n\nMore.`, german)).toBeNull();
  expect(machineTextFor(`Hello *you*.\n\n- a\n\n- b\n\n${ours}\n\n${changed}`, german)).toBe(
    `«Hello *you*.\n\n- a\n\n- b»\n\nAPI funktioniert wieder. Der Ausfall dauerte 1 Minute.\n\n«${changed}»`,
  );
});

const DOWN = machineText('machine.down', { name: 'A_PI', seen: 'HTTP 503', checks: 3 });
test.each([
  ['our sentence', DOWN, true, 'A\\_PI is failing again (HTTP 503).'],
  ['what stands below it stays', `${DOWN}\n\nMore.`, true, 'A\\_PI is failing again (HTTP 503).\n\nMore.'],
  ['its short form', 'API is not working either.', true, 'API is failing again.'],
  ['a source that never failed before', DOWN, false, `Still unstable. ${DOWN}`],
  ["an operator's words", 'We *see* it.', true, 'Still unstable. We *see* it.'],
])('a relapse: %s', (_, message, isAgain, said) => {
  expect(relapseWords(message, isAgain)).toBe(said);
  expect(relapseWords(said, isAgain)).toBe(said);
});

const texts = fc.oneof(
  fc.string({ maxLength: 30, unit: 'grapheme' }).map(text => oneLine(text) || 'x'),
  fc.constantFrom(
    'API',
    'a. At first: b',
    'x is down, says y.',
    'X is failing again (Y).',
    'a, 2 checks in a row). At first: b',
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
  percentile: fc.constantFrom(50, 95, 99.9),
  reason: fc.constantFrom('removed', 'manual', 'unconfigured', 'heartbeat'),
});
const keys = Object.keys(en).filter((key): key is Args[0] =>
  /^machine\.(?!unstable|a_monitor|checks|others|reason_)/.test(key),
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
