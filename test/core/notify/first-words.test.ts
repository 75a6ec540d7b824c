// The text above the first section: added to what is known, it is told to nobody and moves no other update.
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { parseIncident } from '../../../src/core/incidents/file/parse.ts';
import { parseAfter } from '../../../src/core/incidents/file/reparse.ts';
import { type KnownIncident, recognise } from '../../../src/core/incidents/identity.ts';
import { type Incident, refOf } from '../../../src/core/model/incident.ts';
import { HOUR, iso, MINUTE, SECOND } from '../../../src/core/model/time.ts';
import { announcements } from '../../../src/core/notify/news.ts';

const NOW = Date.parse('2026-11-28T12:00:00Z');
const STARTED = NOW - 2 * HOUR;

const clock = (at: number) => iso(at).slice(11, 16);

function file(body: string, front = 'status: investigating', started = STARTED) {
  return `---\ntitle: API down\nseverity: major\nstarted: ${iso(started)}\n${front}\n---\n\n${body}\n`;
}

const OVER = `status: resolved\nresolved: ${iso(STARTED + 45 * MINUTE)}`;

/** Rounds over versions of one file, all with one database: the keys that each round mails. */
function rounds(sources: readonly string[], noted: readonly string[] = []) {
  const seen = new Set(noted.map(key => refOf({ incidentId: 'x', key })));
  let before: Incident | null = null;
  let known: KnownIncident = { key: 'x', id: 'x', former: [], updates: [], gone: [] };
  return sources.map(source => {
    const { value } = parseAfter(before, 'x.md', 'x', source);
    before = value;
    const { named, record } = recognise(known, value!);
    known = record;
    const found = announcements([named], seen, NOW, false);
    for (const one of found) seen.add(refOf(one));
    return found.filter(({ quiet }) => !quiet).map(({ key }) => key);
  });
}

const heading = (label: string, at: number) => `## ${label} ${clock(at)} UTC`;
const NEWEST_FIRST = [
  `${heading('Resolved', STARTED + 45 * MINUTE)}\nOver.`,
  `${heading('Identified', STARTED + 15 * MINUTE)}\nA disk.`,
  `${heading('Investigating', STARTED + 5 * MINUTE)}\nWe look.`,
].join('\n\n');
const AT_START = `${heading('Investigating', STARTED)}\nWe look.`;
const ABOVE = [
  '## Summary\nAll was down.',
  '## Root cause\nA disk.',
  '# API down\n\n> Sorry.',
  'We are sorry.\n\n- a\n- b',
  '### Timeline\n\n| time | what |\n|---|---|\n| 10:05 | down |',
];

