// A torture from beginning to end: the plan is carried out while readers read; then all faults end, and what
// the model knows is compared with what is there.
import { createHash } from 'node:crypto';
import { readdirSync, readFileSync, rmSync } from 'node:fs';
import path from 'node:path';
import Sqlite from '#sqlite';
import { ask, listen } from './ask.ts';
import { perform, type Scene } from './deeds.ts';
import { emailOf, growth, judgeEmails, judgeReaders, type Model } from './model.ts';
import { judgePages } from './pages.ts';
import { makePlan } from './plan.ts';
import { openServer } from './server.ts';
import { HEARTBEAT, openTown, zoneOf } from './town.ts';
import { HIDDEN, watch } from './watch.ts';

export interface Options {
  readonly seed: number;
  /** How long faults go on; the end takes some seconds more. */
  readonly seconds: number;
  /** Node's arguments that start the server. */
  readonly command: readonly string[];
  readonly say: (line: string) => void;
}

export interface Report {
  /** Of the plan: the same seed and length, the same digest. */
  readonly plan: string;
  readonly deeds: Readonly<Record<string, number>>;
  readonly figures: Readonly<Record<string, number | string | null>>;
  /** Everything that must not have been; empty is well. */
  readonly wrongs: readonly string[];
}

/** Memory in use may grow so much in a long life, MB: what a larger history costs. */
const GROWTH = 15;
const PAGES = [
  '/status/live',
  '/api/v2/summary.json',
  '/status/history',
  '/status/feed.atom',
  '/readyz',
  '/healthz',
  '/status/badge.svg',
  '/api/uptime.json',
  '/metrics',
];

