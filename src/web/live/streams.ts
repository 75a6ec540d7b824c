// Open streams: thousands of pages hear of a change in slices, are kept alive in turns, and dropped when they do not read.
import type { ServerResponse } from 'node:http';
import { SECOND } from '../../core/model/time.ts';

/** Streams written to before requests get their turn: about two milliseconds' worth. */
const SLICE = 200;
/** A stream hears from us at least once in so many seconds, so that no proxy takes it for dead. */
const TURNS = 20;
/** What may wait for one reader, bytes: a dozen messages. A page that does not read reconnects and gets the newest. */
const MAX_WAITING = 4_000;

const ALIVE = Buffer.from(': still here\n\n');

interface Stream {
  readonly res: ServerResponse;
  /** What it was sent last: streams are updated by comparing it with the newest. */
  sent: Buffer;
}

/** The set of open streams with its one timer. */
export class Streams {
  readonly #streams = new Set<Stream>();
  /** Every stream in one of twenty turns: a heartbeat a second for each twentieth, never for all at once. */
  readonly #turns = Array.from({ length: TURNS }, () => new Set<Stream>());
  #turn = 0;
  #newest: Buffer = ALIVE;
  #sending: ReturnType<Set<Stream>['values']> | null = null;
  #next: NodeJS.Immediate | undefined;
  readonly #timer = setInterval(() => this.#keepAlive(), SECOND).unref();

  get count(): number {
    return this.#streams.size;
  }

  /** Adds a stream whose head is written; it gets `text` at once, and is forgotten when it closes. */
  add(res: ServerResponse, text: string): void {
    const stream: Stream = { res, sent: this.#newest };
    // To the emptiest turn: streams that came together must not be written to together.
    const turn = this.#turns.reduce((least, one) => (one.size < least.size ? one : least));
    this.#streams.add(stream);
    turn.add(stream);
    res.once('close', () => {
      this.#streams.delete(stream);
      turn.delete(stream);
    });
    res.write(text);
  }

  /** Sends to every stream; when a newer text comes while slices are under way, the rest get that alone. */
  broadcast(text: string): void {
    this.#newest = Buffer.from(text);
    const isIdle = this.#sending === null;
    this.#sending = this.#streams.values();
    if (isIdle) this.#slice();
  }

  close(): void {
    clearInterval(this.#timer);
    clearImmediate(this.#next);
    this.#sending = null;
    // A new process is there in a moment; not all of them in the same one.
    for (const { res } of this.#streams) res.end(`retry: ${1000 + Math.floor(Math.random() * 4000)}\n\n`);
  }

  #slice(): void {
    for (let sent = 0; this.#sending && sent < SLICE; ) {
      const { value: stream, done } = this.#sending.next();
      if (done) {
        this.#sending = null;
        return;
      }
      if (stream.sent === this.#newest) continue;
      stream.sent = this.#newest;
      write(stream, this.#newest);
      sent++;
    }
    this.#next = setImmediate(() => this.#slice());
  }

  #keepAlive(): void {
    this.#turn = (this.#turn + 1) % TURNS;
    for (const stream of this.#turns[this.#turn] as Set<Stream>) write(stream, ALIVE);
  }
}

function write({ res }: Stream, bytes: Buffer): void {
  if (res.writableLength > MAX_WAITING) res.destroy();
  else res.write(bytes);
}
