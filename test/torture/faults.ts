// The faults of the world around the server: the process stopped, checks that hang, the folder away, a colleague who
// commits at the same time, hostile texts; and how an operator stores a file.
import { execFile } from 'node:child_process';
import { existsSync, mkdirSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { promisify } from 'node:util';
import type { Scene } from './deeds.ts';
import { isEarly, type ModelIncident } from './model.ts';
import { CHECK_TIMEOUT } from './server.ts';
import type { Service, Town } from './town.ts';

const run = promisify(execFile);
const pause = (ms: number) => new Promise(resolve => setTimeout(resolve, ms));

/** As editors do. */
export function write(file: string, text: string): void {
  writeFileSync(`${file}~`, text);
  renameSync(`${file}~`, file);
}

/** A service is not well for so long, ms; `status` 0 answers nothing. */
export function ail(service: Service, status: number, ms: number, later: Scene['later']): void {
  Object.assign(service, { status, since: Date.now(), lastBad: Date.now() });
  later(ms, () => Object.assign(service, { status: 200, since: Date.now(), lastBad: Date.now() }));
}

/** Something stands in the way of filing for so long, ms. */
export function trouble(town: Town, ms: number): void {
  town.troubledUntil = Math.max(town.troubledUntil, Date.now() + ms);
}

/** In every third update a note that nobody may ever see: it looks like the end of the incident. */
export function hidden(index: number, stamp: string): string {
  return index % 3 === 1 ? `\n<!-- for later:\n## Resolved ${stamp}\nzqhidden\n-->\n` : '';
}

/** Writes an incident's newest section; with git the operator commits it, beside whatever the server does. */
export async function store({ town, wrong }: Scene, incident: ModelIncident, section: string): Promise<void> {
  const file = town.incidentFile(incident.id);
  if (!town.git) return write(file, incident.text);
  // A colleague may have written in it, too.
  write(file, existsSync(file) ? readFileSync(file, 'utf8') + section : incident.text);
  const status = path.dirname(town.siteFile);
  for (let tries = 0; tries < 100; tries += town.away ? 0 : 1) {
    const failed = town.away ? 'away' : await commit(status, file).catch((error: Error) => error.message);
    if (!failed) return;
    // The server's own git is at work; or the folder went away meanwhile, and the commit waits until it is back.
    if (!town.away && !/away|lock|cannot do a partial commit|no such file/i.test(failed))
      return wrong(`the operator cannot commit: ${failed}`);
    await pause(100);
  }
  wrong('the operator could not commit for ten seconds');
}

async function commit(folder: string, file: string): Promise<void> {
  await run('git', ['add', '--', file], { cwd: folder });
  const { stdout } = await run('git', ['status', '--porcelain', '--', file], { cwd: folder });
  if (stdout === '') return;
  await run('git', [...AS_COLLEAGUE, 'commit', '-qm', 'Update', '--', file], { cwd: folder });
}

const AS_COLLEAGUE = ['-c', 'user.name=Carla', '-c', 'user.email=carla@example.com'];

/** What one file below the size limit can cost a markdown renderer. */
const HOSTILE = ['_a', 'x_**', '~~a ', '- ', '> ', '[', '![', '`a``', '<a ', 'a@a.', '*_', '|', '&#'];

/** A look that never ends is given up a minute after twice its timeout, and then looked at again, ms. */
const HELD = 2 * CHECK_TIMEOUT + 60_000 + 2000;

export const NEW_FAULTS = {
  async pause({ server, town }: Scene, _pick: number, size: number): Promise<void> {
    // Never as long as a heartbeat is waited for.
    await server.pause(Math.min(1, town.haste) * (500 + size * 9000));
  },

  hang({ server, town, later }: Scene, pick: number, size: number): void {
    const service = town.services[Math.floor(pick * town.services.length)];
    // A server started anew meanwhile hangs no more.
    if (service?.status !== 200 || town.services.some(({ hanging }) => hanging)) return;
    const ms = 20_000 + size * 10_000;
    server.hang(true);
    service.hanging = true;
    service.heldUntil = Date.now() + ms + HELD;
    ail(service, 0, ms, later);
    later(ms, () => {
      service.hanging = false;
      server.hang(false);
    });
  },

  away({ town, model, later }: Scene, pick: number, size: number): void {
    if (town.away) return;
    const status = path.dirname(town.siteFile);
    // With git the folder goes with its repository, as a volume does.
    const folder = town.git || pick < 0.4 ? status : path.join(status, 'incidents');
    const aside = path.join(town.dir, 'aside');
    town.away = true;
    renameSync(folder, aside);
    // Nothing, an empty folder (a volume not mounted), a file in its place.
    if (size < 0.3) mkdirSync(folder);
    else if (size < 0.5) writeFileSync(folder, 'not a folder');
    trouble(town, 500 + pick * 12_000);
    later(500 + pick * 12_000, () => {
      if (existsSync(folder) && size >= 0.3 && size < 0.5 && readFileSync(folder, 'utf8') !== 'not a folder')
        throw new Error('the file in the place of the folder was written to');
      rmSync(folder, { recursive: true, force: true });
      // Whoever's git was cut short left its lock; a person removes it, as git says.
      if (town.git) rmSync(path.join(aside, '.git', 'index.lock'), { force: true });
      renameSync(aside, folder);
      town.away = false;
      for (const incident of model.incidents) {
        const file = town.incidentFile(incident.id);
        if (town.git || incident.spoilt) continue;
        if (!existsSync(file) || readFileSync(file, 'utf8') !== incident.text) write(file, incident.text);
      }
      write(town.siteFile, town.site);
    });
  },

  /** A section of a colleague in another clone; pushed, or made anew on top of what came first. */
  async colleague({ town, model, now, wrong }: Scene, pick: number, size: number): Promise<void> {
    if (!town.git || town.busyDesk) return;
    town.busyDesk = true;
    const { desk } = town.git;
    const as = (...args: string[]) => run('git', [...AS_COLLEAGUE, ...args], { cwd: desk });
    try {
      for (let tries = 0; tries < 30; tries++) {
        await as('fetch', '-q', 'origin');
        await as('reset', '-q', '--hard', 'origin/main');
        const known = model.incidents.filter(({ id }) =>
          existsSync(path.join(desk, 'incidents', `${id}.md`)),
        );
        const incident = known[Math.floor(pick * known.length)];
        if (!incident) return;
        const at = Math.floor(town.clock() / 1000) * 1000;
        if (incident.moments.some(moment => Math.abs(moment - at) < 2000)) return;
        const word = `zq${model.incidents.indexOf(incident) + 1}x${incident.updates.length + 500}q`;
        const file = path.join(desk, 'incidents', `${incident.id}.md`);
        const text = readFileSync(file, 'utf8').replace(
          /^severity: .*$/m,
          `severity: ${size < 0.5 ? 'minor' : 'major'}`,
        );
        write(file, `${text}\n## Update ${new Date(at).toISOString()}\n\nFrom a colleague, ${word}.\n`);
        await as('commit', '-qam', 'Update from a colleague');
        // What was pushed stays; a push that was too late is made anew.
        if (
          await as('push', '-q', 'origin', 'main').then(
            () => true,
            () => false,
          )
        ) {
          incident.moments.push(at);
          incident.updates.push({ word, writtenAt: now(), early: isEarly(incident, at) });
          return;
        }
      }
      wrong('a colleague could not push in 30 tries');
    } finally {
      town.busyDesk = false;
    }
  },

  hostile({ town, later }: Scene, pick: number, size: number): void {
    if (town.away) return;
    const day = new Date(town.clock()).toISOString();
    const file = town.incidentFile(`${day.slice(0, 10).replaceAll('-', '')}_hostile`);
    if (existsSync(file)) return;
    const part = HOSTILE[Math.floor(pick * HOSTILE.length)] as string;
    const body = part.repeat(Math.floor((size * 200_000) / part.length));
    write(
      file,
      `---\ntitle: Hostile\nstatus: resolved\nseverity: minor\nstarted: ${day}\nresolved: ${day}\ncomponents: []\nnotify: false\n---\n\n${body}\n`,
    );
    later(4000, () => {
      // Moved away with its folder, it goes when that is back.
      const gone = () => {
        if (town.away) return later(1000, gone);
        rmSync(file, { force: true });
      };
      gone();
    });
  },
};
