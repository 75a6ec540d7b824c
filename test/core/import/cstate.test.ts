// cState: issues in all the forms in which people write them read back as they were, and nothing becomes an endless outage.
import { mkdir, readdir, readFile, writeFile } from 'node:fs/promises';
import path from 'node:path';
import matter from 'gray-matter';
import { describe, expect, test } from 'vitest';
import { importing } from '../../../src/cli/import/import.ts';
import { readSite } from '../../../src/config/site-file.ts';
import { importCstate } from '../../../src/core/import/cstate/cstate.ts';
import { besideSource } from '../../../src/core/import/newer.ts';
import { newSiteYaml } from '../../../src/core/import/site.ts';
import { parseIncident } from '../../../src/core/incidents/file/parse.ts';
import { HOUR, iso } from '../../../src/core/model/time.ts';
import { NOW, openTerminal } from '../../cli/terminal.ts';

type Files = Readonly<Record<string, string>>;

function imported(files: Files) {
  const made = importCstate(
    Object.entries(files).map(([name, text]) => ({ name, text })),
    [],
    NOW,
  );
  const incidents = made.incidents.map(({ id, text, source }) => {
    const { value, problems } = parseIncident(id, id, text);
    expect(problems).toEqual([]);
    return { ...value!, source };
  });
  return { ...made, incidents };
}

const one = (text: string, name = 'content/issues/2024-03-01-mail.md') => {
  const made = imported({ [name]: text });
  expect(made.incidents).toHaveLength(1);
  return { ...made, incident: made.incidents[0]! };
};
const minutes = (at: number | null) => at && iso(at).slice(0, 16);
const told = (text: string) =>
  one(text).incident.updates.map(({ at, status, label, body }) => [
    iso(at).slice(5, 16),
    label ?? status,
    body,
  ]);
const front = (lines: string, body = 'Mail is late.') =>
  `---\ntitle: Mail\ndate: 2024-03-01 10:00:00\nseverity: disrupted\nsection: issue\n${lines}\n---\n${body}\n`;
const RESOLVED = 'resolved: true\nresolvedWhen: 2024-03-01 12:00:00';

describe('what is open, and when it was over', () => {
  test.each([
    ['resolved: false', null],
    ['resolved: no', null],
    ['resolved: "false"', null],
    [RESOLVED, '2024-03-01T12:00'],
    ['resolved: yes\nresolvedWhen: 2024-03-01 12:00:00', '2024-03-01T12:00'],
    ['resolved: "true"\nresolvedWhen: "2024-03-01T12:00:00+01:00"', '2024-03-01T11:00'],
    ['resolved: true\nresolved_on: 2024-03-01T9:30:00-01:00', '2024-03-01T10:30'],
    ['resolved: true\nresolvedAt: 2024-03-01 12:00', '2024-03-01T12:00'],
    ['resolved: 2024-03-01 12:00:00', '2024-03-01T12:00'],
    ['resolved: true\nresolvedWhen: 1 March 2024 at 1:30 PM', '2024-03-01T13:30'],
    ['resolvedWhen: 2024-03-01 12:00:00', '2024-03-01T12:00'],
    ['', '2024-03-01T10:00'],
    ['resolved: true', '2024-03-01T10:00'],
    ['resolved: true\nresolvedWhen: ""', '2024-03-01T10:00'],
    ['resolved: true\nresolvedWhen: true', '2024-03-01T10:00'],
    ['resolved: true\nresolvedWhen: soon', '2024-03-01T10:00'],
    ['resolved: true\nresolvedWhen: 2023-03-01 12:00:00', '2024-03-01T10:00'],
    ['informational: true', '2024-03-01T10:00'],
    ['informational: true\nresolved: false', '2024-03-01T10:00'],
  ])('%s', (lines, end) => {
    const { incident } = one(front(lines));
    expect(minutes(incident.resolved)).toBe(end);
    expect(incident.status).toBe(end === null ? 'investigating' : 'resolved');
    expect(minutes(incident.started)).toBe('2024-03-01T10:00');
  });

  test('without an end, its last update is the end', () => {
    const body =
      '*Monitoring* - Mended. {{< track "2024-03-01 11:30:00" >}}\n\n*Investigating* - Down. {{< track "2024-03-01 10:00:00" >}}';
    expect(minutes(one(front('resolved: true', body)).incident.resolved)).toBe('2024-03-01T11:30');
  });

  test('what is only informational affects nothing', () => {
    const { incident } = one(front('informational: true\naffected: [API, Web]'));
    expect(incident.components).toEqual([
      { id: 'api', status: 'operational' },
      { id: 'web', status: 'operational' },
    ]);
    expect(incident.updates.map(({ body }) => body)).toEqual(['Mail is late.']);
  });
});

