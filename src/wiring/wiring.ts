// The whole system: opens its parts in the order of their dependencies, and closes them in reverse.
import type { Environment } from '../config/environment.ts';
import { leaveAddress } from '../content/left-address.ts';
import { DatabaseRefused } from '../core/model/ports/storage.ts';
import type { Millis } from '../core/model/time.ts';
import type { Snapshot } from '../core/page/snapshot.ts';
import { standingBy } from '../web/ops/standby.ts';
import type { Notifications } from '../work/notify/notifications.ts';
import { serially } from '../work/timing/bell.ts';
import { ClockSteps } from '../work/timing/clock-steps.ts';
import { ignoreStorageFault } from '../work/timing/storage.ts';
import { type Base, type Closers, type Outside, openBase, StartProblems } from './base.ts';
import { type Content, openContent } from './content.ts';
import { openMonitoring } from './monitoring.ts';
import { openNotifications } from './notifications.ts';
import { jobsOf, openTimetable } from './timetable.ts';
import { listen, openWeb } from './web.ts';

export interface System {
  /** `http://localhost:PORT`, with the port that was really taken. */
  readonly localUrl: string;
  readonly publicUrl: string;
  readonly webhookToken: string;
  readonly statusUrl: string;
  snapshot(): Snapshot;
  /** The token of a heartbeat component's address. */
  heartbeatToken(id: string): string;
  /** Runs one tick of the timetable, its jobs one after another; resolves when all are done. */
  tick(): Promise<void>;
  /** Stops accepting requests, finishes running ones, closes the database. */
  close(): Promise<void>;
}

/** Opens the whole system and listens. Throws StartProblems if settings, folders or database do not allow it. */
export async function openSystem(env: Environment, outside: Outside): Promise<System> {
  // Before anything asynchronous: the clock may step while the program starts.
  const clockSteps = new ClockSteps(outside);
  const closers: Closers = [];
  const close = async () => {
    for (const one of closers.reverse().splice(0)) await one();
  };
  try {
    const server = await listen(env, outside.log, closers);
    const base = await openBase(env, outside, clockSteps, server.port, closers, () => {
      outside.log.info(
        {},
        'another process leads on this database: this one stands by, and takes over when that one ends',
      );
      server.serve(standingBy);
    });
    const monitoring = await openMonitoring(base);
    const content = await openContent(base, monitoring);
    const notifications = await openNotifications(base, content, monitoring.warnings);
    const round = await openRounds(base, content, notifications);
    const judge = openWeb(server, base, monitoring, content, notifications, round);
    closers.push(await base.folder.watch(base.ring));
    const jobs = jobsOf(base, monitoring, content, notifications, round);
    const timetable = openTimetable(base, jobs, content, judge);
    const publicUrl = content.snapshot().site.url;
    await leaveAddress(env.dataDir, { ...env, port: server.port });
    return {
      localUrl: `http://localhost:${server.port}`,
      publicUrl,
      statusUrl: `${publicUrl}/status/live`,
      webhookToken: base.webhookToken,
      snapshot: content.snapshot,
      heartbeatToken: id => monitoring.heartbeats.tokenOf(id),
      async tick() {
        // In tests, minutes pass at once: scan as if the time had passed, for changes that file systems do not report.
        base.folder.scanEverything();
        await timetable.tickInOrder();
        await judge();
      },
      close,
    };
  } catch (error) {
    await close();
    throw error instanceof DatabaseRefused ? new StartProblems([error.problem]) : error;
  }
}

/** The round: run by the timetable, by the bell, and before responses to programs that changed something. */
async function openRounds(
  { bell, clock, closers, log }: Base,
  { refresh, save }: Content,
  notifications: Notifications,
): Promise<() => Promise<void>> {
  const note = async (now: Millis) => {
    await save();
    await refresh.recorded();
    await ignoreStorageFault(notifications.note(now));
  };
  const round = serially(async () => {
    const now = clock();
    await refresh.round(now);
    await note(now);
  });
  // The first Snapshot was just composed, so ten thousand files are not read twice.
  await note(refresh.current().at);
  bell.open(async () => {
    await round();
    await notifications.enqueue();
    await notifications.dispatch();
    // A hundred thousand emails take long; the next ring must not wait for them.
    ignoreStorageFault(notifications.send()).catch((error: unknown) =>
      log.error({ err: error }, 'emails could not be sent (a bug: please report it); they are tried again'),
    );
  });
  closers.push(() => bell.close());
  return round;
}
