// Updates that contradict the front matter, or come too late for the beginning: what is mailed, and what the operator is told.
import { expect, test } from 'vitest';
import { openWorld, subscribed, type World } from '../world.ts';

const FILE = '20260310_exports.md';
const front = (state = 'status: resolved\nresolved: 2026-03-10T11:58:00Z') =>
  `---\ntitle: Slow exports\n${state}\nseverity: critical\nstarted: 2026-03-10T11:40:00Z\ncomponents: [dashboard]\n---\n\n`;
const BEGUN = '## Investigating 11:40 UTC\nWe look.\n\n';
const TOLD = `${BEGUN}## Identified 11:50 UTC\nA disk.\n\n## Resolved 11:58 UTC\nFast again.\n\n`;

const subjects = ({ mails }: World) =>
  mails.map(({ subject }) => subject).filter(subject => subject?.startsWith('['));
const problemsOf = async (world: World): Promise<string[]> =>
  (await world.get('/readyz')).json.problems.map((problem: object) => JSON.stringify(problem));

async function told(body = TOLD, state?: string) {
  const world = await openWorld();
  await subscribed(world, 'olga@example.com');
  await world.write(FILE, front(state) + body);
  await world.pass(10, 5);
  return { world, sent: subjects(world).length };
}

test.each(['Investigating', 'Identified', 'Monitoring'])(
  '"%s" after the end in the front matter is named and not sent until the front matter agrees',
  async label => {
    const { world, sent } = await told();
    const word = label.toLowerCase();
    const again = `${TOLD}## ${label} 12:00 UTC\nIt is back.\n\n## Update 12:00 UTC\nStill.\n`;
    await world.write(FILE, front() + again);
    await world.pass(10, 5);
    await world.restart();
    await world.pass(10, 5);
    expect(subjects(world)).toHaveLength(sent);
    expect((await problemsOf(world)).join('\n')).toContain(
      `the newest update says ${word}, but the front matter says resolved`,
    );
    await world.write(FILE, front(`status: ${word}`) + again);
    await world.pass(20, 5);
    expect(subjects(world).slice(sent)).toEqual(['[UPDATE] Slow exports', '[UPDATE] Slow exports']);
    expect((await problemsOf(world)).join('\n')).not.toContain('the newest update says');
  },
);

test('what says no status is sent after the end, and so is an end beside what contradicts it', async () => {
  const { world, sent } = await told(BEGUN, 'status: investigating');
  await world.write(FILE, `${front()}${TOLD}## Monitoring 11:59 UTC\nWe watch.\n`);
  await world.pass(10, 5);
  expect(subjects(world).slice(sent)).toEqual(['[UPDATE] Slow exports', '[RESOLVED] Slow exports']);
  await world.write(FILE, `${front()}${TOLD}## Update 11:59 UTC\nWe watch.\n`);
  await world.pass(10, 5);
  expect(subjects(world).slice(sent + 2)).toEqual(['[UPDATE] Slow exports']);
});
