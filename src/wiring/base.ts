// Opens what all parts of the system share: settings, files, database, clocks, bell.
import path from 'node:path';
import type { Environment } from '../config/environment.ts';
import { type LiveSite, openSite } from '../config/live-site.ts';
import { keptSecret } from '../config/secret.ts';
import { readSite } from '../config/site-file.ts';
import { makeBrand } from '../content/brand-files.ts';
import { StatusFolder } from '../content/folder.ts';
import { makeDataFolder } from '../content/make-folder.ts';
import type { FetchText } from '../core/inbound/senders/alerts/sns.ts';
import type { Probe } from '../core/model/checks/check.ts';
import type { Log } from '../core/model/ports/log.ts';
import { DatabaseRefused } from '../core/model/ports/storage.ts';
import { type Outcome, type Problem, printProblem } from '../core/model/problem.ts';
import type { Clock } from '../core/model/time.ts';
import { deriveSecret } from '../core/model/token.ts';
import type { Pulse } from '../outside/pulse.ts';
import { openExisting } from '../store/db/open.ts';
import { openSecretChange } from '../store/db/secret-change.ts';
import { readKept } from '../store/incidents/last-good-files.ts';
import { makeRender } from '../views.ts';
import { Metrics } from '../web/ops/metrics.ts';
import { Bell } from '../work/timing/bell.ts';
import type { ClockSteps } from '../work/timing/clock-steps.ts';
import { openLeaderStorage } from '../work/timing/leader-storage.ts';
import type { EverySecond, Job } from '../work/timing/scheduler.ts';
import { openFileStorage, type Storage } from '../work/timing/storage.ts';
import { ROOT } from './root.ts';

/** The parts that tests replace: clocks, timer, and the network of probes and channels. */
export interface Outside {
  readonly clock: Clock;
  /** Milliseconds that only grow, whatever happens to the wall clock: for durations, never for times. */
  readonly monotonic: Clock;
  readonly everySecond: EverySecond;
  /** Replaces jobs of the timetable; by default they stay as they are. */
  readonly arrange?: (jobs: readonly Job[]) => readonly Job[];
  readonly probe: Probe;
  /** GET of Amazon's own addresses, for SNS. */
  readonly fetchText: FetchText;
  /** Measures how long the process was paused; by default never. */
  readonly pulse?: Pick<Pulse, 'paused'>;
  /** Whether the process is overloaded; by default never. */
  readonly isOverloaded?: () => boolean;
  /** Replaces the address of a chat service. */
  readonly dial?: (url: URL) => URL | null;
  readonly log: Log;
  /** On PostgreSQL: another process leads since, and this one must end at once. */
  readonly deposed?: (why: string) => void;
}

/** The problems that prevent a start; each says what to do. */
export class StartProblems extends Error {
  readonly problems: readonly Problem[];

  constructor(problems: readonly Problem[]) {
    super(problems.map(printProblem).join('\n'));
    this.problems = problems;
  }
}

/** Functions that close the open parts; the last one opened is closed first. */
export type Closers = (() => unknown)[];

export type Base = Awaited<ReturnType<typeof openBase>>;

/**
 * Reads the settings and opens the database. `port` is the one that was really taken; `standBy` is called if another process
 * leads: then this waits.
 */
export async function openBase(
  env: Environment,
  outside: Outside,
  clockSteps: ClockSteps,
  port: number,
  closers: Closers,
  standBy: () => void,
) {
  const { clock, log } = outside;
  const folder = new StatusFolder(env.statusDir, env.variables, clock);
  const siteFile = needed(await openSiteFile(env, folder, port, () => lastGoodSite(env)));
  const folders = [...(env.secret === null ? [env.dataDir] : []), path.dirname(env.databaseFile)];
  // With a PostgreSQL and a secret, the server can do without a folder.
  if (env.postgres) makeDataFolder(env.dataDir);
  else for (const dir of folders) needed(makeDataFolder(dir));
  const kept = env.secret === null ? await keptSecret(env.dataDir) : { value: env.secret, problems: [] };
  const secret = needed(kept);
  for (const problem of kept.problems) log.warn({}, printProblem(problem));
  const storage = await openStorage(env, secret, outside, standBy);
  closers.push(() => storage.close());
  const bell = new Bell(log);
  const metrics = new Metrics();
  return {
    ...outside,
    env,
    folder,
    siteFile,
    site: siteFile.current,
    secret,
    webhookToken: env.webhookToken ?? deriveSecret(secret, 'webhook'),
    storage,
    secretChange: await openSecretChange(storage.db, secret, clock),
    db: storage.db,
    clockSteps,
    bell,
    ring: bell.ring,
    metrics,
    render: metrics.timed(makeRender(path.join(ROOT, 'views'))),
    closers,
  };
}

async function openStorage(
  { databaseFile, postgres }: Environment,
  secret: string,
  { clock, log, deposed = unexpected }: Outside,
  standingBy: () => void,
): Promise<Storage> {
  if (postgres === null) return openFileStorage(databaseFile, clock, log);
  return openLeaderStorage(postgres, secret, { standingBy, deposed }, clock, log);
}

function unexpected(why: string): never {
  throw new Error(why);
}

/** The last good status.yaml in the database; null if there is none. */
async function lastGoodSite(env: Environment): Promise<string | null> {
  try {
    const db = await openExisting(env);
    return db && (await readKept(db).finally(() => db.destroy())).site;
  } catch (error) {
    if (error instanceof DatabaseRefused) return null;
    throw error;
  }
}

/** Opens status.yaml, or the text in `kept` if it cannot be read; reads it again with the brand files it names. */
export async function openSiteFile(
  env: Environment,
  folder: StatusFolder,
  port: number,
  kept: () => Promise<string | null>,
): Promise<Outcome<LiveSite>> {
  const { siteFile } = folder;
  const parse = (text: string) =>
    readSite(text, siteFile, env.variables, env.publicUrl, `http://localhost:${port}`);
  const { value: live, problems } = await openSite(siteFile, () => folder.siteText(), parse, kept);
  const brand = makeBrand(folder);
  const reload = async () => {
    const now = await live!.reload();
    const branded = await brand(now.site);
    return { ...now, site: branded.site, problems: [...now.problems, ...branded.problems] };
  };
  return { value: live && { ...live, reload }, problems };
}

function needed<T>({ value, problems }: Outcome<T>): T {
  if (value === null) throw new StartProblems(problems);
  return value;
}
