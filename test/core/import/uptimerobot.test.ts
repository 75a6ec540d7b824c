// UptimeRobot's CSV exports: monitors become components, what they saw down incidents.
import { readdir } from 'node:fs/promises';
import path from 'node:path';
import { describe, expect, test } from 'vitest';
import { importing } from '../../../src/cli/import/import.ts';
import { readSite } from '../../../src/config/site-file.ts';
import { newSiteYaml } from '../../../src/core/import/site.ts';
import { importUptimeRobot } from '../../../src/core/import/uptimerobot.ts';
import { parseIncident } from '../../../src/core/incidents/file/parse.ts';
import { iso } from '../../../src/core/model/time.ts';
import { openTerminal } from '../../cli/terminal.ts';

const HEADER = 'ID,Type,Status,Friendly Name,URL/IP,Keyword Type,Keyword Value,Port';
const MONITORS = `${HEADER}
777,HTTP(s),Up,Shop,https://shop.example.com,,,
778,Port,Down,Mail,mail.example.com,,,587
`;

const rowsOf = (csv: string) => {
  const [header = '', ...lines] = csv.trim().split('\n');
  return lines.map(line =>
    Object.fromEntries(header.split(',').map((name, index) => [name, line.split(',')[index] ?? ''])),
  );
};
const importOf = (...files: readonly (readonly [string, string])[]) =>
  importUptimeRobot(
    files.map(([name, csv]) => ({ name, rows: rowsOf(csv) })),
    [],
  );
const read = ({ id, text }: { id: string; text: string }) => {
  const { value, problems } = parseIncident(id, id, text);
  expect(problems).toEqual([]);
  return value!;
};
const saidOf = ({ remarks }: { remarks: readonly { kind: string; what: string }[] }) =>
  remarks.map(({ kind, what }) => `${kind}: ${what}`).join('\n');

test.each([
  ['HTTP(s)', '7,HTTP(s),Up,A,https://a.example.com/x,,,', { type: 'http', url: 'https://a.example.com/x' }],
  ['a number as the type', '7,1,2,A,a.example.com,,,', { type: 'http', url: 'https://a.example.com' }],
  [
    'down while a keyword is there',
    '7,Keyword,Up,A,https://a.example.com,exists,Fatal,',
    { not_contains: 'Fatal' },
  ],
  ['down without a keyword', '7,2,Up,A,https://a.example.com,not exists,Welcome,', { contains: 'Welcome' }],
  ['a port', '7,Port,Up,A,a.example.com,,,25', { type: 'tcp', host: 'a.example.com', port: 25 }],
  [
    'a heartbeat',
    '7,Heartbeat,Up,A,https://heartbeat.uptimerobot.com/m7-abc,,,',
    { type: 'heartbeat', period: 300_000 },
  ],
  ['a ping', '7,Ping,Up,A,192.0.2.7,,,', { type: 'manual' }],
  ['paused', '7,HTTP(s),Paused,A,https://a.example.com,,,', { type: 'manual' }],
])('%s', (_, line, check) => {
  const made = importOf(['monitors.csv', `${HEADER}\n${line}`]);
  const { value, problems } = readSite(newSiteYaml(made), 'status.yaml', {}, null, 'http://localhost:3000');
  expect(problems).toEqual([]);
  expect(value!.components).toMatchObject([{ id: 'a', name: 'A', match: ['7', 'A'], check }]);
  if ('type' in check && check.type === 'manual') expect(saidOf(made)).toContain('its check becomes manual');
});

test('what the export does not say is said', () => {
  expect(saidOf(importOf(['m.csv', MONITORS]))).toContain(
    'it says neither how often a monitor checks nor how it logs in',
  );
});

test('the logs of a monitor without an ID keep their source', () => {
  const made = importOf([
    'l.csv',
    'Event,Monitor,Date-Time,Reason,Duration\nDown,Größe,2026-03-05 10:00:00,x,60',
  ]);
  expect(made.incidents.map(({ source, id }) => [source, id])).toEqual([
    ['uptimerobot:gro-e/2026-03-05T10:00:00Z', '20260305_grosse-down'],
  ]);
});

