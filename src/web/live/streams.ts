// Open event streams: thousands of pages are informed in slices, kept alive by groups, and dropped if they do not read.
import type { ServerResponse } from 'node:http';
import { SECOND } from '../../core/model/time.ts';

/** How many streams are written before requests get their turn: about two milliseconds of work. */
const SLICE = 200;
/** Each second one group of streams is kept alive: each gets data within this many seconds, so no proxy closes it. */
const GROUPS = 20;
/**
 * How much may wait for one reader, bytes: a dozen messages. A page that does not read reconnects and gets the newest.
 */
const MAX_WAITING = 4_000;

interface Stream {
  readonly res: ServerResponse;
  /** The last text it was sent; a stream is updated if that is not the newest. */
  sent: Buffer;
}

export class Streams {
  readonly #streams = new Set<Stream>();
  /** Every stream is in one group. */
  readonly #groups = Array.from({ length: GROUPS }, () => new Set<Stream>());
  readonly #alive: () => string;
  #group = 0;
  #newest = Buffer.alloc(0);
  #sending: ReturnType<Set<Stream>['values']> | null = null;
  #next: NodeJS.Immediate | undefined;
  readonly #timer = setInterval(() => this.#keepAlive(), SECOND).unref();

  /** @param alive what a stream gets while there is no news, at least every 20 s */
  constructor(alive: () => string) {
    this.#alive = alive;
  }

  get count(): number {
    return this.#streams.size;
  }

  /** Adds a stream whose head is written. It gets `text` at once, and is removed when it closes. */
  add(res: ServerResponse, text: string): void {
    const stream: Stream = { res, sent: this.#newest };
    // Use the smallest group, so that streams that came together are not written together.
    const group = this.#groups.reduce((least, one) => (one.size < least.size ? one : least));
    this.#streams.add(stream);
    group.add(stream);
    res.once('close', () => {
      this.#streams.delete(stream);
      group.delete(stream);
    });
    res.write(text);
  }

  /** Sends to every stream, in slices. If a newer text comes meanwhile, the remaining streams get only that one. */
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
    // A random delay, so that not all reconnect at once to the new process.
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
    this.#group = (this.#group + 1) % GROUPS;
    const group = this.#groups[this.#group] as Set<Stream>;
    if (group.size === 0) return;
    const alive = Buffer.from(this.#alive());
    for (const stream of group) write(stream, alive);
  }
}

function write({ res }: Stream, bytes: Buffer): void {
  if (res.writableLength > MAX_WAITING) res.destroy();
  else res.write(bytes);
}
