// A world of three checks, two readers, a chat and a webhook, for what is told of short outages.
import { createServer } from 'node:http';
import { expect, onTestFinished } from 'vitest';
import { openWorld, subscribed, type World } from '../world.ts';
import { openPeer, type Peer } from './channel-peer.ts';

const IDS = ['api', 'db', 'web'] as const;
type Id = (typeof IDS)[number];
export interface Watched extends World {
  /** What each service answers next. */
  readonly answers: Record<Id, number>;
  readonly chat: Peer;
  readonly hook: Peer;
}

/** Three checks, each every 5 seconds; one reader of everything, one of the database alone, a chat and a webhook. */
export async function watched(more = '', dbMatch = ''): Promise<Watched> {
  const answers: Record<Id, number> = { api: 200, db: 200, web: 200 };
  const server = createServer((req, res) => res.writeHead(answers[req.url?.slice(1) as Id] ?? 404).end());
  await new Promise<void>(resolve => server.listen(0, '127.0.0.1', resolve));
  onTestFinished(() => {
    server.closeAllConnections();
    server.close();
  });
  const base = `http://127.0.0.1:${(server.address() as { port: number }).port}`;
  const [chat, hook] = await Promise.all([openPeer(), openPeer()]);
  const one = (id: Id, name: string, match = '') =>
    `  - { id: ${id}, name: ${name}, schedule: "*/5 * * * * *", check: { type: http, url: "${base}/${id}" }, detect: { latency: 1m, recoveries: 1 }, match: [${match}] }\n`;
  const channels = `[ { type: slack, url: "${chat.url}/x" }, { type: webhook, url: "${hook.url}/x" } ]`;
  const world = await openWorld({
    site: () =>
      `title: T\nnotify: { ${more}channels: ${channels} }\ncomponents:\n${one('api', 'API')}${one('db', 'Database', dbMatch)}${one('web', 'Web')}`,
  });
  await world.pass(30, 15);
  await subscribed(world, 'ann@example.com');
  await subscribed(world, 'db@example.com', ['db']);
  return Object.assign(Object.create(world, Object.getOwnPropertyDescriptors(world)) as World, {
    answers,
    chat,
    hook,
  });
}

export async function turn(
  world: Watched,
  ids: readonly Id[],
  status: number,
  seconds: number,
): Promise<void> {
  for (const id of ids) world.answers[id] = status;
  await world.pass(seconds, 5);
}

export const mailsTo = ({ mails }: World, to: string) =>
  mails.filter(mail => mail.subject?.startsWith('[') && JSON.stringify(mail.to).includes(`${to}@`));
export const subjects = (world: World, to: string) => mailsTo(world, to).map(({ subject }) => subject);

/** Expects that everybody was told the same: by emails, in the chat, and by the webhook's status. */
export function expectTold(world: Watched, told: readonly string[], statuses: readonly string[]): void {
  for (const to of ['ann', 'db']) expect([to, subjects(world, to)]).toEqual([to, told]);
  expect(world.chat.got.map(({ json }) => json.blocks[0].text.text)).toEqual(told);
  expect(world.hook.got.map(({ json }) => json.incident.status)).toEqual(statuses);
}
