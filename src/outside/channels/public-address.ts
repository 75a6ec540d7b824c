// Which addresses a stranger may make us call: those of the public internet. What counts is the
// address the socket connects to, so that a name that changes between resolving and connecting gains nothing.
import { lookup as dnsLookup, type LookupAddress } from 'node:dns';
import { isIP, type LookupFunction } from 'node:net';
import ipaddr from 'ipaddr.js';

/**
 * Whether an address belongs to the public internet. Private, loopback, link-local (the cloud's metadata),
 * carrier-grade NAT, multicast, reserved and documentation ranges do not; an IPv4 address wrapped in IPv6
 * (mapped, NAT64, 6to4, Teredo) is none either, whatever it wraps.
 */
export function isPublicAddress(address: string): boolean {
  // ipaddr.js reads old spellings such as 1.2.3, which are none of a socket.
  if (isIP(address) === 0) return false;
  const parsed = ipaddr.parse(address);
  if (parsed.range() !== 'unicast') return false;
  // 2000::/3 is all that is given out; what ipaddr.js has no name for is not public.
  return parsed.kind() === 'ipv4' || ((parsed as ipaddr.IPv6).parts[0] as number) >> 13 === 1;
}

/** An address that must not be called; `code` as in Node's own errors. */
export function notPublic(): Error {
  return Object.assign(new Error('the address is not on the public internet'), { code: 'ENOTPUBLIC' });
}

/** Resolves names for `net.connect`: when any address of a name is not public, the name is refused. */
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
