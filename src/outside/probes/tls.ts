// tls: whether a TLS handshake succeeds with a trusted certificate, and how long that one lasts.
import type { Socket } from 'node:net';
import { connect, type TLSSocket } from 'node:tls';
import type { CheckOf } from '../../core/model/checks/check.ts';
import { endOfCertificate, expiryWarning, refusal, tlsOptions } from './certificate.ts';
import { type Look, type Network, reach } from './network.ts';
import { closeOnAbort } from './tcp.ts';

/** Shakes hands and hangs up. */
export const lookAtTls: Look<CheckOf<'tls'>> = async (check, signal, network) => {
  const started = performance.now();
  const socket = await openTls(check.host, check.port, check.servername ?? check.host, signal, network);
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

/** A TLS connection to a host whose certificate is trusted and its own; rejects otherwise. */
export function openTls(
  host: string,
  port: number,
  servername: string,
  signal: AbortSignal,
  network: Network,
): Promise<TLSSocket> {
  const socket = connect({ host, port, ...reach(network), ...tlsOptions(servername, network) });
  return handshake(socket, signal, network);
}

/** The same over a connection that exists (STARTTLS). */
export function upgrade(
  plain: Socket,
  servername: string,
  signal: AbortSignal,
  network: Network,
): Promise<TLSSocket> {
  return handshake(connect({ socket: plain, ...tlsOptions(servername, network) }), signal, network);
}

function handshake(socket: TLSSocket, signal: AbortSignal, network: Network): Promise<TLSSocket> {
  return new Promise((resolve, reject) => {
    closeOnAbort(socket, signal);
    socket.on('error', reject);
    socket.once('secureConnect', () => {
      const refused = refusal(socket, network);
      if (refused === null) return resolve(socket);
      socket.destroy();
      reject(refused);
    });
  });
}