test.each([
  ['2024-04-11T8:00:00-00:00', '2024-04-11T08:00'],
  ['2024-4-1 8:05:00', '2024-04-01T08:05'],
  ['"2024-04-11 10:00:00 +0200 CEST"', '2024-04-11T08:00'],
  ['2024-04-11 10:00:00.25 -5', '2024-04-11T15:00'],
  ['2024-04-11', '2024-04-11T00:00'],
  ['"Thu, 11 Apr 2024 10:00:00 +0100"', '2024-04-11T09:00'],
  ['April 11, 2024 3:04 PM', '2024-04-11T15:04'],
  ['2024-04-11 10:00:00 PST', '2024-04-11T18:00'],
  ['2024-04-11 10:00:00 EDT', '2024-04-11T14:00'],
  ['1712836800', '2024-04-11T12:00'],
  ['"1712836800"', '2024-04-11T12:00'],
  ['2024-04-11T24:00:00Z', '2024-04-12T00:00'],
])('the date %s', (date, at) => {
  expect(
    minutes(one(`---\ntitle: A\ndate: ${date}\nseverity: down\nresolved: false\n---\nA.\n`).incident.started),
  ).toBe(at);
});

test.each([
  ['11/04/2024'],
  ['2024-02-30'],
  ['yesterday'],
  ['2024-04-11T24:01:00Z'],
  ['2024-04-11 10:00:00 XYZ'],
])('the date %s is none', date => {
  const { incidents, remarks } = imported({
    'content/issues/a.md': `---\ntitle: A\ndate: ${date}\n---\nA.\n`,
  });
  expect(incidents).toEqual([]);
  expect(remarks).toEqual([{ file: 'content/issues/a.md', kind: 'wrong', what: `“${date}” is not a date` }]);
});

describe('what is dated later than now, or ends later, is planned', () => {
  const AN_HOUR = 'it is dated in the future, without an end: it is a maintenance of an hour';
  const TO_END = 'it is dated in the future, or ends there: it is a maintenance until its end';
  test.each([
    ['2026-12-01 08:00:00', 'informational: true', ['2026-12-01T08:00', '2026-12-01T09:00'], [], AN_HOUR],
    ['2026-12-01 08:00:00', 'resolved: true', ['2026-12-01T08:00', '2026-12-01T09:00'], ['mail'], AN_HOUR],
    ['2026-12-01 08:00:00', 'resolved: false', ['2026-12-01T08:00', '2026-12-01T09:00'], ['mail'], AN_HOUR],
    [
      '2026-12-01 08:00:00',
      'resolved: true\nresolvedWhen: 2026-12-01 12:00:00',
      ['2026-12-01T08:00', '2026-12-01T12:00'],
      ['mail'],
      TO_END,
    ],
    [
      '2026-11-20 08:00:00',
      'informational: true\nresolvedWhen: 2026-12-01 12:00:00',
      ['2026-11-20T08:00', '2026-12-01T12:00'],
      [],
      TO_END,
    ],
  ])('%s, %s', (date, lines, times, components, what) => {
    const body =
      'New racks {{< track "2026-11-19 08:00:00" >}}\n\n*Resolved* - Done {{< track "2026-12-01 08:30:00" >}}';
    const { incident, remarks } = one(
      `---\ntitle: Move\ndate: ${date}\nseverity: down\naffected: [Mail]\n${lines}\n---\n${body}\n`,
    );
    expect([incident.status, incident.resolved]).toEqual(['scheduled', null]);
    expect([incident.scheduled!.start, incident.scheduled!.end].map(minutes)).toEqual(times);
    expect(incident.components!.map(({ id }) => id)).toEqual(components);
    expect(incident.started).toBeLessThanOrEqual(NOW);
    expect(incident.updates.map(({ at, body: words }) => [minutes(at), words])).toEqual([
      ['2026-11-19T08:00', 'New racks'],
      [minutes(NOW), 'Completed: Done'],
    ]);
    expect(remarks).toContainEqual({ file: 'content/issues/2024-03-01-mail.md', kind: 'changed', what });
  });
});

test('what is planned is the same file at each import', () => {
  const text = '---\ntitle: Move\ndate: 2026-12-01 08:00:00\nseverity: down\n---\nNew racks\n';
  const at = (now: number) => importCstate([{ name: 'content/issues/a.md', text }], [], now).incidents[0]!;
  expect(besideSource(at(NOW).text, at(NOW + HOUR))).toEqual({ is: 'same' });
  expect(besideSource(at(NOW).text.replace('racks', 'rooms'), at(NOW + HOUR)).is).toBe('other');
});