test('a login and a token in an address become variables', () => {
  const made = importOf(['m.csv', `${HEADER}\n7,1,2,A,https://u:pw99@a.example.com/?api_key=k-55,,,`]);
  expect(made.components[0]!.check).toEqual({
    type: 'http',
    url: `https://a.example.com/?api_key=\${UPTIMEROBOT_7_URL_API_KEY}`,
    headers: { Authorization: `Basic \${UPTIMEROBOT_7_LOGIN}` },
  });
  expect(saidOf(made)).not.toMatch(/pw99|k-55/);
});

const LOGS: readonly (readonly [string, string])[] = [
  [
    'with text durations',
    'Event,Monitor,Date-Time,Reason,Duration,Duration (in mins.)\nUp,Shop,2026-03-05 10:12:30,OK,"",\nDown,Shop,2026-03-05 10:00:00,HTTP 500,0 hrs; 12 mins; 30 secs,12',
  ],
  [
    'with clock durations',
    'Event,Monitor,Date-Time,Reason,Duration\nDown,Shop,2026-03-05 10:00:00,HTTP 500,00:12:30',
  ],
  ['with seconds', 'Type,Friendly Name,Date-Time,Reason,Duration\n1,Shop,2026-03-05T10:00:00Z,HTTP 500,750'],
  [
    'with short units',
    'Status,Monitor,Started,Root Cause,Duration\nResolved,Shop,2026-03-05 10:00:00,HTTP 500,12m 30s',
  ],
  [
    'until the next event',
    'Event,Monitor,Date-Time,Reason,Duration\nUp,Shop,2026-03-05 10:12:30,OK,\nUp,Mail,2026-03-05 10:05:00,OK,\nDown,Shop,2026-03-05 10:00:00,HTTP 500,',
  ],
];
test.each(LOGS)('logs %s', (_, csv) => {
  const made = importOf(
    ['monitors.csv', MONITORS],
    ['logs.csv', csv.replaceAll('; ', ' ').replaceAll('"', '')],
  );
  expect(made.incidents.map(({ source }) => source)).toEqual(['uptimerobot:777/2026-03-05T10:00:00Z']);
  const [one] = made.incidents.map(read);
  expect(one).toMatchObject({
    title: 'Shop Down',
    severity: 'critical',
    status: 'resolved',
    components: [{ id: 'shop' }],
  });
  expect([one!.started, one!.resolved!].map(iso)).toEqual(['2026-03-05T10:00:00Z', '2026-03-05T10:12:30Z']);
  expect(one!.updates.map(({ body }) => body)).toEqual([
    'Shop is down, says UptimeRobot: HTTP 500',
    'Shop is working again. The outage lasted 12 minutes 30 seconds.',
  ]);
});

