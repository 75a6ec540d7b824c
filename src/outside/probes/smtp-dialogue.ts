// SMTP's question and answer over a connected socket: one line out, one reply (of several lines) in.
import { on } from 'node:events';
import type { Socket } from 'node:net';
import { Finding } from './failure.ts';

/** A whole reply: its code, and its lines with their codes. */
export interface Reply {
  readonly code: number;
  readonly lines: readonly string[];
}

/** No honest reply is longer, in characters. */
const MAX_REPLY = 64 * 1024;

/** Asks one thing at a time; what the server says unasked waits for the next `reply`. */
export class Dialogue {
  readonly #socket: Socket;
  readonly #chunks: AsyncIterator<[Buffer]>;
  #heard = '';

  constructor(socket: Socket) {
    this.#socket = socket;
    this.#chunks = on(socket, 'data', { close: ['close'] }) as AsyncIterator<[Buffer]>;
  }

  say(line: string): Promise<Reply> {
    this.#socket.write(`${line}\r\n`);
    return this.reply();
  }

  /** The next reply; rejects when the connection is lost or what comes is not SMTP. */
  async reply(): Promise<Reply> {
    for (let reply = this.#take(); ; reply = this.#take()) {
      if (reply) return reply;
      const { done, value } = await this.#chunks.next();
      if (done) throw Object.assign(new Error('the connection was closed'), { code: 'ECONNRESET' });
      this.#heard += value[0].toString('latin1');
    }
  }

  /** Gives the socket up, as it is; errors of its end are heard by nobody. */
  leave(): void {
    this.#socket.on('error', () => {});
    this.#chunks.return?.();
  }

  end(line: string): void {
    this.leave();
    this.#socket.end(`${line}\r\n`);
    this.#socket.resume();
  }

  #take(): Reply | null {
    const lines = this.#heard.split('\n').slice(0, -1);
    const last = lines.findIndex(line => !/^\d{3}-/.test(line));
    if (last === -1) {
      if (this.#heard.length > MAX_REPLY) throw new Finding('did not speak SMTP');
      return null;
    }
    if (!/^[2-5]\d\d([ \r]|$)/.test(lines[last]!)) throw new Finding('did not speak SMTP');
    const said = lines.slice(0, last + 1);
    this.#heard = this.#heard.slice(said.join('\n').length + 1);
    return { code: Number(lines[last]!.slice(0, 3)), lines: said.map(line => line.trimEnd()) };
  }
}
