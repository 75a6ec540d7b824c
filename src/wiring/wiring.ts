// The composition root: opens every room, hands values between them, and closes them in reverse order.
import path from 'node:path';
import type { Environment } from '../config/environment.ts';
import { openSite } from '../config/live-site.ts';
import { keptSecret } from '../config/secret.ts';
import { readSite } from '../config/site-file.ts';
import { openContent } from '../content/folder.ts';
import { openTemplates } from '../content/templates.ts';
import { takeTurns } from '../content/turns.ts';
import type { FetchText } from '../core/inbound/senders/sns.ts';
import type { Probe } from '../core/model/checks/check.ts';
import type { Log } from '../core/model/ports/log.ts';
import { type Outcome, type Problem, printProblem } from '../core/model/problem.ts';
import type { Clock } from '../core/model/time.ts';
import { deriveSecret } from '../core/model/token.ts';
import type { Snapshot } from '../core/page/snapshot.ts';
import type { Pulse } from '../outside/pulse.ts';
import { makeSightings } from '../store/incidents/recorded-transitions.ts';
import * as requests from '../store/incidents/requests.ts';
import { keptSights } from '../store/notify/announcements.ts';
import { makeRender } from '../views.ts';
import { makeApp } from '../web/app.ts';
import { isPrivate } from '../web/http/connections.ts';
import { maxStreams } from '../web/http/descriptors.ts';
import { LIMITS } from '../web/http/limits.ts';
import { openServer } from '../web/http/server.ts';
import { Metrics } from '../web/ops/metrics.ts';
import { makePages } from '../web/page/pages.ts';
import { openRefresh } from '../work/incidents/refresh.ts';
import { makeBell, serially } from '../work/timing/bell.ts';
import { aheadOf, makeClockSteps } from '../work/timing/clock-steps.ts';
import { type EverySecond, type Job, makeTimetable } from '../work/timing/schedule.ts';
import { ignoreStorageFault, lastGood } from '../work/timing/storage.ts';
import { keptSite, openWritten } from './content.ts';
import { openPost } from './email.ts';
import { openMirror } from './export.ts';
import { openFiling } from './filing.ts';
import { openCarrier } from './git.ts';
import { openInbound } from './inbound.ts';
import { metricApi, metricPruning, openFigures, openResponses } from './metrics.ts';
import { openWatch } from './monitoring.ts';
import { openRemind } from './remind.ts';
import { ROOT } from './root.ts';
import { openKeeping } from './storage.ts';
import { jobsOf } from './timetable.ts';

/** What tests replace: the clocks, what calls each second, and the network of probes and channels. */
export interface Outside {
  readonly clock: Clock;
  /** Milliseconds that only ever grow, whatever is done to the wall clock: for "how long", never for "when". */
  readonly monotonic: Clock;
  readonly everySecond: EverySecond;
  /** Puts others in the place of jobs of the timetable; left out: as they are. */
  readonly arrange?: (jobs: readonly Job[]) => readonly Job[];
  readonly probe: Probe;
  /** GET of Amazon's own addresses, for SNS. */
  readonly fetchText: FetchText;
  /** Tells how long the process stood still; left out: never. */
  readonly pulse?: Pick<Pulse, 'paused'>;
  /** Whether the process is late with everything; left out: never. */
  readonly isOverloaded?: () => boolean;
  /** Where a chat service stands in place of its own address. */
  readonly dial?: (url: URL) => URL | null;
  readonly log: Log;
}

export interface System {
  /** `http://localhost:PORT`, with the port that was really taken. */
  readonly localUrl: string;
  readonly publicUrl: string;
  readonly webhookToken: string;
  readonly statusUrl: string;
  snapshot(): Snapshot;
  /** The token of a heartbeat component's address. */
  heartbeatToken(id: string): string;
  /** One turn of the timetable, its jobs one after another; resolves when all of it is done. */
  tick(): Promise<void>;
  /** Stops taking requests, finishes what is under way, closes the database. */
  close(): Promise<void>;
}
/** What stands in the way of a start; `problems` says what to do about each. */
export class StartProblems extends Error {
  readonly problems: readonly Problem[];

  constructor(problems: readonly Problem[]) {
    super(problems.map(printProblem).join('\n'));
    this.problems = problems;
  }
}

/**
 * Opens the whole system and listens. Throws StartProblems when status.yaml, the folders or the
 * database do not allow it.
 */
