// Databases of Uptime Kuma for tests: the tables of version 1.23, and what version 2 adds.
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { onTestFinished } from 'vitest';
import Sqlite from '#sqlite';

const TABLES = `
CREATE TABLE "monitor" (id INTEGER PRIMARY KEY AUTOINCREMENT, name VARCHAR(150), active BOOLEAN DEFAULT 1 NOT NULL,
  user_id INTEGER, interval INTEGER DEFAULT 20 NOT NULL, url TEXT, type VARCHAR(20), weight INTEGER DEFAULT 2000,
  hostname VARCHAR(255), port INTEGER, created_date DATETIME DEFAULT (DATETIME('now')) NOT NULL, keyword VARCHAR(255),
  maxretries INTEGER NOT NULL DEFAULT 0, ignore_tls BOOLEAN DEFAULT 0 NOT NULL, upside_down BOOLEAN DEFAULT 0 NOT NULL,
  maxredirects INTEGER DEFAULT 10 NOT NULL, accepted_statuscodes_json TEXT DEFAULT '["200-299"]' NOT NULL,
  dns_resolve_type VARCHAR(5), dns_resolve_server VARCHAR(255), dns_last_result VARCHAR(255),
  retry_interval INTEGER DEFAULT 0 NOT NULL, push_token VARCHAR(20) DEFAULT NULL, method TEXT DEFAULT 'GET' NOT NULL,
  body TEXT, headers TEXT, basic_auth_user TEXT, basic_auth_pass TEXT, auth_method VARCHAR(250), docker_host INTEGER,
  docker_container VARCHAR(255), proxy_id INTEGER, expiry_notification BOOLEAN DEFAULT 1,
  database_connection_string VARCHAR(2000), database_query TEXT, http_body_encoding VARCHAR(25), description TEXT,
  parent INTEGER, invert_keyword BOOLEAN DEFAULT 0 NOT NULL, json_path TEXT, expected_value VARCHAR(255),
  timeout DOUBLE DEFAULT 0 NOT NULL);
CREATE TABLE heartbeat (id INTEGER PRIMARY KEY AUTOINCREMENT, important BOOLEAN DEFAULT 0 NOT NULL,
  monitor_id INTEGER NOT NULL, status SMALLINT NOT NULL, msg TEXT, time DATETIME NOT NULL, ping INTEGER,
  duration INTEGER DEFAULT 0 NOT NULL, down_count INTEGER DEFAULT 0 NOT NULL);
CREATE INDEX monitor_time_index ON heartbeat (monitor_id, time);
CREATE TABLE incident (id INTEGER PRIMARY KEY AUTOINCREMENT, title VARCHAR(255) NOT NULL, content TEXT NOT NULL,
  style VARCHAR(30) NOT NULL DEFAULT 'warning', created_date DATETIME DEFAULT (DATETIME('now')) NOT NULL,
  last_updated_date DATETIME, pin BOOLEAN DEFAULT 1 NOT NULL, active BOOLEAN DEFAULT 1 NOT NULL, status_page_id INTEGER);
CREATE TABLE "group" (id INTEGER PRIMARY KEY AUTOINCREMENT, name VARCHAR(255) NOT NULL, public BOOLEAN DEFAULT 0 NOT NULL,
  active BOOLEAN DEFAULT 1 NOT NULL, weight INTEGER NOT NULL DEFAULT 1000, status_page_id INTEGER);
CREATE TABLE monitor_group (id INTEGER PRIMARY KEY AUTOINCREMENT, monitor_id INTEGER NOT NULL, group_id INTEGER NOT NULL,
  weight INTEGER NOT NULL DEFAULT 1000, send_url BOOLEAN DEFAULT 0 NOT NULL);
CREATE TABLE status_page (id INTEGER PRIMARY KEY AUTOINCREMENT, slug VARCHAR(255) NOT NULL UNIQUE, title VARCHAR(255) NOT NULL,
  description TEXT, icon VARCHAR(255) NOT NULL DEFAULT '', theme VARCHAR(30) NOT NULL DEFAULT 'auto',
  published BOOLEAN NOT NULL DEFAULT 1);
CREATE TABLE maintenance (id INTEGER PRIMARY KEY AUTOINCREMENT, title VARCHAR(150) NOT NULL, description TEXT NOT NULL,
  user_id INTEGER, active BOOLEAN DEFAULT 1 NOT NULL, strategy VARCHAR(50) NOT NULL DEFAULT 'single', start_date DATETIME,
  end_date DATETIME, start_time TIME, end_time TIME, weekdays VARCHAR2(250) DEFAULT '[]', days_of_month TEXT DEFAULT '[]',
  interval_day INTEGER, cron TEXT, timezone VARCHAR(255), duration INTEGER);
CREATE TABLE monitor_maintenance (id INTEGER PRIMARY KEY AUTOINCREMENT, monitor_id INTEGER NOT NULL,
  maintenance_id INTEGER NOT NULL);
CREATE TABLE tag (id INTEGER PRIMARY KEY AUTOINCREMENT, name VARCHAR(255) NOT NULL, color VARCHAR(255) NOT NULL);
CREATE TABLE monitor_tag (id INTEGER PRIMARY KEY AUTOINCREMENT, monitor_id INTEGER NOT NULL, tag_id INTEGER NOT NULL,
  value TEXT);
CREATE TABLE setting (id INTEGER PRIMARY KEY AUTOINCREMENT, "key" VARCHAR(200) NOT NULL UNIQUE, value TEXT, type VARCHAR(20));
`;
const STATISTICS = ['stat_hourly', 'stat_daily'].map(
  name => `CREATE TABLE ${name} (id INTEGER PRIMARY KEY AUTOINCREMENT, monitor_id INTEGER NOT NULL,
    timestamp INTEGER NOT NULL, ping FLOAT NOT NULL, ping_min FLOAT DEFAULT 0 NOT NULL, ping_max FLOAT DEFAULT 0 NOT NULL,
    up SMALLINT NOT NULL, down SMALLINT NOT NULL, extras TEXT, UNIQUE (monitor_id, timestamp));`,
);
const OF_TWO = `ALTER TABLE monitor ADD COLUMN json_path_operator VARCHAR(255);
ALTER TABLE monitor ADD COLUMN conditions TEXT NOT NULL DEFAULT '[]';
ALTER TABLE monitor ADD COLUMN smtp_security VARCHAR(255);
${STATISTICS.join('\n')}`;