describe('pictures and links with a path of the old site', () => {
  const BODY = [
    'See ![pic](/img/a.png), [the log](</files/a log.txt>) and [more](more.txt).',
    '<img src="/images/graph.png" alt="again"> <a href="/files/b.txt">b</a> `![x](/y.png)`',
    '[us](https://example.com/x) [there](#a) [old](/issues/b/) [mail](mailto:a@example.com)',
    '[^1]: note\n[ref]: /files/c.txt',
  ].join('\n\n');
  const made = (config: string) =>
    imported({ 'config.yml': config, 'content/issues/a.md': front(`resolved: false`, BODY) });
  const PATHS = [
    '/img/a.png',
    '/files/a log.txt',
    'more.txt',
    '/images/graph.png',
    '/files/b.txt',
    '/files/c.txt',
  ];
  const saidOf = ({ remarks }: ReturnType<typeof made>) =>
    remarks.find(({ what }) => what.startsWith('its pictures'))!;

  test('are made whole where the site says its address', () => {
    const one = made('baseURL: https://old.example/status\nparams: {systems: [A]}\n');
    expect(one.incidents[0]!.updates[0]!.body).toBe(
      [
        'See ![pic](https://old.example/img/a.png), [the log](<https://old.example/files/a%20log.txt>) and [more](https://old.example/status/issues/a/more.txt).',
        '![again](https://old.example/images/graph.png) [b](https://old.example/files/b.txt) `![x](/y.png)`',
        '[us](https://example.com/x) [there](#a) [old](/issues/b/) [mail](mailto:a@example.com)',
        '[^1]: note\n[ref]: https://old.example/files/c.txt',
      ].join('\n\n'),
    );
    expect(saidOf(one)).toMatchObject({ file: 'content/issues/a.md', kind: 'changed' });
    for (const path of PATHS) expect(saidOf(one).what).toContain(`“${path}”`);
    expect(saidOf(one).what).toContain(
      'lead to the old site (https://old.example) and work while it is there',
    );
  });

  test.each(['', 'baseURL: /\n'])('stay where it says none, and are named: %j', config => {
    const one = made(`${config}params: {systems: [A]}\n`);
    const body = one.incidents[0]!.updates[0]!.body;
    expect(body).toContain('![pic](/img/a.png)');
    expect(body).toContain('![again](/images/graph.png) [b](/files/b.txt)');
    for (const path of PATHS) expect(saidOf(one).what).toContain(`“${path}”`);
    expect(saidOf(one).what).toContain('write their whole addresses');
  });
});

test('systems of one name in two categories are two components, and an issue affects both', () => {
  const made = imported({
    'config.yml':
      'title: S\nparams:\n  systems:\n    - { name: API, category: EU }\n    - { name: API, category: US }\n    - { name: API, category: US }\n',
    'content/issues/a.md': front('affected: [API]\nresolved: false'),
  });
  expect(made.components.map(({ id, group }) => [id, group])).toEqual([
    ['api', 'EU'],
    ['api-2', 'US'],
  ]);
  const { problems } = readSite(
    newSiteYaml({ ...made, incidents: [] }),
    'status.yaml',
    {},
    null,
    'http://localhost',
  );
  expect(problems).toEqual([]);
  expect(made.incidents[0]!.components!.map(({ id }) => id)).toEqual(['api', 'api-2']);
  expect(made.remarks).toContainEqual({
    file: 'config.yml',
    kind: 'left out',
    what: '“API” is listed twice; it is taken once',
  });
});

test('times without a zone are those of `timeZone`, which is said once', () => {
  const { incidents, remarks, timezone } = imported({
    'config.yml': 'title: Acme\ntimeZone: Europe/Berlin\nparams:\n  systems: [API]\n',
    'content/issues/a.md': front(RESOLVED),
    'content/issues/b.md': front('resolved: true\nresolvedWhen: 2024-03-01T12:00:00Z'),
  });
  expect(timezone).toBe('Europe/Berlin');
  expect(incidents.map(({ started, resolved }) => [minutes(started), minutes(resolved)])).toEqual([
    ['2024-03-01T09:00', '2024-03-01T11:00'],
    ['2024-03-01T09:00', '2024-03-01T12:00'],
  ]);
  expect(remarks).toEqual([
    {
      file: 'config.yml',
      kind: 'changed',
      what: 'times without a zone are read in Europe/Berlin, as its `timeZone` says',
    },
  ]);
});

