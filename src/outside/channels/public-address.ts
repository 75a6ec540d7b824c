// Which addresses a stranger may make us call: only public ones. The check uses the address the socket connects to, so
// a name that changes between lookup and connection gains nothing.
import { lookup as dnsLookup, type LookupAddress } from 'node:dns';
import { isIP, type LookupFunction } from 'node:net';
import ipaddr from 'ipaddr.js';

/**
 * Whether an address is on the public internet. Private, loopback, link-local (cloud metadata), carrier-grade NAT,
 * multicast, reserved and documentation ranges are not. IPv6 forms that contain an IPv4 address (mapped, NAT64, 6to4,
 * Teredo) never count as public.
 */
export function isPublicAddress(address: string): boolean {
  // ipaddr.js accepts old spellings such as 1.2.3, which no socket reports.
  if (isIP(address) === 0) return false;
  const parsed = ipaddr.parse(address);
  if (parsed.range() !== 'unicast') return false;
  // Only 2000::/3 is assigned; an address that ipaddr.js has no name for is not public.
  return parsed.kind() === 'ipv4' || ((parsed as ipaddr.IPv6).parts[0] as number) >> 13 === 1;
}

/** The error for an address that must not be called; `code` as in Node's errors. */
export function notPublic(): Error {
  return Object.assign(new Error('the address is not on the public internet'), { code: 'ENOTPUBLIC' });
}

/** Resolves names for `net.connect`; refuses a name if any of its addresses is not public. */
export function guardedLookup(lookup: LookupFunction = dnsLookup as LookupFunction): LookupFunction {
  return (hostname, options, callback) => {
    lookup(hostname, { ...options, all: true }, (error, found) => {
      if (error) return callback(error, '', 0);
      const addresses = found as unknown as LookupAddress[];
      if (addresses.length === 0 || !addresses.every(({ address }) => isPublicAddress(address))) {
        return callback(notPublic(), '', 0);
      }
      const [first] = addresses as [LookupAddress];
      if (options.all) return callback(null, addresses as never, 0);
      callback(null, first.address, first.family);
    });
  };
}
