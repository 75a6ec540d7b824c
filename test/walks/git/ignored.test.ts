// An incident file that git ignores: it alone is named, with what ends that, and everything else goes out and comes in.
import { appendFileSync, mkdirSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { expect, test } from 'vitest';
import { type } from './clones.ts';
import { INCIDENT, openRepository, problems, titles } from './replaced-world.ts';
import { git } from './repository.ts';

test.each<[name: string, where: string, rule: string]>([
  ['.git/info/exclude', '.git/info/exclude', '*cart*'],
  ['.gitignore', '.gitignore', '/incidents/*_cart-down.md'],
])('by %s: what the machine and the API write beside it is pushed', async (_name, where, rule) => {
  const { world, bare, top, desk, minute, push, api } = await openRepository(status =>
    // Written before git is there.
    where === '.gitignore' ? writeFileSync(path.join(status, where), `${rule}\n`) : undefined,
  );
  if (where !== '.gitignore') appendFileSync(path.join(top, where), `${rule}\n`);
  for (const name of ['Cart', 'Till'])
    await world.post('/webhooks/uptime?token=the-webhook-token-of-this-test', {
      alert_type: 'down',
      monitor_name: name,
    });
  expect(await api('20260310_cart-down', 'We look.')).toBeLessThan(300);
  expect(await api('20260310_open', 'We found it.')).toBeLessThan(300);
  writeFileSync(path.join(desk, 'incidents', '20260310_new.md'), INCIDENT('New'));
  push('new');
  await minute();
  await minute();
  expect(titles(world).sort()).toEqual(['Cart Down', 'New', 'Open', 'Shop', 'Till Down']);
  expect(git(bare, 'ls-tree', '--name-only', 'main', 'incidents/')).toContain('till-down');
  expect(git(bare, 'show', 'main:incidents/20260310_open.md')).toContain('We found it.');
  const said = problems(world);
  expect(said).toContain(`${path.join(top, 'incidents/20260310_cart-down.md')}: git ignores it`);
  expect(said.split('\n')).toHaveLength(1);
  type(top, /or commit it anyway: (git .*)$/m.exec(said)![1]!);
  await minute();
  await minute();
  expect(git(bare, 'ls-tree', '--name-only', 'main', 'incidents/')).toContain('cart-down');
  expect(problems(world)).toBe('');
});

test('a person’s file with strange letters, and more of them than are named', async () => {
  const { world, top, minute } = await openRepository();
  appendFileSync(path.join(top, '.git/info/exclude'), '*x*\ndrafts/\n');
  writeFileSync(path.join(top, 'incidents', "20260310_[x] it's.md"), INCIDENT('Strange'));
  writeFileSync(path.join(top, 'incidents', 'x.txt'), 'not of the page');
  await minute();
  const [, command] = /or commit it anyway: (git .*)$/m.exec(problems(world))!;
  type(top, command!);
  await minute();
  expect(problems(world)).toBe('');
  mkdirSync(path.join(top, 'incidents', 'drafts'));
  for (let n = 0; n < 12; n++)
    writeFileSync(path.join(top, 'incidents', 'drafts', `202603${10 + n}_d.md`), INCIDENT(`Draft ${n}`));
  await minute();
  expect(problems(world)).toContain(`${path.join(top, 'incidents')}: git ignores 12 files in it`);
});
