// The clock is set back just as a short outage ends: before it was filed, or after.
import { expect, test } from 'vitest';
import { openWorld, subscribed } from '../world.ts';

const check = (id: string, target: string) =>
  `  - { id: ${id}, name: ${id.toUpperCase()}, schedule: "*/2 * * * * *", check: { type: http, url: "${target}/${id}", timeout: 2s } }\n`;
const SITE = (target: string) =>
  `title: T\ngroup_within: 60s\ncomponents:\n${check('api', target)}${check('mnt', target)}`;
const ALONE = (target: string) => `title: T\ncomponents:\n${check('api', target)}`;

// One that is filed between two steps ends in the future for the second: until then it is open, as any such file.
const CASES = [
  { steps: [600], grouped: true },
  { steps: [600], grouped: false },
  { steps: [3600, 600, 60], grouped: false },
].flatMap(one => [3, 8].map(after => ({ ...one, after })));

test.each(CASES)(
  'set back by $steps, grouped $grouped, $after s after',
  async ({ steps, grouped, after }) => {
    const world = await openWorld({ site: grouped ? SITE : ALONE });
    await subscribed(world, 'olga@example.com');
    await world.pass(20, 1);
    world.service.status = 503;
    await world.pass(9, 1);
    world.service.status = 200;
    await world.pass(after, 1);
    for (const step of steps) {
      world.stepClock(-step);
      await world.pass(5, 1);
    }
    await world.pass(150, 1);
    const { components, incidents } = world.system.snapshot();
    expect(components.map(one => one.health)).toEqual(components.map(() => 'operational'));
    expect(incidents.map(one => one.state)).toEqual(['resolved']);
    const subjects = world.mails.map(({ subject }) => subject ?? '').filter(one => one.startsWith('['));
    // Over before it was told, it is told by its end alone.
    const begun = subjects.filter(one => one.startsWith('[INCIDENT]'));
    expect(begun).toHaveLength(grouped ? 0 : 1);
    expect(subjects.filter(one => one.startsWith('[RESOLVED]'))).toHaveLength(1);
    const problems = JSON.stringify((await world.get('/readyz')).json.problems);
    expect(problems).not.toContain('it is open, but');
  },
);