export async function openSystem(env: Environment, outside: Outside): Promise<System> {
  const { clock, monotonic, log } = outside;
  // One reading, before anything is waited for: the clock may step while the program starts.
  const ahead = aheadOf(clock, monotonic);
  const startedAt = Math.round(ahead + monotonic());
  const turns = takeTurns(openContent(env.statusDir, env.variables, clock));
  const { content } = turns;
  const templates = openTemplates(env.statusDir);
  const server = await openServer(env.port, env.host, {
    limits: LIMITS,
    isVisitor: address => env.trustProxy === false && !isPrivate(address),
    log,
  });
  if ('what' in server) throw new StartProblems([server]);
  const closers: (() => Promise<unknown> | unknown)[] = [() => server.close()];
  const closeAll = async () => {
    for (const close of closers.reverse().splice(0)) await close();
  };
  try {
    const localUrl = `http://localhost:${server.port}`;
    const site = needed(
      await openSite(
        content.siteFile,
        content.siteText,
        text => readSite(text, content.siteFile, env.variables, env.publicUrl, localUrl),
        () => keptSite(env.databaseFile),
      ),
    );
    const kept = env.secret === null ? await keptSecret(env.dataDir) : { value: env.secret, problems: [] };
    const secret = needed(kept);
    for (const problem of kept.problems) log.warn({}, printProblem(problem));
    const webhookToken = env.webhookToken ?? deriveSecret(secret, 'webhook');
    const keeping = await openKeeping(env.databaseFile, clock, log);
    if ('what' in keeping) throw new StartProblems([keeping]);
    const { db, storage } = keeping;
    closers.push(() => keeping.close());
    const writable = () => storage.problem() === null;
    const metrics = new Metrics();
    const steps = makeClockSteps({
      clock,
      monotonic,
      ahead,
      stepped(by) {
        watch.poll.lookAnew();
        watch.watchdog.stepped(by);
        watch.heartbeats.clockStepped(by);
        timetable.hurry();
      },
      log,
    });
    const watch = await openWatch({
      db,
      site: site.current,
      probe: outside.probe,
      secret,
      startedAt,
      ring: () => bell.ring(),
      told: metrics.checked,
      noticeSteps: steps.look,
      clock,
      monotonic,
      paused: outside.pulse?.paused,
      log,
    });
    closers.push(() => watch.poll.close());
    await watch.note(site.current());
    const { heartbeats } = watch;

    const mirror = openMirror({ env, content, db, snapshot: () => refresh.current(), monotonic, log });
    const carrier = await openCarrier({ env, db, turns, site, ring: () => bell.ring(), log });
    const { carry, lookBack, writerOf } = carrier;
    const others = () => [...steps.problems(), ...carry.problems(), ...mirror.problems()];
    const written = await openWritten({ db, content, site, templates, note: watch.note, others, carry, log });
    const sightings = lastGood(makeSightings(db), {});
    const writer = writerOf('machine');
    const refresh = await openRefresh(
      {
        ...written,
        file: openFiling({ db, writer, templates, sightings, retire: watch.retire, clock, log }),
        histories: carrier.histories,
        metrics: lastGood(openFigures(db), new Map()),
        responses: lastGood(openResponses(db), new Map()),
        measured: watch.measured,
        sightings,
        blindSince: watch.blindSince,
        sights: keptSights(db),
        warnings: watch.warn.current,
        watchdog: watch.watchdog,
        log,
      },
      clock(),
    );
    const render = metrics.timed(makeRender(path.join(ROOT, 'views')));
    const { dial } = outside;
    const parts = { db, env, secret, snapshot: refresh.current, render, writable, dial, clock, log };
    const post = await openPost(parts, () => bell.ring());
    closers.push(() => post.close());
    const remind = openRemind({ db, snapshot: refresh.current, ...post.mail, warn: watch.warn, clock, log });
    // The first Snapshot has just been composed: ten thousand files are not looked at twice.
    let composed = true;
    const round = serially(async () => {
      if (!composed) await refresh.round(clock());
      composed = false;
      await written.keep(refresh.current().missingSince);
      await ignoreStorageFault(post.note());
    });
    const bell = makeBell(async () => {
      await round();
      await post.enqueue();
      await post.dispatch();
      // A hundred thousand emails take their time; the next ring is heard meanwhile.
      ignoreStorageFault(post.send()).catch((error: unknown) =>
        log.error({ err: error }, 'emails could not be sent'),
      );
    }, log);
    closers.push(() => bell.close());
    await round();

    const prune = async () => {
      await metricPruning(db, clock)();
      await requests.pruneRequests(db, clock());
    };
    const jobs = jobsOf({
      steps,
      storage,
      watch,
      carry,
      lookBack,
      round,
      post,
      mirror,
      remind,
      prune,
      clock,
    });
    const timetable = makeTimetable(outside.arrange?.(jobs) ?? jobs, monotonic, log);

    const app = makeApp({
      db,
      refresh,
      pages: makePages(render),
      enrol: post.enrol,
      enrolChannel: post.enrolChannel,
      ...openInbound({ ...outside, env, db, content, refresh, round, carrier, warn: watch.warn }),
      ...metricApi(db, () => refresh.current().site, log),
      heartbeats,
      webhookToken,
      gitSecret: () => site.current().git && (site.current().git?.secret ?? webhookToken),
      pullGit: carry.ask,
      trustProxy: env.trustProxy,
      publicDir: path.join(ROOT, 'public'),
      brandFile: content.brandFile,
      metrics,
      outbox: post.depth,
      storage: storage.problem,
      bounces: post.bounces,
      isOverloaded: outside.isOverloaded ?? (() => false),
      maxStreams: maxStreams(log),
      clock,
      log,
    });
    server.serve(app.handle);
    closers.push(() => {
      app.close();
      return server.close();
    });

    const unwatch = await content.watch(() => bell.ring());
    closers.push(unwatch);
    const stop = outside.everySecond(timetable.turn);
    closers.push(() => {
      stop();
      return timetable.close();
    }, mirror.stop);
    // By a timer of its own, whatever the timetable does.
    closers.push(
      outside.everySecond(() => {
        refresh.judge().catch((error: unknown) => log.error({ err: error }, 'the page could not be judged'));
      }),
    );
    return {
      localUrl,
      publicUrl: refresh.current().site.url,
      statusUrl: `${refresh.current().site.url}/status/live`,
      webhookToken,
      snapshot: refresh.current,
      heartbeatToken: id => heartbeats.tokenOf(id),
      async tick() {
        // Its minutes pass at once: what file systems do not tell is looked for as if they had.
        content.lookEverywhere();
        await timetable.turnInOrder();
        await refresh.judge();
      },
      close: closeAll,
    };
  } catch (error) {
    await closeAll();
    throw error;
  }
}

function needed<T>({ value, problems }: Outcome<T>): T {
  if (value === null) throw new StartProblems(problems);
  return value;
}
