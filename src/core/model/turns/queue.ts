// Turns: jobs that must not meet run one after another.

/** Makes a queue: each job begins when the one before it has ended, well or not. */
export function makeTurns(): <T>(job: () => Promise<T>) => Promise<T> {
  let last: Promise<unknown> = Promise.resolve();
  return job => {
    const done = last.then(job);
    last = done.catch(() => undefined);
    return done;
  };
}
