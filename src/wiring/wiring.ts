// The composition root: opens every room, hands values between them, and closes them in reverse order.
import path from 'node:path';
import type { Environment } from '../config/environment.ts';
import { openSite } from '../config/live-site.ts';
import { keptSecret } from '../config/secret.ts';
import { readSite } from '../config/site-file.ts';
import { StatusFolder } from '../content/folder.ts';
import { openTemplates } from '../content/templates.ts';
import type { FetchText } from '../core/inbound/senders/sns.ts';
import type { Probe } from '../core/model/checks/check.ts';
import type { Log } from '../core/model/ports/log.ts';
import { type Outcome, type Problem, printProblem } from '../core/model/problem.ts';
import type { Site } from '../core/model/site.ts';
import type { Clock } from '../core/model/time.ts';
import { deriveSecret } from '../core/model/token.ts';
import type { Transition } from '../core/model/transition.ts';
import type { Snapshot } from '../core/page/snapshot.ts';
import type { Pulse } from '../outside/pulse.ts';
import { makeReadOutages } from '../store/incidents/recorded-transitions.ts';
import { firstSeenRecords } from '../store/notify/announcements.ts';
import { makeRender } from '../views.ts';
import { makeApp } from '../web/app.ts';
import { judgeAfterPause } from '../web/cache/after-pause.ts';
import { isPrivate } from '../web/http/connections.ts';
import { maxStreams } from '../web/http/descriptors.ts';
import { LIMITS } from '../web/http/limits.ts';
import { openServer } from '../web/http/server.ts';
import { Metrics } from '../web/ops/metrics.ts';
import { makePages } from '../web/page/pages.ts';
import { makeFile } from '../work/incidents/file.ts';
import { Refresh } from '../work/incidents/refresh.ts';
import { makeFigures, makePush } from '../work/monitoring/metrics.ts';
import { makeResponses } from '../work/monitoring/responses.ts';
import { GitSync } from '../work/publish/git-sync.ts';
import { Bell, serially } from '../work/timing/bell.ts';
import { aheadOf, ClockSteps } from '../work/timing/clock-steps.ts';
import { Pauses } from '../work/timing/pauses.ts';
import { ignoreStorageFault, lastGood } from '../work/timing/storage.ts';
import { type EverySecond, type Job, Timetable } from '../work/timing/timetable.ts';
import { lastGoodSite, openFolderFacts } from './content.ts';
import { openMirror } from './export.ts';
import { openInbound } from './inbound.ts';
import { openWatch } from './monitoring.ts';
import { openNotifications } from './notifications.ts';
import { ROOT } from './root.ts';
import { openStorage } from './storage.ts';
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
 * database do not allow it. One long function on purpose: it is the plan of the house, its parts in the order in which
 * each needs those before it.
 */