describe('what is said of logs', () => {
  const COLUMNS = 'Event,Monitor,Date-Time,Reason,Duration\n';
  test('a monitor that is not in the list is a former component', () => {
    const made = importOf(
      ['m.csv', MONITORS],
      ['logs.csv', `${COLUMNS}Down,Old Shop,2026-03-05 10:00:00,Timeout,60`],
    );
    expect(made.incidents.map(read)).toMatchObject([{ components: [{ id: 'old-shop' }] }]);
    expect(made.named).toContainEqual({ id: 'old-shop', name: 'Old Shop' });
  });

  test.each([
    ['its log says how long', `Down,Wren,2026-03-05 10:00:00,No Response,3000`, 'Down'],
    ['its log does not', `Down,Wren,2026-03-05 10:00:00,No Response,`, 'Up'],
  ])('one that goes on is open where no check here can end it: %s', (_, line, status) => {
    const monitors = `${HEADER}\n9,Ping,${status},Wren,192.0.2.9,,,`;
    const made = importOf(['m.csv', monitors], ['logs.csv', `${COLUMNS}${line}`]);
    const [wren] = made.incidents.map(read);
    expect(wren).toMatchObject({ status: 'investigating', resolved: null, components: [{ id: 'wren' }] });
    expect(wren!.updates.map(({ quiet }) => quiet)).toEqual([true]);
    expect(saidOf(made)).toContain('“Wren” is down at the end of the file: its incident is open');
    expect(saidOf(made)).not.toContain('it is down there');
  });

  test('a monitor that is in the exports twice is one component', () => {
    const line = '7,HTTP(s),Up,A,https://a.example.com,,,';
    const made = importOf(['m.csv', `${HEADER}\n${line}\n${line}`], ['n.csv', `${HEADER}\n${line}`]);
    expect(made.components.map(({ id }) => id)).toEqual(['a']);
    expect(saidOf(made)).toContain('left out: “A”: line 3: a monitor with the ID 7 is there already');
  });

  test('what is down without a log and without a check is said', () => {
    const made = importOf(['m.csv', `${HEADER}\n9,Ping,Down,Wren,192.0.2.9,,,`]);
    expect(saidOf(made)).toContain('left out: “Wren”: it is down there');
  });

  test('one that goes on ends at the last line, and nobody says that it works again', () => {
    const made = importOf(
      ['m.csv', MONITORS],
      ['logs.csv', `${COLUMNS}Down,Shop,2026-03-05 10:00:00,Timeout,\nUp,Mail,2026-03-05 11:00:00,OK,5`],
    );
    expect(made.incidents.map(read)).toMatchObject([{ resolved: Date.UTC(2026, 2, 5, 11) }]);
    expect(made.incidents.map(read)[0]!.updates.at(-1)!.body).toBe(
      'The imported record ends here, while Shop was still down.',
    );
    expect(saidOf(made)).toContain('“Shop” is down at the end of the file');
  });

  test('without the name of a monitor, that of the file tells; else it is wrong', () => {
    const csv = 'Event,Date-Time,Reason,Duration\nDown,2026-03-05 10:00:00,Timeout,60';
    expect(importOf(['m.csv', MONITORS], ['logs-778.csv', csv]).incidents.map(read)).toMatchObject([
      { components: [{ id: 'mail' }] },
    ]);
    expect(saidOf(importOf(['m.csv', MONITORS], ['logs.csv', csv]))).toContain('wrong: it names no monitor');
  });

  test('a date that may be two days is wrong, and other files are too', () => {
    expect(saidOf(importOf(['l.csv', `${COLUMNS}Down,Shop,03/05/2026 10:00,Timeout,60`]))).toMatch(
      /wrong: line 2: its time/,
    );
    expect(saidOf(importOf(['x.csv', 'a,b\n1,2'], ['y.csv', 'a,b\n']))).toMatch(
      /wrong: it is neither[\s\S]*wrong: it has no rows/,
    );
  });
});

test('the command: a dry run, a first and a second run, a wrong file', async () => {
  const terminal = await openTerminal();
  const monitors = await terminal.write('../monitors.csv', MONITORS);
  const logs = await terminal.write(
    '../logs.csv',
    '"Event";"Monitor";"Date-Time";"Reason";"Duration"\n"Down";"Shop";"2026-03-05 10:00:00";"a, b";"0 hrs, 12 mins"\n"Down";"Shop";"2026-03-05 14:00:00";"";"60"\n',
  );
  expect((await terminal.run(importing, 'uptimerobot', monitors, logs, '--dry-run')).out).toContain(
    '2 incidents to write',
  );
  const incidents = path.join(terminal.dir, 'status', 'incidents');
  expect(await readdir(incidents)).toEqual([]);
  const first = await terminal.run(importing, 'uptimerobot', monitors, logs);
  expect(first).toMatchObject({ code: 0 });
  expect(first.out).toContain('2 incidents written');
  expect(await readdir(incidents)).toHaveLength(2);
  expect((await terminal.run(importing, 'uptimerobot', monitors, logs)).out).toContain(
    '0 incidents written, 2 already there, 0 updated',
  );
  const other = await terminal.write('../people.csv', 'Surname,Town\nSmith,York\n');
  await expect(terminal.run(importing, 'uptimerobot', other)).rejects.toThrow(
    'people.csv:1: these are not the columns',
  );
  const wrong = await terminal.write(
    '../times.csv',
    'Event,Monitor,Date-Time,Reason,Duration\nDown,Shop,then,x,1\n',
  );
  const mixed = await terminal.run(importing, 'uptimerobot', monitors, wrong);
  expect(mixed).toMatchObject({ code: 1 });
  expect(mixed.out).toContain('times.csv: nothing taken\n  wrong: line 2');
});
