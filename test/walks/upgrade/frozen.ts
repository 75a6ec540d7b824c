// A database as SQL text, so that the one of a released version can be kept, read in a diff, and opened again.
import { readdirSync } from 'node:fs';
import path from 'node:path';
import Sqlite from '#sqlite';

/** A folder for each release whose schema is new: `status.sql` and the incident files beside it. */
export const FROZEN = path.join(import.meta.dirname, 'frozen');

/** The frozen releases, oldest first. */
export const releases = (): string[] => readdirSync(FROZEN).sort();

/** All of a database as SQL: its marks, tables, rows and indexes. */
export function dumped(file: string): string {
  const sqlite = new Sqlite(file, { readonly: true });
  const all = <T>(sql: string) => sqlite.prepare(sql).all() as T[];
  const pragma = (name: string) => `PRAGMA ${name} = ${sqlite.pragma(name, { simple: true })};`;
  const made = all<{ type: string; name: string; sql: string }>(
    "SELECT type, name, sql FROM sqlite_master WHERE sql IS NOT NULL AND name NOT LIKE 'sqlite_%' ORDER BY rowid",
  );
  const tables = made.filter(({ type }) => type === 'table');
  const rows = [...tables.map(({ name }) => name), 'sqlite_sequence'].flatMap(table => {
    const columns = all<{ name: string }>(`PRAGMA table_info(${table})`).map(({ name }) => name);
    const values = columns.map(name => `quote("${name}")`).join(" || ', ' || ");
    const lines = all<{ row: string }>(`SELECT ${values} AS row FROM ${table}`);
    return lines.map(({ row }) => `INSERT INTO ${table} (${columns.join(', ')}) VALUES (${row});`);
  });
  const marks = ['application_id', 'user_version'].map(pragma);
  sqlite.close();
  return [...marks, ...made.map(({ sql }) => `${sql};`), ...rows, ''].join('\n');
}

/** Makes the database of a frozen release in `file`. */
export function thaw(file: string, sql: string): void {
  const sqlite = new Sqlite(file);
  sqlite.exec(sql);
  sqlite.close();
}

/** How many rows each table has. */
export function rowCounts(file: string): Record<string, number> {
  const sqlite = new Sqlite(file, { readonly: true });
  const count = (table: string) => sqlite.prepare(`SELECT COUNT(*) FROM ${table}`).pluck().get() as number;
  const counts = Object.fromEntries(tablesOf(sqlite).map(name => [name, count(name)]));
  sqlite.close();
  return counts;
}

/** Tables, their columns, and indexes, whatever the statements that made them. */
export function shapeOf(file: string): unknown {
  const sqlite = new Sqlite(file, { readonly: true });
  const indexes = sqlite
    .prepare("SELECT name, sql FROM sqlite_master WHERE type = 'index' ORDER BY name")
    .all();
  const tables = tablesOf(sqlite).map(name => [name, sqlite.pragma(`table_xinfo(${name})`)]);
  sqlite.close();
  return { tables, indexes };
}

function tablesOf(sqlite: Sqlite.Database): string[] {
  const sql =
    "SELECT name FROM sqlite_master WHERE type = 'table' AND name NOT LIKE 'sqlite_%' ORDER BY name";
  return sqlite.prepare(sql).pluck().all() as string[];
}
