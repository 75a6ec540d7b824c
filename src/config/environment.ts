// The environment: reads and checks every variable that the program uses.
import { statSync } from 'node:fs';
import path from 'node:path';
import ipaddr from 'ipaddr.js';
import { postgresPlace, readDatabaseUrl, readSchemaName } from '../core/model/ports/database-url.ts';
import type { PostgresPlace } from '../core/model/ports/storage.ts';
import { nearestWord, type Outcome, type Problem } from '../core/model/problem.ts';
import type { ApiToken } from '../core/model/token.ts';
import { joinWithOr } from '../core/text/yaml.ts';
import { readApiTokens, TOKENS_FIX } from './api-tokens.ts';
import { misspelt, readEnvFile, readShort } from './env-file.ts';
import { exposed } from './secret.ts';

const LOG_LEVELS = ['fatal', 'error', 'warn', 'info', 'debug', 'trace', 'silent'] as const;

/** Their files should not be readable by others. */
const SECRETS = 'SECRET WEBHOOK_TOKEN API_TOKEN SMTP_URL DKIM_PRIVATE_KEY RESEND_WEBHOOK_SECRET'.split(' ');

/** The variables of process.env, passed on by main.ts. */
export type Variables = Readonly<Record<string, string | undefined>>;

export interface Environment {
  /** 0: the system chooses. */
  readonly port: number;
  readonly host: string;
  /** The page's public address, without a trailing slash; null when not set. */
  readonly publicUrl: string | null;
  readonly statusDir: string;
  readonly dataDir: string;
  /** SQLite's file; not used on PostgreSQL. */
  readonly databaseFile: string;
  /** Null: the database is a SQLite file. */
  readonly postgres: PostgresPlace | null;
  readonly smtpUrl: string | null;
  readonly mailFrom: string | null;
  /** The key that signs email; null when the mail server signs. */
  readonly dkim: { readonly domain: string; readonly selector: string; readonly privateKey: string } | null;
  /** The signing secret of Resend's webhook for bounces, `whsec_…`. */
  readonly resendSecret: string | null;
  readonly secret: string | null;
  readonly webhookToken: string | null;
  /** Who may use the writing API; empty: it is off. */
  readonly apiTokens: readonly ApiToken[];
  /** Express's `trust proxy`. */
  readonly trustProxy: boolean | number | string;
  readonly logLevel: (typeof LOG_LEVELS)[number];
  /** All variables, those of `.env` too, for `${NAME}` in status.yaml. */
  readonly variables: Variables;
}

type Database = { readonly file: string } | { readonly server: string };

/** A variable that is wrong, and the fix. */
class BadVariable {
  readonly what: string;
  readonly fix: string;

  constructor(what: string, fix: string) {
    this.what = what;
    this.fix = fix;
  }
}

/**
 * Reads and checks the environment, and `.env` in the folder `cwd`. Each variable may also come from a file, as `NAME_FILE`.
 */