describe('words put above the first section', () => {
  test.each(ABOVE)('of an incident that is over: %j', above => {
    const [first, second] = rounds([file(NEWEST_FIRST, OVER), file(`${above}\n\n${NEWEST_FIRST}`, OVER)]);
    expect(first).toHaveLength(3);
    expect(second).toEqual([]);
  });

  test.each(ABOVE)('of one that began with a section: %j', above => {
    const later = `${heading('Update', STARTED)}\nStill.`;
    const [first, second, third] = rounds([
      file(AT_START),
      file(`${above}\n\n${AT_START}`),
      file(`${above}\n\n${AT_START}\n\n${later}`),
    ]);
    expect(first).toEqual([`${iso(STARTED)}#0`]);
    expect(second).toEqual([]);
    // What is new in the same minute is news all the same.
    expect(third).toEqual([`${iso(STARTED)}#1`]);
  });

  test('stand with the beginning', () => {
    const { value } = parseIncident('x.md', 'x', file(`Sorry.\n\n${NEWEST_FIRST}`, OVER));
    expect(value!.updates.map(({ body }) => body)).toEqual(['Sorry.', 'We look.', 'A disk.', 'Over.']);
  });

  test('are news where nothing is known, or only what is dated before the beginning', () => {
    expect(rounds([file('Down.')])).toEqual([[`${iso(STARTED)}#-preface`]]);
    const stray = `## Resolved ${iso(STARTED - 30 * HOUR)
      .slice(0, 16)
      .replace('T', ' ')} UTC\nOver.`;
    const before = `${iso(STARTED - 30 * HOUR)}#0`;
    expect(rounds([file(`Down again.\n\n${stray}`)], [before])).toEqual([[`${iso(STARTED)}#-preface`]]);
  });

  const text = fc.oneof(
    fc.constantFrom(...ABOVE),
    fc.lorem({ mode: 'sentences', maxCount: 3 }),
    fc.constantFrom('Update', 'Note 10:05', '15:30 UTC', '> quote', '- a list', '## Timeline'),
  );
  const section = fc.record({
    after: fc.integer({ min: -59, max: 30 * 60 }),
    isDated: fc.boolean(),
    label: fc.constantFrom('Investigating', 'Update', 'Identified', 'Monitoring', 'Resolved', 'Rolled back'),
  });

  test('send nothing and move no key, whatever is known', () => {
    let read = 0;
    fc.assert(
      fc.property(
        fc.array(section, { minLength: 1, maxLength: 5 }),
        fc.array(text, { minLength: 1, maxLength: 3 }),
        fc.integer({ min: 0, max: 59 }),
        fc.boolean(),
        fc.boolean(),
        (sections, above, seconds, newestFirst, isOver) => {
          const started = STARTED + seconds * SECOND;
          const sorted = [...sections].sort((a, b) => a.after - b.after);
          const last = started + sorted.at(-1)!.after * MINUTE;
          const parts = sorted.map(({ after, isDated, label }, index) => {
            const at = iso(started + after * MINUTE).replace('T', ' ');
            return `## ${label} ${isDated ? at.slice(0, 10) : ''} ${at.slice(11, 16)} UTC\n\nsaid ${index}`;
          });
          if (newestFirst) parts.reverse();
          const front = isOver ? `status: resolved\nresolved: ${iso(Math.max(last, started))}` : undefined;
          const sourceOf = (words: string) => file(words + parts.join('\n\n'), front, started);
          const plain = parseIncident('x.md', 'x', sourceOf('')).value!;
          const words = parseIncident('x.md', 'x', sourceOf(`${above.join('\n\n')}\n\n`)).value!;
          if (plain.isPartlyUnreadable) return;
          read++;
          const others = words.updates.filter(({ preface }) => !preface);
          expect(others.map(({ key, body }) => [key, body])).toEqual(
            plain.updates.filter(({ preface }) => !preface).map(({ key, body }) => [key, body]),
          );
          const known = plain.updates.filter(({ preface }) => !preface);
          const seen = new Set(announcements([plain], new Set(), started + 40 * HOUR, true).map(refOf));
          if (!known.some(({ stray }) => !stray)) return;
          const news = announcements([words], seen, started + 40 * HOUR, false);
          expect(news.filter(({ quiet }) => !quiet)).toEqual([]);
        },
      ),
      { numRuns: 300 },
    );
    expect(read).toBeGreaterThan(150);
  });
});

describe('a heading at the beginning', () => {
  const words = 'The API fails.';
  const headed = `${heading('Investigating', STARTED)}\n${words}`;
  const also = `${headed}\n\n${heading('Identified', STARTED)}\nA disk.`;

  test.each([0, 12])('put above the first words, taken off and put back sends nothing (%i s)', seconds => {
    const at = (body: string) => file(body, undefined, STARTED + seconds * SECOND);
    const sent = rounds([at(words), at(headed), at(words), at(headed), at(`Sorry.\n\n${headed}`)]);
    expect(sent.slice(1)).toEqual([[], [], [], []]);
    expect(sent[0]).toHaveLength(1);
    expect(rounds([at(headed), at(words), at(headed)]).slice(1)).toEqual([[], []]);
  });

  test('put above them, and another section of that minute: only that is news', () => {
    expect(rounds([file(words), file(headed), file(also)])).toEqual([
      [`${iso(STARTED)}#-preface`],
      [],
      [`${iso(STARTED)}#1`],
    ]);
  });

  test('put above the first words, beside a section of that minute: nothing is news', () => {
    const beside = `${heading('Identified', STARTED)}\nA disk.`;
    const sent = rounds([file(`${words}\n\n${beside}`), file(`${headed}\n\n${beside}`)]);
    expect(sent.map(({ length }) => length)).toEqual([2, 0]);
  });
});