describe('severity, components, title', () => {
  test.each([
    ['severity: notice', 'minor', 0],
    ['severity: Down', 'critical', 0],
    ['severity: major-outage', 'critical', 0],
    ['', 'minor', 1],
    ['severity:', 'minor', 1],
    ['severity: purple', 'minor', 1],
  ])('%s', (line, severity, remarks) => {
    const made = one(`---\ntitle: A\ndate: 2024-03-01T10:00:00Z\nresolved: false\n${line}\n---\nA.\n`);
    expect(made.incident.severity).toBe(severity);
    expect(made.remarks).toHaveLength(remarks);
    expect(JSON.stringify(made.remarks)).not.toContain('undefined');
  });

  test.each([
    ['affected: []', []],
    ['affected:', []],
    ['', []],
    ['affected: API', ['api']],
    ['affected:\n  - API\n  - Api\n  - 404', ['api', '404']],
    ['affectedsystems: [Web App]', ['web-app']],
  ])('%s', (lines, ids) => {
    expect(one(front(`${RESOLVED}\n${lines}`)).incident.components).toEqual(
      ids.map(id => ({ id, status: null })),
    );
  });

  test('without a title and a date, the name of the file says them', () => {
    const { incident, remarks } = one(
      '---\nseverity: down\nresolved: true\nresolvedWhen: 2024-03-02 10:00:00\n---\nDown.\n',
      'content/issues/2024-03-01-mail-is_down.md',
    );
    expect(incident).toMatchObject({ title: 'mail is down', started: Date.UTC(2024, 2, 1) });
    expect(remarks.map(({ what }) => what)).toEqual([
      'it has no date, so that in its name is used',
      'it has no title, so its name is used',
      'times without a zone are read in UTC, as in Hugo without `timeZone`',
    ]);
  });

  test('a title that is too long stands whole above the text', () => {
    const long = `Long ${'word '.repeat(60)}end`;
    const { incident } = one(front(RESOLVED).replace('title: Mail', `title: ${long}`));
    expect(incident.title).toHaveLength(200);
    expect(incident.updates[0]!.body).toBe(`${long}\n\nMail is late.`);
  });
});

