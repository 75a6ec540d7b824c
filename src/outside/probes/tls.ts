// tls: whether a TLS handshake succeeds with a trusted certificate, and how long that is valid.
import type { Socket } from 'node:net';
import { type ConnectionOptions, connect, type TLSSocket } from 'node:tls';
import type { CheckOf } from '../../core/model/checks/check.ts';
import { endOfCertificate, expiryWarning, refusal, tlsOptions } from './certificate.ts';
import { type CheckRunner, type Network, reach } from './network.ts';
import { closeOnAbort } from './tcp.ts';

export const checkTls: CheckRunner<CheckOf<'tls'>> = async (check, signal, network) => {
  const { host, port, servername = host } = check;
  const started = performance.now();
  const socket = await openTls({ host, port, ...reach(network, host) }, servername, signal, network);
  const latency = performance.now() - started;
  const certificateEnd = endOfCertificate(socket);
  const warning = expiryWarning(certificateEnd, check.days, network);
  socket.destroy();
  return {
    outcome: 'up',
    latency,
    seen: 'presented a trusted certificate',
    certificateEnd,
    ...(warning === undefined ? {} : { warning }),
  };
};

/**
 * Opens a TLS connection to `target`, or over an existing socket (STARTTLS). Rejects unless the certificate is trusted
 * and belongs to `servername`. `watch` gets the socket before it connects.
 */
export function openTls(
  target: ConnectionOptions,
  servername: string,
  signal: AbortSignal,
  network: Network,
  watch = (_: Socket) => {},
): Promise<TLSSocket> {
  return new Promise((resolve, reject) => {
    const socket = connect({ ...target, ...tlsOptions(servername, network) });
    closeOnAbort(socket, signal);
    watch(socket);
    socket.on('error', reject);
    socket.once('secureConnect', () => {
      const refused = refusal(socket, network);
      if (refused === null) return resolve(socket);
      socket.destroy(refused);
      reject(refused);
    });
  });
}
