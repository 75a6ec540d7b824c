// Addresses that are not on the internet: of this machine, of a private network, and of a provider's own network.
import ipaddr from 'ipaddr.js';

/**
 * Whether an address belongs to this machine (loopback, `0.0.0.0`) or to a network of its own: RFC 1918, fc00::/7,
 * link-local, carrier-grade NAT. An IPv4 address written as IPv6 counts as itself; a name is no address.
 */
export function isPrivate(address = ''): boolean {
  return ipaddr.isValid(address) && PRIVATE.includes(ipaddr.process(address).range());
}

const PRIVATE = ['unspecified', 'loopback', 'private', 'linkLocal', 'uniqueLocal', 'carrierGradeNat'];

/** Whether a URL leads to a private address, by the form of its host alone: nothing is looked up. */
export function leadsInside(url: string): boolean {
  const host = new URL(url).hostname.replace(/^\[|\]$|\.$/g, '');
  // A name without a dot, or with an end that the internet's root never has.
  return isPrivate(host) || /^[^.:]+$|\.(localhost|local|internal|lan|test|home\.arpa)$/.test(host);
}