describe('updates', () => {
  const [A, B, C] = ['10:00', '11:00', '12:00'].map(time => `{{< track "2024-03-01 ${time}:00" >}}`);
  const newestFirst = [
    ['03-01T10:00', 'investigating', 'We look.'],
    ['03-01T11:00', 'monitoring', 'A fix is out.'],
    ['03-01T12:00', 'resolved', 'Fine.'],
  ];

  test.each([
    [
      'behind',
      `*Resolved* - Fine. ${C}\n\n*Monitoring* - A fix is out. ${B}\n\n*Investigating* - We look. ${A}`,
    ],
    [
      'oldest first',
      `*Investigating* - We look. ${A}\n\n*Monitoring* - A fix is out. ${B}\n\n*Resolved* - Fine. ${C}`,
    ],
    [
      'before',
      `${C} *Resolved* - Fine.\n\n${B} *Monitoring* - A fix is out.\n\n${A} *Investigating* - We look.`,
    ],
    [
      'behind the label',
      `**Resolved** ${C}: Fine.\n\n**Monitoring** ${B} - A fix is out.\n\n**Investigating** ${A} We look.`,
    ],
    [
      'alone below',
      `*Resolved* - Fine.\n\n${C}\n\n*Monitoring* - A fix is out.\n\n${B}\n\n*Investigating* - We look.\n${A}`,
    ],
    [
      'alone above',
      `${C}\n\n*Resolved* - Fine.\n\n${B}\n\n*Monitoring* - A fix is out.\n\n${A}\n\n*Investigating* - We look.`,
    ],
    [
      'on the line above',
      `${C}\n**Resolved**: Fine.\n\n${B}\n**Monitoring**: A fix is out.\n\n${A}\n**Investigating**: We look.`,
    ],
    [
      'in one paragraph',
      `*Resolved* - Fine. ${C}\n*Monitoring* - A fix is out. ${B}\n*Investigating* - We look. ${A}`,
    ],
    [
      'in one line',
      `*Resolved* - Fine. ${C} *Monitoring* - A fix is out. ${B} *Investigating* - We look. ${A}`,
    ],
    [
      'plain labels',
      `Resolved - Fine. ${C}\n\n[Monitoring] A fix is out. ${B}\n\nInvestigating: We look. ${A}`,
    ],
    [
      'percent signs',
      `*Resolved* - Fine. ${C}\n\n*Monitoring* - A fix is out. ${B}\n\n*Investigating* - We look. ${A}`
        .replaceAll('{{<', '{{%')
        .replaceAll('>}}', '%}}'),
    ],
    [
      'single quotes',
      `*Resolved* - Fine. ${C}\n\n*Monitoring* - A fix is out. ${B}\n\n*Investigating* - We look. ${A}`.replaceAll(
        '"',
        "'",
      ),
    ],
    [
      'backquotes',
      `*Resolved* - Fine. ${C}\n\n*Monitoring* - A fix is out. ${B}\n\n*Investigating* - We look. ${A}`.replaceAll(
        '"',
        '`',
      ),
    ],
    [
      'no quotes',
      `*Resolved* - Fine. ${C}\n\n*Monitoring* - A fix is out. ${B}\n\n*Investigating* - We look. ${A}`.replaceAll(
        '"',
        '',
      ),
    ],
    [
      'no spaces',
      `*Resolved* - Fine.${C}\n\n*Monitoring* - A fix is out.${B}\n\n*Investigating* - We look.${A}`
        .replaceAll('< ', '<')
        .replaceAll(' >', '>'),
    ],
    [
      'a full stop behind',
      `*Resolved* - Fine. ${C}.\n\n*Monitoring* - A fix is out. ${B}.\n\n*Investigating* - We look. ${A}.`,
    ],
  ])('the time stands %s', (_, body) => {
    expect(told(front(RESOLVED, body))).toEqual(newestFirst);
  });

  test.each([
    [
      'the first text has no time',
      `*Resolved* - Fine. ${C}\n\nIt is slow.\n\nVery.`,
      [
        ['03-01T10:00', 'investigating', 'It is slow.\n\nVery.'],
        ['03-01T12:00', 'resolved', 'Fine.'],
      ],
    ],
    [
      'and stands above',
      `It is slow.\n\n**Update** A fix is out. ${B}`,
      [
        ['03-01T10:00', 'investigating', 'It is slow.'],
        ['03-01T11:00', 'investigating', 'A fix is out.'],
        ['03-01T12:00', 'resolved', 'Resolved.'],
      ],
    ],
    [
      'paragraphs of one update',
      `First.\n\nSecond.\n${B}`,
      [
        ['03-01T11:00', 'investigating', 'First.\n\nSecond.'],
        ['03-01T12:00', 'resolved', 'Resolved.'],
      ],
    ],
    [
      'a label of its own',
      `**Update 2**: Still. ${B}\n\nSlow.`,
      [
        ['03-01T10:00', 'investigating', 'Slow.'],
        ['03-01T11:00', 'investigating', '**Update 2**: Still.'],
        ['03-01T12:00', 'resolved', 'Resolved.'],
      ],
    ],
    [
      'within a sentence',
      `Down from ${A} to ${B} for all.`,
      [
        ['03-01T10:00', 'investigating', 'Down from 2024-03-01 10:00 UTC to 2024-03-01 11:00 UTC for all.'],
        ['03-01T12:00', 'resolved', 'Resolved.'],
      ],
    ],
    [
      'without a date',
      '*Monitoring* - A fix. {{< track >}}',
      [
        ['03-01T10:00', 'monitoring', 'A fix.'],
        ['03-01T12:00', 'resolved', 'Resolved.'],
      ],
    ],
    [
      'with no time',
      'A fix. {{< track "soon" >}}',
      [
        ['03-01T10:00', 'investigating', 'A fix. (soon)'],
        ['03-01T12:00', 'resolved', 'Resolved.'],
      ],
    ],
    [
      'no text',
      '',
      [
        ['03-01T10:00', 'investigating', 'Investigating.'],
        ['03-01T12:00', 'resolved', 'Resolved.'],
      ],
    ],
    [
      'a status alone',
      `*Identified* ${B}`,
      [
        ['03-01T11:00', 'identified', 'Identified.'],
        ['03-01T12:00', 'resolved', 'Resolved.'],
      ],
    ],
    ['an end before that of the issue', `*Resolved* - Fine. ${B}`, [['03-01T11:00', 'resolved', 'Fine.']]],
    [
      'HTML',
      'See <a href="https://example.com">here</a>.<br><b>Now</b> <https://example.org> `<b>`',
      [
        [
          '03-01T10:00',
          'investigating',
          'See [here](https://example.com).\n**Now** <https://example.org> `<b>`',
        ],
        ['03-01T12:00', 'resolved', 'Resolved.'],
      ],
    ],
  ])('%s', (_, body, updates) => {
    expect(told(front(RESOLVED, body))).toEqual(updates);
  });

  test('an open issue whose last label is Resolved stays open, as there', () => {
    const { incident } = one(
      front('resolved: false', `*Resolved* - Fine. ${C}\n\n*Identified* - We look. ${A}`),
    );
    expect(incident).toMatchObject({ status: 'identified', resolved: null });
    expect(incident.updates.map(({ body }) => body)).toEqual(['We look.', 'Resolved: Fine.']);
  });
});

