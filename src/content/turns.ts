// Turns in the status folder: who writes a file waits while git writes many, and nobody reads them half written.
import path from 'node:path';
import type { Content } from './folder.ts';
import type { Alone } from './git/git.ts';

export interface Turns {
  /** The folder itself: what may be used within a turn. */
  readonly folder: Content;
  /** The folder as before; while somebody is alone in it, its incidents are those last read. */
  readonly content: Content;
  /** Waits for its turn to write; no turn is taken within another. */
  readonly inTurn: Alone;
  readonly alone: Alone;
  /** The name of an incident's file below the incidents folder, as last read. */
  nameOf(id: string): string;
}

export function takeTurns(folder: Content): Turns {
  let turn: Promise<unknown> = Promise.resolve();
  let reading: Promise<unknown> = Promise.resolve();
  let last: Awaited<ReturnType<Content['incidents']>> | null = null;
  let isTaken = false;
  const inTurn = <T>(work: () => Promise<T>): Promise<T> => {
    const done = turn.then(work);
    turn = done.catch(() => undefined);
    return done;
  };
  const alone: Alone = work =>
    inTurn(async () => {
      isTaken = true;
      try {
        await reading;
        return await work();
      } finally {
        isTaken = false;
        folder.lookEverywhere();
      }
    });
  return {
    folder,
    inTurn,
    alone,
    nameOf(id) {
      const file = last?.fileOf(id) ?? path.join(folder.folder, `${id}.md`);
      return path.relative(folder.folder, file).split(path.sep).join('/');
    },
    content: {
      ...folder,
      async incidents() {
        if (isTaken && last) return last;
        const read = folder.incidents();
        reading = Promise.allSettled([reading, read]);
        last = await read;
        return last;
      },
      create: (id, text) => inTurn(() => folder.create(id, text)),
      replace: (id, before, text) => inTurn(() => folder.replace(id, before, text)),
    },
  };
}
