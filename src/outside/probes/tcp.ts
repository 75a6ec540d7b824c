// tcp: whether a connection can be made.
import { connect, type Socket } from 'node:net';
import type { CheckOf } from '../../core/model/checks/check.ts';
import { type Look, type Network, reach } from './network.ts';

/** Connects and hangs up. */
export const lookAtTcp: Look<CheckOf<'tcp'>> = async (check, signal, network) => {
  const started = performance.now();
  const socket = await openSocket(check.host, check.port, signal, network);
  socket.destroy();
  return { outcome: 'up', latency: performance.now() - started, seen: 'accepted the connection' };
};

/** A connected socket, destroyed when the signal aborts. Afterwards errors are the caller's to hear. */
export function openSocket(
  host: string,
  port: number,
  signal: AbortSignal,
  network: Network,
): Promise<Socket> {
  return new Promise((resolve, reject) => {
    const socket = connect({ host, port, ...reach(network) });
    closeOnAbort(socket, signal);
    socket.once('connect', () => resolve(socket));
    socket.on('error', reject);
  });
}

/** Ends a socket with the check, whatever state it is in. */
export function closeOnAbort(socket: Socket, signal: AbortSignal): void {
  const close = () => {
    // Always with an error: undici 7 asserts, and takes the process down, when the socket beneath a
    // paused answer closes without one.
    socket.destroy(new Error('the check ended'));
  };
  if (signal.aborted) close();
  signal.addEventListener('abort', close, { once: true });
  socket.once('close', () => signal.removeEventListener('abort', close));
}
