// The server under torture: a child process like in production, killed, restarted until it comes up, its
// clock moved from outside, its log and memory watched.
import { type ChildProcess, spawn } from 'node:child_process';
import { appendFileSync } from 'node:fs';

/** The time-out of the checks, ms: no other timer has it, so that it can be swallowed. */
export const CHECK_TIMEOUT = 1013;

/**
 * Run before the program: Date.now is moved by what the parent says; memory is told when asked for; while the parent
 * says so, checks have no time-out, as if something in them hung.
 */
const PRELOAD = `data:text/javascript,${encodeURIComponent(`
  const real = Date.now;
  let offset = Number(process.env.TORTURE_OFFSET ?? 0);
  Date.now = () => real() + offset;
  let hanging = false;
  const timer = globalThis.setTimeout;
  globalThis.setTimeout = Object.assign((run, ms, ...rest) =>
    timer(run, hanging && ms === ${CHECK_TIMEOUT} ? 2 ** 31 - 1 : ms, ...rest), timer);
  process.on('message', said => {
    if (said.offset !== undefined) offset = said.offset;
    else if (said.hanging !== undefined) hanging = said.hanging;
    else {
      // What is really in use: without it the garbage of a busy minute looks like a leak.
      if (said.ask === 'heap') globalThis.gc();
      const { rss, heapUsed, external } = process.memoryUsage();
      process.send({ rss, heap: said.ask === 'heap' ? heapUsed + external : undefined });
    }
  });
  process.channel?.unref();
`)}`;

/** What the log must never say: each means that a fault was not foreseen. */
const BUGS = /job failed|a bug: please report it|could not stop cleanly/;

export interface Server {
  /** Counts up whenever the process is about to die or has come up: a request that saw it change may fail. */
  readonly epoch: number;
  readonly up: boolean;
  readonly starts: number;
  /** Memory the process takes, MB. */
  readonly rss: number;
  /** Memory in use since the last start, MB, every second one. */
  readonly heap: readonly number[];
  /** What its log said that it must not, and deaths nobody ordered. */
  readonly wrongs: string[];
  moveClock(offset: number): void;
  /** Whether checks that get no answer hang for good. */
  hang(hanging: boolean): void;
  /** Stops the process for so long, ms, as a laptop's lid or a busy host does. */
  pause(ms: number): Promise<void>;
  /** When it last came up or was last stopped in any way, ms of the real clock. */
  readonly disturbedAt: number;
  /** When the process was launched, ms of the real clock. */
  readonly launchedAt: number;
  start(): void;
  kill(): Promise<void>;
  /** Asks it to stop; resolves to its exit code. */
  stop(): Promise<number | null>;
}

/** Starts it with `command`; it is started again whenever it ends, until `stop`. What it says goes to the file `log`. */
export function openServer(
  command: readonly string[],
  env: NodeJS.ProcessEnv,
  url: string,
  zone: (start: number) => string,
  log: string,
): Server {
  let child: ChildProcess | null = null;
  let offset = 0;
  let wanted = false;
  let ordered = false;
  const server = {
    epoch: 0,
    up: false,
    starts: 0,
    rss: 0,
    heap: [] as number[],
    wrongs: [] as string[],
    disturbedAt: 0,
    launchedAt: 0,
  };
  let said = '';

  const launch = () => {
    const args = ['--expose-gc', '--import', PRELOAD, ...command];
    const started = spawn(process.execPath, args, {
      env: { ...env, TORTURE_OFFSET: String(offset), TZ: zone(server.starts) },
      stdio: ['ignore', 'pipe', 'pipe', 'ipc'],
    });
    child = started;
    ordered = false;
    server.starts++;
    server.launchedAt = Date.now();
    server.heap.length = 0;
    said = '';
    started.stdout?.setEncoding('utf8').on('data', hear);
    started.stderr?.setEncoding('utf8').on('data', hear);
    started.on('message', ({ rss, heap }: { rss: number; heap?: number }) => {
      server.rss = rss / 1024 ** 2;
      if (heap !== undefined) server.heap.push(heap / 1024 ** 2);
    });
    started.once('exit', (code, signal) => {
      const was = server.up;
      server.up = false;
      server.epoch++;
      child = null;
      // One that never came up is refused for a reason (a full disk) and tried again, as systemd does.
      if (!ordered && was) server.wrongs.push(`it died by itself: ${signal ?? code}: ${said.slice(-500)}`);
      else if (!ordered && !/Status Live cannot start/.test(said))
        server.wrongs.push(`it did not start: ${said.slice(-800)}`);
      if (wanted) setTimeout(() => wanted && !child && launch(), ordered ? 50 : 400);
    });
    void comeUp(started);
  };
  const hear = (text: string) => {
    said = (said + text).slice(-4000);
    appendFileSync(log, text);
    for (const line of text.split('\n')) if (BUGS.test(line)) server.wrongs.push(line.slice(0, 600));
  };
  const comeUp = async (started: ChildProcess) => {
    while (child === started) {
      const fine = await fetch(`${url}/status/live`, { headers: { connection: 'close' } }).then(
        answer => answer.status === 200,
        () => false,
      );
      if (fine && child === started && !ordered) {
        server.up = true;
        server.epoch++;
        server.disturbedAt = Date.now();
        return;
      }
      await new Promise(resolve => setTimeout(resolve, 25));
    }
  };
  const gone = () =>
    new Promise<number | null>(resolve => (child ? child.once('exit', resolve) : resolve(null)));
  const end = async (signal: NodeJS.Signals): Promise<number | null> => {
    ordered = true;
    server.disturbedAt = Date.now();
    server.up = false;
    server.epoch++;
    const done = gone();
    child?.kill(signal);
    return done;
  };
  const pulse = setInterval(() => child?.connected && server.up && child.send({ ask: 'heap' }), 2000);
  return Object.assign(server, {
    moveClock(next: number) {
      offset = next;
      if (child?.connected) child.send({ offset });
    },
    hang(hanging: boolean) {
      if (child?.connected) child.send({ hanging });
    },
    async pause(ms: number) {
      const stopped = child;
      stopped?.kill('SIGSTOP');
      await new Promise(resolve => setTimeout(resolve, ms));
      server.disturbedAt = Date.now();
      stopped?.kill('SIGCONT');
    },
    start() {
      wanted = true;
      launch();
    },
    async kill() {
      await end('SIGKILL');
    },
    async stop() {
      wanted = false;
      clearInterval(pulse);
      return end('SIGTERM');
    },
  });
}
