// tcp: whether a connection can be made.
import { connect, type NetConnectOpts, type Socket } from 'node:net';
import type { CheckOf } from '../../core/model/checks/check.ts';
import { type CheckRunner, reach } from './network.ts';

export const checkTcp: CheckRunner<CheckOf<'tcp'>> = async ({ host, port }, signal, network) => {
  const started = performance.now();
  const socket = await openSocket({ host, port, ...reach(network, host) }, signal);
  socket.destroy();
  return { outcome: 'up', latency: performance.now() - started, seen: 'accepted the connection' };
};

/**
 * Returns a connected socket, destroyed when the signal aborts. The caller must handle its later errors. `watch` gets
 * the socket before it connects.
 */
export function openSocket(
  target: NetConnectOpts,
  signal: AbortSignal,
  watch = (_: Socket) => {},
): Promise<Socket> {
  return new Promise((resolve, reject) => {
    const socket = connect(target);
    closeOnAbort(socket, signal);
    watch(socket);
    socket.once('connect', () => resolve(socket));
    socket.on('error', reject);
  });
}

/** Destroys a socket when the check ends, whatever its state. */
export function closeOnAbort(socket: Socket, signal: AbortSignal): void {
  // Always with an error: undici 7 fails an assertion, which ends the process, if the socket of a paused response
  // closes without one.
  const close = () => socket.destroy(new Error('the check ended'));
  if (signal.aborted) close();
  signal.addEventListener('abort', close, { once: true });
  socket.once('close', () => signal.removeEventListener('abort', close));
}
