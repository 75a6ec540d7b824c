// What the plan's words mean: each deed done to the server, and noted in the model.
import { closeSync, existsSync, openSync, rmSync, writeFileSync, writeSync } from 'node:fs';
import path from 'node:path';
import Sqlite from '#sqlite';
import { backUp } from '../../src/store/db/backups.ts';
import { ask } from './ask.ts';
import { ail, hidden, NEW_FAULTS, store, trouble, write } from './faults.ts';
import { isEarly, type Model, type ModelIncident } from './model.ts';
import type { Deed, Kind } from './plan.ts';
import type { Server } from './server.ts';
import { TOKEN, type Town } from './town.ts';

export interface Scene {
  readonly town: Town;
  readonly server: Server;
  readonly model: Model;
  readonly url: string;
  readonly now: () => number;
  /** Some time later, ms in a long torture. */
  readonly later: (ms: number, then: () => void) => void;
  /** Something that must not be. */
  readonly wrong: (what: string) => void;
}

/** Does a deed; what it begins ends by itself. Never rejects for what the server does while it is down. */
export async function perform({ kind, pick, size }: Deed, scene: Scene): Promise<void> {
  await DEEDS[kind](scene, pick, size);
}

const DEEDS: Readonly<Record<Kind, (scene: Scene, pick: number, size: number) => Promise<void> | void>> = {
  async kill({ server, model, town }) {
    // A crash repeats at most one email a connection.
    model.unsure += town.connections;
    await server.kill();
  },

  fill({ town, later }, _pick, size) {
    if (town.disk === null) return;
    const ballast = path.join(town.disk, 'ballast');
    if (existsSync(ballast)) return;
    const handle = openSync(ballast, 'a');
    for (let part = 1 << 20; part >= 1024; part = part >> 1) {
      try {
        for (;;) writeSync(handle, Buffer.alloc(part));
      } catch {
        // Full for parts of this size.
      }
    }
    closeSync(handle);
    trouble(town, 500 + size * 5000);
    town.unkeptUntil = town.troubledUntil;
    later(500 + size * 5000, () => rmSync(ballast, { force: true }));
  },

  lock({ town, later }, _pick, size) {
    const file = path.join(town.dataDir, 'status.db');
    if (!existsSync(file)) return;
    const other = new Sqlite(file, { timeout: 500 });
    try {
      other.exec('BEGIN IMMEDIATE');
      trouble(town, size * 2500);
      town.unkeptUntil = town.troubledUntil;
      later(size * 2500, () => other.close());
    } catch {
      // The server writes just now, or the disk is full.
      other.close();
    }
  },

  clock({ server, town }, pick, size) {
    // Minutes, and now and then hours: no update may be a day old when it is first seen.
    const far = size > 0.85;
    const most = far ? 10 * 3_600_000 : 30 * 60_000;
    const jump = (pick < 0.5 ? -1 : 1) * size * (far ? 8 * 3_600_000 : 10 * 60_000);
    const off = Math.max(-most, Math.min(most, Math.round(town.offset - town.ahead + jump)));
    town.offset = town.ahead + off;
    town.farthest = Math.max(town.farthest, town.offset);
    server.moveClock(town.offset);
  },

  ...NEW_FAULTS,

  async open(scene) {
    const { model, town } = scene;
    if (town.git && town.away) return;
    const number = model.incidents.length + 1;
    const day = new Date(town.clock()).toISOString().slice(0, 10).replaceAll('-', '');
    const incident: ModelIncident = {
      id: `${day}_op-${number}`,
      updates: [],
      text: '',
      spoilt: false,
      moments: [],
    };
    model.incidents.push(incident);
    await addUpdate(scene, incident, number);
  },

  async update(scene, pick) {
    const incident = chosen(scene.model.incidents, pick);
    // Away with its repository, it can be edited by a colleague only.
    if (incident && !(scene.town.git && scene.town.away))
      await addUpdate(scene, incident, scene.model.incidents.indexOf(incident) + 1);
  },

  spoil({ town, model, later }, pick, size) {
    const incident = chosen(model.incidents, pick);
    // With git a file spoilt and uncommitted would be the operator's own half of a merge.
    if (!incident || incident.spoilt || town.away || town.git) return;
    incident.spoilt = true;
    const file = town.incidentFile(incident.id);
    // Half of it, noise, or a front matter that says nothing.
    const spoilt = [
      incident.text.slice(0, incident.text.length / 2),
      '\0\xff'.repeat(2000),
      '---\ntitle: [\n---\n',
    ];
    writeFileSync(file, spoilt[Math.floor(size * 3)] ?? '');
    later(300 + size * 3000, () => {
      incident.spoilt = false;
      // Away, it is written when the folder is back.
      if (!town.away) write(file, incident.text);
    });
  },

  site({ town, later }, _pick, size) {
    if (town.away) return;
    writeFileSync(town.siteFile, 'title: [half\ncomponents:\n  - {');
    later(200 + size * 3000, () => {
      if (!town.away) write(town.siteFile, town.site);
    });
  },

  async subscribe(scene) {
    const { model, url } = scene;
    const email = `reader${model.readers.size + 1}@example.com`;
    model.readers.set(email, {
      email,
      confirmedAt: null,
      inDoubt: false,
      leftAt: null,
      left: false,
      leave: null,
    });
    await untilTaken(scene, () => ask(`${url}/status/subscribe`, JSON.stringify({ email })));
  },

  async leave(scene, pick) {
    const { model, url } = scene;
    const staying = [...model.readers.values()].filter(
      ({ leave, leftAt }) => leave !== null && leftAt === null,
    );
    const reader = chosen(staying, pick);
    if (!reader) return;
    reader.leftAt = scene.now();
    await untilTaken(scene, () => ask(`${url}/status/unsubscribe?token=${reader.leave}`, ''));
    reader.left = true;
  },

  async monitor(scene, _pick, size) {
    const { model, url } = scene;
    const monitor = { name: `Shop ${model.monitors.length + 1}`, down: false, up: false };
    model.monitors.push(monitor);
    const say = (status: string) =>
      untilTaken(scene, () =>
        ask(`${url}/webhooks/generic?token=${TOKEN}`, JSON.stringify({ monitor: monitor.name, status })),
      );
    await say('down');
    monitor.down = true;
    // Monitors repeat themselves.
    await say('down');
    await new Promise<void>(resolve => scene.later(300 + size * 4000, resolve));
    await say('up');
    monitor.up = true;
    await say('up');
  },

  service({ town, later }, pick, size) {
    const service = chosen(town.services, pick);
    // Some that are down stay so for long enough that the page must say it.
    if (service?.status === 200)
      ail(service, size < 0.7 ? 500 : 0, pick * 2 > 1 ? 30_000 : 1000 + size * 6000, later);
  },

  smtp({ town, later, model }, pick, size) {
    const [stage, fault] = FAULTS[Math.floor(pick * FAULTS.length)] ?? FAULTS[0];
    town.smtp.fault = at => {
      if (at !== stage) return null;
      if (at === 'email' && !/^\d/.test(fault)) model.unsure++;
      return fault;
    };
    later(300 + size * 2500, () => {
      town.smtp.fault = null;
    });
  },

  async flood({ url, wrong, server }, _pick, size) {
    const { epoch } = server;
    const paths = [
      '/status/live',
      '/nowhere',
      '/webhooks/generic?token=wrong',
      '/status/live?x=%ff%00',
      '/api/v2/summary.json',
    ];
    const all = Array.from({ length: 40 + Math.floor(size * 160) }, (_, index) => {
      const asked = paths[index % paths.length] as string;
      return ask(url + asked, asked.startsWith('/webhooks') ? '{'.repeat(index * 50) : undefined).catch(
        () => null,
      );
    });
    const answers = await Promise.all(all);
    const broken = answers.filter(answer => (answer?.status ?? 599) >= 500).length;
    if (server.epoch === epoch && server.up && broken > 0)
      wrong(`${broken} of a flood were answered 5xx or not at all`);
  },

  async backup({ town, wrong }) {
    const file = path.join(town.dataDir, 'status.db');
    if (!existsSync(file)) return;
    await backUp(file, path.join(town.dir, 'backup.db'), true, () => {}).catch(
      (error: { code?: string; message: string }) => {
        // Beside a full disk even a reader may find no room for SQLite's index of the log.
        if (!/FULL|IOERR|CANTOPEN|BUSY/.test(error.code ?? '')) wrong(`the backup failed: ${error.message}`);
      },
    );
  },
};

