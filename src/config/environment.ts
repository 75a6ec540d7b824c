// The environment: every variable the program reads, checked at once.
import { closeSync, openSync, readSync, statSync } from 'node:fs';
import path from 'node:path';
import ipaddr from 'ipaddr.js';
import type { Outcome, Problem } from '../core/model/problem.ts';
import { listed } from '../core/text/yaml.ts';
import { exposed } from './secret.ts';

const LOG_LEVELS = ['fatal', 'error', 'warn', 'info', 'debug', 'trace', 'silent'] as const;

/** Whose files must be closed to others. */
const SECRETS = 'SECRET WEBHOOK_TOKEN API_TOKEN SMTP_URL DKIM_PRIVATE_KEY RESEND_WEBHOOK_SECRET'.split(' ');

/** No value is as long as this, bytes. */
const LONGEST = 65_536;

/** Variables of process.env, as main.ts hands them over. */
export type Variables = Readonly<Record<string, string | undefined>>;

export interface Environment {
  /** 0 lets the system choose. */
  readonly port: number;
  readonly host: string;
  /** Where visitors reach the page, no trailing slash; null when not set. */
  readonly publicUrl: string | null;
  readonly statusDir: string;
  readonly dataDir: string;
  /** The SQLite file. */
  readonly databaseFile: string;
  readonly smtpUrl: string | null;
  readonly mailFrom: string | null;
  /** The key that signs mail; null where the mail server does it. */
  readonly dkim: { readonly domain: string; readonly selector: string; readonly privateKey: string } | null;
  /** Of the webhook by which Resend tells of bounces: `whsec_…`. */
  readonly resendSecret: string | null;
  readonly secret: string | null;
  readonly webhookToken: string | null;
  readonly apiToken: string | null;
  /** Express's `trust proxy`. */
  readonly trustProxy: boolean | number | string;
  readonly logLevel: (typeof LOG_LEVELS)[number];
  /** All variables, for `${NAME}` in status.yaml. */
  readonly variables: Variables;
}

/** Reads and checks the environment; each variable may also come from a file, as `NAME_FILE`. */
export function readEnvironment(variables: Variables, cwd: string): Outcome<Environment> {
  const problems: Problem[] = [];
  const complain = (where: string, what: string, fix: string) => {
    problems.push({ level: 'error', where, what, fix });
    return null;
  };
  const read = (name: string): string | null => {
    const plain = variables[name]?.trim();
    const file = variables[`${name}_FILE`]?.trim();
    if (!file) return plain || null;
    if (plain) return complain(name, `both ${name} and ${name}_FILE are set`, 'keep one of them');
    try {
      const at = path.resolve(cwd, file);
      const text = readShort(at).trim();
      const open = SECRETS.includes(name) ? exposed(at, statSync(at).mode, `${name}_FILE`) : null;
      if (open) problems.push(open);
      return text || null;
    } catch (error) {
      const reason = (error as NodeJS.ErrnoException).code ?? 'unreadable';
      return complain(
        `${name}_FILE`,
        `"${file}" cannot be read (${reason})`,
        'name a file this user may read',
      );
    }
  };
  const secret = (name: string): string | null => {
    const text = read(name);
    if (text !== null && text.length < 16) {
      const fix = 'make a longer one with `openssl rand -hex 32`';
      problems.push({ level: 'warning', where: name, what: 'it is shorter than 16 characters', fix });
    }
    return text;
  };
  const signing = (name: string): string | null => {
    const text = read(name);
    if (text !== null && !/^whsec_[\w+/-]{20,}={0,2}$/.test(text)) {
      const fix = 'copy it from the webhook’s page at Resend; no bounce is heard until then';
      problems.push({ level: 'warning', where: name, what: 'it is not a signing secret (whsec_…)', fix });
    }
    return text;
  };
  const dataDir = path.resolve(cwd, read('DATA_DIR') ?? 'data');
  const value: Environment = {
    port: readPort(read('PORT'), complain),
    host: read('HOST') ?? '0.0.0.0',
    publicUrl: readUrl(read('PUBLIC_URL'), complain),
    statusDir: path.resolve(cwd, read('STATUS_DIR') ?? 'status'),
    dataDir,
    databaseFile: readDatabase(read('DATABASE_URL'), dataDir, cwd, complain),
    smtpUrl: readSmtp(read('SMTP_URL'), complain),
    mailFrom: readFrom(read('MAIL_FROM'), complain),
    dkim: readDkim(read('DKIM_DOMAIN'), read('DKIM_SELECTOR'), read('DKIM_PRIVATE_KEY'), complain),
    resendSecret: signing('RESEND_WEBHOOK_SECRET'),
    secret: secret('SECRET'),
    webhookToken: secret('WEBHOOK_TOKEN'),
    apiToken: secret('API_TOKEN'),
    trustProxy: readTrust(read('TRUST_PROXY'), complain),
    logLevel: readLevel(read('LOG_LEVEL'), complain),
    variables,
  };
  return { value: problems.some(problem => problem.level === 'error') ? null : value, problems };
}

type Complain = (where: string, what: string, fix: string) => null;