type Row = Readonly<Record<string, string | number | null>>;

export interface KumaDatabase {
  readonly file: string;
  readonly db: Sqlite.Database;
  insert(table: string, ...rows: readonly Row[]): void;
  /** Writes heartbeats: `1 12` is up after 12 ms, `0` down, `2` pending, `3` maintenance; one each 60 s from `from`. */
  beats(monitor: number, from: string, ...statuses: readonly string[]): void;
}

/** An empty database, removed with its folder when the test ends. */
export async function openKuma(version: 1 | 2 = 1): Promise<KumaDatabase> {
  const dir = await mkdtemp(path.join(tmpdir(), 'status-live-kuma-'));
  const file = path.join(dir, 'kuma.db');
  const db = new Sqlite(file);
  onTestFinished(async () => {
    db.close();
    await rm(dir, { recursive: true, force: true });
  });
  db.pragma('journal_mode = WAL');
  db.exec(TABLES + (version === 2 ? OF_TWO : ''));
  const insert: KumaDatabase['insert'] = (table, ...rows) => {
    for (const row of rows) {
      const names = Object.keys(row);
      const marks = names.map(() => '?').join();
      db.prepare(`INSERT INTO "${table}" (${names.map(name => `"${name}"`).join()}) VALUES (${marks})`).run(
        Object.values(row),
      );
    }
  };
  return {
    file,
    db,
    insert,
    beats: (monitor, from, ...statuses) => {
      for (const [index, one] of statuses.entries()) {
        const [status, ping] = one.split(' ').map(Number);
        const time = new Date(Date.parse(`${from.replace(' ', 'T')}Z`) + index * 60_000).toISOString();
        insert('heartbeat', {
          monitor_id: monitor,
          status: status!,
          ping: ping ?? null,
          time: time.replace('T', ' ').slice(0, -1),
          msg: status === 0 ? 'connect ECONNREFUSED 10.1.2.3:8443' : '200 - OK',
          duration: index === 0 ? 0 : 60,
        });
      }
    },
  };
}
