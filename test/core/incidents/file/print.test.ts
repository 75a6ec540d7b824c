// Printing: what is written reads back as it was meant, and edits keep every other byte.
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { parseIncident } from '../../../../src/core/incidents/file/parse.ts';
import { addUpdate, type NewIncident, printIncident } from '../../../../src/core/incidents/file/print.ts';
import { INCIDENT_STATUSES, type Incident, SEVERITIES } from '../../../../src/core/model/incident.ts';
import { parseInstant } from '../../../../src/core/model/time.ts';

const second = fc.integer({ min: 0, max: 2_000_000_000 }).map(seconds => seconds * 1000);
const words = fc.oneof(
  fc.string({ unit: 'grapheme', maxLength: 60 }),
  fc
    .array(
      fc.constantFrom(
        '## Update 15:00 UTC',
        '## Post-mortem',
        '# x',
        '```',
        '---',
        'severity: minor',
        'a: b',
        '"',
        "'",
        '\n',
        '\r\n',
        ' ',
        '\\',
        '#',
        '{{',
        '~~~',
      ),
      { maxLength: 12 },
    )
    .map(all => all.join('\n')),
);
const title = words.map(text => text.replace(/[\s\p{Cc}]+/gu, ' ').trim()).filter(text => text !== '');
const source = fc.record({
  title,
  severity: fc.constantFrom(...SEVERITIES),
  status: fc.constantFrom(...INCIDENT_STATUSES.slice(0, 3)),
  started: second,
  components: fc.option(fc.array(fc.stringMatching(/^[a-z0-9][a-z0-9_-]{0,12}$/), { maxLength: 4 })),
  openedBy: fc.option(fc.constantFrom('probe:api', 'uptimerobot:777', 'grafana:a "b": c')),
  message: words,
});

const parsed = (text: string): Incident => {
  const { value, problems } = parseIncident('x.md', 'x', text);
  expect(problems).toEqual([]);
  return value as Incident;
};

describe('printIncident', () => {
  test.each([
    ['resolved' as const, { notify: false, quiet: [undefined, undefined] }],
    ['identified' as const, { notify: true, quiet: [true, true] }],
  ])('what was told elsewhere is told to nobody, and an update added later is: %s', (status, wanted) => {
    const started = Date.UTC(2026, 0, 2, 3);
    const text = printIncident({
      title: 'Slow',
      status,
      severity: 'minor',
      started,
      components: [],
      openedBy: 'statuspage:x',
      aliases: ['x', '/issues/y z'],
      isToldElsewhere: true,
      message: 'We look.',
      ...(status === 'resolved' ? { resolved: started + 60_000 } : {}),
      later: [{ status, at: started + 60_000, message: 'Found.' }],
    });
    const read = parsed(text);
    expect({ notify: read.notify, quiet: read.updates.map(({ quiet }) => quiet) }).toEqual(wanted);
    expect(read.aliases).toEqual(['x', '/issues/y z']);
    if (status === 'resolved') return;
    const more = parsed(addUpdate(text, { status: 'monitoring', at: started + 120_000, message: 'Better.' }));
    expect(more.updates.at(-1)).not.toHaveProperty('quiet');
  });

  test('reads back as the same incident', () => {
    fc.assert(
      fc.property(source, written => {
        const read = parsed(printIncident(written as NewIncident));
        expect(read).toMatchObject({
          title: written.title,
          status: written.status,
          severity: written.severity,
          started: written.started,
          resolved: null,
          openedBy: written.openedBy,
          components: written.components?.map(id => ({ id, status: null })) ?? null,
          postmortem: null,
        });
        expect(read.updates).toHaveLength(1);
        expect(read.updates[0]).toMatchObject({ at: written.started, status: written.status });
        expect(read.updates[0]?.change).toBeUndefined();
      }),
      { numRuns: 400 },
    );
  });

  test('and a text without our headings or an open fence stays as it was', () => {
    const message = '# Big\n\n## Impact\n\n- one\n\n```\n## Update 15:00 UTC\n```\n\n> quoted';
    const text = printIncident({
      title: 'x',
      status: 'identified',
      severity: 'minor',
      started: 0,
      components: [],
      openedBy: null,
      message,
    });
    expect(parsed(text).updates[0]?.body).toBe(message);
  });

  test('a whole history reads back: changes, promises, end, post-mortem', () => {
    const at = (text: string) => parseInstant(text) as number;
    const text = printIncident({
      title: 'Login: fails',
      status: 'resolved',
      severity: 'critical',
      started: at('2025-11-06T14:30:00Z'),
      resolved: at('2025-11-06T16:00:00Z'),
      components: ['api', { id: 'db', status: 'partial_outage' }],
      openedBy: null,
      message: 'Nobody can log in.',
      postmortem: 'A *certificate*.',
      later: [
        {
          status: 'identified',
          at: at('2025-11-06T15:00:00Z'),
          message: 'Found.',
          change: { severity: 'minor', components: [{ id: 'api', status: null }] },
          promised: at('2025-11-06T15:30:00Z'),
        },
        { status: 'resolved', at: at('2025-11-06T16:00:00Z'), message: 'Mended.' },
      ],
    });
    const read = parsed(text);
    expect(read.components).toEqual([
      { id: 'api', status: null },
      { id: 'db', status: 'partial_outage' },
    ]);
    expect(read.updates.map(({ status, body }) => [status, body])).toEqual([
      ['investigating', 'Nobody can log in.'],
      ['identified', 'Found.'],
      ['resolved', 'Mended.'],
    ]);
    expect(read.updates[1]).toMatchObject({
      change: { severity: 'minor' },
      promised: at('2025-11-06T15:30:00Z'),
    });
    expect(read.postmortem).toBe('A *certificate*.');
  });
});

