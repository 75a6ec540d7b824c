// Sections without a date, one of them written by a clock on local time: whatever is added later, each is told once.
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import fc from 'fast-check';
import { describe, expect, onTestFinished, test } from 'vitest';
import { parseIncident } from '../../../src/core/incidents/file/parse.ts';
import type { Incident } from '../../../src/core/model/incident.ts';
import { DAY, HOUR, iso, MINUTE, type Millis, parseInstant } from '../../../src/core/model/time.ts';
import { announcements } from '../../../src/core/notify/news.ts';
import { type Db, openDatabase } from '../../../src/store/db/database.ts';
import { announceUpdates, seenUpdates } from '../../../src/store/notify/announcements.ts';
import { FirstSeen } from '../../../src/work/incidents/first-seen.ts';

interface Step {
  /** When it is said, and what its heading says in place of that. */
  readonly at: Millis;
  readonly written: Millis;
  readonly label: string;
  readonly dated?: boolean;
}

interface Story {
  readonly steps: readonly Step[];
  readonly newestFirst: boolean;
  readonly restarts: boolean;
}

function openDb(): Db {
  const dir = mkdtempSync(path.join(tmpdir(), 'status-live-orders-'));
  const db = openDatabase(path.join(dir, 'status.db'));
  onTestFinished(async () => {
    await db.destroy();
    rmSync(dir, { recursive: true, force: true });
  });
  return db;
}

function fileOf(steps: readonly Step[], newestFirst: boolean): string {
  const end = steps.find(({ label }) => label === 'Resolved');
  const front = end ? `status: resolved\nresolved: ${iso(end.at)}` : 'status: investigating';
  const sections = steps.map(
    ({ at, written, label, dated }) =>
      `## ${label} ${dated ? iso(written) : iso(written).slice(11, 16)}\n\nsaid at ${iso(at)}\n`,
  );
  if (newestFirst) sections.reverse();
  return `---\ntitle: x\nseverity: minor\nstarted: ${iso(steps[0]!.at)}\n${front}\n---\n\n${sections.join('\n')}`;
}

let stories = 0;

/** Plays a story: what was told, in order, and how the incident stands at last. */
async function played(db: Db, { steps, newestFirst, restarts }: Story) {
  const id = `story-${++stories}`;
  const told: string[] = [];
  let firstSeen = new FirstSeen(db, 'server');
  let view: Incident | undefined;
  const look = async (incident: Incident, now: Millis) => {
    if (restarts) firstSeen = new FirstSeen(db, 'server');
    [view] = await firstSeen.date([incident], now);
    await firstSeen.recorded();
    const news = announcements([view!], await seenUpdates(db), now, false);
    if (news.length > 0) await announceUpdates(db, news, now, now);
    told.push(...news.flatMap(({ quiet, update: { status, body } }) => (quiet ? [] : `${status}: ${body}`)));
  };
  for (const [index, { at }] of steps.entries()) {
    const incident = parseIncident('', id, fileOf(steps.slice(0, index + 1), newestFirst)).value!;
    const until = steps[index + 1]?.at ?? at + 2 * DAY;
    for (const now of [at + 20_000, at + 40_000, ...looksBetween(at, until), until - 1])
      await look(incident, now);
  }
  return { told, view: view! };
}

function looksBetween(from: Millis, until: Millis): Millis[] {
  const looks: Millis[] = [];
  for (let at = from + 6 * HOUR; at < until; at += 6 * HOUR) looks.push(at);
  return looks;
}

const bodies = (told: readonly string[]) => told.map(one => one.slice(one.indexOf(' ') + 1));

const ends = (told: readonly string[]) =>
  told.flatMap((one, index) => (one.startsWith('resolved: ') ? index : []));

const at = (time: string) => parseInstant(`2026-11-29T${time}:00Z`) as Millis;

