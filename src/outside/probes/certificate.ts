// Certificates: we judge them ourselves, so that the message can say since when one is expired.
import { isIP } from 'node:net';
import type { ConnectionOptions, TLSSocket } from 'node:tls';
import { DAY, type Millis } from '../../core/model/time.ts';
import { explain, Finding } from './failure.ts';
import { type Network, now } from './network.ts';

/**
 * TLS options for a host. Node verifies the certificate but does not close the connection, so the caller must check
 * `refusal` before it sends a byte.
 */
export function tlsOptions(servername: string, network: Network): ConnectionOptions {
  return {
    rejectUnauthorized: false,
    // The server name must not be an IP address (RFC 6066).
    ...(isIP(servername) ? {} : { servername }),
    ...(network.ca ? { ca: typeof network.ca === 'string' ? network.ca : [...network.ca] } : {}),
  };
}

/** Why the connection must not be trusted; null if it is fine. */
export function refusal(socket: TLSSocket, network: Network): Finding | null {
  if (socket.authorized) return null;
  const code = String(socket.authorizationError ?? 'unauthorized');
  const cause = Object.assign(new Error(code), { code });
  if (code !== 'CERT_HAS_EXPIRED') return new Finding(explain(cause).seen, { cause });
  const days = Math.floor(-daysLeft(endOfCertificate(socket), network));
  // If an intermediate certificate is expired, the host's own may still be valid.
  if (!(days >= 0)) return new Finding('certificate expired', { cause });
  return new Finding(
    days === 0 ? 'certificate expired today' : `certificate expired ${spellDays(days)} ago`,
    { cause },
  );
}

/** "the certificate expires in 5 days" if fewer than `least` days are left; else undefined. */
export function expiryWarning(end: Millis, least: number, network: Network): string | undefined {
  const days = Math.floor(daysLeft(end, network));
  return days < least ? `the certificate expires in ${spellDays(days)}` : undefined;
}

/** When the server's certificate expires, epoch ms. Call it while connected: a closed socket forgets it. */
export function endOfCertificate(socket: TLSSocket): Millis {
  return Date.parse(socket.getPeerCertificate().valid_to);
}

function daysLeft(end: Millis, network: Network): number {
  return (end - now(network)) / DAY;
}

function spellDays(days: number): string {
  return `${days} day${days === 1 ? '' : 's'}`;
}
