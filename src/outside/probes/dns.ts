// dns: whether a name has the expected records.
import { promises as dns, type MxRecord } from 'node:dns';
import { isIP } from 'node:net';
import { domainToASCII } from 'node:url';
import ipaddr from 'ipaddr.js';
import type { CheckOf } from '../../core/model/checks/check.ts';
import { Finding } from './failure.ts';
import type { CheckRunner, Network } from './network.ts';

type DnsCheck = CheckOf<'dns'>;

/** Queries the configured name server, or the system's; every expected value must be among the records. */
export const checkDns: CheckRunner<DnsCheck> = async (check, signal, network) => {
  // A new resolver, so that no cached answer is used.
  const resolver = new dns.Resolver({ timeout: Math.max(50, Math.floor(check.timeout / 4)), tries: 3 });
  if (check.server) setServer(resolver, check.server);
  signal.addEventListener('abort', () => resolver.cancel(), { once: true });
  const started = performance.now();
  const found = await ask(resolver, check);
  const latency = performance.now() - started;
  if (found.length === 0) throw new Finding('no such record');
  const missing = (check.expect ?? []).filter(
    wanted => !found.some(one => equalsExpected(wanted, one, check.record)),
  );
  if (missing.length > 0) {
    throw new Finding('expected record not found', {
      cause: `found ${found.join(', ')}; missing ${missing.join(', ')}`,
    });
  }
  meetServers(resolver, network);
  return {
    outcome: 'up',
    latency,
    seen: `found ${found.length} ${check.record} record${found.length === 1 ? '' : 's'}`,
  };
};

/**
 * A record from a name server nearby may come from its memory, so it does not prove that our own network works. A failure
 * may well be our own network's: then no address was met.
 */
function meetServers(resolver: dns.Resolver, { meet = () => {} }: Network): void {
  for (const server of resolver.getServers()) {
    // With a port, the address has brackets if it is one of IPv6.
    meet(isIP(server) ? server : server.replace(/^\[(.*)\]:\d+$|:\d+$/, '$1'));
  }
}

async function ask(resolver: dns.Resolver, { name, record }: DnsCheck): Promise<string[]> {
  try {
    const found = await resolver.resolve(domainToASCII(name) || name, record);
    return (found as (string | string[] | MxRecord)[]).map(spelled);
  } catch (cause) {
    const code = (cause as NodeJS.ErrnoException).code ?? '';
    throw new Finding(WORDS.get(code) ?? 'name could not be looked up', { cause });
  }
}

function spelled(found: string | string[] | MxRecord): string {
  if (typeof found === 'string') return found;
  return Array.isArray(found) ? found.join('') : `${found.priority} ${found.exchange}`;
}

/** Whether a record equals the expected value, in any spelling. */
function equalsExpected(wanted: string, found: string, record: DnsCheck['record']): boolean {
  switch (record) {
    case 'TXT':
      return found === wanted || found.trim() === unquoted(wanted.trim());
    case 'A':
    case 'AAAA':
      return address(wanted) === address(found);
    case 'MX':
      // The mail server alone, or with its priority as in zone files.
      return hostName(wanted) === hostName(/^\s*\d+\s/.test(wanted) ? found : found.replace(/^\d+ /, ''));
    default:
      return hostName(wanted) === hostName(found);
  }
}

/** Host names are compared without case, final dot and extra spaces, in their ASCII form. */
function hostName(text: string): string {
  const parts = text.trim().toLowerCase().replace(/\.$/, '').trim().split(/\s+/);
  return parts.map(part => domainToASCII(part) || part).join(' ');
}

/** An address in its standard form (RFC 5952); IPv4-mapped IPv6 becomes IPv4. */
function address(text: string): string {
  const bare = text.trim().replace(/^\[(.*)\]$/, '$1');
  return isIP(bare) ? ipaddr.process(bare).toString() : bare;
}

/** `"v=spf1 " "-all"`, as in zone files and dig, becomes `v=spf1 -all`. */
function unquoted(text: string): string {
  if (!/^"(?:[^"\\]|\\.)*"(?:\s*"(?:[^"\\]|\\.)*")*$/.test(text)) return text;
  const parts = text.matchAll(/"((?:[^"\\]|\\.)*)"/g);
  return [...parts].map(([, part]) => part!.replace(/\\(.)/g, '$1')).join('');
}

function setServer(resolver: dns.Resolver, server: string): void {
  try {
    resolver.setServers([server]);
  } catch (cause) {
    throw new Finding('name server is not an IP address', { cause });
  }
}

const WORDS = new Map([
  ['ENOTFOUND', 'name not found'],
  ['ENODATA', 'no such record'],
  ['ESERVFAIL', 'name server failed'],
  ['EREFUSED', 'name server refused to answer'],
  ['ECONNREFUSED', 'name server unreachable'],
  ['ETIMEOUT', 'name server did not answer'],
  ['EBADRESP', 'name server sent an invalid answer'],
  ['EFORMERR', 'name server sent an invalid answer'],
]);