const SAMPLE = `---
title: "API: slow"   # keep me
status:   resolved # and me
severity: major
started: 2025-11-06T23:30:00Z
resolved: 2025-11-07T00:30:00Z
custom: |
  status: not this one
opened_by: probe:api
---

## Update 00:30 UTC
Issue resolved.

## Update 23:45 UTC
Identified.

## Post-mortem
Why.
`;
const later = parseInstant('2025-11-07T00:40:00Z') as number;

describe('addUpdate', () => {
  test('reopening keeps all else, byte for byte', () => {
    const text = addUpdate(SAMPLE, { status: 'investigating', at: later, message: 'Again.' });
    expect(text).toBe(
      SAMPLE.replace('status:   resolved', 'status:   investigating')
        .replace('resolved: 2025-11-07T00:30:00Z\n', '')
        .replace('## Update 00:30', '## Investigating 2025-11-07 00:40:00 UTC\nAgain.\n\n## Update 00:30'),
    );
  });

  test('an oldest-first file grows at its end, before the post-mortem', () => {
    const file = SAMPLE.replace(
      /## Update 00:30[\s\S]*## Post/,
      '## Update 23:45 UTC\nA.\n\n## Update 00:30 UTC\nB.\n\n## Post',
    );
    const text = addUpdate(file, { status: 'resolved', at: later, message: 'Done.' });
    expect(text).toContain('B.\n\n## Resolved 2025-11-07 00:40:00 UTC\nDone.\n\n## Post-mortem\nWhy.\n');
    expect(text).toContain('started: 2025-11-06T23:30:00Z\nresolved: 2025-11-07T00:40:00Z\n');
  });

  test.each([
    [
      'flow style',
      '---\n{ title: x, status: monitoring, severity: minor, started: 2025-11-06T23:30:00Z }\n---\nwords\n',
    ],
    [
      'quoted keys',
      '---\n"title": x\n"status": "monitoring"\n\'severity\': minor\n"started": 2025-11-06T23:30:00Z\n---\n',
    ],
    [
      'an empty `resolved:`',
      '---\ntitle: x\nresolved:\nstatus: monitoring\nseverity: minor\nstarted: 2025-11-06T23:30:00Z\n---\n',
    ],
    [
      '`started` last',
      '---\ntitle: x\nstatus: monitoring\nseverity: minor\nstarted: 2025-11-06T23:30:00Z\n---',
    ],
    [
      'an open code fence',
      '---\ntitle: x\nstatus: monitoring\nseverity: minor\nstarted: 2025-11-06T23:30:00Z\n---\nLog:\n```\nfoo',
    ],
    [
      'nothing but a post-mortem',
      '---\ntitle: x\nstatus: monitoring\nseverity: minor\nstarted: 2025-11-06T23:30:00Z\n---\n## Post-mortem\nWhy.',
    ],
  ])('works on %s', (_, file) => {
    const closed = addUpdate(file, { status: 'resolved', at: later, message: 'Done.' });
    expect(parsed(closed)).toMatchObject({ status: 'resolved', resolved: later });
    expect(parsed(closed).updates.at(-1)).toMatchObject({ at: later, body: 'Done.', status: 'resolved' });
    const again = addUpdate(closed, { status: 'investigating', at: later + 60_000, message: 'Again.' });
    expect(parsed(again)).toMatchObject({ status: 'investigating', resolved: null });
    expect(parsed(again).updates.at(-1)).toMatchObject({ body: 'Again.' });
    expect(parsed(again).postmortem).toBe(parseIncident('x.md', 'x', file).value!.postmortem);
  });

  test('whatever the file and however often: earlier updates keep their keys, other lines their bytes', () => {
    const section = fc.record({
      label: fc.constantFrom('Update', 'Identified', 'Rolled back', 'Monitoring'),
      step: fc.integer({ min: 1, max: 600 }),
      dated: fc.boolean(),
      body: words.map(text =>
        text.replace(/^##.*$|^[`~]{3,}.*$|^(severity|components|next_update|notify).*$/gm, ''),
      ),
    });
    const eol = fc.constantFrom('\n', '\r\n');
    fc.assert(
      fc.property(
        second,
        fc.array(section, { maxLength: 5 }),
        fc.boolean(),
        eol,
        fc.array(words, { minLength: 1, maxLength: 3 }),
        (started, sections, newestFirst, end, messages) => {
          let now = started;
          const written = sections.map(({ label, step, dated, body }) => {
            now += step * 60_000;
            const stamp = new Date(now).toISOString();
            return `## ${label} ${dated ? `${stamp.slice(0, 10)} ` : ''}${stamp.slice(11, 16)} UTC\n${body}\n\n`;
          });
          if (newestFirst) written.reverse();
          const head = `---\ntitle: "x" # c\nstatus: monitoring\nseverity: minor\nstarted: ${new Date(started).toISOString()}\n---\n`;
          let text = (head + written.join('')).replaceAll('\r\n', '\n').replaceAll('\n', end);
          for (const [index, message] of messages.entries()) {
            const before = parsed(text);
            const at = Math.max(now, ...before.updates.map(update => update.at)) + (index + 1) * 1000;
            const status = index % 2 === 0 ? 'resolved' : 'investigating';
            const next = addUpdate(text, { status, at: at - (at % 1000), message });
            const after = parsed(next);
            expect(after.status).toBe(status);
            const told = before.updates
              .filter(({ body }) => body !== '')
              .map(({ key, at, body }) => ({ key, at, body }));
            for (const update of told) expect(after.updates).toContainEqual(expect.objectContaining(update));
            const kept = (one: string) =>
              one.split(end).filter(line => !/^(status|resolved):/.test(line) && line.trim() !== '');
            const lines = kept(next);
            for (const line of kept(text)) {
              expect(lines).toContain(line);
              lines.splice(lines.indexOf(line), 1);
            }
            text = next;
          }
        },
      ),
      { numRuns: 300 },
    );
  });
});
