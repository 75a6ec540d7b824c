// Requests that are too broken for Express; they get the same kind of error as all others.
import { type RequestListener, type Server, STATUS_CODES } from 'node:http';
import type { Socket } from 'node:net';
import type { Duplex } from 'node:stream';
import { BARE_HEADERS } from './guards.ts';
import { LIMITS } from './limits.ts';

const DETAILS: Record<number, string> = {
  400: 'The request cannot be read.',
  405: 'CONNECT is not supported.',
  408: 'The request took too long to arrive.',
  414: `The address is longer than ${LIMITS.url} characters.`,
  431: 'The headers of the request are too large.',
};

const OF_ERROR: Record<string, number> = { HPE_HEADER_OVERFLOW: 431, ERR_HTTP_REQUEST_TIMEOUT: 408 };

/** Answers broken requests, CONNECT and unknown expectations, which Node would end without a body. */
export function answerBadWire(server: Server, listener: RequestListener): void {
  server.on('clientError', (error: NodeJS.ErrnoException & { rawPacket?: Buffer }, socket) => {
    // The client is gone, or a response has begun: the client would read this as part of it.
    const hasWritten = (socket as Socket).bytesWritten > 0;
    if (error.code === 'ECONNRESET' || !socket.writable || hasWritten) return void socket.destroy();
    const isHead = error.rawPacket?.subarray(0, 5).toString('latin1') === 'HEAD ';
    refuse(socket, OF_ERROR[error.code ?? ''] ?? 400, isHead);
  });
  server.on('connect', (_req, socket) => refuse(socket, 405));
  // We can answer even if we do not know the expectation.
  server.on('checkExpectation', listener);
}

/** Refuses a request without exactly one Host header (RFC 9112, 3.2), and an address longer than any of ours. */
export function wellFormed(listener: RequestListener): RequestListener {
  return (req, res) => {
    const hasHost = req.httpVersion !== '1.1' || hostsIn(req.rawHeaders) === 1;
    if (hasHost && (req.url as string).length <= LIMITS.url) return listener(req, res);
    const body = problem(hasHost ? 414 : 400);
    res.writeHead(hasHost ? 414 : 400, headersOf(body)).end(body);
  };
}

/** The number of Host headers; Node keeps only the first. */
function hostsIn(raw: readonly string[]): number {
  let found = 0;
  for (let index = 0; index < raw.length; index += 2) {
    const name = raw[index] as string;
    if (name.length === 4 && name.toLowerCase() === 'host') found++;
  }
  return found;
}

function refuse(socket: Duplex, status: number, isHead = false): void {
  const body = problem(status);
  const head = Object.entries(headersOf(body)).map(([name, value]) => `${name}: ${value}\r\n`);
  socket.end(`HTTP/1.1 ${status} ${STATUS_CODES[status]}\r\n${head.join('')}\r\n${isHead ? '' : body}`);
}

function problem(status: number): string {
  return JSON.stringify({
    type: 'about:blank',
    title: STATUS_CODES[status],
    status,
    detail: DETAILS[status],
  });
}

function headersOf(body: string): Record<string, string> {
  return {
    ...BARE_HEADERS,
    'Content-Type': 'application/problem+json',
    'Content-Length': String(Buffer.byteLength(body)),
    'Cache-Control': 'no-store',
    Connection: 'close',
  };
}
