// SMTP over a connected socket: sends one line, reads one reply (of several lines).
import { on } from 'node:events';
import type { Socket } from 'node:net';
import { Finding } from './failure.ts';

export interface Reply {
  readonly code: number;
  readonly lines: readonly string[];
}

/** The longest reply accepted, characters. */
const MAX_REPLY = 64 * 1024;

/** Sends one command at a time; unrequested text from the server waits for the next `reply`. */
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

  /** The next reply; rejects if the connection is lost or the data is not SMTP. */
  async reply(): Promise<Reply> {
    for (let reply = this.#take(); ; reply = this.#take()) {
      if (reply) return reply;
      const { done, value } = await this.#chunks.next();
      if (done) throw Object.assign(new Error('the connection was closed'), { code: 'ECONNRESET' });
      this.#heard += value[0].toString('latin1');
    }
  }

  /** Gives up the socket without closing it; later errors are ignored. */
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
