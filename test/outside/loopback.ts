// Real servers on loopback for the probes to meet; after each test they must be free of connections.
import { createServer as createHttp, type RequestListener } from 'node:http';
import { type AddressInfo, createServer as createTcp, type Server, type Socket } from 'node:net';
import { createServer as createTls, type TlsOptions } from 'node:tls';
import { afterEach, expect } from 'vitest';
import { checkSchema, type ProbeResult } from '../../src/core/model/checks/check.ts';
import type { Network } from '../../src/outside/probes/network.ts';
import { makeProbes } from '../../src/outside/probes.ts';

const servers: { server: Server; sockets: Set<Socket> }[] = [];

afterEach(async () => {
  for (const { server, sockets } of servers.splice(0)) {
    const closed = new Promise<void>(resolve => server.close(() => resolve()));
    const left = await Promise.race([
      closed,
      new Promise<'left'>(resolve => setTimeout(resolve, 10_000, 'left')),
    ]);
    for (const socket of sockets) socket.destroy();
    expect(left, 'a probe left a connection open').toBeUndefined();
  }
});

/** Listens on a free port until the test ends; the port. */
export async function listen(server: Server, host = '127.0.0.1'): Promise<number> {
  const sockets = new Set<Socket>();
  servers.push({ server, sockets });
  server.on('connection', (socket: Socket) => {
    sockets.add(socket);
    socket.on('error', () => {});
    socket.once('close', () => sockets.delete(socket));
  });
  server.on('tlsClientError', () => {});
  await new Promise<void>(resolve => server.listen(0, host, resolve));
  return (server.address() as AddressInfo).port;
}

/** A server of raw bytes. Reads and forgets what it is sent, so that it notices the other side's end. */
export function tcp(handle: (socket: Socket) => void = () => {}): Promise<number> {
  const server = createTcp(socket => {
    socket.resume();
    handle(socket);
  });
  return listen(server);
}

/** A TLS server of raw bytes. */
export function tls(options: TlsOptions, handle: (socket: Socket) => void = () => {}): Promise<number> {
  const server = createTls(options, socket => {
    socket.on('error', () => {});
    socket.resume();
    handle(socket);
  });
  return listen(server);
}

export function http(handle: RequestListener): Promise<number> {
  return listen(createHttp(handle));
}

/** A port on which nobody listens. */
export async function deserted(): Promise<number> {
  const server = createTcp();
  await new Promise<void>(resolve => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  await new Promise(resolve => server.close(resolve));
  return port;
}

/** Runs one check as status.yaml would write it, as if loopback were the internet; it must settle in its time; the slack is a busy machine's. */
export async function probe(
  check: Record<string, unknown>,
  network: Network = {},
  signal: AbortSignal = new AbortController().signal,
): Promise<ProbeResult> {
  const parsed = checkSchema.parse({ timeout: '3s', ...check });
  const started = performance.now();
  const result = await makeProbes({ isPrivate: () => false, ...network })(parsed, signal);
  expect(performance.now() - started).toBeLessThan(parsed.timeout + 5000);
  return result;
}

/** What may be published must not tell where the server stands. */
export function expectPublishable(words: string): void {
  expect(words).not.toMatch(/127\.0\.0\.1|localhost|https?:|:\d{2,5}\b/);
}