function readPort(text: string | null, complain: Complain): number {
  if (text === null) return 3000;
  if (/^\d{1,5}$/.test(text) && Number(text) <= 65535) return Number(text);
  complain('PORT', `"${text}" is not a port`, 'write a number from 0 to 65535, for instance 3000');
  return 0;
}

function readUrl(text: string | null, complain: Complain): string | null {
  if (text === null) return null;
  const url = URL.canParse(text) ? new URL(text) : null;
  if (url && /^https?:$/.test(url.protocol) && !url.search && !url.hash && !url.username) {
    return url.origin + url.pathname.replace(/\/+$/, '');
  }
  const fix = 'write where visitors reach the page, for instance https://status.levqor.ai';
  return complain('PUBLIC_URL', `"${text}" is not an http(s) address`, fix);
}

function readDatabase(text: string | null, dataDir: string, cwd: string, complain: Complain): string {
  if (text === null) return path.join(dataDir, 'status.db');
  if (/^[a-z]+:\/\//i.test(text) && !/^(sqlite|file):/i.test(text)) {
    const kind = text.slice(0, text.indexOf(':'));
    complain('DATABASE_URL', `"${kind}" databases are not supported`, 'leave it out, or write sqlite:PATH');
  }
  return path.resolve(cwd, text.replace(/^(sqlite|file):(\/\/(?=\/))?/i, ''));
}

function readSmtp(text: string | null, complain: Complain): string | null {
  if (text === null) return null;
  const url = URL.canParse(text) ? new URL(text) : null;
  if (url && /^smtps?:$/.test(url.protocol) && url.hostname !== '') return text;
  // The value may hold a password: it is not repeated.
  const fix = 'write smtps://USER:PASSWORD@HOST:465 (special characters percent-encoded)';
  return complain('SMTP_URL', 'this is not an smtp:// or smtps:// address', fix);
}

function readFrom(text: string | null, complain: Complain): string | null {
  if (text === null) return null;
  const found = /^(?:"?([^"<>\r\n]*?)"?\s*<([^<>\s@]+@[^<>\s@]+)>|([^<>\s@]+@[^<>\s@]+))$/.exec(text);
  if (found) return text;
  const fix = 'write status@levqor.ai, or Levqor Status <status@levqor.ai>';
  return complain('MAIL_FROM', `"${text}" is not a sender`, fix);
}

function readDkim(
  domain: string | null,
  selector: string | null,
  key: string | null,
  complain: Complain,
): Environment['dkim'] {
  if (!domain && !selector && !key) return null;
  if (!domain || !selector || !key) {
    const fix = 'set DKIM_DOMAIN, DKIM_SELECTOR and DKIM_PRIVATE_KEY (or DKIM_PRIVATE_KEY_FILE), or none';
    return complain('DKIM_DOMAIN', 'only a part of the DKIM settings is there', fix);
  }
  const privateKey = key.replaceAll('\\n', '\n');
  if (!/-----BEGIN [A-Z ]*PRIVATE KEY-----/.test(privateKey)) {
    const fix = 'give the key in PEM, from `-----BEGIN PRIVATE KEY-----` on; a file is easiest';
    return complain('DKIM_PRIVATE_KEY', 'this is not a private key', fix);
  }
  return { domain, selector, privateKey };
}

function readTrust(text: string | null, complain: Complain): boolean | number | string {
  if (text === null || /^(false|off|no)$/i.test(text)) return false;
  if (/^\d+$/.test(text)) return Number(text);
  if (/^true$/i.test(text)) {
    const fix = 'write how many proxies stand in front (1), or their addresses (loopback, 10.0.0.0/8)';
    complain('TRUST_PROXY', '"true" would believe any visitor about their address', fix);
    return false;
  }
  const strange = text.split(/\s*,\s*/).find(place => !isProxies(place));
  if (strange !== undefined) {
    const fix = 'write how many proxies stand in front (1), or their addresses (loopback, 10.0.0.0/8)';
    complain('TRUST_PROXY', `"${strange}" is no address of proxies`, fix);
    return false;
  }
  return text;
}

function isProxies(place: string): boolean {
  if (['loopback', 'linklocal', 'uniquelocal'].includes(place)) return true;
  const [address = '', bits] = place.split('/');
  const whole = ipaddr.IPv4.isValidFourPartDecimal(address) || ipaddr.IPv6.isValid(address);
  return whole && (bits === undefined || ipaddr.isValidCIDR(place));
}

function readLevel(text: string | null, complain: Complain): Environment['logLevel'] {
  const level = LOG_LEVELS.find(known => known === (text ?? 'info').toLowerCase());
  if (level) return level;
  complain('LOG_LEVEL', `"${text}" is not a level`, `write ${listed(LOG_LEVELS)}`);
  return 'info';
}

/** A file's text, of a pipe too; EFBIG when it is no value but something without end. */
function readShort(file: string): string {
  const fd = openSync(file, 'r');
  try {
    const bytes = Buffer.alloc(LONGEST + 1);
    let size = 0;
    for (let read = -1; read !== 0 && size < bytes.length; size += read) {
      read = readSync(fd, bytes, size, bytes.length - size, null);
    }
    if (size > LONGEST) throw Object.assign(new Error('too large'), { code: 'EFBIG' });
    return bytes.toString('utf8', 0, size);
  } finally {
    closeSync(fd);
  }
}
