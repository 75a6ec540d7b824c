// The kinds of checks: one schema for each.
import * as z from 'zod';
import { type SchemaIssue, schemaIssue } from '../problem.ts';
import { MINUTE } from '../time.ts';
import { host, nameFault, webAddress } from './hosts.ts';
import { parseStatuses } from './http-statuses.ts';
import { duration, family, jsonPath, port, size, timeout } from './values.ts';

/** The empty text is in every body, so a check for it would be useless. */
const words = z
  .string()
  .min(1, 'every response contains an empty text; write the text to find, or remove it')
  .meta({ title: 'the text to find', examples: ['Sign in'] });

/** Headers that HTTP itself sets, or that have no meaning in a single request. */
export const OWN_HEADERS = /^(connection|content-length|expect|keep-alive|transfer-encoding|upgrade)$/i;

export const HEADER_NAME = /^[\w!#$%&'*+.^`|~-]+$/;

/** Reports wrong names of headers, in which capitals make no difference. */
function checkNames(headers: Record<string, string>, context: z.RefinementCtx): void {
  const names = Object.keys(headers);
  for (const [index, name] of names.entries()) {
    const own = name.toLowerCase();
    const say = (wrong: SchemaIssue) => context.addIssue({ ...wrong, path: [name] });
    if (names.findIndex(other => other.toLowerCase() === own) !== index)
      say(schemaIssue('this header is set twice (capital letters make no difference)', 'remove one'));
    if (own === 'host' && !/^[^\s/?#@]+$/.test(headers[name] as string))
      say(
        schemaIssue('this is not a host name', 'write www.example.com, with :port if needed, or remove it'),
      );
  }
}

export const httpCheck = z
  .strictObject({
    type: z.literal('http'),
    url: webAddress,
    timeout,
    method: z.enum(['GET', 'HEAD', 'POST', 'PUT', 'PATCH', 'DELETE', 'OPTIONS']).default('GET'),
    headers: z
      .record(
        z
          .string()
          .regex(HEADER_NAME, 'not the name of a header')
          .refine(
            name => !OWN_HEADERS.test(name),
            schemaIssue('the check sets this header itself, or cannot send it', 'remove it'),
          ),
        z
          .string()
          // biome-ignore lint/suspicious/noControlCharactersInRegex: they are what must not be in it
          .regex(/^[^\x00-\x08\x0a-\x1f\x7f]*$/, 'a header must be one line')
          .refine(
            value => !/[^\0-\xff]/.test(value),
            schemaIssue(
              'a header can contain only Latin-1 characters',
              'write others as the server decodes them, like %E2%82%AC',
            ),
          ),
      )
      .superRefine(checkNames)
      .default({}),
    body: z.string().optional(),
    expect: z
      .union([z.number(), z.string(), z.array(z.union([z.number(), z.string()]))])
      .refine(expect => parseStatuses(expect) !== null, 'write 200, 200-299 or a list of them')
      .default('200-299')
      .describe('a status, a range, or a list of them'),
    contains: words.optional(),
    not_contains: words.optional(),
    json: z.record(jsonPath, z.unknown()).optional().describe('JSONPath → the value it must have'),
    redirects: z
      .number()
      .int()
      .min(0)
      .max(20)
      .default(5)
      .describe('followed at most; 0 uses the first response'),
    tls_days: z.number().int().min(0).default(14).describe('warn when the certificate has fewer days left'),
    max_body: size.default(1_000_000).describe('bytes, decompressed'),
    ip: family.describe('4 or 6: connect over that version of IP only'),
    http2: z.boolean().optional().describe('offer HTTP/2 (https only)'),
  })
  .superRefine(({ method, ...check }, context) => {
    for (const field of ['contains', 'not_contains', 'json'] as const) {
      if (method !== 'HEAD' || check[field] === undefined) continue;
      const wrong = schemaIssue(
        `the response to HEAD has no body, so ${field} cannot be checked`,
        'use method: GET',
      );
      context.addIssue({ ...wrong, path: [field] });
    }
  });

export const tcpCheck = z.strictObject({ type: z.literal('tcp'), host, port, timeout });

/** A host name: its last label is not a number, as in an IP address. */
const NAME = /^(?:[^\s:/]+\.)?[^\s:/.]*[^\s:/.\d][^\s:/.]*\.?$/;

const recordName = z.string().refine(text => NAME.test(text) && nameFault(text) === null);

/** The form of a record's value. */
const RECORDS: Readonly<
  Record<string, { readonly is: z.ZodType; readonly what: string; readonly fix: string }>
> = {
  A: {
    is: z.union([z.ipv4(), z.ipv6().startsWith('::ffff:')]),
    what: 'an A record is an IPv4 address',
    fix: 'write one like 192.0.2.1',
  },
  AAAA: { is: z.ipv6(), what: 'an AAAA record is an IPv6 address', fix: 'write one like 2001:db8::1' },
  MX: {
    // `0 .` means "no email" (RFC 7505).
    is: z
      .string()
      .transform(text => text.replace(/^\d+\s+/, ''))
      .refine(name => name === '.' || recordName.safeParse(name).success),
    what: 'an MX record is the name of a mail server',
    fix: 'write mail.example.com, or 10 mail.example.com',
  },
  CNAME: { is: recordName, what: 'a CNAME record is a name', fix: 'write one like www.example.com' },
  NS: { is: recordName, what: 'an NS record is a name', fix: 'write one like ns1.example.com' },
};

/** Link-local addresses (fe80::/10) need an interface name, which Node's resolver drops. */
const OF_ONE_LINK = /^\[?fe[89ab][\da-f]:/i;

const isNameServer = (text: string): boolean => {
  if (text.trim() === '') return true;
  const [, alone, port] = /^(\d[\d.]*|\[[^\]]*\])(?::(\d+))?$/.exec(text) ?? [null, text];
  const address = alone.replace(/^\[(.*)\]$/, '$1');
  const isAddress = [z.ipv4(), z.ipv6()].some(kind => kind.safeParse(address).success);
  return isAddress && (port === undefined || (Number(port) > 0 && Number(port) < 65_536));
};

export const dnsCheck = z
  .strictObject({
    type: z.literal('dns'),
    name: z
      .string()
      .superRefine((text, context) => {
        const name = text.trim();
        const wrong = NAME.test(name)
          ? nameFault(name)
          : schemaIssue('this is more than a host name', 'write www.example.com');
        if (name !== '' && wrong !== null) context.addIssue(wrong);
      })
      .meta({ title: 'a host name', examples: ['www.example.com'] }),
    record: z.enum(['A', 'AAAA', 'CNAME', 'MX', 'TXT', 'NS']).default('A'),
    expect: z
      .array(z.string())
      .optional()
      .describe('values that must all be among the answers (MX: the exchange)'),
    server: z
      .string()
      .refine(
        text => !OF_ONE_LINK.test(text),
        schemaIssue(
          'a name server at a link-local address (fe80::…) cannot be used',
          'write another address of it',
        ),
      )
      .refine(
        text => OF_ONE_LINK.test(text) || isNameServer(text),
        schemaIssue('this is not a name server', 'write its IP address, with :port if not 53'),
      )
      .meta({ title: 'the IP address of a name server', examples: ['1.1.1.1'] })
      .optional()
      .describe("IP of the name server to ask, with :port if not 53; default: the system's"),
    timeout,
  })
  .superRefine(({ record, expect = [] }, context) => {
    const rule = RECORDS[record];
    for (const [index, value] of expect.entries()) {
      const text = value.trim().replace(/^\[(.*)\]$/, '$1');
      if (!rule || rule.is.safeParse(text).success) continue;
      context.addIssue({
        ...schemaIssue(`"${value}" cannot be the answer: ${rule.what}`, rule.fix),
        path: ['expect', index],
      });
    }
  });

export const tlsCheck = z.strictObject({
  type: z.literal('tls'),
  host,
  port: port.default(443),
  servername: host.optional(),
  days: z.number().int().min(0).default(14).describe('warn when the certificate has fewer days left'),
  timeout,
});

export const smtpCheck = z.strictObject({
  type: z.literal('smtp'),
  host,
  port: port.default(587),
  secure: z.boolean().optional().describe('TLS from the first byte; default: on port 465'),
  starttls: z
    .boolean()
    .optional()
    .describe('the server must offer STARTTLS; default: when a user is given and TLS is not on already'),
  user: z.string().optional(),
  pass: z.string().optional(),
  timeout,
});

export const databaseCheck = z.strictObject({
  type: z.literal('database'),
  url: z
    .string()
    .refine(
      text => text.trim() === '' || /^(postgres(ql)?|mysql|mariadb|rediss?):\/\/./.test(text),
      schemaIssue(
        'this is not the address of a database that can be checked',
        'write postgres://…, mysql://… or redis://… (or leave it empty: not configured)',
      ),
    )
    .refine(
      isDatabaseAddress,
      schemaIssue(
        'this address cannot be read',
        'write KIND://USER:PASSWORD@HOST:PORT/NAME, and / # ? % @ in a password as %2F %23 %3F %25 %40',
      ),
    )
    .meta({ title: 'the URL of a database', examples: ['${ORDERS_DATABASE_URL}'] }),
  query: z
    .string()
    .meta({ examples: ['SELECT 1'] })
    .optional()
    .describe('default SELECT 1, PING for Redis'),
  timeout,
});

/** Whether the drivers can read it: they would fail before they connect, and that is no outage. */
function isDatabaseAddress(text: string): boolean {
  if (text.trim() === '' || !/^\w+:\/\/./.test(text)) return true;
  try {
    // PostgreSQL may be reached by a socket, without a host.
    const { username, password, pathname, protocol } = new URL(text.trim().replace(/@\//, '@localhost/'));
    const parts = [username, password, pathname].map(decodeURIComponent);
    return !protocol.startsWith('redis') || /^\/?\d*$/.test(parts[2]!);
  } catch {
    return false;
  }
}

export const statuspageCheck = z.strictObject({
  type: z.literal('statuspage'),
  url: webAddress
    .describe('of the page; /api/v2/summary.json is read')
    .meta({ examples: ['https://status.example.com'] }),
  component: z
    .string()
    .meta({ examples: ['API'] })
    .optional()
    .describe('name or id; default the whole page'),
  timeout,
});

export const heartbeatCheck = z.strictObject({
  type: z.literal('heartbeat'),
  period: duration
    .default(5 * MINUTE)
    .refine(
      millis => millis > 0,
      schemaIssue('a period must be longer than zero', 'write how often the job reports, like 5m'),
    ),
  grace: duration.default(MINUTE),
  token: z
    .string()
    .min(8)
    .refine(
      text => /^[\w.~-]+$/.test(text),
      schemaIssue('it must fit into a URL', 'use only letters, digits and - . _ ~'),
    )
    .optional(),
  timeout,
});

export const manualCheck = z.strictObject({ type: z.literal('manual'), timeout });
