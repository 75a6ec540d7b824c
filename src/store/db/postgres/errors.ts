// The errors of PostgreSQL and of the way to it: faults that pass, and refusals in one sentence. No text holds the address
// with its password.
import { DatabaseRefused, StorageFault, type StorageTrouble } from '../../../core/model/ports/storage.ts';

interface ServerError {
  readonly code?: string;
  readonly message: string;
}

/** A server's own code: five characters (SQLSTATE). What has none came from the way to it. */
const SQLSTATE = /^[0-9A-Z]{5}$/;
/** First match wins. */
const TROUBLES: readonly (readonly [RegExp, StorageTrouble])[] = [
  [/^(53100|53200)$/, 'full'],
  [/^(25006|42501)$/, 'refusing'],
  [/^(55P03|57014|40P01|40001)$/, 'locked out'],
  [/^(08|53|57P|28|3D000|25P0[34])/, 'away'],
  [/^(58|XX)/, 'io'],
];

/** What is wrong with the database; null when the statement is (a bug of ours). */
export function serverTroubleOf(error: unknown): StorageTrouble | null {
  if (error instanceof DatabaseRefused) return null;
  const { code = '' } = error as ServerError;
  if (!SQLSTATE.test(code)) return isOfTheWay(error) ? 'away' : null;
  return TROUBLES.find(([pattern]) => pattern.test(code))?.[1] ?? null;
}

/** Node's errors have a code; pg's own say it in words. */
function isOfTheWay(error: unknown): boolean {
  const { code, message } = error as ServerError;
  if (code !== undefined) return !/^ERR_(?!TLS|SSL)/.test(code);
  return /connect|timeout|terminat|queryable|client was closed|socket/i.test(message);
}

/** The fault for those who asked; other errors stay as they are. */
export function asFault(error: unknown): unknown {
  const trouble = serverTroubleOf(error);
  if (trouble === null || error instanceof StorageFault) return error;
  return new StorageFault(trouble, (error as ServerError).code ?? (error as ServerError).message, error);
}

/** Why this database cannot be used: `where` is a host and a database, without the password. */
export function refusalOf(error: unknown, place: { readonly shown: string; readonly schema: string }): Error {
  if (error instanceof DatabaseRefused) return error;
  const { code = '', message } = error as ServerError;
  const found = REFUSALS.find(([pattern]) => pattern.test(code) || pattern.test(message));
  if (!found && serverTroubleOf(error) === null) return error as Error;
  const [, what, fix] = found ?? [
    null,
    'PostgreSQL does not answer',
    'start it, or check host, port and firewall',
  ];
  const said = code || message.slice(0, 120);
  const named = (text: string) => text.replaceAll('{schema}', place.schema);
  return refused(place, named(`${what} (${said})`), named(fix));
}

export function refused({ shown }: { readonly shown: string }, what: string, fix: string): DatabaseRefused {
  return new DatabaseRefused(`DATABASE_URL (${shown})`, what, fix);
}

const REFUSALS: readonly (readonly [RegExp, string, string])[] = [
  [/^(ENOTFOUND|EAI_AGAIN)$/, 'there is no host of this name', 'correct the host in DATABASE_URL'],
  [
    /^28P01$|SASL|password must be a string/,
    'PostgreSQL refuses the user or the password',
    'correct them in DATABASE_URL (special characters percent-encoded)',
  ],
  [
    /^28000$/,
    'PostgreSQL refuses this user from here',
    'allow it in pg_hba.conf, or add ?sslmode=require to DATABASE_URL if it asks for TLS',
  ],
  [/^3D000$/, 'there is no database of this name', 'create it with `createdb`, or correct DATABASE_URL'],
  [
    /^42501$/,
    'this user may not use the schema “{schema}”',
    'GRANT USAGE, CREATE ON SCHEMA {schema} to it, or let it own the schema and its tables',
  ],
  [
    /^42P07$/,
    'the schema “{schema}” has tables of another program',
    'set DATABASE_SCHEMA to a schema of its own',
  ],
  [
    /unsupported startup parameter/,
    'a connection pooler is in front of PostgreSQL',
    'connect to PostgreSQL itself (port 5432), as a lock of the session needs a connection of its own',
  ],
  [/does not support SSL/, 'PostgreSQL does not offer TLS', 'leave sslmode out of DATABASE_URL'],
  [
    /certificate|self.signed|CERT_/i,
    'the certificate of PostgreSQL is not trusted',
    'name its authority in NODE_EXTRA_CA_CERTS',
  ],
  [
    /^53300$/,
    'PostgreSQL accepts no more connections',
    'raise its max_connections (this program takes up to 6)',
  ],
  [/^57P03$/, 'PostgreSQL is starting or stopping', 'wait until it has started'],
  [/^25006$/, 'this PostgreSQL is read-only', 'name the primary server in DATABASE_URL'],
];
