// A secret that is not the one before: what was signed fails, and the operator is told why.
import { expect, test } from 'vitest';
import { linkIn, openWorld, SECRET, subscribed } from '../world.ts';

test('another secret is named for a week, and the old one put back is none', async () => {
  const env = { SECRET };
  const world = await openWorld({ env });
  await subscribed(world, 'ann@example.com');
  await world.write(
    '20260310_a.md',
    '---\ntitle: A\nstatus: investigating\nseverity: minor\nstarted: 2026-03-10T12:00:00Z\n---\nWords.\n',
  );
  await world.pass(5, 1);
  const manage = linkIn(world.mails.at(-1), '/status/manage');
  const told = async () => {
    const { ok, problems } = (await world.get('/readyz')).json;
    return [
      ok,
      problems.map(({ where, what }: { where: string; what: string }) => `${where}: ${what.split(':')[0]}`),
    ];
  };
  const named = 'SECRET: it is another one than before, since 2026-03-10T12';
  const restart = (secret: string) =>
    world.restart(async () => {
      env.SECRET = secret;
    });
  expect(await told()).toEqual([true, []]);
  expect((await world.get(manage)).status).toBe(200);

  await restart('one that nobody has seen before');
  expect(await told()).toEqual([true, [named]]);
  expect((await world.get(manage)).status).toBe(400);
  expect(world.logged.map(({ message }) => message).join()).toContain('put the old secret back');

  await restart(SECRET);
  expect(await told()).toEqual([true, []]);
  expect((await world.get(manage)).status).toBe(200);

  await restart('one that nobody has seen before');
  expect(await told()).toEqual([true, [named]]);
  await world.pass(8 * 86_400);
  expect((await told())[1]).not.toContain(named);
});
