// Imports a list of subscribers from another program: finds the columns, and who may be imported.
import { LANGS, type Lang } from '../model/lang.ts';
import { type Choice, DETAILS, KINDS, readAddress } from '../model/subscriber.ts';

export interface ImportedSubscriber {
  readonly address: string;
  readonly choice: Choice;
  readonly lang: Lang;
  /** The file says that they had not confirmed. */
  readonly isPending: boolean;
}

export interface SubscriberImport {
  readonly entries: readonly ImportedSubscriber[];
  /** Rows left out, with line and reason, without the address. */
  readonly skipped: readonly { readonly line: number; readonly why: string }[];
}

const EMAIL = ['email', 'e-mail', 'email address', 'address', 'endpoint'];
const COMPONENTS = ['components', 'component_ids', 'component ids', 'component names'];

/**
 * Reads rows of a CSV with a header (Statuspage's subscriber export, for one): a column `email`, and optionally
 * `components` (ids or names, separated by spaces, commas or semicolons; empty: all). Skips rows that are not for email
 * (`mode` or `type`) and quarantined addresses. Of our own export, it also takes `kinds`, `detail`, `lang` and `state`.
 */
export function readImport(
  rows: readonly Readonly<Record<string, string>>[],
  components: readonly { readonly id: string; readonly name: string }[],
): SubscriberImport {
  const entries = new Map<string, ImportedSubscriber>();
  const skipped: { line: number; why: string }[] = [];
  for (const [index, raw] of rows.entries()) {
    const row = lowered(raw);
    const why = (text: string) => skipped.push({ line: index + 2, why: text });
    // Our export puts a quote before what a spreadsheet would run as a formula.
    const address = readAddress(first(row, EMAIL).replace(/^'(?=[=+-])/, ''));
    const mode = first(row, ['mode', 'type', 'channel']).toLowerCase();
    if (mode !== '' && mode !== 'email') why(`${mode} is not email`);
    else if (first(row, ['quarantined_at', 'quarantined']).replace(/^false$/i, '') !== '') why('quarantined');
    else if (row.refused) why(row.refused);
    else if (address === null && row.url) why('a channel other than email must subscribe again');
    else if (address === null) why('not an email address');
    else if (entries.has(address.toLowerCase())) why('the address is already in an earlier line');
    else {
      const { ids, unknown } = chosen(first(row, COMPONENTS), components);
      if (unknown.length > 0) why(`no component "${unknown[0]}"`);
      else {
        const kinds = KINDS.find(one => one === row.kinds) ?? 'all';
        const detail = DETAILS.find(one => one === row.detail) ?? 'all';
        const lang = LANGS.find(one => one === row.lang) ?? 'en';
        const choice = { components: ids, kinds, detail };
        entries.set(address.toLowerCase(), { address, choice, lang, isPending: row.state === 'pending' });
      }
    }
  }
  return { entries: [...entries.values()], skipped };
}

/** Whether a CSV has a column with addresses. */
export function hasAddresses(columns: readonly string[]): boolean {
  return columns.some(name => EMAIL.includes(name.trim().toLowerCase()));
}

/**
 * The rows of a saved answer of Cachet's API (`/api/v1/subscribers`); null for any other text. Those who are not verified,
 * or who chose components, which the answer does not name, are refused.
 */
export function rowsOfCachet(text: string): Record<string, string>[] | null {
  if (!/^\s*[[{]/.test(text)) return null;
  let read: unknown;
  try {
    read = JSON.parse(text);
  } catch {
    return null;
  }
  const list = Array.isArray(read) ? read : (read as { data?: unknown }).data;
  if (!Array.isArray(list)) return null;
  return list.map((one: { attributes?: unknown } | null) => {
    const fields = (one?.attributes ?? one ?? {}) as Readonly<Record<string, unknown>>;
    const verified = fields.verified_at ?? fields.email_verified_at ?? fields.verified;
    const isSingle = fields.global === false || fields.global === 0;
    const refused = !verified
      ? 'the address is not verified'
      : isSingle
        ? 'components were chosen, which the answer does not name'
        : '';
    return { email: typeof fields.email === 'string' ? fields.email : '', refused };
  });
}

function lowered(row: Readonly<Record<string, string>>): Record<string, string> {
  return Object.fromEntries(
    Object.entries(row).map(([key, value]) => [key.trim().toLowerCase(), value.trim()]),
  );
}

function first(row: Record<string, string>, names: readonly string[]): string {
  return names.map(name => row[name]).find(value => value) ?? '';
}

/** Names may contain spaces: tries each part between commas or semicolons as a whole, then its words. */
function chosen(text: string, components: readonly { readonly id: string; readonly name: string }[]) {
  const find = (word: string) =>
    components.find(({ id, name }) => id === word || name.toLowerCase() === word.toLowerCase())?.id;
  const parts = text.split(/[,;]/).map(part => part.trim());
  const words = parts.flatMap(part => (find(part) ? [part] : part.split(/\s+/))).filter(Boolean);
  const unknown = words.filter(word => !find(word));
  const ids = [...new Set(words.map(find).filter(id => id !== undefined))];
  return { ids: ids.length === 0 || ids.length === components.length ? null : ids, unknown };
}