describe('the update of somebody in CET, two hours ahead by his heading', () => {
  const steps: Step[] = [
    { at: at('14:17'), written: at('14:17'), label: 'Investigating' },
    { at: at('14:22'), written: at('16:22'), label: 'Update' },
    { at: at('14:24'), written: at('14:24'), label: 'Monitoring' },
    { at: at('14:27'), written: at('14:27'), label: 'Resolved' },
  ];
  test.each([
    ['oldest first', false, false, steps],
    ['oldest first, restarted', false, true, steps],
    ['newest first', true, false, steps],
    ['newest first, restarted', true, true, steps],
    ['oldest first, then the end', false, true, steps.toSpliced(2, 1)],
    ['newest first, then the end', true, true, steps.toSpliced(2, 1)],
    [
      'labels that tell nothing',
      false,
      true,
      steps.map(one => ({ ...one, label: one.label === 'Resolved' ? 'Resolved' : 'Update' })),
    ],
  ] as const)('%s', async (_, newestFirst, restarts, all) => {
    const { told, view } = await played(openDb(), { steps: all, newestFirst, restarts });
    expect(bodies(told)).toEqual(all.map(one => `said at ${iso(one.at)}`));
    expect(ends(told)).toEqual([all.length - 1]);
    expect(view.updates.map(({ at }) => iso(at).slice(8, 13))).toEqual(all.map(() => '29T14'));
  });
});

const LABELS = ['Update', 'Identified', 'Monitoring', 'Disk replaced'];

const story: fc.Arbitrary<Story> = fc
  .record({
    begins: fc.integer({ min: 0, max: 24 * 60 - 1 }),
    gaps: fc.array(fc.integer({ min: 1, max: 90 }), { minLength: 2, maxLength: 6 }),
    ahead: fc.integer({ min: 60, max: 14 * 60 }),
    which: fc.nat(),
    labels: fc.array(fc.constantFrom(...LABELS), { minLength: 7, maxLength: 7 }),
    first: fc.constantFrom('Investigating', 'Update'),
    newestFirst: fc.boolean(),
    restarts: fc.boolean(),
  })
  .map(({ begins, gaps, ahead, which, labels, first, newestFirst, restarts }) => {
    let now = at('00:00') + begins * MINUTE;
    const times = [now, ...gaps.map(gap => (now += gap * MINUTE))];
    const wrong = 1 + (which % (times.length - 2));
    const steps = times.map((one, index) => ({
      at: one,
      written: index === wrong ? one + ahead * MINUTE : one,
      label: index === 0 ? first : index === times.length - 1 ? 'Resolved' : labels[index]!,
    }));
    return { steps, newestFirst, restarts };
  });

test('one section ahead by 1 to 14 hours: each is told once, in order, and the end last', async () => {
  await fc.assert(
    fc.asyncProperty(story, async one => {
      // A database of its own: a file with the same words at the same times would be the same incident, renamed.
      const { told, view } = await played(openDb(), one);
      expect(bodies(told)).toEqual(one.steps.map(({ at }) => `said at ${iso(at)}`));
      expect(ends(told)).toEqual([one.steps.length - 1]);
      expect(view.updates.every(update => update.at <= view.resolved! + MINUTE)).toBe(true);
    }),
    { numRuns: 60 },
  );
});

const longStory: fc.Arbitrary<Story> = fc
  .record({
    begins: fc.integer({ min: 0, max: 24 * 60 - 1 }),
    gaps: fc.array(fc.integer({ min: 1, max: 12 * 60 }), { minLength: 1, maxLength: 5 }),
    dated: fc.array(fc.boolean(), { minLength: 6, maxLength: 6 }),
    labels: fc.array(fc.constantFrom(...LABELS), { minLength: 6, maxLength: 6 }),
    newestFirst: fc.boolean(),
    restarts: fc.boolean(),
  })
  .map(({ begins, gaps, dated, labels, newestFirst, restarts }) => {
    let now = at('00:00') + begins * MINUTE;
    const times = [now, ...gaps.map(gap => (now += gap * MINUTE))];
    const steps = times.map((one, index) => ({
      at: one,
      written: one,
      label: index === times.length - 1 ? 'Resolved' : labels[index]!,
      dated: dated[index]!,
    }));
    return { steps, newestFirst, restarts };
  });

test('days long, with dates and without: each is told once at its moment, and the end last', async () => {
  await fc.assert(
    fc.asyncProperty(longStory, async one => {
      // A database of its own: a file with the same words at the same times would be the same incident, renamed.
      const { told, view } = await played(openDb(), one);
      expect(bodies(told)).toEqual(one.steps.map(({ at }) => `said at ${iso(at)}`));
      expect(ends(told)).toEqual([one.steps.length - 1]);
      expect(view.updates.map(({ at }) => at)).toEqual(one.steps.map(({ at }) => at));
    }),
    { numRuns: 30 },
  );
});
