// Certificates: made to be judged by us, so that the words can say since when one is expired.
import { isIP } from 'node:net';
import type { ConnectionOptions, TLSSocket } from 'node:tls';
import { DAY, type Millis } from '../../core/model/time.ts';
import { explain, Finding } from './failure.ts';
import { type Network, now } from './network.ts';

/**
 * TLS options for a host. Node verifies as ever, but reports instead of hanging up: whoever connects
 * with these must ask `refusal` before a byte is sent.
 */
export function tlsOptions(servername: string, network: Network): ConnectionOptions {
  return {
    rejectUnauthorized: false,
    // Server names are names: an IP address there is forbidden (RFC 6066).
    ...(isIP(servername) ? {} : { servername }),
    ...(network.ca ? { ca: typeof network.ca === 'string' ? network.ca : [...network.ca] } : {}),
  };
}

/** Why this connection is not to be trusted; null when it is. */
export function refusal(socket: TLSSocket, network: Network): Finding | null {
  if (socket.authorized) return null;
  const code = String(socket.authorizationError ?? 'unauthorized');
  const cause = Object.assign(new Error(code), { code });
  if (code !== 'CERT_HAS_EXPIRED') return new Finding(explain(cause).seen, { cause });
  const days = Math.floor(-daysLeft(endOfCertificate(socket), network));
  // An expired intermediate leaves the leaf with days to live.
  if (!(days >= 0)) return new Finding('certificate expired', { cause });
  return new Finding(
    days === 0 ? 'certificate expired today' : `certificate expired ${spellDays(days)} ago`,
    { cause },
  );
}

/** "the certificate expires in 5 days" when fewer than `least` are left; else undefined. */
export function expiryWarning(end: Millis, least: number, network: Network): string | undefined {
  const days = Math.floor(daysLeft(end, network));
  return days < least ? `the certificate expires in ${spellDays(days)}` : undefined;
}

/** When the other side's certificate ends, epoch ms. To be asked while connected: a closed socket forgets it. */
export function endOfCertificate(socket: TLSSocket): Millis {
  return Date.parse(socket.getPeerCertificate().valid_to);
}

function daysLeft(end: Millis, network: Network): number {
  return (end - now(network)) / DAY;
}

function spellDays(days: number): string {
  return `${days} day${days === 1 ? '' : 's'}`;
}