const FAULTS = [
  ['greeting', 'drop'],
  ['MAIL', '421 4.3.2 too busy'],
  ['RCPT', '451 4.7.1 greylisted'],
  ['email', 'reset'],
  ['email', 'drop'],
  ['DATA', 'drop'],
] as const;

function chosen<T>(list: readonly T[], pick: number): T | undefined {
  return list[Math.floor(pick * list.length)];
}

async function addUpdate(scene: Scene, incident: ModelIncident, number: number): Promise<void> {
  const { town, now } = scene;
  // Two updates of one second would take their places from their order in the file.
  const at = Math.floor(town.clock() / 1000) * 1000;
  if (incident.moments.some(moment => Math.abs(moment - at) < 2000)) return;
  incident.moments.push(at);
  const stamp = new Date(at).toISOString();
  const word = `zq${number}x${incident.updates.length + 1}q`;
  const section = `\n## Update ${stamp}\n\nNews, ${word}.\n${hidden(incident.updates.length, stamp)}`;
  if (incident.text === '') {
    incident.text = `---\ntitle: Trouble ${number}\nstatus: investigating\nseverity: minor\nstarted: ${stamp}\ncomponents: [shop]\n---\n\nBegun, ${word}.\n`;
  } else incident.text += section;
  if (!incident.spoilt && !town.away) await store(scene, incident, section);
  // While it is spoilt the right text comes later: what is owed is judged by who was there by now, all the same.
  incident.updates.push({ word, writtenAt: now(), early: isEarly(incident, at) });
}

/** As monitors and patient people do: again until it is taken. Anything but 200 and 503 is wrong. */
async function untilTaken(
  { server, wrong }: Scene,
  send: () => Promise<{ status: number; text: string }>,
): Promise<void> {
  let last = '';
  // Tries are counted while it is up: on a slow machine it may be long in coming.
  for (let tries = 0; tries < 200; tries += server.up ? 1 : 0) {
    const answer = await send().catch((error: Error) => error.message);
    last = typeof answer === 'string' ? answer : `${answer.status} ${answer.text.slice(0, 300)}`;
    if (typeof answer === 'string') await new Promise(resolve => setTimeout(resolve, 100));
    else if (answer.status < 300) return;
    else if (answer.status !== 503) wrong(`answered ${answer.status}: ${answer.text.slice(0, 300)}`);
    await new Promise(resolve => setTimeout(resolve, server.up ? 300 : 100));
  }
  wrong(`nothing was taken while it was up for a minute, at last: ${last}`);
}
