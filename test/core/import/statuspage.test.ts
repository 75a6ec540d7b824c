// Statuspage: answers of its APIs, in all their shapes, read back as the page showed them.
import { mkdir, readdir, readFile, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { describe, expect, test } from 'vitest';
import { importing } from '../../../src/cli/import/import.ts';
import { besideSource } from '../../../src/core/import/newer.ts';
import { importStatuspage } from '../../../src/core/import/statuspage/statuspage.ts';
import { parseIncident } from '../../../src/core/incidents/file/parse.ts';
import { stateAt } from '../../../src/core/incidents/maintenance.ts';
import { HOUR, iso } from '../../../src/core/model/time.ts';
import { NOW, openTerminal } from '../../cli/terminal.ts';

type Json = Record<string, unknown>;

function imported(...answers: unknown[]) {
  const made = importStatuspage(
    answers.map((data, index) => ({ name: `${index}.json`, data })),
    [],
    NOW,
  );
  const incidents = made.incidents.map(({ id, text }) => {
    const { value, problems } = parseIncident(id, id, text);
    expect(problems).toEqual([]);
    return value!;
  });
  return { ...made, incidents, said: made.remarks.map(({ kind, what }) => `${kind}: ${what}`) };
}

const update = (status: string, time: string, body: string | null = `${status}!`, more: Json = {}) => {
  const at = `2024-03-05T${time}:00.123Z`;
  return { id: `u${time}`, status, body, created_at: at, updated_at: at, display_at: at, ...more };
};
const touching = (...list: [code: string | null, name: string, status?: string][]) => ({
  affected_components: list.map(([code, name, new_status]) => ({
    ...(code === null ? {} : { code }),
    name,
    ...(new_status ? { old_status: 'operational', new_status } : {}),
  })),
});
const incident = (more: Json = {}): Json => ({
  id: 'p31zjtct2jer',
  name: 'Login fails: "500"',
  status: 'resolved',
  impact: 'major',
  created_at: '2024-03-05T10:00:00.123Z',
  started_at: '2024-03-05T10:00:00.100Z',
  resolved_at: '2024-03-05T12:00:00.456Z',
  components: [{ id: 'c1', name: 'API', status: 'operational', group_id: 'g' }],
  incident_updates: [
    update('resolved', '12:00'),
    update('identified', '11:00'),
    update('investigating', '10:00'),
  ],
  ...more,
});
const work = (more: Json = {}): Json => ({
  ...incident(),
  id: 'm1',
  name: 'Database work',
  status: 'completed',
  impact: 'maintenance',
  created_at: '2024-03-01T10:00:00Z',
  started_at: '2024-03-01T10:00:00Z',
  scheduled_for: '2024-03-05T10:00:00Z',
  scheduled_until: '2024-03-05T13:00:00Z',
  incident_updates: [
    update('completed', '12:00'),
    update('verifying', '11:30'),
    update('in_progress', '10:00'),
    {
      ...update('scheduled', '10:00'),
      created_at: '2024-03-01T10:00:00Z',
      display_at: '2024-03-01T10:00:00Z',
    },
  ],
  ...more,
});
const COMPONENTS = [
  { id: 'g', name: 'Platform', group: true, status: 'operational', components: ['c1'] },
  { id: 'c1', name: 'API', description: 'Public', group_id: 'g', group: false, status: 'operational' },
  { id: 'c2', name: 'Database', description: null, group_id: null, group: false, status: 'operational' },
];
const PAGE = { id: 'p1', name: 'Acme', url: 'https://status.acme.example', time_zone: 'Etc/UTC' };
const one = (more: Json = {}, ...others: unknown[]) => {
  const made = imported({ page: PAGE, incidents: [incident(more)] }, ...others);
  expect(made.incidents).toHaveLength(1);
  return { ...made, incident: made.incidents[0]! };
};
const told = (more: Json) =>
  one(more).incident.updates.map(({ at, status, body }) => [iso(at).slice(11, 16), status, body]);
const minutes = (at: number | null) => at && iso(at).slice(0, 16);

describe('shapes of answers', () => {
  test.each<[string, unknown]>([
    ['incidents', { page: PAGE, incidents: [incident()] }],
    ['one incident', { page: PAGE, incident: incident() }],
    ['without its page', { incident: incident() }],
    ['the incident itself', incident()],
    ['a list of the manage API', [incident()]],
    ['with an id in numbers', [incident({ id: 7 })]],
    ['a webhook', { meta: { documentation: 'x' }, page: PAGE, incident: incident() }],
    [
      'a summary',
      { page: PAGE, components: COMPONENTS, incidents: [incident()], scheduled_maintenances: [], status: {} },
    ],
    ['one without an impact', { incidents: [incident({ impact: undefined })] }],
  ])('%s', (_, answer) => {
    const { incidents, named } = imported(answer);
    expect(incidents.map(({ title, updates }) => [title, updates.length])).toEqual([
      ['Login fails: "500"', 3],
    ]);
    expect(named.map(({ name }) => name)).toContain('API');
  });

  test.each<[string, unknown]>([
    ['maintenances', { page: PAGE, scheduled_maintenances: [work()] }],
    ['one maintenance', { page: PAGE, scheduled_maintenance: work() }],
    ['among incidents', { page: PAGE, incidents: [work()] }],
    ['of the manage API', [work({ scheduled_auto_in_progress: true, scheduled_auto_completed: true })]],
    ['of another impact', { scheduled_maintenances: [work({ impact: 'none' })] }],
  ])('%s', (_, answer) => {
    expect(imported(answer).incidents).toMatchObject([
      {
        status: 'completed',
        scheduled: { start: Date.UTC(2024, 2, 5, 10), end: Date.UTC(2024, 2, 5, 13) },
        started: Date.UTC(2024, 2, 1, 10),
        resolved: Date.UTC(2024, 2, 5, 12),
        components: [{ id: 'api', status: null }],
        updates: [
          { status: 'scheduled' },
          { status: 'in_progress' },
          { status: 'verifying' },
          { status: 'completed' },
        ],
      },
    ]);
  });

  test.each<[string, unknown]>([
    ['components', { page: PAGE, components: COMPONENTS }],
    ['a list of the manage API', COMPONENTS],
    [
      'groups of the manage API',
      [
        ...COMPONENTS.slice(1).map(one => ({ ...one, group_id: null })),
        { id: 'g', name: 'Platform', components: ['c1'], position: 1 },
      ],
    ],
  ])('%s', (_, answer) => {
    expect(imported(answer).components).toEqual([
      { id: 'api', name: 'API', description: 'Public', group: 'Platform' },
      { id: 'database', name: 'Database', description: null, group: null },
    ]);
  });

  test('single components, the title of the page', () => {
    const { title, components } = imported(...COMPONENTS.map(component => ({ page: PAGE, component })));
    expect([title, components.map(({ name, group }) => [name, group])]).toEqual([
      'Acme',
      [
        ['API', 'Platform'],
        ['Database', null],
      ],
    ]);
  });

  test.each<[unknown, string]>([
    [3, 'wrong: it is no answer of a Statuspage API'],
    [{}, 'wrong: it is no answer of a Statuspage API'],
    [{ title: 'x' }, 'wrong: it is no answer of a Statuspage API'],
    [[{ a: 1 }], 'wrong: it is no answer of a Statuspage API'],
    [[], 'left out: it lists no incidents and no components'],
    [{ page: PAGE, status: { indicator: 'none' } }, 'left out: it lists no incidents and no components'],
    [
      { incidents: [{ id: 'x', name: 'A', impact: 'none', created_at: 'soon' }] },
      'wrong: “A” cannot be read: created_at: "soon" is not a date',
    ],
    [{ incidents: [{ name: 'A' }] }, 'wrong: “A” cannot be read: id: Invalid input'],
    [{ incidents: [{ id: 'x', name: 'A' }] }, 'left out: “A” (x) has no time at all'],
  ])('%j', (answer, said) => {
    expect(imported(answer)).toMatchObject({ incidents: [], said: [said] });
  });

  test('of an incident in several files that with more updates counts, in either order', () => {
    const short = incident({ name: 'Short', incident_updates: [update('investigating', '10:00')] });
    for (const files of [
      [[short], incident()],
      [incident(), [short]],
    ])
      expect(imported(...files).incidents.map(({ title }) => title)).toEqual(['Login fails: "500"']);
  });

  test('fifty are most likely not all', () => {
    const fifty = Array.from({ length: 50 }, (_, index) => incident({ id: `i${index}` }));
    expect(imported({ incidents: fifty }).said[0]).toBe(
      'left out: the API answers the 50 newest only: for older ones save history.json too',
    );
  });
});

describe('history.json', () => {
  const at = (times: string) =>
    times
      .replace(/\d+(?=,)/g, "<var data-var='date'>$&</var>")
      .replace(/\d+:\d+/g, "<var data-var='time'>$&</var>");
  const history = (timestamp: string, more: Json = {}) => ({
    components: [{ id: 'c1', name: 'API' }],
    months: [
      { name: 'April', year: 2024, starts_on: 1, days: 30, incidents: [] },
      {
        name: 'January',
        year: 2024,
        incidents: [
          {
            code: 'h1',
            name: 'Slow',
            message: 'All <b>fine</b>.',
            impact: 'minor',
            timestamp: at(timestamp),
            ...more,
          },
        ],
      },
    ],
  });

  test.each([
    ['Jan 5, 10:00 - 12:30 UTC', '2024-01-05T10:00', '2024-01-05T12:30'],
    ['Jan 5, 10:00 - Jan 6, 02:00 PST', '2024-01-05T18:00', '2024-01-06T10:00'],
    ['Dec 31, 22:28 - Jan 1, 08:17 UTC', '2023-12-31T22:28', '2024-01-01T08:17'],
    ['Jan 5, 10:00 UTC', '2024-01-05T10:00', '2024-01-05T10:00'],
  ])('%s', (timestamp, start, end) => {
    const { incidents, said } = imported(history(timestamp));
    expect(
      incidents.map(({ title, started, resolved }) => [title, minutes(started), minutes(resolved)]),
    ).toEqual([['Slow', start, end]]);
    expect(incidents[0]!.updates.map(({ status, body }) => [status, body])).toEqual([
      ['resolved', 'All **fine**.'],
    ]);
    expect(said).toEqual([
      'changed: it has the last words of each incident, not its updates: for these save /api/v2/incidents/ID.json of each',
    ]);
  });

  test('a zone without a name is UTC, which is said; a maintenance; a time that is none', () => {
    expect(imported(history('Jan 5, 10:00 - 12:30 CET')).said[0]).toBe(
      'changed: times in zones that only this page knows are read as UTC',
    );
    expect(
      imported(history('Jan 5, 10:00 - 12:30 UTC', { impact: 'maintenance' })).incidents[0],
    ).toMatchObject({
      status: 'completed',
      scheduled: { start: Date.UTC(2024, 0, 5, 10), end: Date.UTC(2024, 0, 5, 12, 30) },
    });
    expect(imported(history('long ago')).said[0]).toBe(
      'wrong: “Slow” cannot be read: its time is “long ago”',
    );
  });

  test('a file with its updates counts more, in either order', () => {
    const whole = incident({ id: 'h1', incident_updates: [update('resolved', '12:00')] });
    for (const files of [
      [history('Jan 5, 10:00 UTC'), whole],
      [whole, history('Jan 5, 10:00 UTC')],
    ])
      expect(imported(...files).incidents.map(({ title }) => title)).toEqual(['Login fails: "500"']);
  });
});

describe('work that goes on after its planned end', () => {
  const overdue = (status: string) =>
    work({
      status,
      resolved_at: null,
      scheduled_for: iso(NOW - 5 * HOUR),
      scheduled_until: iso(NOW - HOUR),
      incident_updates: [{ ...update('in_progress', '10:00'), display_at: iso(NOW - 5 * HOUR) }],
    });
  const at = (now: number, status = 'in_progress') =>
    importStatuspage([{ name: 'a.json', data: overdue(status) }], [], now);

  test.each(['in_progress', 'verifying'])(
    '%s: it goes on here, and the report says how to keep it so',
    status => {
      const made = imported(overdue(status));
      expect([0, 23].map(hours => stateAt(made.incidents[0]!, NOW + hours * HOUR))).toEqual([status, status]);
      expect(made.incidents[0]!.updates.at(-1)).toMatchObject({ status, quiet: true });
      expect(made.said.join()).toContain(
        'it goes on here for a day. To keep it so, write a later `scheduled_end` in incidents/20240301_database-work.md',
      );
    },
  );

  test('a later import says it anew, in a file that nobody changed', () => {
    const [first, later] = [at(NOW).incidents[0]!, at(NOW + 30 * HOUR).incidents[0]!];
    expect(besideSource(first.text, at(NOW).incidents[0]!)).toEqual({ is: 'same' });
    expect(besideSource(first.text, later)).toEqual({ is: 'older' });
    expect(besideSource(at(NOW - 2 * HOUR).incidents[0]!.text, later)).toEqual({ is: 'older' });
    expect(besideSource(first.text.replace('In progress.', 'Nearly done.'), later).is).toBe('other');
  });

  test('scheduled: it is over here, which is said', () => {
    const made = at(NOW, 'scheduled');
    expect(made.remarks.map(({ what }) => what).join()).toContain(
      'it is still “scheduled” there: it is over here. If it is not, write a later',
    );
    expect(
      at(NOW - 2 * HOUR)
        .remarks.map(({ what }) => what)
        .join(),
    ).not.toContain('planned end');
  });
});

describe('times and the end', () => {
  test.each<[string, Json, [string | null, string | null]]>([
    ['as it says', {}, ['10:00', '12:00']],
    ['an offset', { started_at: '2024-03-05T08:55:00.000-01:00' }, ['09:55', '12:00']],
    ['started after its first update', { started_at: '2024-03-05T11:30:00Z' }, ['10:00', '12:00']],
    ['no start', { started_at: null }, ['10:00', '12:00']],
    ['no times of its own', { started_at: null, created_at: null, resolved_at: null }, ['10:00', '12:00']],
    ['a post-mortem', { status: 'postmortem' }, ['10:00', '12:00']],
    ['an unknown status', { status: 'closed', resolved_at: null }, ['10:00', '12:00']],
    ['an end before its start', { resolved_at: '2024-03-05T09:00:00Z' }, ['10:00', '10:00']],
    [
      'open',
      { status: 'identified', resolved_at: null, incident_updates: [update('identified', '10:30')] },
      ['10:00', null],
    ],
  ])('%s', (_, more, [start, end]) => {
    const { incident: made } = one(more);
    expect([made.started, made.resolved].map(at => at && iso(at).slice(11, 16))).toEqual([start, end]);
    expect(made.status).toBe(end === null ? 'identified' : 'resolved');
  });

  test('written all at once: the times that the page shows count, and their order', () => {
    const late = { created_at: '2024-03-09T09:00:00Z' };
    const updates = [update('resolved', '12:00', 'B', late), update('investigating', '10:00', 'A', late)];
    expect(
      told({
        incident_updates: updates,
        backfilled: true,
        created_at: '2024-03-09T09:00:00Z',
        started_at: '2024-03-05T10:00:00Z',
      }),
    ).toEqual([
      ['10:00', 'investigating', 'A'],
      ['12:00', 'resolved', 'B'],
    ]);
    const same = { ...late, display_at: null };
    expect(
      told({
        started_at: '2024-03-09T09:00:00Z',
        resolved_at: '2024-03-09T09:00:00Z',
        incident_updates: updates.map(one => ({ ...one, ...same })),
      }),
    ).toEqual([
      ['09:00', 'investigating', 'A'],
      ['09:00', 'resolved', 'B'],
    ]);
  });

  test('resolved, though no update says so', () => {
    expect(told({ incident_updates: [update('identified', '10:00', 'Found.')] })).toEqual([
      ['10:00', 'identified', 'Found.'],
      ['12:00', 'resolved', 'Resolved.'],
    ]);
    expect(told({ incident_updates: [] })).toEqual([
      ['10:00', 'investigating', 'Investigating.'],
      ['12:00', 'resolved', 'Resolved.'],
    ]);
  });

  test('said after the end', () => {
    const made = one({
      resolved_at: '2024-03-05T11:00:00Z',
      incident_updates: [
        update('monitoring', '12:00'),
        update('resolved', '11:00'),
        update('investigating', '10:00'),
      ],
    });
    expect(made.incident).toMatchObject({ status: 'resolved', resolved: Date.UTC(2024, 2, 5, 11) });
    expect(made.incident.updates.map(({ body }) => body)).toEqual([
      'investigating!',
      'resolved!',
      'monitoring!',
    ]);
  });

  test('a maintenance without its times, or that ends when it begins', () => {
    const at = (more: Json) =>
      imported([work(more)]).incidents.map(({ scheduled }) => [
        minutes(scheduled!.start),
        minutes(scheduled!.end),
      ]);
    expect(at({ scheduled_until: null })).toEqual([['2024-03-05T10:00', '2024-03-05T12:00']]);
    expect(at({ scheduled_for: null, scheduled_until: null })).toEqual([
      ['2024-03-05T10:00', '2024-03-05T12:00'],
    ]);
    expect(at({ scheduled_until: '2024-03-05T10:00:00Z' })).toEqual([
      ['2024-03-05T10:00', '2024-03-05T10:01'],
    ]);
  });

  test('a maintenance that is planned, one that was called off, and one that is written afterwards', () => {
    const made = (more: Json) => imported([work(more)]).incidents[0]!;
    expect(
      made({ status: 'scheduled', resolved_at: null, incident_updates: [update('scheduled', '09:00')] }),
    ).toMatchObject({ status: 'scheduled', resolved: null });
    expect(
      made({
        resolved_at: '2024-03-05T08:00:00Z',
        incident_updates: [update('completed', '08:00'), update('scheduled', '07:00')],
      }),
    ).toMatchObject({ status: 'completed', resolved: Date.UTC(2024, 2, 5, 8) });
    expect(
      made({
        created_at: '2024-03-09T10:00:00Z',
        started_at: '2024-03-05T10:00:00Z',
        incident_updates: [update('completed', '12:00')],
      }),
    ).toMatchObject({ status: 'completed', started: Date.UTC(2024, 2, 5, 12) });
  });
});

describe('texts', () => {
  test.each([
    ['<p>Nobody can <strong>log in</strong>.</p><p>Sorry.</p>', 'Nobody can **log in**.\n\nSorry.'],
    [
      'Found &amp; <a href="https://example.com/x?a=1&amp;b=2">shown &amp; told</a>.<br />Wait.',
      'Found & [shown & told](https://example.com/x?a=1&b=2).\nWait.',
    ],
    ['It&#39;s &lt;down&gt; &lt;!-- all of it --&gt;', "It's <down> \\<!-- all of it -->"],
    [
      'See <https://example.com> or <ops@example.com>; 1 < 2, a<b',
      'See <https://example.com> or <ops@example.com>; 1 < 2, a<b',
    ],
    ['A.\r\n\r\nB.\r\nC.', 'A.\n\nB.\nC.'],
    ['<ul><li>One</li><li>Two</li></ul>', '- One\n- Two'],
    [
      '<a class="x" href=\'mailto:a@example.com\'><b>Mail</b></a> <a href="/local">local</a> <a href="https://example.com">https://example.com</a>',
      '[Mail](mailto:a@example.com) local <https://example.com>',
    ],
    ['<pre>a\n<b>b</b></pre><code>x</code> `<b>`', '```\na\nb\n```\n\n`x` `<b>`'],
    [
      '<h2>What</h2><s>no</s><script>alert(1)</script><hr/><img src="https://example.com/a.png" alt="A">',
      '### What\n\n~~no~~\n\n---\n\n![A](https://example.com/a.png)',
    ],
    [null, 'Resolved.'],
    ['', 'Resolved.'],
  ])('%j', (body, markdown) => {
    expect(
      told({ incident_updates: [update('resolved', '12:00', body), update('investigating', '10:00')] }).at(
        -1,
      ),
    ).toEqual(['12:00', 'resolved', markdown]);
  });

  test('HTML that markdown has no form for is said, and its words stay', () => {
    const made = one({
      incident_updates: [update('resolved', '12:00', '<table><tr><td>a</td><td>b</td></tr></table>')],
    });
    expect(made.incident.updates[0]!.body).toBe('a b');
    expect(made.said).toContain(
      'changed: “Login fails: "500"” (p31zjtct2jer): HTML is removed (<table> <tr> <td>)',
    );
  });

  const mortem = update('postmortem', '15:00', '<p>Why &amp; how.</p>');
  const updates = incident().incident_updates as Json[];
  test.each<[string, Json, string | null]>([
    [
      'its body',
      { postmortem_body: '## What\n\nA *certificate*.', postmortem_published_at: '2024-03-06T10:00:00Z' },
      '## What\n\nA *certificate*.',
    ],
    ['an update', { status: 'postmortem', incident_updates: [mortem, ...updates] }, 'Why & how.'],
    [
      'both the same',
      { status: 'postmortem', postmortem_body: 'Why & how.', incident_updates: [mortem, ...updates] },
      'Why & how.',
    ],
    [
      'both',
      { status: 'postmortem', postmortem_body: 'All.', incident_updates: [mortem, ...updates] },
      'All.\n\nWhy & how.',
    ],
    ['in the public API', { postmortem_body: 'All.' }, 'All.'],
    ['a draft', { postmortem_body: 'Not yet.', postmortem_published_at: null }, null],
    ['none', { postmortem_body: null }, null],
  ])('the post-mortem: %s', (_, more, text) => {
    const { incident: made } = one(more);
    expect(made.postmortem).toBe(text);
    expect([made.updates.length, minutes(made.resolved)]).toEqual([3, '2024-03-05T12:00']);
  });

  test('the id there leads here', () => {
    expect(one().incident).toMatchObject({ openedBy: 'statuspage:p31zjtct2jer', aliases: ['p31zjtct2jer'] });
  });
});

describe('what is affected', () => {
  const changes = (more: Json) => {
    const { incident: made } = one(more, COMPONENTS);
    return [made.components, ...made.updates.slice(1).map(({ change }) => change?.components ?? null)];
  };
  const api = (status: string | null) => ({ id: 'api', status });
  const database = (status: string | null) => ({ id: 'database', status });

  test.each<[string, Json, unknown[]]>([
    ['no update says it', {}, [[api(null)], null, null]],
    [
      'from update to update',
      {
        incident_updates: [
          update('resolved', '12:00', 'x', touching(['c1', 'Platform - API', 'operational'])),
          update('identified', '11:00', 'x', touching(['c1', 'Platform - API', 'degraded_performance'])),
          update('investigating', '10:00', 'x', touching(['c1', 'Platform - API', 'major_outage'])),
        ],
      },
      [[api('major_outage')], [api('degraded_performance')], null],
    ],
    [
      'one more later, by its name alone',
      {
        incident_updates: [
          update('resolved', '12:00'),
          update('identified', '11:00', 'x', touching([null, 'Database', 'partial_outage'])),
          update('investigating', '10:00', 'x', touching([null, 'Platform - API', 'major_outage'])),
        ],
      },
      [[api('major_outage')], [api('major_outage'), database('partial_outage')], null],
    ],
    [
      'nobody',
      {
        components: [],
        incident_updates: [
          update('resolved', '12:00', 'x', touching([null, 'No components were affected by this update.'])),
        ],
      },
      [[]],
    ],
    [
      'nothing',
      {
        components: null,
        incident_updates: [update('resolved', '12:00', 'x', { affected_components: null })],
      },
      [[]],
    ],
    ['impact none', { impact: 'none' }, [[api('operational')], null, null]],
    ['impact none by hand', { impact: 'major', impact_override: 'none' }, [[api('operational')], null, null]],
    ['impact maintenance', { impact: 'maintenance' }, [[api('under_maintenance')], null, null]],
    [
      'the same again',
      {
        incident_updates: [
          update('resolved', '12:00'),
          update('identified', '11:00', 'x', touching(['c1', 'API', 'major_outage'])),
          update('investigating', '10:00', 'x', touching(['c1', 'API', 'major_outage'])),
        ],
      },
      [[api('major_outage')], null, null],
    ],
  ])('%s', (_, more, expected) => {
    expect(changes(more)).toEqual(expected);
  });

  test.each([
    ['critical', 'critical'],
    ['major', 'major'],
    ['minor', 'minor'],
    ['none', 'minor'],
    [null, 'minor'],
  ])('the impact %s is %s', (impact, severity) => {
    expect(one({ impact }).incident.severity).toBe(severity);
  });

  test('hundreds of components fit: first without their states, then as many as a file holds', () => {
    const many = (count: number) => {
      const list = Array.from(
        { length: count },
        (_, n) => [`k${n}`, `Point of presence ${n}`, 'partial_outage'] as [string, string, string],
      );
      const more = list.map(([code, name]) => [code, name, 'major_outage'] as [string, string, string]);
      return one({
        components: [],
        incident_updates: [
          update('resolved', '12:00'),
          update('identified', '11:00', 'x', touching(...more)),
          update('investigating', '10:00', 'x', touching(...list)),
        ],
      });
    };
    const some = many(200);
    expect(some.incident.components).toHaveLength(200);
    expect(some.said).toContain(
      'changed: “Login fails: "500"” (p31zjtct2jer): it names 200 components, whose states at the beginning are left out',
    );
    const all = many(600);
    expect(all.incident.components!.length).toBeGreaterThan(200);
    expect(all.said.join()).toMatch(/it names 600 components, of which the first \d+ are taken/);
  });

  test('without a list of components, those of the incidents are taken, and the command for all is said', () => {
    const { components, named, said } = one();
    expect([components, named]).toEqual([[], [{ id: 'api', name: 'API' }]]);
    expect(said).toEqual([
      'left out: no file lists the components, so those that incidents name are taken; for all: curl -fO https://status.acme.example/api/v2/components.json',
    ]);
  });
});

test('two components of one name keep their ids on the next run', () => {
  const data = {
    components: [
      { id: 'c1', name: 'API', status: 'operational' },
      { id: 'c2', name: 'API', status: 'operational' },
    ],
    incidents: [incident({ components: [{ id: 'c2', name: 'API' }] })],
  };
  const first = importStatuspage([{ name: 'a.json', data }], [], NOW);
  expect(first.components.map(({ id }) => id)).toEqual(['api', 'api-2']);
  expect(importStatuspage([{ name: 'a.json', data }], first.named, NOW)).toMatchObject({
    components: first.components,
    incidents: first.incidents,
  });
});

/** Invented, in the forms of public pages. */
const ALL = {
  page: PAGE,
  incidents: [
    incident(),
    incident({
      id: 'b',
      name: 'Slow mail',
      impact: 'minor',
      status: 'postmortem',
      incident_updates: [
        update('postmortem', '14:00', 'It was <i>mail</i>.'),
        ...(incident().incident_updates as Json[]),
      ],
    }),
    incident({
      id: 'c',
      name: 'News',
      impact: 'none',
      components: [],
      incident_updates: [update('resolved', '12:00', 'All &amp; sundry.')],
    }),
    incident({
      id: 'd',
      name: 'Still down',
      impact: 'critical',
      status: 'monitoring',
      resolved_at: null,
      incident_updates: [
        update('monitoring', '11:00', 'We<br/>watch.'),
        update('investigating', '10:00', '<p>Down.</p>'),
      ],
    }),
  ],
  scheduled_maintenances: [work()],
};

test('every incident is equal to its answer, read in another way', () => {
  const { incidents } = imported(ALL);
  const words = (html: string) =>
    html
      .replace(/<[^>]+>/g, ' ')
      .replace(/&\w+;/g, ' ')
      .match(/[\p{L}\d]+/gu) ?? [];
  const seconds = (text: unknown) => (typeof text === 'string' ? Math.floor(Date.parse(text) / 1000) : null);
  const expected = [...ALL.incidents, ...ALL.scheduled_maintenances].map(source => {
    const updates = (source.incident_updates as { status: string; body: string; display_at: string }[])
      .filter(({ status }) => status !== 'postmortem')
      .reverse();
    const isWork = 'scheduled_for' in source;
    return {
      title: source.name,
      started: seconds(isWork ? source.created_at : source.started_at),
      resolved: seconds(source.resolved_at),
      severity: { major: 'major', critical: 'critical' }[source.impact as string] ?? 'minor',
      affected: (source.components as { name: string }[]).map(({ name }) => name.toLowerCase()),
      updates: updates.map(({ status, body, display_at }) => [seconds(display_at), status, words(body)]),
    };
  });
  const read = incidents.map(({ title, started, resolved, severity, components, updates }) => ({
    title,
    started: started / 1000,
    resolved: resolved && resolved / 1000,
    severity,
    affected: components!.map(({ id }) => id),
    updates: updates.map(({ at, status, body }) => [at / 1000, status, words(body)]),
  }));
  const byTitle = (a: { title: unknown }, b: { title: unknown }) =>
    String(a.title) < String(b.title) ? -1 : 1;
  expect(read.sort(byTitle)).toEqual(expected.sort(byTitle));
});

test('the command: a dry run writes nothing, a second run changes nothing, an edit is kept, what is wrong is named', async () => {
  const terminal = await openTerminal();
  const saved = path.join(terminal.dir, 'saved');
  await mkdir(path.join(saved, 'more'), { recursive: true });
  const save = (name: string, data: unknown) => writeFile(path.join(saved, name), JSON.stringify(data));
  await save('all.json', ALL);
  await save('more/e.json', {
    page: PAGE,
    incident: incident({ id: 'e', components: [{ id: 'old', name: 'Old API' }] }),
  });
  await save('more/components.json', { page: PAGE, components: COMPONENTS });
  const folder = path.join(terminal.dir, 'status', 'incidents');
  expect((await terminal.run(importing, 'statuspage', saved, '--dry-run')).out).toContain(
    '6 incidents to write',
  );
  expect(await readdir(folder)).toEqual([]);
  const first = await terminal.run(importing, 'statuspage', saved);
  expect([first.code, first.out]).toEqual([0, expect.stringContaining('6 incidents written')]);
  const status = await readFile(path.join(terminal.dir, 'status', 'status.yaml'), 'utf8');
  expect(status).toContain('- { id: old-api, name: "Old API" }');
  const file = path.join(folder, '20240305_news.md');
  await writeFile(file, (await readFile(file, 'utf8')).replace('All & sundry.', 'All of you.'));
  const second = await terminal.run(importing, 'statuspage', saved);
  expect(second.out).toContain('0 incidents written, 5 already there, 0 updated, 1 kept');
  expect(await readFile(path.join(terminal.dir, 'status', 'status.yaml'), 'utf8')).toBe(status);
  await save('wrong.json', { a: 1 });
  const wrong = await terminal.run(importing, 'statuspage', saved);
  expect([wrong.code, wrong.out, wrong.err]).toEqual([
    1,
    expect.stringContaining('wrong.json: nothing taken\n  wrong: it is no answer'),
    expect.stringContaining('1 file could not be read'),
  ]);
  await writeFile(path.join(saved, 'empty.json'), '');
  await expect(terminal.run(importing, 'statuspage', path.join(saved, 'empty.json'))).rejects.toThrow(
    'empty.json: this is not valid JSON',
  );
  await save('empty.json', { page: PAGE, incidents: [] });
  await expect(terminal.run(importing, 'statuspage', path.join(saved, 'empty.json'))).rejects.toThrow(
    'there is nothing to import',
  );
});

test('the command: a file that is no JSON is named and the others are taken, in each Unicode encoding', async () => {
  const terminal = await openTerminal();
  const save = (name: string, data: string | Buffer) =>
    writeFile(path.join(terminal.dir, 'saved', name), data);
  await mkdir(path.join(terminal.dir, 'saved'));
  const [a = '', b = '', c = ''] = ['a', 'b', 'c'].map(id =>
    JSON.stringify({ page: PAGE, incident: incident({ id, name: `Wörld ${id}` }) }),
  );
  await save('a.json', a);
  await save('b.json', `\uFEFF${b}`);
  await save('c.json', Buffer.from(`\uFEFF${c}`, 'utf16le'));
  await save('cut.json', a.slice(0, 40));
  await save('empty.json', '');
  await save('gone.json', '\n<!DOCTYPE html>\n<title>404</title>\n');
  const { code, out, err } = await terminal.run(importing, 'statuspage', path.join(terminal.dir, 'saved'));
  expect([code, err]).toEqual([1, expect.stringContaining('3 files could not be read')]);
  expect(out).toContain('3 incidents written');
  for (const name of ['cut', 'empty', 'gone'])
    expect(out).toMatch(
      new RegExp(`^${name}.json: nothing taken\n  wrong: this is not valid JSON \\(.+\\)$`, 'm'),
    );
  const files = await readdir(path.join(terminal.dir, 'status', 'incidents'));
  const texts = await Promise.all(
    files.map(name => readFile(path.join(terminal.dir, 'status', 'incidents', name), 'utf8')),
  );
  expect(texts.filter(text => /title: "?Wörld [abc]/.test(text))).toHaveLength(3);
});

test('a component that is not well, and of which no open incident tells, is said', () => {
  const one = (id: string, status: string) => ({ id, name: id.toUpperCase(), status });
  const incident = {
    id: 'open1',
    name: 'Slow',
    status: 'identified',
    created_at: '2026-05-02T10:00:00Z',
    components: [{ id: 'db', name: 'DB' }],
    incident_updates: [],
  };
  const { remarks } = importStatuspage(
    [
      {
        name: 'components.json',
        data: {
          components: [one('api', 'major_outage'), one('web', 'operational'), one('db', 'partial_outage')],
        },
      },
      { name: 'incidents.json', data: { incidents: [incident] } },
    ],
    [],
    NOW,
  );
  expect(remarks.filter(({ what }) => what.includes('present status'))).toEqual([
    {
      file: 'components.json',
      kind: 'left out',
      what: 'the present status of “API” (major outage): write an incident if it is not well',
    },
  ]);
});