describe('front matter', () => {
  const SAME = { title: 'Mail', severity: 'major', components: [{ id: 'api', status: null }] };
  test.each([
    [
      'blank lines above',
      `\n\n---\ntitle: Mail\ndate: 2024-03-01T10:00:00Z\nseverity: disrupted\naffected: [API]\nresolved: false\n---\nA.\n`,
    ],
    [
      'capitals, a mark and CRLF',
      '\uFEFF---\r\nTitle: Mail\r\nDate: 2024-03-01T10:00:00Z\r\nSeverity: disrupted\r\nAffected: [API]\r\nResolved: false\r\nPin: true\r\n---\r\nA.\r\n',
    ],
    [
      'TOML',
      '+++\ntitle = "Mail"\ndate = 2024-03-01T10:00:00.000Z # then\nseverity = "disrupted"\naffected = [\n  "API",\n]\nresolved = false\n+++\nA.\n',
    ],
    [
      'TOML with a local time',
      "+++\ntitle = 'Mail'\ndate = 2024-03-01 10:00:00\nseverity = 'disrupted'\naffectedSystems = ['API']\nresolved = false\n+++\nA.\n",
    ],
    [
      'JSON',
      '{\n  "title": "Mail",\n  "date": "2024-03-01T10:00:00Z",\n  "more": {\n  "a": 1\n},\n  "severity": "disrupted",\n  "affected": ["API"],\n  "resolved": false\n}\n\nA.\n',
    ],
  ])('%s', (_, text) => {
    const { incident } = one(text);
    expect(incident).toMatchObject({ ...SAME, started: Date.UTC(2024, 2, 1, 10) });
    expect(incident.updates.map(({ body }) => body)).toEqual(['A.']);
  });

  test.each([
    ['---\ntitle: [\n---\nA.\n', 'wrong'],
    ['---\ntitle: A\n', 'wrong'],
    ['+++\ntitle = \n+++\nA.\n', 'wrong'],
    ['+++\ntitle = "A"\n', 'wrong'],
    ['{ "title": \n', 'wrong'],
    ['---js\n{}\n---\n', 'wrong'],
    ['# Notes\n', 'left out'],
    ['', 'left out'],
    ['---\ntitle: A\ndate: 2024-03-01\ndraft: true\n---\nA.\n', 'left out'],
    ['---\ntitle: A\n---\nA.\n', 'left out'],
  ])('%j is %s', (text, kind) => {
    const { incidents, remarks } = imported({ 'content/issues/a.md': text });
    expect(incidents).toEqual([]);
    expect(remarks.map(({ file, kind }) => [file, kind])).toEqual([['content/issues/a.md', kind]]);
  });
});

describe('settings', () => {
  const SYSTEMS = [
    { id: 'api', name: 'API', description: 'Public', group: 'Core' },
    { id: 'web', name: 'Web', description: null, group: null },
  ];
  const YAML =
    'title: Acme\nparams:\n  categories:\n    - name: Core\n    - { name: Rest, untitled: true }\n  systems:\n    - { name: API, description: Public, category: Core }\n    - { name: Web, category: Rest }\n';
  const TABLES =
    'title = "Acme"\n[params]\nbrand = "#fff"\n[[params.categories]]\nname = "Rest"\nuntitled = true\n[[params.systems]]\nname = "API"\ndescription = "Public"\ncategory = "Core"\n[[params.systems]]\nname = "Web"\ncategory = "Rest"\n';
  const INLINE =
    'title = \'Acme\'\n[params]\n  systems = [\n    { name = "API", description = "Public", category = "Core" }, # one\n    { name = "Web" },\n  ]\n';
  const JSON_ = JSON.stringify({
    title: 'Acme',
    Params: { systems: [{ Name: 'API', description: 'Public', category: 'Core' }, { name: 'Web' }] },
  });

  test.each([
    ['config.yml', { 'config.yml': YAML }],
    ['config.yaml', { 'config.yaml': YAML }],
    ['hugo.yaml before config.yml', { 'hugo.yaml': YAML, 'config.yml': 'title: Old\n' }],
    ['config.toml', { 'config.toml': TABLES }],
    ['hugo.toml', { 'hugo.toml': INLINE }],
    ['hugo.json', { 'hugo.json': JSON_ }],
    [
      'config/_default',
      {
        'config/_default/hugo.toml': 'title = "Acme"\n',
        'config/_default/params.toml': TABLES.replaceAll('params.', '').replace(
          'title = "Acme"\n[params]\n',
          '',
        ),
      },
    ],
    [
      'config/_default in YAML',
      {
        'config/_default/config.yaml': 'title: Acme\n',
        'config/_default/params.yaml': YAML.replace('title: Acme\nparams:\n', '').replace(/^ {2}/gm, ''),
      },
    ],
    [
      'a language of its own',
      {
        'config.yml': `defaultContentLanguage: de\nlanguages:\n  de:\n    ${YAML.replaceAll('\n', '\n    ').trimEnd()}\n`,
      },
    ],
  ] as [string, Files][])('%s', (_, files) => {
    const { title, components } = imported({ ...files, 'content/issues/a.md': front(RESOLVED) });
    expect([title, components]).toEqual(['Acme', SYSTEMS]);
  });

  test('names alone, as older sites have them', () => {
    expect(
      imported({ 'config.yml': 'params:\n  systems: [API, Web]\n' }).components.map(({ name }) => name),
    ).toEqual(['API', 'Web']);
  });

  test('what cannot be read is named', () => {
    const { remarks } = imported({
      'config.toml': 'title = \n',
      'content/issues/a.md': front('resolved: false'),
    });
    expect(remarks.map(({ file, kind }) => [file, kind])).toContainEqual(['config.toml', 'wrong']);
  });
});

