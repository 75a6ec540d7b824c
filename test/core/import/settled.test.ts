// What holds for every import: plans that are over are quiet, nothing is nameless, and no text becomes a variable.
import { expect, test } from 'vitest';
import { readSite } from '../../../src/config/site-file.ts';
import { importCstate } from '../../../src/core/import/cstate/cstate.ts';
import { type Imported, printImported } from '../../../src/core/import/imported.ts';
import { settled } from '../../../src/core/import/settled.ts';
import { newSiteYaml, withRetired } from '../../../src/core/import/site.ts';
import { importUptimeRobot } from '../../../src/core/import/uptimerobot.ts';
import { parseIncident } from '../../../src/core/incidents/file/parse.ts';
import type { UpdateStatus } from '../../../src/core/model/incident.ts';
import { HOUR } from '../../../src/core/model/time.ts';
import { announcements } from '../../../src/core/notify/news.ts';

const NOW = Date.UTC(2026, 10, 23, 10);
const EMPTY: Imported = {
  title: null,
  components: [],
  named: [],
  incidents: [],
  history: [],
  remarks: [],
};
const plan = (status: UpdateStatus, end: number, told: readonly number[] = [], title = 'New disks') =>
  printImported('cachet:1', {
    title,
    status,
    severity: null,
    started: NOW - 9 * HOUR,
    components: ['api'],
    message: 'We change disks.',
    scheduled: { start: NOW - 5 * HOUR, end },
    later: told.map(at => ({ status, at, message: 'It takes longer.' })),
  });
const settle = (text: string) =>
  settled({ ...EMPTY, incidents: [{ file: 'a', source: 'cachet:1', id: 'x', text }] }, NOW);
const textOf = (text: string) => settle(text).incidents[0]!.text;
const toldOf = (text: string) => {
  const { value, problems } = parseIncident('x', 'x.md', textOf(text));
  expect(problems).toEqual([]);
  return announcements([value!], new Set(), NOW, false).filter(({ quiet }) => !quiet);
};

test.each(['scheduled', 'in_progress'] as const)('a plan that is over is told to nobody: %s', status => {
  expect(textOf(plan(status, NOW - HOUR))).toMatch(/^notify: false\n---$/m);
  expect(toldOf(plan(status, NOW - HOUR))).toEqual([]);
});

test('what is still to come, goes on after its end, or repeats, stays as it is', () => {
  const repeating = plan('scheduled', NOW - HOUR).replace('\ncomponents', '\nrrule: FREQ=DAILY\ncomponents');
  const texts = [plan('scheduled', NOW + HOUR), plan('in_progress', NOW - 2 * HOUR, [NOW - HOUR]), repeating];
  expect(texts.map(textOf)).toEqual(texts);
});

test.each(['', ' \t', '<!-- x -->', '\u200b'])(
  'a title that shows nothing gets a name, which is said: %j',
  title => {
    const { incidents, remarks } = settle(plan('scheduled', NOW + HOUR, [], title));
    expect(incidents[0]!.text).toMatch(/^---\ntitle: Maintenance\n/);
    expect(remarks).toEqual([
      {
        file: 'a',
        kind: 'changed',
        what: 'the title of incidents/x.md is empty: it is called “Maintenance”',
      },
    ]);
  },
);

test('a component without a name is called by its id', () => {
  const nameless = { id: 'component', name: ' \u200b' };
  const { components, named, remarks } = settled(
    { ...EMPTY, components: [nameless], named: [nameless] },
    NOW,
  );
  expect([...components, ...named].map(({ name }) => name)).toEqual(['component', 'component']);
  expect(remarks).toHaveLength(1);
});

test('no text of the other page is filled in from the environment', () => {
  const leak = 'A ${SECRET} ${NO:-x} $ ${} $${SECRET}';
  const component = { id: 'api', name: leak, group: leak, description: leak };
  const former = { id: 'old', name: leak };
  const text = newSiteYaml({ ...EMPTY, title: leak, components: [component], named: [former] });
  const more = withRetired(text, [{ id: 'older', name: leak }])!;
  const { value, problems } = readSite(
    more,
    'status.yaml',
    { SECRET: 'told' },
    null,
    'http://localhost:3000',
  );
  expect(problems).toEqual([]);
  expect(value).toMatchObject({
    title: leak,
    components: [component],
    retired: [former, { id: 'older', name: leak }],
  });
});

test('cState: a system with a colon in its name is affected', () => {
  const files = [
    { name: 'config.yml', text: 'title: T\nparams:\n  systems:\n    - name: "Fax: old"\n' },
    {
      name: 'content/issues/a.md',
      text: '---\ntitle: A\ndate: 2026-01-02 10:00:00\nresolved: true\naffected:\n  - Fax: old\n  - Web: New\n---\nX.\n',
    },
  ];
  const { incidents, named } = importCstate(files, [], NOW);
  expect(incidents[0]!.text).toContain('components: [fax-old, web-new]');
  expect(named.map(({ name }) => name)).toEqual(['Fax: old', 'Web: New']);
});

test.each([
  ['in the logs', ['Down', 'Paused'], 'Up'],
  ['in the export of monitors', ['Down'], 'Paused'],
])(
  'UptimeRobot: of a monitor that was paused while it was down, nobody says that it works: %s',
  (_, events, status) => {
    const monitors = [
      { ID: '1', Type: 'HTTP', 'Friendly Name': 'Web', 'URL/IP': 'https://web.example.com', Status: status },
    ];
    const logs = events.map((Event, hour) => ({
      Event,
      Monitor: 'Web',
      'Date-Time': `2026-11-20 1${hour}:00:00`,
    }));
    const files = [
      { name: 'monitors.csv', rows: monitors },
      { name: 'logs.csv', rows: logs },
    ];
    const [{ text } = { text: '' }] = importUptimeRobot(files, []).incidents;
    expect(text).toContain('status: resolved');
    expect(text).toContain('The imported record ends here, while Web was still down.');
    expect(text).not.toContain('working again');
  },
);
