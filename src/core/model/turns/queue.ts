// Queue: runs jobs one after another that must not overlap.

/** Makes a queue: each job starts when the one before has ended, even if it failed. */
export function makeQueue(): <T>(job: () => Promise<T>) => Promise<T> {
  let last: Promise<unknown> = Promise.resolve();
  return job => {
    const done = last.then(job);
    last = done.catch(() => undefined);
    return done;
  };
}
