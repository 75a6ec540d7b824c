// Open streams: thousands of pages told of a change in slices, kept alive in turns, dropped when they do not read.
import type { ServerResponse } from 'node:http';
import { SECOND } from '../../core/model/time.ts';

/** Streams written to before requests get their turn: about two milliseconds' worth. */
const SLICE = 200;
/** A stream hears from us at least this often, so that no proxy takes it for dead. */
const TURNS = 20;
/** What may wait for one reader: a dozen messages. A page that does not read reconnects and gets the newest. */
const MOST_WAITING = 4_000;

const ALIVE = Buffer.from(': still here\n\n');

export interface Streams {
  readonly count: number;
  /** Adds a stream whose head is written; it is told `text` at once, and forgotten when it closes. */
  add(res: ServerResponse, text: string): void;
  /** Tells every stream; when a newer text comes while slices are under way, the rest get that alone. */
  tell(text: string): void;
  /** Ends them all. */
  close(): void;
}

interface Stream {
  readonly res: ServerResponse;
  /** What it was told last: streams are told by comparing it with the newest. */
  told: Buffer;
}

/** Makes the set of open streams with its one timer. */
export function makeStreams(): Streams {
  const streams = new Set<Stream>();
  /** Every stream in one of twenty turns: a heartbeat a second for each twentieth, never for all at once. */
  const turns = Array.from({ length: TURNS }, () => new Set<Stream>());
  let turn = 0;
  let newest: Buffer = ALIVE;
  let telling: ReturnType<Set<Stream>['values']> | null = null;
  let next: NodeJS.Immediate | undefined;

  const write = (stream: Stream, bytes: Buffer) => {
    if (stream.res.writableLength > MOST_WAITING) stream.res.destroy();
    else stream.res.write(bytes);
  };

  const slice = () => {
    for (let told = 0; telling && told < SLICE; ) {
      const { value: stream, done } = telling.next();
      if (done) {
        telling = null;
        return;
      }
      if (stream.told === newest) continue;
      stream.told = newest;
      write(stream, newest);
      told++;
    }
    next = setImmediate(slice);
  };

  const timer = setInterval(() => {
    turn = (turn + 1) % TURNS;
    for (const stream of turns[turn] as Set<Stream>) write(stream, ALIVE);
  }, SECOND);
  timer.unref();

  return {
    get count() {
      return streams.size;
    },
    add(res, text) {
      const stream: Stream = { res, told: newest };
      // To the emptiest turn: streams that came together must not be spoken to together.
      const mine = turns.reduce((least, one) => (one.size < least.size ? one : least));
      streams.add(stream);
      mine.add(stream);
      res.once('close', () => {
        streams.delete(stream);
        mine.delete(stream);
      });
      res.write(text);
    },
    tell(text) {
      newest = Buffer.from(text);
      const idle = telling === null;
      telling = streams.values();
      if (idle) slice();
    },
    close() {
      clearInterval(timer);
      clearImmediate(next);
      telling = null;
      // A new process is there in a moment; not all of them in the same one.
      for (const { res } of streams) res.end(`retry: ${1000 + Math.floor(Math.random() * 4000)}\n\n`);
    },
  };
}
