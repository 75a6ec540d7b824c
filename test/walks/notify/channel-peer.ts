// A receiver of channel messages: a real HTTP server that keeps what it got and answers as it is told.
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import { onTestFinished } from 'vitest';

export interface Received {
  readonly path: string;
  readonly headers: IncomingMessage['headers'];
  readonly body: string;
  // biome-ignore lint/suspicious/noExplicitAny: bodies of many shapes, asserted field by field
  readonly json: any;
}

export interface Peer {
  readonly url: string;
  readonly got: Received[];
  /** What it answers; by default 200 `ok`. */
  answer: (received: Received, res: ServerResponse) => void;
}

/** Listens until the test ends. */
export async function openPeer(): Promise<Peer> {
  const got: Received[] = [];
  const fine = (_: Received, res: ServerResponse) => void res.writeHead(200).end('ok');
  const peer: { answer: Peer['answer'] } = { answer: fine };
  const server = createServer((req, res) => {
    const chunks: Buffer[] = [];
    req.on('data', (chunk: Buffer) => chunks.push(chunk));
    req.on('end', () => {
      const body = Buffer.concat(chunks).toString('utf8');
      const received = { path: req.url ?? '', headers: req.headers, body, json: JSON.parse(body || 'null') };
      got.push(received);
      peer.answer(received, res);
    });
  });
  await new Promise<void>(resolve => server.listen(0, '127.0.0.1', resolve));
  onTestFinished(async () => {
    server.closeAllConnections();
    await new Promise(resolve => server.close(resolve));
  });
  const url = `http://127.0.0.1:${(server.address() as { port: number }).port}`;
  return Object.assign(peer, { url, got });
}

/** Answers with a status, and headers perhaps. */
export function says(status: number, headers: Record<string, string> = {}): Peer['answer'] {
  return (_, res) => void res.writeHead(status, headers).end('answer');
}