describe('which pages, and their addresses', () => {
  const names = (files: Files) => imported(files).incidents.map(({ source, aliases }) => [source, aliases]);

  test('pages of the folder, other issues, bundles; no lists and no other pages', () => {
    expect(
      names({
        'README.md': '# Ours\n',
        'content/_index.md': '---\ntitle: Home\n---\n',
        'content/about.md': '---\ntitle: About\n---\n',
        'content/issues/_index.md': '---\ntitle: All\n---\n',
        'content/issues/2024 A b.md': front(RESOLVED).replace('section: issue\n', ''),
        'content/issues/2023/c.md': front(`${RESOLVED}\nslug: Sea`),
        'content/issues/d/index.md': front(`${RESOLVED}\nurl: /old/d/`),
        'content/posts/e.md': front(`${RESOLVED}\naliases: [/e/]`),
        'content/posts/f.md': front(RESOLVED).replace('section: issue\n', ''),
      }),
    ).toEqual([
      ['cstate:2024 A b.md', ['/issues/2024-a-b']],
      ['cstate:2023/c.md', ['/issues/2023/sea']],
      ['cstate:d.md', ['/old/d']],
      ['cstate:posts/e.md', ['/posts/e', '/e']],
    ]);
  });

  test('the example of the theme is taken only where there is nothing else', () => {
    const example = {
      'exampleSite/content/issues/x.md': front(RESOLVED),
      'exampleSite/config.yml': 'title: Example\nparams: {systems: [X]}\n',
    };
    const both = imported({
      ...example,
      'config.yml': 'title: Acme\nparams: {systems: [A]}\n',
      'content/issues/a.md': front(RESOLVED),
    });
    expect([both.title, both.incidents.map(({ source }) => source)]).toEqual(['Acme', ['cstate:a.md']]);
    expect(both.remarks).toContainEqual({
      file: 'exampleSite/content',
      kind: 'left out',
      what: 'it is the example of the theme',
    });
    expect(imported(example)).toMatchObject({ title: 'Example', incidents: [{ source: 'cstate:x.md' }] });
  });

  test('a site in a folder, and the folder of the content itself', () => {
    expect(names({ 'site/content/issues/a.md': front(RESOLVED) })).toEqual([['cstate:a.md', ['/issues/a']]]);
    expect(names({ 'issues/a.md': front(RESOLVED) })).toEqual([['cstate:a.md', ['/issues/a']]]);
    expect(names({ 'a.md': front(RESOLVED), 'README.md': '# Ours\n' })).toEqual([
      ['cstate:a.md', ['/issues/a']],
    ]);
  });

  test.each([
    ['folders', 'content/en/issues/a.md', 'content/fr/issues/a.md', '', 'content/fr/issues/'],
    [
      'the default without a folder',
      'content/issues/a.md',
      'content/fr/issues/a.md',
      '',
      'content/fr/issues/',
    ],
    [
      'ends of names',
      'content/issues/a.io.en.md',
      'content/issues/a.io.fr.md',
      'languages: { en: {}, fr: {} }\n',
      'content/issues/',
    ],
    [
      'folders by settings',
      'content/english/issues/a.md',
      'content/french/issues/a.md',
      'languages:\n  en: { contentDir: content/english }\n  fr: { contentDir: content/french/ }\n',
      'content/french/issues/',
    ],
  ])('languages in %s: the default one is taken', (_, english, french, settings, folder) => {
    const made = imported({
      'config.yml': `${settings}params: {systems: [A]}\n`,
      [english]: front(RESOLVED),
      [french]: front(RESOLVED, 'Tard.'),
    });
    expect(made.incidents.map(({ updates }) => updates[0]!.body)).toEqual(['Mail is late.']);
    const name = english.includes('io') ? 'a.io' : 'a';
    const inPath = /content\/(en|english)\/|\.en\./.test(english) ? [`/en/issues/${name}`] : [];
    expect(made.incidents[0]!.aliases).toEqual([`/issues/${name}`, ...inPath, `/fr/issues/${name}`]);
    expect(made.remarks).toContainEqual({
      file: folder,
      kind: 'left out',
      what: '1 issue in “fr”: one language is imported',
    });
  });

  test('without the default language, that with the most issues', () => {
    const made = imported({
      'content/de/issues/a.md': front(RESOLVED),
      'content/fr/issues/a.md': front(RESOLVED),
      'content/fr/issues/b.md': front(RESOLVED),
    });
    expect(made.incidents.map(({ source }) => source)).toEqual(['cstate:a.md', 'cstate:b.md']);
  });
});