export function readEnvironment(given: Variables, cwd: string): Outcome<Environment> {
  const problems: Problem[] = [];
  const file = readEnvFile(given, cwd, SECRETS, problems);
  const names: string[] = [];
  const say = (level: Problem['level'], where: string, { what, fix }: BadVariable) =>
    void problems.push({ level, where, what, fix });
  const textOf = (name: string) => {
    names.push(name);
    return textIn(name, given, cwd, problems) ?? textIn(name, file.values, cwd, problems);
  };
  /** The value; `absent` when it is not set or invalid. */
  const read = <T>(name: string, absent: T, parse: (text: string) => T | BadVariable): T => {
    const text = textOf(name);
    const value = text === null ? absent : parse(text);
    if (!(value instanceof BadVariable)) return value;
    say('error', name, value);
    return absent;
  };
  const plain = (name: string, absent: string): string => read(name, absent, String);
  /** A secret that looks wrong is used, with a warning. */
  const secret = (name: string, pattern = /^.{16}/s, fault = SHORT): string | null => {
    const text = textOf(name);
    if (text !== null && !pattern.test(text)) say('warning', name, fault);
    return text;
  };
  const dataDir = path.resolve(cwd, plain('DATA_DIR', 'data'));
  const dkim = ['DKIM_DOMAIN', 'DKIM_SELECTOR', 'DKIM_PRIVATE_KEY'].map(textOf);
  const key = dkimOf(dkim);
  if (key instanceof BadVariable) say('error', dkim.includes(null) ? 'DKIM_DOMAIN' : 'DKIM_PRIVATE_KEY', key);
  const database = read<Database>('DATABASE_URL', { file: path.join(dataDir, 'status.db') }, text =>
    checked(readDatabaseUrl(text)),
  );
  const schema = read('DATABASE_SCHEMA', 'public', text => checked(readSchemaName(text)));
  const value: Environment = {
    port: read('PORT', 3000, portIn),
    host: plain('HOST', '0.0.0.0'),
    publicUrl: read<string | null>('PUBLIC_URL', null, publicUrlIn),
    statusDir: path.resolve(cwd, plain('STATUS_DIR', 'status')),
    dataDir,
    databaseFile: path.resolve(cwd, 'file' in database ? database.file : path.join(dataDir, 'status.db')),
    postgres: 'server' in database ? postgresPlace(database.server, schema) : null,
    smtpUrl: read<string | null>('SMTP_URL', null, smtpUrlIn),
    mailFrom: read<string | null>('MAIL_FROM', null, senderIn),
    dkim: key instanceof BadVariable ? null : key,
    resendSecret: secret('RESEND_WEBHOOK_SECRET', /^whsec_[\w+/-]{20,}={0,2}$/, NOT_RESENDS),
    secret: secret('SECRET'),
    webhookToken: secret('WEBHOOK_TOKEN'),
    apiTokens: read<readonly ApiToken[]>('API_TOKEN', [], apiTokensIn),
    trustProxy: read<Environment['trustProxy']>('TRUST_PROXY', false, proxiesIn),
    logLevel: read<Environment['logLevel']>('LOG_LEVEL', 'info', levelIn),
    variables: { ...given, ...file.values },
  };
  problems.push(...misspelt(file, names));
  if (value.postgres && value.secret === null) say('error', 'SECRET', NO_SECRET);
  for (const fault of value.smtpUrl === null ? [] : smtpOptionFaults(value.smtpUrl))
    say('warning', 'SMTP_URL', fault);
  if (value.apiTokens.some(({ token }) => token.length < 16)) say('warning', 'API_TOKEN', SHORT);
  return { value: problems.some(problem => problem.level === 'error') ? null : value, problems };
}

/** The text of a variable, or of the file in `NAME_FILE`; null when neither is set, or what is set is empty. */
function textIn(name: string, variables: Variables, cwd: string, problems: Problem[]): string | null {
  const plain = variables[name]?.trim();
  const file = variables[`${name}_FILE`]?.trim();
  if (!file) return plain || null;
  const wrong = (where: string, what: string, fix: string) => {
    problems.push({ level: 'error', where, what, fix });
    return null;
  };
  try {
    const at = path.resolve(cwd, file);
    const text = readShort(at).trim();
    if (plain && text) return wrong(name, `both ${name} and ${name}_FILE are set`, 'keep one of them');
    const open = SECRETS.includes(name) ? exposed(at, statSync(at).mode, `${name}_FILE`) : null;
    if (open) problems.push(open);
    return plain || text || null;
  } catch (error) {
    const what = `"${file}" cannot be read (${(error as NodeJS.ErrnoException).code ?? 'unreadable'})`;
    return wrong(`${name}_FILE`, what, 'name a file this user may read');
  }
}

/** A fault of another reader's own. */
function checked<T>(value: T): Exclude<T, { readonly what: string }> | BadVariable {
  const isFault = typeof value === 'object' && value !== null && 'what' in value && 'fix' in value;
  if (isFault) return new BadVariable(String(value.what), String(value.fix));
  return value as Exclude<T, { readonly what: string }>;
}

const NO_SECRET = new BadVariable(
  'it is not set, and with PostgreSQL every process needs the same one',
  'set it to the content of DATA_DIR/secret, or make one with `openssl rand -hex 32`',
);
const SHORT = new BadVariable(
  'it is shorter than 16 characters',
  'make a longer one with `openssl rand -hex 32`',
);
const NOT_RESENDS = new BadVariable(
  'it is not a signing secret (whsec_…)',
  'copy it from the webhook’s page at Resend; bounces are ignored until then',
);

function apiTokensIn(text: string): readonly ApiToken[] | BadVariable {
  const read = readApiTokens(text);
  return 'what' in read ? new BadVariable(read.what, TOKENS_FIX) : read;
}

function portIn(text: string): number | BadVariable {
  if (/^\d{1,5}$/.test(text) && Number(text) <= 65535) return Number(text);
  return new BadVariable(`"${text}" is not a port`, 'write a number from 0 to 65535, for instance 3000');
}

