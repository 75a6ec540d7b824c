// A world of two checks, each with a service of its own, that are looked at every five seconds.
import { createServer } from 'node:http';
import { onTestFinished } from 'vitest';
import { openWorld, subscribed, type World } from '../world.ts';

type Id = 'api' | 'db';

export interface Checked extends World {
  /** What each service answers next. */
  readonly answers: Record<Id, number>;
}

/**
 * The world, with one subscriber.
 * @param more lines of further components
 */
export async function checked(more = ''): Promise<Checked> {
  const answers = { api: 200, db: 200 };
  const server = createServer((req, res) => res.writeHead(answers[req.url?.slice(1) as Id] ?? 404).end());
  await new Promise<void>(resolve => server.listen(0, '127.0.0.1', resolve));
  onTestFinished(() => {
    server.closeAllConnections();
    server.close();
  });
  const base = `http://127.0.0.1:${(server.address() as { port: number }).port}`;
  const check = (id: Id, name: string) =>
    `  - { id: ${id}, name: ${name}, schedule: "*/5 * * * * *", check: { type: http, url: "${base}/${id}" }, detect: { failures: 2, recoveries: 1, latency: 1m } }\n`;
  const world = await openWorld({
    site: () => `title: T\ncomponents:\n${check('api', 'API')}${check('db', 'Database')}${more}`,
  });
  await world.pass(20, 10);
  await subscribed(world, 'ann@example.com');
  return Object.assign(Object.create(world, Object.getOwnPropertyDescriptors(world)) as World, { answers });
}

/** The subjects of the emails about incidents. */
export const subjects = ({ mails }: World) =>
  mails.map(({ subject }) => subject ?? '').filter(subject => subject.startsWith('['));
