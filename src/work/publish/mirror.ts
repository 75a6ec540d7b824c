// Writes the static copy on its schedule, and reports when that fails.
import type { Log } from '../../core/model/ports/log.ts';
import { type Problem, printProblem } from '../../core/model/problem.ts';
import type { MirrorTarget } from '../../core/model/site.ts';
import { type Clock, MINUTE, type Millis } from '../../core/model/time.ts';
import type { Snapshot } from '../../core/page/snapshot.ts';
import { type Alarm, makeAlarm } from '../monitoring/alarm.ts';

interface MirrorParts {
  readonly snapshot: () => Snapshot;
  readonly write: (
    snapshot: Snapshot,
    to: MirrorTarget,
    signal: AbortSignal,
  ) => Promise<{ readonly written: number } | Problem>;
  readonly monotonic: Clock;
  readonly log: Log;
}

/** The longest wait before a failed copy is tried again. */
const LONGEST = 30 * MINUTE;

export class Mirror {
  readonly #parts: MirrorParts;
  #alarm: Alarm | null = null;
  #failures = 0;
  /** When to try again, by `monotonic`. */
  #again: Millis | null = null;
  #found: Problem | null = null;
  readonly #stopping = new AbortController();

  constructor(parts: MirrorParts) {
    this.#parts = parts;
  }

  /** Aborts the copy in progress; the next start continues it. */
  readonly stop = (): void => this.#stopping.abort();

  problems(): readonly Problem[] {
    return this.#found && this.#parts.snapshot().site.mirror ? [this.#found] : [];
  }

  /** Writes the copy at the first call, when its schedule fired since the last call, or to retry after a failure. */
  async round(now: Millis): Promise<void> {
    const { snapshot, write, monotonic, log } = this.#parts;
    const { mirror } = snapshot().site;
    const isFirst = this.#alarm === null;
    this.#alarm = mirror && (this.#alarm ?? makeAlarm());
    if (!mirror || !this.#alarm) return;
    const hasFired = this.#alarm(mirror.schedule, now) !== null;
    if (!isFirst && !hasFired && (this.#again === null || monotonic() < this.#again)) return;
    const place = placeOf(mirror.to);
    try {
      const done = await write(snapshot(), mirror.to, this.#stopping.signal);
      if ('what' in done) return this.#fail(done);
      if (done.written > 0) log.info({ to: place, written: done.written }, 'static copy written');
      [this.#failures, this.#again, this.#found] = [0, null, null];
    } catch (error) {
      const { code, message } = error as NodeJS.ErrnoException;
      const what = `the static copy cannot be written to ${place} (${code ?? message})`;
      const fix = 'give the server write access and free disk space there; it retries automatically';
      this.#fail({ level: 'warning', where: 'export.to', what, fix });
    }
  }

  #fail(problem: Problem): void {
    if (this.#stopping.signal.aborted) return;
    this.#again = this.#parts.monotonic() + Math.min(LONGEST, MINUTE * 2 ** this.#failures++);
    // /readyz shows the problem in each round; it is logged once.
    if (this.#found?.what !== problem.what)
      this.#parts.log.error({ where: problem.where }, printProblem(problem));
    this.#found = problem;
  }
}

/** A remote's URL may contain a password, so only the branch is named. */
function placeOf(to: MirrorTarget): string {
  return to.kind === 'folder' ? to.folder : `git branch ${to.branch}`;
}
