// The status of an open incident whose front matter and sections differ.
import { describe, expect, test } from 'vitest';
import { asOf } from '../../../src/core/incidents/as-of.ts';
import { parseIncident } from '../../../src/core/incidents/file/parse.ts';
import { addUpdate, updated } from '../../../src/core/incidents/file/print.ts';

const file = (status: string, body: string) =>
  `---\ntitle: T\nstatus: ${status}\nseverity: major\nstarted: 2026-03-10T11:00:00Z\n---\n${body}`;
const body = (sections: readonly string[]) => sections.map(one => `## ${one} UTC\nx\n`).join('\n');
const read = (text: string) => parseIncident('a.md', 'a', text).value!;
const BEGUN = 'Investigating 2026-03-10 11:00';
const IDENTIFIED = 'Identified 2026-03-10 11:10';
const WATCHED = 'Monitoring 2026-03-10 11:20';
const OVER = 'Resolved 2026-03-10 11:30';

describe('the newest section that names a status decides', () => {
  test.each<[string, string, readonly string[], string]>([
    ['where the front matter says how it began', 'investigating', [BEGUN, WATCHED], 'monitoring'],
    ['also newest first', 'investigating', [WATCHED, BEGUN], 'monitoring'],
    ['where it says what an earlier section says', 'identified', [BEGUN, IDENTIFIED, WATCHED], 'monitoring'],
    ['back to an earlier status', 'monitoring', [WATCHED, 'Identified 2026-03-10 11:25'], 'identified'],
    ['under words without a status', 'investigating', [WATCHED, 'Update 2026-03-10 11:25'], 'monitoring'],
    [
      'after an end that is none any more',
      'investigating',
      [BEGUN, OVER, 'Identified 2026-03-10 11:40'],
      'identified',
    ],
    ['not what no section says yet', 'monitoring', [BEGUN, IDENTIFIED], 'monitoring'],
    ['not before a section Resolved', 'investigating', [BEGUN, WATCHED, OVER], 'investigating'],
    [
      'not what is dated before the beginning',
      'investigating',
      [BEGUN, 'Monitoring 2026-03-10 08:00'],
      'investigating',
    ],
    ['not without such a section', 'identified', ['Update 2026-03-10 11:10'], 'identified'],
  ])('%s', (_, front, sections, status) => {
    expect(read(file(front, body(sections))).status).toBe(status);
  });

  test('what is dated in the future does not decide before its time', () => {
    const incident = read(file('investigating', body([BEGUN, WATCHED])));
    const at = (time: string) =>
      asOf(incident, Date.parse(time), () => Date.parse('2026-03-10T11:05:00Z')).status;
    expect(at('2026-03-10T11:06:00Z')).toBe('investigating');
    expect(at('2026-03-10T11:21:00Z')).toBe('monitoring');
  });
});

test('what is written of an earlier time leaves the status to the newer section', () => {
  const text = file('monitoring', body([BEGUN, WATCHED]));
  const earlier = {
    status: 'identified',
    at: Date.parse('2026-03-10T11:10:00Z'),
    message: 'A disk.',
  } as const;
  expect(addUpdate(text, earlier)).toContain('\nstatus: monitoring\n');
  const after = updated(text, earlier);
  expect(read(after!)).toMatchObject({ status: 'monitoring' });
  expect(read(after!).updates.map(({ status }) => status)).toEqual([
    'investigating',
    'identified',
    'monitoring',
  ]);
  const later = updated(text, { ...earlier, at: Date.parse('2026-03-10T11:30:00Z') });
  expect(later).toContain('\nstatus: identified\n');
});