/** Invented, in the forms of public sites. */
const SITE: Files = {
  'config.yml': 'title: Acme\nparams:\n  systems:\n    - name: API\n    - name: Web\n',
  'content/issues/2020-06-13-window.md':
    '---\ntitle: Cluster upgrade\ndate: 2020-06-13T07:00:00-00:00\nresolved: true\nresolvedWhen: 2020-06-13T9:30:00-00:00\nseverity: notice\naffected:\n  - API\nsection: issue\n---\n\n[Final message]\nAll nodes are new.\n\n[Initial message]\nWe replace the nodes.\n',
  'content/issues/2021-01-02-dns.md':
    '---\ntitle: "DNS: slow answers"\ndate: 2021-01-02 03:04:05\nresolved: true\nresolvedWhen: 2021-01-02 05:00:00\n# Possible severity levels: down, disrupted, notice\nseverity: down\naffected:\n  - API\n  - Web\nsection: issue\ninformational: false\npin: false\n---\n\n*Resolved* - Answers are fast. {{< track "2021-01-02 05:00:00" >}}\n\n*Monitoring* - The *cache* is warm. {{< track "2021-01-02 04:00:00" >}}\n\n*Investigating* -\nAnswers take seconds. {{< track "2021-01-02 03:04:05" >}}\n',
  'content/issues/2022-09-01-news.md':
    "---\ntitle: Where to find us\ndate: '2022-09-01 21:00:00Z'\ninformational: true\naffected:\n  - 'Old Chat'\nsection: 'issue'\n---\n\nThe chat has moved.\n",
  'content/issues/2023-05-06-open.md':
    '---\ntitle: Uploads\ndate: 2023-05-06T07:08:09+02:00\nresolved: false\nseverity: disrupted\naffected: []\nsection: issue\n---\n\nUploads wait.\n{{< track "2023-05-06 05:20:00" >}}\n',
};

test('every issue is equal to its file, read in another way', () => {
  const { incidents } = imported(SITE);
  const words = (text: string) => (text.match(/[\p{L}\d]+/gu) ?? []).sort();
  const pages = Object.entries(SITE).filter(([name]) => name.endsWith('.md'));
  const expected = pages.map(([, text]) => {
    const { data, content } = matter(text);
    const at = (value: unknown) => new Date(value as string | Date).getTime();
    const tracks = content.match(/\{\{.*?\}\}/g)?.length ?? 0;
    const labels = /\*(Resolved|Monitoring|Investigating)\* -/g;
    const isOver = data.resolved === true;
    const endTold = content.includes('*Resolved*');
    return {
      title: data.title,
      started: at(data.date),
      resolved: data.informational ? at(data.date) : isOver ? at(data.resolvedWhen) : null,
      severity: { notice: 'minor', disrupted: 'major', down: 'critical' }[data.severity as string] ?? 'minor',
      affected: data.affected.map((name: string) => name.toLowerCase().replace(' ', '-')),
      updates: (tracks || 1) + (isOver && !endTold ? 1 : 0),
      words: words(
        `${content.replace(/\{\{.*?\}\}/g, '').replace(labels, '')} ${isOver && !endTold ? 'Resolved' : ''}`,
      ),
    };
  });
  const read = incidents.map(({ title, started, resolved, severity, components, updates }) => ({
    ...{ title, started, resolved, severity },
    affected: components!.map(({ id }) => id),
    updates: updates.length,
    words: words(updates.map(({ body }) => body).join(' ')),
  }));
  expect(read).toEqual(expected);
});

test('the command: a dry run writes nothing, a second run changes nothing, what is wrong is named', async () => {
  const terminal = await openTerminal();
  const site = path.join(terminal.dir, 'site');
  const save = async (name: string, text: string) => {
    await mkdir(path.dirname(path.join(site, name)), { recursive: true });
    await writeFile(path.join(site, name), text);
  };
  for (const [name, text] of Object.entries(SITE)) await save(name, text);
  const written = () => readdir(path.join(terminal.dir, 'status', 'incidents'));
  const dry = await terminal.run(importing, 'cstate', site, '--dry-run');
  expect(dry.out).toContain('4 incidents to write');
  expect(await written()).toEqual([]);
  const first = await terminal.run(importing, 'cstate', site);
  expect([first.code, first.out]).toEqual([0, expect.stringContaining('4 incidents written')]);
  expect(await written()).toHaveLength(4);
  const status = await readFile(path.join(terminal.dir, 'status', 'status.yaml'), 'utf8');
  expect(status).toContain('- { id: old-chat, name: "Old Chat" }');
  const second = await terminal.run(importing, 'cstate', site);
  expect(second.out).toContain('0 incidents written, 4 already there, 0 updated, 0 kept');
  expect(await readFile(path.join(terminal.dir, 'status', 'status.yaml'), 'utf8')).toBe(status);
  await save('content/issues/broken.md', '---\ntitle: [\n---\n');
  const wrong = await terminal.run(importing, 'cstate', site);
  expect([wrong.code, wrong.out]).toEqual([
    1,
    expect.stringContaining('content/issues/broken.md: nothing taken\n  wrong: its front matter'),
  ]);
  const empty = path.join(terminal.dir, 'empty');
  await mkdir(empty);
  await writeFile(path.join(empty, 'README.md'), '# Notes\n');
  await expect(terminal.run(importing, 'cstate', empty)).rejects.toThrow('there is nothing to import');
});