export async function openSystem(env: Environment, outside: Outside): Promise<System> {
  const { clock, monotonic, log } = outside;
  // One reading, before anything is waited for: the clock may step while the program starts.
  const ahead = aheadOf(clock, monotonic);
  const startedAt = Math.round(ahead + monotonic());
  const folder = new StatusFolder(env.statusDir, env.variables, clock);
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
        folder.siteFile,
        () => folder.siteText(),
        text => readSite(text, folder.siteFile, env.variables, env.publicUrl, localUrl),
        () => lastGoodSite(env.databaseFile),
      ),
    );
    const kept = env.secret === null ? await keptSecret(env.dataDir) : { value: env.secret, problems: [] };
    const secret = needed(kept);
    for (const problem of kept.problems) log.warn({}, printProblem(problem));
    const webhookToken = env.webhookToken ?? deriveSecret(secret, 'webhook');
    const opened = await openStorage(env.databaseFile, clock, log);
    if ('what' in opened) throw new StartProblems([opened]);
    const { db, storage } = opened;
    closers.push(() => opened.close());
    const writable = () => storage.problem() === null;
    let bell: Bell | undefined;
    const ring = () => bell?.ring();
    const metrics = new Metrics();
    const steps = new ClockSteps({
      clock,
      monotonic,
      ahead,
      onStep(by) {
        watch.poll.lookAnew();
        watch.watchdog.stepped(by);
        watch.heartbeats.clockStepped(by);
        timetable.hurry();
      },
      log,
    });
    const paused = outside.pulse?.paused ?? (() => 0);
    const pauses = new Pauses({ clock, monotonic, paused });
    const watch = await openWatch({
      db,
      site: site.current,
      probe: outside.probe,
      secret,
      startedAt,
      ring,
      count: metrics.checked,
      noticeSteps: steps.look,
      clock,
      monotonic,
      paused,
      log,
    });
    closers.push(() => watch.poll.close());
    await watch.recorder.note(site.current());
    // The first page must not call well what has been silent for too long.
    await watch.heartbeats.judgeAll(startedAt);
    const { heartbeats, recorder, network, warnings } = watch;
    const note = (of: Site) => recorder.note(of);
    const retire = (end: Transition) => recorder.endRemoved(end);

    const mirror = openMirror({ env, folder, db, snapshot: () => refresh.current(), monotonic, log });
    const { statusDir: dir, variables } = env;
    const git = await GitSync.open({ dir, variables, db, folder, site: site.current, ring, log }, clock());
    const others = () => [...steps.problems(), ...pauses.problems(), ...git.problems(), ...mirror.problems()];
    const facts = await openFolderFacts({ db, folder, site, templates, note, others, git, log });
    const outages = lastGood(makeReadOutages(db), {});
    const writer = git.writer('machine');
    const refresh = await Refresh.open(
      {
        ...facts,
        file: makeFile({ db, writer, templates: templates.current, outages, retire, clock, log }),
        histories: () => git.histories,
        metrics: lastGood(makeFigures(db), new Map()),
        responses: lastGood(makeResponses(db), new Map()),
        measured: (from, now) => recorder.measured(from, now),
        outages,
        networkDownSince: () => network.downSince(),
        firstSeen: firstSeenRecords(db),
        warnings: warnings.current,
        watchdog: watch.watchdog,
        log,
      },
      clock(),
    );
    const render = metrics.timed(makeRender(path.join(ROOT, 'views')));
    const { dial } = outside;
    const parts = { db, env, secret, snapshot: refresh.current, render, writable, dial, clock, log };
    const notifications = await openNotifications({ ...parts, warn: warnings, ring });
    closers.push(() => notifications.close());
    // The first Snapshot has just been composed: ten thousand files are not looked at twice.
    let composed = true;
    const round = serially(async () => {
      if (!composed) await refresh.round(clock());
      composed = false;
      await facts.save(refresh.current().missingSince);
      await ignoreStorageFault(notifications.note());
    });
    bell = new Bell(async () => {
      await round();
      await notifications.enqueue();
      await notifications.dispatch();
      // A hundred thousand emails take their time; the next ring is heard meanwhile.
      ignoreStorageFault(notifications.send()).catch((error: unknown) =>
        log.error({ err: error }, 'emails could not be sent'),
      );
    }, log);
    closers.push(() => bell?.close());
    await round();

    const jobs = jobsOf({ db, steps, pauses, storage, watch, git, round, notifications, mirror, clock });
    const timetable = new Timetable(outside.arrange?.(jobs) ?? jobs, monotonic, log);

    const app = makeApp({
      db,
      refresh,
      pages: makePages(render),
      enrolment: notifications.enrolment,
      ...openInbound({ ...outside, env, db, folder, refresh, round, git, warnings }),
      push: makePush({ db, site: () => refresh.current().site, log }),
      heartbeats,
      webhookToken,
      gitSecret: () => site.current().git && (site.current().git?.secret ?? webhookToken),
      pullGit: () => git.ask(),
      trustProxy: env.trustProxy,
      publicDir: path.join(ROOT, 'public'),
      brandFile: name => folder.brandFile(name),
      metrics,
      outbox: notifications.depth,
      storage: storage.problem,
      bounces:
        env.resendSecret === null ? null : { secret: env.resendSecret, suppress: notifications.suppress },
      isOverloaded: outside.isOverloaded ?? (() => false),
      maxStreams: maxStreams(log),
      clock,
      log,
    });
    const judged = judgeAfterPause(app.handle, () => refresh.judge(), monotonic);
    server.serve(judged.handle);
    closers.push(() => {
      app.close();
      return server.close();
    });

    closers.push(await folder.watch(ring));
    const stop = outside.everySecond(() => timetable.turn());
    closers.push(() => {
      stop();
      return timetable.close();
    }, mirror.stop);
    // By a timer of its own, whatever the timetable does.
    closers.push(
      outside.everySecond(() => {
        judged.judge().catch((error: unknown) => log.error({ err: error }, 'the page could not be judged'));
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
        folder.lookEverywhere();
        await timetable.turnInOrder();
        await judged.judge();
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
