// Files renamed, moved away, brought back, copied and edited, with restarts between: each story keeps its name.
import fc from 'fast-check';
import { sql } from 'kysely';
import { expect, onTestFinished, test } from 'vitest';
import { parseIncident } from '../../../src/core/incidents/file/parse.ts';
import { type Incident, keyOf } from '../../../src/core/model/incident.ts';
import { iso, MINUTE, type Millis } from '../../../src/core/model/time.ts';
import { announcements } from '../../../src/core/notify/news.ts';
import { type Db, openDatabase } from '../../../src/store/db/database.ts';
import { readIdentities } from '../../../src/store/incidents/identities.ts';
import { FirstSeen } from '../../../src/work/incidents/first-seen.ts';
import { Identities } from '../../../src/work/incidents/identities.ts';

const BEGUN = Date.parse('2026-11-28T10:00:00Z');

interface Story {
  readonly id: string;
  readonly key: string;
  readonly number: number;
  /** Minutes that its times were corrected by. */
  readonly by: number;
  readonly typos: number;
  readonly sections: number;
}

function read({ id, number, by, typos, sections }: Story): Incident {
  const at = (minutes: number) => iso(BEGUN + (number * 7 + by + minutes) * MINUTE);
  const words = (section: number) =>
    `Story ${number}, part ${section}: ${['the disk', 'the login', 'the search'][number % 3]} of ${'abc'[section % 3]}${number} fails${'!'.repeat(typos)}`;
  const body = Array.from(
    { length: sections },
    (_, section) => `## Update ${at(section * 5).replace('T', ' ')}\n${words(section)}\n`,
  );
  const text = `---\ntitle: Trouble\nstatus: investigating\nseverity: major\nstarted: ${at(0)}\n---\n\n${body.join('\n')}`;
  return parseIncident('', id, text).value!;
}

/** What a server that begins now reads. */
async function served(db: Db, incidents: readonly Incident[], now: Millis) {
  const identities = new Identities(db, 'server');
  const named = await identities.of(incidents, now);
  await identities.recorded();
  return named;
}

const deed = fc.record({
  do: fc.constantFrom(
    'create',
    'rename',
    'remove',
    'restore',
    'copy',
    'restart',
    'retime',
    'type',
    'add',
    'wait',
  ),
  which: fc.nat(),
  also: fc.constantFrom('nothing', 'retime', 'type', 'add'),
});

test('whatever happens to its file, a story keeps its name, and each update its key', async () => {
  await fc.assert(
    fc.asyncProperty(fc.array(deed, { maxLength: 30 }), async deeds => {
      const db = openDatabase(':memory:');
      let now = BEGUN + 24 * 60 * MINUTE;
      let identities = new Identities(db, 'server');
      let serial = 0;
      let there: Story[] = [];
      let away: Story[] = [];
      const keys = new Map<string, readonly string[]>();
      const edited = (one: Story, how: string): Story => ({
        ...one,
        ...(how === 'retime' ? { by: one.by + 1 } : {}),
        ...(how === 'type' ? { typos: (one.typos + 1) % 4 } : {}),
        ...(how === 'add' ? { sections: one.sections + 1 } : {}),
      });
      for (const { do: what, which, also } of deeds) {
        now += 1000;
        const one = there[which % Math.max(there.length, 1)];
        const id = `file-${++serial}`;
        const replaced = (by: readonly Story[]) => there.flatMap(story => (story === one ? by : [story]));
        if (what === 'create')
          there = [...there, { id, key: id, number: serial, by: 0, typos: 0, sections: 2 }];
        else if (what === 'restart') identities = new Identities(db, 'server');
        else if (what === 'wait') now += 60 * MINUTE;
        else if (what === 'restore') {
          const lost = away[which % Math.max(away.length, 1)];
          if (!lost) continue;
          away = away.filter(story => story !== lost);
          // By the times and the words of its updates, whenever it comes.
          there = [...there, { ...lost, id: which % 2 ? id : lost.id }];
        } else if (!one) continue;
        else if (what === 'rename') there = replaced([{ ...edited(one, also), id }]);
        else if (what === 'remove') {
          there = replaced([]);
          away = [...away, one];
        } else if (what === 'copy') {
          // Taken away again: what is left of it is no reason to mistake the original.
          const found = await identities.of([...there.map(read), read({ ...one, id })], now);
          expect(keyOf(found.at(-1)!)).not.toBe(one.key);
        } else there = replaced([edited(one, what)]);
        const named = await identities.of(there.map(read), now);
        await identities.recorded();
        for (const [index, story] of there.entries()) {
          const incident = named[index]!;
          expect(keyOf(incident)).toBe(story.key);
          const before = keys.get(story.key) ?? [];
          const updates = incident.updates.map(({ key }) => key);
          expect(updates.slice(0, before.length)).toEqual(before);
          keys.set(story.key, updates);
        }
      }
      await db.destroy();
    }),
    { numRuns: 150 },
  );
}, 60_000);

test('an address leads on through every name; one that is used again is another incident', async () => {
  const db = openDatabase(':memory:');
  onTestFinished(() => db.destroy());
  const story = { id: 'a', key: 'a', number: 1, by: 0, typos: 0, sections: 2 };
  const now = BEGUN + 60 * MINUTE;
  for (const id of ['a', 'b', 'c', 'a', 'd']) await served(db, [read({ ...story, id })], now);
  const other = { ...story, number: 2, id: 'a' };
  const [first, second] = await served(db, [read({ ...story, id: 'd' }), read(other)], now);
  expect([first!.id, keyOf(first!), first!.aliases]).toEqual(['d', 'a', ['b', 'c', 'a']]);
  expect([second!.id, keyOf(second!), second!.aliases]).toEqual(['a', 'a~1', undefined]);
  // Only the server records.
  const reader = new Identities(db, 'reader');
  const [read1] = await reader.of([read({ ...story, id: 'd' })], now);
  expect(keyOf(read1!)).toBe('a');
  expect(await readIdentities(db)).toHaveLength(2);
});

test('while the database cannot say what is known, nothing is announced', async () => {
  const db = openDatabase(':memory:');
  onTestFinished(() => db.destroy());
  const story = { id: 'a', key: 'a', number: 1, by: 0, typos: 0, sections: 2 };
  const now = BEGUN + 60 * MINUTE;
  await served(db, [read(story)], now);
  const next = new FirstSeen(db, 'server');
  const renamed = [read({ ...story, id: 'b' })];
  await sql`ALTER TABLE known_incidents RENAME TO lost`.execute(db);
  const [unknown] = await next.date(renamed, now);
  expect(announcements([unknown!], new Set(), now, false)).toEqual([]);
  await sql`ALTER TABLE lost RENAME TO known_incidents`.execute(db);
  const [named] = await next.date(renamed, now);
  expect([keyOf(named!), named!.isPartlyUnreadable]).toEqual(['a', undefined]);
});
