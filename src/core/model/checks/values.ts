// Values that several kinds of checks take: durations, sizes, ports, JSONPaths.
import parseJsonPath from 'jsonpath-rfc9535/parser';
import * as z from 'zod';
import { schemaIssue } from '../problem.ts';
import { MINUTE, type Millis, parseDuration, SECOND } from '../time.ts';

/** A duration of status.yaml (`10s`, `5m`), read into ms. */
export const duration = z
  .union([z.string(), z.number()], 'write 10s, 5m or 24h')
  .transform((text, context): Millis => {
    const millis = typeof text === 'number' ? null : parseDuration(text);
    if (millis === null) {
      context.addIssue(schemaIssue(`"${text}" is not a duration`, 'write 10s, 5m or 24h'));
      return z.NEVER;
    }
    return millis;
  })
  .meta({ type: 'string', examples: ['10s', '5m', '24h'] });

const UNITS: Readonly<Record<string, number>> = {
  b: 1,
  kb: 1000,
  mb: 1_000_000,
  gb: 1_000_000_000,
  kib: 1024,
  mib: 1024 ** 2,
  gib: 1024 ** 3,
};

/** A size of status.yaml (`4MB`, `500 kB`, `1 MiB`, or a number of bytes), read into bytes. */
export const size = z
  .union([z.string(), z.number()], 'write 4MB, 500kB or 1MiB')
  .transform((text, context): number => {
    const [, count, unit = 'b'] = /^(\d+(?:\.\d+)?)\s*([kmg]i?b|b)?$/i.exec(String(text).trim()) ?? [];
    const bytes = Math.round(Number(count) * (UNITS[unit.toLowerCase()] as number));
    if (bytes > 0) return bytes;
    context.addIssue(schemaIssue(`"${text}" is not a size`, 'write 4MB, 500kB or 1MiB'));
    return z.NEVER;
  })
  .meta({ examples: ['4MB', '500kB', 1_000_000] });

export const timeout = duration
  .default(10 * SECOND)
  .refine(
    millis => millis > 0 && millis <= 5 * MINUTE,
    schemaIssue('a timeout must be between 1ms and 5m', 'write for instance 10s'),
  );

const A_PORT = 'write a number from 1 to 65535';

// A port from ${VARIABLES} is text.
export const port = z
  .union([z.number(), z.string()], A_PORT)
  .transform((text, context): number => {
    const number = /^\d+$/.test(String(text)) ? Number(text) : 0;
    if (number >= 1 && number <= 65535) return number;
    context.addIssue(schemaIssue(`"${text}" is not a port`, A_PORT));
    return z.NEVER;
  })
  .meta({ type: ['integer', 'string'], examples: [443] });
export const family = z.union([z.literal(4), z.literal(6)]).optional();

export const jsonPath = z
  .string()
  .refine(isJsonPath, schemaIssue('this is not a JSONPath (RFC 9535)', 'write $.db.ok'))
  .meta({ title: 'a JSONPath', examples: ['$.db.ok'] });

/** `network.reference`: the address of the own-network check. */
export const reference = z
  .string()
  .refine(
    text => (/^https?:\/\//.test(text) ? URL.canParse(text) : /^[^\s/]+:\d{1,5}$/.test(text)),
    'write a web address like https://example.com or host:port like 1.1.1.1:53',
  )
  .meta({ title: 'an address', examples: ['https://example.com'] });

function isJsonPath(text: string): boolean {
  try {
    parseJsonPath(text);
    return true;
  } catch {
    return false;
  }
}
