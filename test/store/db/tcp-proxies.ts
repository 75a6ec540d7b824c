// What may stand between the program and PostgreSQL: a way that can be cut, and a pooler of transactions.
import { connect, createServer, type Server, type Socket } from 'node:net';
import { onTestFinished } from 'vitest';

async function listening(server: Server): Promise<number> {
  await new Promise<void>(resolve => server.listen(0, '127.0.0.1', resolve));
  return (server.address() as { port: number }).port;
}

function closedAtTheEnd(server: Server, sockets: Set<Socket>): void {
  onTestFinished(() => {
    server.close();
    for (const socket of sockets) socket.destroy();
  });
}

export interface Way {
  /** The address of the database by this way. */
  readonly url: string;
  /** Ends all connections and makes no more until `mend`. */
  cut(): void;
  /** Says nothing more in either direction, and accepts what comes: a firewall that drops packets. */
  swallow(): void;
  mend(): void;
}

export async function wayTo(url: string): Promise<Way> {
  const target = new URL(url);
  const sockets = new Set<Socket>();
  let state: 'open' | 'cut' | 'swallowing' = 'open';
  const server = createServer(near => {
    if (state === 'cut') return void near.destroy();
    const far = connect(Number(target.port), target.hostname);
    for (const [one, other] of [
      [near, far],
      [far, near],
    ] as const) {
      sockets.add(one);
      one.on('error', () => {});
      one.on('data', data => void (state === 'swallowing' || other.write(data)));
      one.on('close', () => {
        sockets.delete(one);
        if (state !== 'swallowing') other.destroy();
      });
    }
  });
  const port = await listening(server);
  closedAtTheEnd(server, sockets);
  const at = new URL(url);
  at.port = String(port);
  return {
    url: at.href,
    cut() {
      state = 'cut';
      for (const socket of sockets) socket.destroy();
    },
    swallow() {
      state = 'swallowing';
    },
    mend() {
      for (const socket of state === 'swallowing' ? sockets : []) socket.destroy();
      state = 'open';
    },
  };
}

/** ReadyForQuery, outside a transaction. */
const READY = Buffer.from('5a0000000549', 'hex');

/** A pooler that gives each transaction the connection that was used last, as PgBouncer does. */
export async function poolerBefore(url: string): Promise<string> {
  const target = new URL(url);
  const sockets = new Set<Socket>();
  const idle: Socket[] = [];
  const server = createServer(near => {
    // Everybody logs in on a connection of their own.
    const own = connect(Number(target.port), target.hostname);
    let current: Socket | null = own;
    for (const socket of [near, own]) {
      sockets.add(socket);
      socket.on('error', () => {});
    }
    const answer = (data: Buffer) => {
      near.write(data);
      if (!data.subarray(-READY.length).equals(READY)) return;
      current?.off('data', answer);
      if (current) idle.push(current);
      current = null;
    };
    own.on('data', answer);
    near.on('data', data => {
      // The farewell of a client ends no connection of the pool.
      if (data[0] === 0x58) return;
      current ??= idle.pop()?.on('data', answer) ?? null;
      current?.write(data);
    });
  });
  const port = await listening(server);
  closedAtTheEnd(server, sockets);
  const at = new URL(url);
  at.port = String(port);
  return at.href;
}
