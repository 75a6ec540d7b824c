// dns: whether a name has the records it should have.
import { promises as dns } from 'node:dns';
import type { CheckOf } from '../../core/check.ts';
import { Finding } from './failure.ts';
import type { Look } from './network.ts';

type DnsCheck = CheckOf<'dns'>;

/** Asks the configured name server (or the system's); every expected value must be among the answers. */
export const lookAtDns: Look<DnsCheck> = async (check, signal) => {
  // A resolver of its own: no cache of an earlier check answers in the server's place.
  const resolver = new dns.Resolver({ timeout: Math.max(50, Math.floor(check.timeout / 4)), tries: 3 });
  if (check.server) setServer(resolver, check.server);
  signal.addEventListener('abort', () => resolver.cancel(), { once: true });
  const started = performance.now();
  const found = await ask(resolver, check);
  const latency = performance.now() - started;
  if (found.length === 0) throw new Finding('no such record');
  const missing = (check.expect ?? []).filter(wanted => !found.includes(normal(wanted, check.record)));
  if (missing.length > 0) {
    throw new Finding('expected record not found', {
      cause: `found ${found.join(', ')}; missing ${missing.join(', ')}`,
    });
  }
  return {
    outcome: 'up',
    latency,
    seen: `found ${found.length} ${check.record} record${found.length === 1 ? '' : 's'}`,
  };
};

async function ask(resolver: dns.Resolver, { name, record }: DnsCheck): Promise<string[]> {
  try {
    const values = await records(resolver, name, record);
    return values.map(value => normal(value, record));
  } catch (cause) {
    throw new Finding(
      WORDS.get((cause as NodeJS.ErrnoException).code ?? '') ?? 'name could not be looked up',
      {
        cause,
      },
    );
  }
}

async function records(resolver: dns.Resolver, name: string, record: DnsCheck['record']): Promise<string[]> {
  switch (record) {
    case 'A':
      return resolver.resolve4(name);
    case 'AAAA':
      return resolver.resolve6(name);
    case 'CNAME':
      return resolver.resolveCname(name);
    case 'NS':
      return resolver.resolveNs(name);
    case 'MX':
      return (await resolver.resolveMx(name)).map(({ exchange }) => exchange);
    case 'TXT':
      return (await resolver.resolveTxt(name)).map(parts => parts.join(''));
  }
}

/** Names compare without case and final dot; texts as they are. */
function normal(value: string, record: DnsCheck['record']): string {
  return record === 'TXT' ? value : value.trim().toLowerCase().replace(/\.$/, '');
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
  ['EBADRESP', 'name server answered with nonsense'],
  ['EFORMERR', 'name server answered with nonsense'],
]);
