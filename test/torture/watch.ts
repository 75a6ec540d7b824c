// The watching half of the model: what no answer may say at any moment, and how soon the page must say what is so.
import { readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { ask } from './ask.ts';
import type { Scene } from './deeds.ts';
import type { Service } from './town.ts';

/**
 * Down for so long, or well for so long, in a process that ran all the while: the page says it, ms. Detection takes some
 * seven seconds; a full disk, a locked database, a clock that steps and a folder that is away are no excuse.
 */
const TOLD_WITHIN = 12_000;
/** That checks hang is known after two periods, a look and ten seconds, ms. */
const HUNG_TOLD_WITHIN = 18_000;
/** A failure is filed so long after it was seen at the latest: a full disk, a restart. */
const FILED_WITHIN = 60_000;
/** A database that takes what it is given again has kept the files so long after that, ms. */
const KEPT_WITHIN = 10_000;
/** Nobody may ever read it: it stands in comments only. */
export const HIDDEN = /zqhidden/;

interface Summary {
  readonly status: { readonly indicator: string };
  readonly components: readonly { readonly name: string; readonly status: string }[];
  readonly incidents: readonly { readonly name: string }[];
}

export interface Watch {
  /** How often each kind of statement was really put to the test. */
  readonly count: { incidents: number; down: number; well: number; hanging: number };
  stop(): Promise<void>;
}

/** Looks at the page several times a second until stopped. */
export function watch(scene: Scene): Watch {
  const { town, server, url, wrong } = scene;
  const count = { incidents: 0, down: 0, well: 0, hanging: 0 };
  /** Open incidents of operators that were shown once: none of them ever ends. */
  const shown = new Set<string>();
  const named = new Set<string>();
  const said = new Set<string>();
  /** Of what stays wrong, the first moment is told. */
  const once = (key: string, what: string) => {
    if (!said.has(key)) wrong(what);
    said.add(key);
  };
  const read = async (address: string): Promise<string | null> => {
    const { epoch, up } = server;
    const answer = await ask(url + address).catch(() => null);
    if (answer?.status !== 200 || !up || server.epoch !== epoch) return null;
    if (HIDDEN.test(answer.text)) once(address, `${address} shows what stands in a comment`);
    return answer.text;
  };

  /** A process started since holds no check of before. */
  const heldUntil = ({ since, heldUntil }: Service) => (server.launchedAt > since ? 0 : heldUntil);

  const judgeSummary = (text: string, asked: number) => {
    const { status, components, incidents } = JSON.parse(text) as Summary;
    const open = new Set(incidents.map(({ name }) => name));
    // What the database could not keep before a restart is known again when the folder is back.
    const isUnkept = town.away && server.launchedAt - town.unkeptUntil < KEPT_WITHIN;
    for (const name of isUnkept ? [] : shown) {
      if (!open.has(name)) once(`gone ${name} ${server.epoch}`, `${name} is open and not shown any more`);
    }
    for (const name of open) if (name.startsWith('Trouble')) shown.add(name);
    if (shown.size > 0 && !isUnkept && status.indicator === 'none')
      once(`none ${server.epoch}`, 'all well over an open incident');
    count.incidents += shown.size;
    for (const [index, service] of town.services.entries()) {
      // That it is over is shown when a look has seen it and it can be written down; that it has begun, whatever
      // stands in the way.
      const excused = service.status === 200 ? Math.max(town.troubledUntil, heldUntil(service)) : 0;
      const steady = asked - Math.max(service.since, server.disturbedAt, excused);
      if (steady < TOLD_WITHIN) continue;
      const name = ['API', 'Web'][index] as string;
      const told = components.find(component => component.name === name)?.status;
      if (service.status === 200) count.well++;
      else count.down++;
      if ((told === 'operational') === (service.status === 200)) continue;
      if (service.hanging) continue;
      once(
        `${name} ${service.since}`,
        `${name} has answered ${service.status || 'nothing'} for ${Math.round(steady / 1000)} s and is said to be ${told}`,
      );
    }
  };

  /** A check that hangs makes nothing known: its badge must not be green. */
  const judgeHanging = async (asked: number) => {
    for (const [index, id] of ['api', 'web'].entries()) {
      const service = town.services[index];
      const since = Math.max(service?.since ?? 0, server.disturbedAt);
      if (!service?.hanging || asked - since < HUNG_TOLD_WITHIN) continue;
      const text = await read(`/status/badge/${id}.svg`);
      if (text === null || !service.hanging) continue;
      count.hanging++;
      if (/operational/i.test(text))
        once(`hang ${service.since}`, `checks of ${id} hang, and its badge is green`);
    }
  };

  /** The machine files what was so, and nothing else. */
  const judgeFiled = (now: number) => {
    const folder = path.join(path.dirname(town.siteFile), 'incidents');
    let names: string[];
    try {
      names = readdirSync(folder).filter(name => name.endsWith('.md') && !named.has(name));
    } catch {
      // Away.
      return;
    }
    for (const name of names) {
      const text = readIfThere(path.join(folder, name));
      if (text === null) continue;
      named.add(name);
      const source = /^opened_by: "?([\w-]+:\w+)/m.exec(text)?.[1];
      if (source?.startsWith('latency:') || source === 'probe:jobs')
        wrong(`nothing was so, and ${name} was filed`);
      const index = ['probe:api', 'probe:web'].indexOf(source ?? '');
      const service = town.services[index];
      if (service?.status === 200 && now - service.lastBad > FILED_WITHIN)
        wrong(`${name} was filed for nothing`);
    }
  };

  let over = false;
  const done = (async () => {
    while (!over) {
      const asked = Date.now();
      const text = await read('/api/v2/summary.json');
      if (text !== null) judgeSummary(text, asked);
      await judgeHanging(asked);
      judgeFiled(asked);
      await new Promise(resolve => setTimeout(resolve, 200));
    }
  })();
  return {
    count,
    async stop() {
      over = true;
      await done;
    },
  };
}

function readIfThere(file: string): string | null {
  try {
    return readFileSync(file, 'utf8');
  } catch {
    return null;
  }
}
