// Starts the server: environment → wiring → listen; signals → close. Only this file, cli.ts and the demo read
// process.env and the real clock.
import { readEnvironment } from './config/environment.ts';
import { webhookUrl } from './core/inbound/senders.ts';
import type { Log } from './core/model/ports/log.ts';
import { type Problem, printProblem } from './core/model/problem.ts';
import { count } from './core/text/count.ts';
import { fetchText } from './outside/amazon.ts';
import { openLog } from './outside/log-lines.ts';
import { makeProbes } from './outside/probes.ts';
import { startPulse } from './outside/pulse.ts';
import { LIMITS } from './web/http/limits.ts';
import { StartProblems } from './wiring/base.ts';
import { openSystem, type System } from './wiring/wiring.ts';
import { everySecond } from './work/timing/scheduler.ts';

/** How long running checks, emails and responses may take to end, ms; what is cut off is repaired at the next start. */
const CLOSING_TIME = 20_000;

start();

async function start(): Promise<void> {
  const { value: env, problems } = readEnvironment(process.env, process.cwd());
  if (!env) refuse(problems);

  // If nobody reads the output, the server keeps running.
  for (const stream of [process.stdout, process.stderr]) stream.on('error', () => {});
  const log = openLog(env.logLevel);
  for (const problem of problems) log.warn({}, printProblem(problem));
  // After a bug the state is unknown. All pending work is on disk, and the next start continues it.
  process.on('uncaughtException', (error, origin) => {
    log.fatal(
      { err: error, origin },
      'a bug stopped this process: your supervisor must start it again; please report the bug',
    );
    process.exit(1);
  });

  let system: System | undefined;
  closeOnSignal(() => system, log);
  const pulse = startPulse(LIMITS.lateness, Date.now);
  try {
    system = await openSystem(env, {
      clock: Date.now,
      monotonic: () => performance.now(),
      everySecond,
      pulse,
      probe: makeProbes({ clock: Date.now }, pulse.paused, pulse.steps),
      fetchText,
      isOverloaded: pulse.isOverloaded,
      log,
      // Nothing may be written or sent any more, whatever is in progress.
      deposed: why => {
        log.fatal({}, `this process stops: ${why}; its supervisor must start it again, as a standby`);
        process.exit(1);
      },
    });
  } catch (error) {
    if (error instanceof StartProblems) refuse(error.problems);
    throw error;
  }
  greet(system);
}

function greet({ statusUrl, publicUrl, localUrl, webhookToken }: System): void {
  const lines = [
    `Status page   ${statusUrl}`,
    `Webhook       ${webhookUrl(publicUrl, 'uptime', webhookToken)}`,
    ...(localUrl === publicUrl ? [] : [`Listening on  ${localUrl}`]),
  ];
  process.stdout.write(`\n  ${lines.join('\n  ')}\n\n`);
}

/** Registered first: as process 1 of a container, a program without a handler ignores SIGTERM. */
function closeOnSignal(current: () => System | undefined, log: Log): void {
  let isClosing = false;
  const close = (signal: NodeJS.Signals) => {
    // A second signal means "now".
    if (isClosing) process.exit(1);
    isClosing = true;
    log.info({ signal }, 'stopping');
    const system = current();
    // Not open yet: nothing is in progress, and what is written so far survives a kill.
    if (!system) process.exit(0);
    setTimeout(() => {
      const what = `could not stop within ${CLOSING_TIME / 1000} seconds`;
      log.error({}, `${what}; unfinished work continues at the next start`);
      process.exit(1);
    }, CLOSING_TIME).unref();
    system.close().then(
      () => {
        log.info({}, 'stopped');
        process.exit(0);
      },
      (error: unknown) => {
        log.error({ err: error }, 'could not stop cleanly; unfinished work continues at the next start');
        process.exit(1);
      },
    );
  };
  process.on('SIGTERM', close);
  process.on('SIGINT', close);
}

function refuse(found: readonly Problem[]): never {
  const errors = found.filter(problem => problem.level === 'error');
  const warnings = found.filter(problem => problem.level === 'warning');
  const lines = [...errors.map(printProblem), ...warnings.map(one => `${printProblem(one)} (warning)`)];
  process.stderr.write(
    `Status Live cannot start: ${count(errors.length, 'problem')}\n${lines.map(line => `  ${line}\n`).join('')}`,
  );
  process.exit(1);
}