export async function torture({ seed, seconds, command, say }: Options): Promise<Report> {
  const plan = makePlan(seed, seconds * 1000);
  const digest = createHash('sha256').update(JSON.stringify(plan)).digest('hex').slice(0, 12);
  say(`seed ${seed}, ${seconds} s, plan ${digest} of ${plan.length} deeds`);
  // Half of all seeds write through git.
  const town = await openTown(seconds, seed % 2 === 0);
  if (town.disk === null) say('no right to mount: the disk is never full');
  const server = openServer(command, town.env, town.url, zoneOf, path.join(town.dir, 'server.log'));
  server.moveClock(town.offset);
  const model: Model = { incidents: [], readers: new Map(), monitors: [], unsure: 0 };
  const wrongs: string[] = [];
  const begun = Date.now();
  const wrong = (what: string) => {
    const line = `${((Date.now() - begun) / 1000).toFixed(1)} s: ${what}`;
    wrongs.push(line);
    say(`WRONG ${line}`);
  };
  let pending = 0;
  const later = (ms: number, then: () => void) => {
    pending++;
    setTimeout(() => {
      pending--;
      then();
    }, ms * town.haste);
  };
  const scene: Scene = { town, server, model, url: town.url, now: Date.now, later, wrong };
  const count = { requests: 0, events: 0, grown: null as number | null, rss: 0, putOff: 0 };
  let over = false;

  const until = async (fine: () => boolean | Promise<boolean>, ms: number): Promise<boolean> => {
    for (const end = Date.now() + ms; Date.now() < end; ) {
      if (await fine()) return true;
      await new Promise(resolve => setTimeout(resolve, 50));
    }
    return false;
  };
  const read = async (first: number) => {
    for (let turn = first; !over; turn++) {
      const page = PAGES[turn % PAGES.length] as string;
      const { epoch, up } = server;
      const answer = await ask(town.url + page).catch((error: Error) => error);
      count.requests++;
      const steady = up && server.up && server.epoch === epoch;
      if (steady && answer instanceof Error) wrong(`${page}: ${answer.message}`);
      else if (steady && 'status' in answer && answer.status >= 500) {
        // Under load the archive may be put off; the page, and what programs read, never.
        if (answer.status === 503 && page === '/status/history') count.putOff++;
        else wrong(`${page} answered ${answer.status}`);
      }
      await new Promise(resolve => setTimeout(resolve, 20));
    }
  };
  /** The job that reports in every three seconds, whatever happens. */
  const beat = async () => {
    while (!over) {
      await ask(`${town.url}/heartbeats/${HEARTBEAT}`, undefined, undefined, 2000).catch(() => null);
      await new Promise(resolve => setTimeout(resolve, 3000));
    }
  };
  const follow = async () => {
    while (!over) {
      await listen(`${town.url}/status/events`, () => {
        count.events++;
      });
      await new Promise(resolve => setTimeout(resolve, 200));
    }
  };
  /** Confirms whoever got an email, by the link in it; remembers how each can leave. */
  const answerEmails = async () => {
    for (let next = 0; !over; ) {
      const email = town.smtp.arrived[next];
      const reader = email && model.readers.get(email.to);
      if (!email || !reader) {
        if (email) next++;
        await new Promise(resolve => setTimeout(resolve, 20));
        continue;
      }
      // The body alone is quoted-printable: in a header, `token=3Dx` is a token that begins so.
      const body = email.raw.slice(email.raw.indexOf('\r\n\r\n'));
      const text = body.replace(/=\r?\n/g, '').replace(/=3D/g, '=');
      const confirm = /\/status\/confirm\?token=([\w.~-]+)/.exec(text)?.[1];
      reader.leave ??= /\/status\/unsubscribe\?token=([\w.~-]+)/.exec(text)?.[1] ?? null;
      if (confirm && reader.confirmedAt === null) {
        reader.inDoubt = true;
        const answer = await ask(`${town.url}/status/confirm`, JSON.stringify({ token: confirm })).catch(
          () => null,
        );
        if (answer?.status === 200) reader.confirmedAt = Date.now();
        // Nobody there, or no room: once more. Another link may have taken its place.
        else if (answer?.status !== 400) {
          await new Promise(resolve => setTimeout(resolve, 200));
          continue;
        }
      }
      next++;
    }
  };

  server.start();
  if (!(await until(() => server.up, 60_000))) wrong('it never came up');
  const readers = [read(0), read(4), follow(), answerEmails(), beat()];
  const watching = watch(scene);
  const start = Date.now();
  const done: Record<string, number> = {};
  let told = start;
  for (const deed of plan) {
    await new Promise(resolve => setTimeout(resolve, Math.max(0, start + deed.at - Date.now())));
    done[deed.kind] = (done[deed.kind] ?? 0) + 1;
    pending++;
    void perform(deed, scene)
      .catch((error: Error) => wrong(`${deed.kind}: ${error.stack}`))
      .finally(() => pending--);
    count.rss = Math.max(count.rss, server.rss);
    if (Date.now() - told >= 10_000) {
      told = Date.now();
      const { arrived } = town.smtp;
      say(
        `${Math.round((told - start) / 1000)} s: ${server.starts} starts, ${model.incidents.length} incidents, ${model.monitors.length} monitors, ${model.readers.size} readers, ${arrived.length} emails, ${count.requests} requests, ${Math.round(server.rss)} MB`,
      );
    }
  }
  const passed = () => `${Math.round((Date.now() - start) / 1000)} s:`;
  say(`${passed()} faults end`);
  if (!(await until(() => pending === 0, 90_000))) wrong(`${pending} deeds never ended`);
  count.grown = growth(server.heap);
  if (count.grown !== null && count.grown > GROWTH) wrong(`memory grew by ${Math.round(count.grown)} MB`);

  say(`${passed()} deeds are done`);
  // No update lies in the future any more; a start makes every email due.
  town.offset = town.farthest + 31 * 60_000;
  server.moveClock(town.offset);
  if (town.disk) rmSync(path.join(town.disk, 'ballast'), { force: true });
  await server.kill();
  model.unsure += town.connections;
  if (!(await until(() => server.up, 60_000))) wrong('it never came up again');
  say(`${passed()} up again`);
  const readyz = async () => {
    const answer = await ask(`${town.url}/readyz`).catch(() => null);
    return answer?.status === 200 ? JSON.parse(answer.text) : null;
  };
  const emails = () => town.smtp.arrived.map(emailOf);
  const settled = async () => {
    const ready = await readyz();
    // Of a beginning, or an update, that the wrong clock wrote it speaks until somebody corrects it.
    const news = ready?.problems.filter(
      ({ what }: { what: string }) => !/in the future when it was first|before the incident began/.test(what),
    );
    return ready?.ok === true && news.length === 0 && ready.outbox?.pending === 0;
  };
  /** A check whose service has just come back needs a look to see it. */
  const allWell = () => {
    const folder = path.join(town.dir, 'status', 'incidents');
    return readdirSync(folder).every(name => {
      const text = readFileSync(path.join(folder, name), 'utf8');
      return !/^opened_by: "?probe:/m.test(text) || /^status: resolved/m.test(text);
    });
  };
  // Just after a start nothing is pending because nothing is enqueued yet: what is owed must have come, too.
  const complete = async () =>
    (await settled()) &&
    allWell() &&
    judgeEmails(model, emails()).every(line => !line.includes('never came'));
  // A slow machine may take long to send what waits, as long as it sends.
  let isComplete = false;
  for (let sent = -1; !isComplete && sent < town.smtp.arrived.length; ) {
    sent = town.smtp.arrived.length;
    isComplete = await until(complete, 30_000);
  }
  // Asked once more, news of a check's end may just be on their way.
  if (!isComplete) wrong(`/readyz is not clean: ${JSON.stringify(await readyz()).slice(0, 1000)}`);
  for (const line of judgeEmails(model, emails())) wrong(line);
  const spilt = town.smtp.arrived.filter(({ raw }) => HIDDEN.test(raw));
  if (spilt.length > 0) wrong(`${spilt.length} emails show what stands in a comment`);
  say(`${passed()} settled`);
  await judgePages(town, model, wrong);
  await watching.stop();
  over = true;
  await Promise.all(readers.slice(0, 2));
  const code = await server.stop();
  if (code !== 0) wrong(`it stopped with ${code}`);
  const database = new Sqlite(path.join(town.dataDir, 'status.db'), { readonly: true });
  for (const line of judgeReaders(
    model,
    database.prepare("SELECT address FROM subscribers WHERE state = 'confirmed'").pluck().all() as string[],
  ))
    wrong(line);
  if (database.pragma('integrity_check', { simple: true }) !== 'ok') wrong('the database is damaged');
  database.close();
  for (const line of server.wrongs) wrong(line);
  const distinct = new Set(emails().map(({ messageId }) => messageId)).size;
  await Promise.all(readers);
  const kept = await town.close(wrongs.length > 0);
  if (kept) say(`What it left behind, with its log: ${kept}`);
  return {
    plan: digest,
    deeds: done,
    figures: {
      starts: server.starts,
      requests: count.requests,
      'put off': count.putOff,
      events: count.events,
      'open incidents looked for': watching.count.incidents,
      'outages that must be told': watching.count.down,
      'well and told so': watching.count.well,
      'hanging and not green': watching.count.hanging,
      incidents: model.incidents.length,
      updates: model.incidents.reduce((sum, { updates }) => sum + updates.length, 0),
      monitors: model.monitors.length,
      subscribers: model.readers.size,
      emails: distinct,
      'emails again': `${town.smtp.arrived.length - distinct} of ${model.unsure} that crashes explain`,
      'most memory, MB': Math.round(count.rss),
      'memory in use grew, MB': count.grown === null ? null : Math.round(count.grown),
    },
    wrongs,
  };
}
