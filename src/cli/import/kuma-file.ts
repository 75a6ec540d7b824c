// Reads Uptime Kuma's SQLite file, without a change to it or beside it.
import { existsSync } from 'node:fs';
import { copyFile, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import Sqlite from '#sqlite';
import { tablesOfPage } from '../../core/import/uptime-kuma/pages.ts';
import type {
  KumaTables,
  MaintenanceRow,
  MonitorRow,
  NoteRow,
} from '../../core/import/uptime-kuma/tables.ts';
import type { RollupSpan } from '../../core/model/metric.ts';
import { isoMillis, parseInstant } from '../../core/model/time.ts';
import { KEPT_FOR } from '../../core/monitoring/rollup.ts';
import { Refused } from '../shared/command.ts';

/** @param page as for `tablesOfPage`. Throws Refused if it is no database of Uptime Kuma, or does not have that page. */
export async function readKumaFile(file: string, page: string | undefined): Promise<KumaTables> {
  const tables = await withReadable(file, readable => {
    const db = new Sqlite(readable, { readonly: true, fileMustExist: true });
    try {
      // One reading, while Kuma goes on writing.
      db.exec('BEGIN');
      return tablesOf(db);
    } catch (error) {
      if (error instanceof Refused || (error as { code?: string }).code === 'SQLITE_NOTADB')
        throw new Refused(`${file}: this is not a database of Uptime Kuma — give its kuma.db`);
      if ((error as { code?: string }).code?.startsWith('SQLITE_CORRUPT'))
        throw new Refused(`${file}: the database is damaged — give a copy made while Uptime Kuma is stopped`);
      throw error;
    } finally {
      db.close();
    }
  });
  const found = tablesOfPage(tables, page);
  if (typeof found === 'string') throw new Refused(`${file}: ${found}`);
  return found;
}

/**
 * While Kuma runs, its log and the log's index are there, and a reader joins in. Without them SQLite would make them, by
 * a user who may not be Kuma's: then a copy is read.
 */
async function withReadable<T>(file: string, read: (readable: string) => T): Promise<T> {
  if (existsSync(`${file}-shm`)) return read(file);
  const folder = await mkdtemp(path.join(tmpdir(), 'status-live-import-'));
  try {
    const copy = path.join(folder, 'kuma.db');
    await copyFile(file, copy);
    if (existsSync(`${file}-wal`)) await copyFile(`${file}-wal`, `${copy}-wal`);
    return read(copy);
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

function tablesOf(db: Sqlite.Database): KumaTables {
  const tables = new Set(db.prepare("SELECT name FROM sqlite_master WHERE type = 'table'").pluck().all());
  if (!tables.has('monitor') || !tables.has('heartbeat')) throw new Refused('');
  /** A table that is not there is as an empty one. */
  const all = <Row>(table: string, sql = `SELECT * FROM "${table}" ORDER BY id`) =>
    tables.has(table) ? (db.prepare(sql).all() as Row[]) : [];
  const lastBeats = all<{ monitor: number; time: string }>('heartbeat', LAST);
  return {
    pages: all(
      'status_page',
      'SELECT id, title, CASE WHEN published THEN slug END AS slug FROM status_page ORDER BY published DESC, id',
    ),
    monitors: all<MonitorRow>('monitor', 'SELECT * FROM monitor ORDER BY weight DESC, name, id'),
    shown: all('monitor_group', SHOWN),
    labels: all('monitor_tag', LABELS),
    turns: all('heartbeat', TURNS),
    lastBeats,
    measured: measuredIn(
      db,
      lastBeats
        .map(({ time }) => time)
        .sort()
        .at(-1) ?? '',
    ),
    stats: (['hour', 'day'] as const).flatMap(span => all(STATS[span], statsSql(span))),
    notes: all<NoteRow>('incident', NOTES),
    maintenances: all<MaintenanceRow>('maintenance'),
    announced: all(
      'maintenance_status_page',
      'SELECT maintenance_id AS maintenance, status_page_id AS page FROM maintenance_status_page ORDER BY id',
    ),
    maintained: all(
      'monitor_maintenance',
      'SELECT maintenance_id AS maintenance, monitor_id AS monitor FROM monitor_maintenance ORDER BY id',
    ),
    zone: zoneOf(all<{ value: string }>('setting', "SELECT value FROM setting WHERE key = 'serverTimezone'")),
  };
}

/** A page that is not published was seen by nobody. */
const SHOWN = `
  SELECT mg.monitor_id AS monitor, g.name AS "group", g.status_page_id AS page FROM monitor_group mg
  JOIN "group" g ON g.id = mg.group_id LEFT JOIN status_page p ON p.id = g.status_page_id
  WHERE coalesce(p.published, 1) = 1 ORDER BY g.status_page_id, g.weight, g.id, mg.weight, mg.id`;

const NOTES = `
  SELECT i.* FROM incident i LEFT JOIN status_page p ON p.id = i.status_page_id
  WHERE coalesce(p.published, 1) = 1 ORDER BY i.id`;

const LABELS = `
  SELECT mt.monitor_id AS monitor, mt.value AS value FROM monitor_tag mt JOIN tag t ON t.id = mt.tag_id
  WHERE lower(t.name) = 'component' AND mt.value <> '' ORDER BY mt.id`;

const LAST = 'SELECT monitor_id AS monitor, max(time) AS time FROM heartbeat GROUP BY monitor_id';

/** Pending (2) says nothing new: an outage that Kuma looks at again after a restart goes on. */
const TURNS = `
  SELECT id, monitor, status, time, duration FROM (
    SELECT id, monitor_id AS monitor, status, time, duration,
      lag(status) OVER (PARTITION BY monitor_id ORDER BY time, id) AS before
    FROM heartbeat WHERE status IN (0, 1, 3))
  WHERE (status = 0) <> (coalesce(before, 1) = 0) ORDER BY monitor, time, id`;

const STATS = { hour: 'stat_hourly', day: 'stat_daily' } as const;
const statsSql = (span: 'hour' | 'day') =>
  `SELECT *, '${span}' AS span FROM ${STATS[span]} ORDER BY timestamp`;

/** How much of a time names a period, in characters. */
const NAMED_BY: Readonly<Record<RollupSpan, number>> = { slot: 15, hour: 13, day: 10 };

/** Only as far back as charts are drawn from it: days always, hours and slots up to the newest heartbeat. */
function measuredIn(db: Sqlite.Database, newest: string): KumaTables['measured'] {
  const end = parseInstant(newest);
  if (end === null) return [];
  return (['slot', 'hour', 'day'] as const).flatMap(span => {
    const from =
      span === 'day'
        ? ''
        : isoMillis(end - KEPT_FOR[span])
            .slice(0, 13)
            .replace('T', ' ');
    const beats = `
      SELECT '${span}' AS span, h.monitor_id AS monitor, substr(h.time, 1, ${NAMED_BY[span]}) AS period,
        h.status AS ok, h.ping AS ping, count(*) AS beats,
        sum(min(CASE WHEN h.duration > 0 THEN h.duration ELSE m.interval END, 3 * m.interval)) AS seconds
      FROM heartbeat h JOIN monitor m ON m.id = h.monitor_id
      WHERE h.status IN (0, 1) AND h.time >= ? GROUP BY monitor, period, ok, h.ping`;
    return db.prepare(beats).all(from) as KumaTables['measured'][number][];
  });
}

/** Settings are JSON. */
function zoneOf([row]: readonly { readonly value: string }[]): string | null {
  try {
    const zone: unknown = JSON.parse(row?.value ?? 'null');
    return typeof zone === 'string' && zone !== '' ? zone : null;
  } catch {
    return row?.value ?? null;
  }
}
