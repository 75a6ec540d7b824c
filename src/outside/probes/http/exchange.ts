// One HTTP exchange over a new connection: sends the request, receives status and headers, measures the phases.
import type { Socket } from 'node:net';
import type { buildConnector, Dispatcher } from 'undici';
import type { Phases } from '../../../core/model/checks/check.ts';
import type { Millis } from '../../../core/model/time.ts';
import { Client } from '../../undici.ts';
import { endOfCertificate } from '../certificate.ts';
import { ENDED } from '../deadline.ts';
import { type Network, reach } from '../network.ts';
import { openSocket } from '../tcp.ts';
import { openTls } from '../tls.ts';
import { mendPreamble } from './preamble.ts';

export interface Request {
  readonly url: URL;
  readonly method: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string | undefined;
  readonly ip: 4 | 6 | undefined;
  readonly http2: boolean;
}

/** The response; its body is not read yet. */
export interface Answer {
  readonly status: number;
  readonly headers: Readonly<Record<string, string | string[] | undefined>>;
  readonly body: Dispatcher.ResponseData['body'];
  readonly phases: Omit<Phases, 'total'>;
  /** When the server's certificate expires, epoch ms; null without TLS. */
  readonly certificateEnd: Millis | null;
}

/** Sends the request and waits for the headers; passes the response to `read`, then closes everything. */
export async function exchange<T>(
  request: Request,
  signal: AbortSignal,
  network: Network,
  read: (answer: Answer) => Promise<T>,
): Promise<T> {
  const line = new Line(request, signal, network);
  const client = new Client(request.url.origin, {
    connect: line.connect,
    allowH2: request.http2,
    // The check's own deadline applies; these would only make its messages unclear.
    headersTimeout: 0,
    bodyTimeout: 0,
  });
  try {
    const answer = await client.request({
      path: `${request.url.pathname}${request.url.search}`,
      method: request.method as Dispatcher.HttpMethod,
      headers: { ...request.headers },
      body: request.body ?? null,
      signal,
      reset: true,
    });
    // An unread response is closed with the client, and its error must not be reported.
    answer.body.on('error', () => {});
    return await read({
      status: answer.statusCode,
      headers: answer.headers,
      body: answer.body,
      phases: line.phases(),
      certificateEnd: line.certificateEnd,
    });
  } finally {
    await client.destroy(ENDED).catch(() => {});
  }
}

const LOST = Object.assign(new Error('the connection was lost'), { code: 'ECONNRESET' });

/** The connection of a client, timed from name resolution to TLS handshake. */
class Line {
  certificateEnd: Millis | null = null;
  readonly #marks: { start?: number; resolved?: number; connected?: number; secured?: number } = {};
  readonly #request: Request;
  readonly #signal: AbortSignal;
  readonly #network: Network;

  constructor(request: Request, signal: AbortSignal, network: Network) {
    this.#request = request;
    this.#signal = signal;
    this.#network = network;
  }

  readonly connect: buildConnector.connector = (_options, callback) => {
    // undici reconnects after a failure, but one check is one attempt.
    if (this.#marks.start !== undefined) return callback(LOST, null);
    this.#open().then(
      socket => callback(null, socket),
      (error: Error) => callback(error, null),
    );
  };

  async #open(): Promise<Socket> {
    const { url, ip, http2 } = this.#request;
    const isSecure = url.protocol === 'https:';
    const host = url.hostname.replace(/^\[(.*)\]$/, '$1');
    const port = Number(url.port) || (isSecure ? 443 : 80);
    const target = { host, port, ...reach(this.#network, host), ...(ip ? { family: ip } : {}) };
    const marks = this.#marks;
    marks.start = performance.now();
    const watch = (socket: Socket) => {
      socket.setNoDelay(true);
      socket.once('lookup', () => (marks.resolved = performance.now()));
      socket.once('connect', () => (marks.connected = performance.now()));
    };
    if (!isSecure) {
      const socket = await openSocket(target, this.#signal, watch);
      mendPreamble(socket);
      return socket;
    }
    const options = { ...target, ALPNProtocols: http2 ? ['h2', 'http/1.1'] : ['http/1.1'] };
    const socket = await openTls(options, host, this.#signal, this.#network, watch);
    marks.secured = performance.now();
    this.certificateEnd = endOfCertificate(socket);
    if (socket.alpnProtocol !== 'h2') mendPreamble(socket);
    return socket;
  }

  /** Call it when the headers have arrived: the time after the connection's phases was waiting for them. */
  phases(): Omit<Phases, 'total'> {
    const { start = 0, resolved, connected = start, secured } = this.#marks;
    return {
      ...(resolved === undefined ? {} : { dns: resolved - start }),
      connect: connected - (resolved ?? start),
      ...(secured === undefined ? {} : { tls: secured - connected }),
      firstByte: performance.now() - (secured ?? connected),
    };
  }
}
