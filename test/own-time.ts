// The time that work takes of this process alone: what else a busy machine does is not counted.

/** Runs `work`; returns the processor's time that it took, in ms. */
export function ownTime(work: () => unknown): number {
  const began = process.cpuUsage();
  work();
  const { user, system } = process.cpuUsage(began);
  return (user + system) / 1000;
}

/** The least of several runs, at most `runs`; one that took less than `enough` ms is the last. */
export function leastTime(work: () => unknown, runs: number, enough: number): number {
  let least = Number.POSITIVE_INFINITY;
  for (let run = 0; run < runs && least > enough; run++) least = Math.min(least, ownTime(work));
  return least;
}
