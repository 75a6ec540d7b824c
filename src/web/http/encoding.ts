// Chooses the encoding of a response (RFC 9110, 12.5.3).

export type Encoding = 'identity' | 'gzip' | 'br';

/** The best encoding that both sides support; brotli before gzip if the client gives both the same weight. */
export function chooseEncoding(accept: string | undefined): Encoding {
  const weights = new Map<string, number>();
  for (const part of (accept ?? '').toLowerCase().split(',')) {
    const [name = '', ...params] = part.trim().split(';');
    const quality = params.map(param => /^\s*q=([\d.]+)/.exec(param)?.[1]).find(value => value !== undefined);
    weights.set(name.trim(), quality === undefined ? 1 : Number(quality));
  }
  const weight = (name: string) => weights.get(name) ?? weights.get('*') ?? 0;
  if (weight('br') > 0 && weight('br') >= weight('gzip')) return 'br';
  return weight('gzip') > 0 ? 'gzip' : 'identity';
}