function publicUrlIn(text: string): string | BadVariable {
  const url = URL.canParse(text) ? new URL(text) : null;
  if (url && /^https?:$/.test(url.protocol) && !url.search && !url.hash && !url.username) {
    return url.origin + url.pathname.replace(/\/+$/, '');
  }
  const fix = 'write where visitors reach the page, for instance https://status.levqor.ai';
  // Somebody may have written a password into it.
  return new BadVariable(`"${text.replace(/\/\/[^\s/@]*@/, '//***@')}" is not an http(s) address`, fix);
}

function smtpUrlIn(text: string): string | BadVariable {
  const url = URL.canParse(text) ? new URL(text) : null;
  if (url && /^smtps?:$/.test(url.protocol) && url.hostname !== '') return text;
  // Do not repeat the value: it may contain a password.
  const fix = 'write smtps://USER:PASSWORD@HOST:465 (special characters percent-encoded)';
  return new BadVariable('this is not an smtp:// or smtps:// address', fix);
}

/** The options that docs/notifications.md lists; all others beginning with `tls.` are Node's own. */
const SMTP_OPTIONS = [
  'requireTLS',
  'ignoreTLS',
  'name',
  'localAddress',
  'tls.servername',
  'tls.rejectUnauthorized',
];

/** Each unknown option of an address, without its value: it may be a password. */
function smtpOptionFaults(url: string): BadVariable[] {
  const unknown = [...new URL(url).searchParams.keys()].filter(
    name => !SMTP_OPTIONS.includes(name) && !name.startsWith('tls.'),
  );
  return unknown.map(name => {
    const near = nearestWord(name, SMTP_OPTIONS);
    return new BadVariable(
      `\`${name}\` is none of its options`,
      near ? `did you mean ${near}?` : 'leave it out; docs/notifications.md lists the options',
    );
  });
}

function senderIn(text: string): string | BadVariable {
  if (/^(?:"?([^"<>\r\n]*?)"?\s*<([^<>\s@]+@[^<>\s@]+)>|([^<>\s@]+@[^<>\s@]+))$/.test(text)) return text;
  return new BadVariable(
    `"${text}" is not a sender`,
    'write status@levqor.ai, or Levqor Status <status@levqor.ai>',
  );
}

function dkimOf([domain, selector, key]: readonly (string | null | undefined)[]):
  | Environment['dkim']
  | BadVariable {
  if (!domain && !selector && !key) return null;
  if (!domain || !selector || !key) {
    const fix = 'set DKIM_DOMAIN, DKIM_SELECTOR and DKIM_PRIVATE_KEY (or DKIM_PRIVATE_KEY_FILE), or none';
    return new BadVariable('only some of the DKIM settings are set', fix);
  }
  const privateKey = key.replaceAll('\\n', '\n');
  if (/-----BEGIN [A-Z ]*PRIVATE KEY-----/.test(privateKey)) return { domain, selector, privateKey };
  const fix = 'set the key in PEM format, from `-----BEGIN PRIVATE KEY-----` on; a file is easiest';
  return new BadVariable('this is not a private key', fix);
}

function proxiesIn(text: string): boolean | number | string | BadVariable {
  if (/^(false|off|no)$/i.test(text)) return false;
  if (/^\d+$/.test(text)) return Number(text);
  const fix = 'write how many proxies are in front (1), or their addresses (loopback, 10.0.0.0/8)';
  if (/^true$/i.test(text))
    return new BadVariable('"true" would trust any address that a visitor sends', fix);
  const strange = text.split(/\s*,\s*/).find(place => !isProxies(place));
  return strange === undefined ? text : new BadVariable(`"${strange}" is not a proxy address`, fix);
}

function isProxies(place: string): boolean {
  if (['loopback', 'linklocal', 'uniquelocal'].includes(place)) return true;
  const [address = '', bits] = place.split('/');
  const whole = ipaddr.IPv4.isValidFourPartDecimal(address) || ipaddr.IPv6.isValid(address);
  return whole && (bits === undefined || ipaddr.isValidCIDR(place));
}

function levelIn(text: string): Environment['logLevel'] | BadVariable {
  const level = LOG_LEVELS.find(known => known === text.toLowerCase());
  return level ?? new BadVariable(`"${text}" is not a level`, `write ${joinWithOr(LOG_LEVELS)}`);
}
