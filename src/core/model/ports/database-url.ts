// DATABASE_URL: a SQLite file, or a PostgreSQL.
import type { PostgresPlace } from './storage.ts';

/** What is wrong, and the fix. Neither repeats the address: it may contain a password. */
interface AddressFault {
  readonly what: string;
  readonly fix: string;
}

/** The path of a SQLite file, an address of PostgreSQL as it stands, or what is wrong with it. */
export function readDatabaseUrl(
  text: string,
): { readonly file: string } | { readonly server: string } | AddressFault {
  const [, kind = ''] = /^(?!sqlite:|file:)([a-z]+):\/\//i.exec(text) ?? [];
  if (/^postgres(ql)?$/i.test(kind)) {
    const fix = 'write postgres://USER:PASSWORD@HOST:5432/DATABASE (special characters percent-encoded)';
    const url = URL.canParse(text) ? new URL(text) : null;
    const isWhole = url !== null && (url.hostname !== '' || url.searchParams.has('host'));
    if (!isWhole) return { what: 'this is not a whole postgres:// address', fix };
    // With a bare / or # in it, a password would be read as the rest of the address, and shown.
    if (/[/@:]/.test(url.pathname.slice(1)) || url.hash)
      return { what: 'its user or password holds a special character', fix };
    if (!isEncoded(url)) return { what: 'a % in it begins no percent-encoded character', fix };
    if (url.pathname.length < 2) return { what: 'it names no database', fix };
    return { server: text };
  }
  if (kind) {
    const fix = 'leave it out, or write sqlite:PATH or postgres://USER:PASSWORD@HOST:5432/DATABASE';
    return { what: `"${kind}" databases are not supported`, fix };
  }
  return { file: text.replace(/^(sqlite|file):(\/\/(?=\/))?/i, '') };
}

function isEncoded({ username, password, pathname }: URL): boolean {
  try {
    return [username, password, pathname].every(part => decodeURIComponent(part) !== null);
  } catch {
    return false;
  }
}

/** The place of a PostgreSQL, with its host and database for messages. */
export function postgresPlace(server: string, schema: string): PostgresPlace {
  const url = new URL(server);
  const host = url.host || url.searchParams.get('host');
  return { url: server, schema, shown: `${host}${url.pathname}` };
}

/** A name that needs no quotes, so that it reads the same everywhere. */
export function readSchemaName(text: string): string | AddressFault {
  if (/^(?!pg_)[a-z_][a-z0-9_]{0,62}$/.test(text)) return text;
  const fix = 'write small letters, digits and _, for instance status';
  return { what: `"${text}" is not a name for a schema`, fix };
}
