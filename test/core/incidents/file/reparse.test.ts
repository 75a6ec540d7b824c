// A file that could never be read: over only when its own front matter says so, and in doubt otherwise.
import { describe, expect, test } from 'vitest';
import { mayBeOpen, namedInText } from '../../../../src/core/incidents/file/reparse.ts';

const NOW = Date.UTC(2026, 2, 10, 12);
const mayBe = (text: string, id = '20260310_api-down') => mayBeOpen(id, text, NOW);
const file = (keys: string, body = 'Words.') => `---\ntitle: X\n${keys}\nseverity: huge\n---\n${body}\n`;

describe('it is over', () => {
  test.each([
    'status: resolved',
    'status: "resolved"',
    "status: 'completed'",
    'status: Cancelled',
    'status: canceled # by the provider',
    'status:   Postmortem   ',
    '"status": resolved',
    'status: resolved # since noon',
    "status: 'resolved'  # since noon",
    'status: resolved\nstatus: resolved',
    'status: resolved\nresolved: 2026-03-10 11:30 UTC',
    'status: resolved\nupdates:\n  - status: resolved',
    'title: "not closed\nstatus: resolved',
  ])('%j', keys => {
    expect(mayBe(file(keys))).toBe(false);
    expect(mayBe(`\uFEFF${file(keys)}`.replaceAll('\n', '\r\n'))).toBe(false);
    expect(mayBe(file(keys).replaceAll('\n', '\r'))).toBe(false);
    // Never closed, the keys are those above the first line that is none.
    expect(mayBe(file(keys).replace('\n---\nWords.', '\n\n## Update 11:00 UTC\nWords.'))).toBe(false);
  });

  test.each([
    'scheduled_start: 2026-03-10T12:30:00Z',
    'status: at it\nscheduled_start: 2026-03-11T12:30:00Z\nscheduled_end: 2026-03-11T13:30:00Z',
    'status: at it\nscheduled_start: 2026-03-10T10:30:00Z\nscheduled_end: 2026-03-10T11:30:00Z',
    'status: completed\nscheduled_start: 2026-03-10T11:30:00Z',
    'status: cancelled\nscheduled_start: 2026-03-10T11:30:00Z\nscheduled_end: 2026-03-10T12:30:00Z',
  ])('a maintenance that has not begun, or is over: %j', keys => {
    expect(mayBe(file(keys))).toBe(false);
  });
});

describe('it may be open', () => {
  test.each([
    'status: resolved partially',
    'status: resolved?',
    'status: resolved, mostly',
    'status: resolved-not',
    'status: resolved#no',
    'status: "resolved" or not',
    'status: "resolved',
    'status: not resolved',
    'status: [resolved]',
    'status:',
    ' status: resolved',
    '\tstatus: resolved',
    'updates:\n  status: resolved',
    'updates:\n  - status: resolved',
    'x:\n  status: resolved\n',
    'last_status: resolved',
    '# status: resolved',
    'text: |\n  status: resolved',
    '<!--\nstatus: resolved\n-->',
    'status: resolved\n  status: monitoring',
    'status: resolved\nstatus: monitoring',
    'status: resolved\nresolved: 2026-03-10 13:30 UTC',
    '<<<<<<< ours\nstatus: resolved\n=======\n>>>>>>> theirs',
    '<<<<<<< ours\nstatus: resolved\n=======\nstatus: identified\n>>>>>>> theirs',
    'x:\n  scheduled_start: 2026-03-10',
    'scheduled_start:',
    'scheduled_start: null',
    'status: investigating\nscheduled_start: 2026-03-10',
    // A maintenance under way, as far as is known.
    'status: at it\nscheduled_start: 2026-03-10T11:30:00Z\nscheduled_end: 2026-03-10T12:30:00Z',
    'status: scheduled\nscheduled_start: 2026-03-10T11:30:00Z',
    'status: scheduled\nscheduled_start: 2026-03-10T11:30:00Z\nscheduled_end:',
    'status: scheduled\nscheduled_start: 2026-03-10T11:30:00Z\nscheduled_end: 2026-03-10T10:30:00Z',
    'status: scheduled\nscheduled_start: "2026-03-10 11:30"\nscheduled_end: tonight',
    'status: scheduled\nscheduled_start: tonight\nscheduled_end: 2026-03-10T11:30:00Z',
    'scheduled_start: 2026-03-01T11:30:00Z\nscheduled_end: 2026-03-01T12:30:00Z\nrrule: FREQ=DAYLI',
  ])('%j', keys => {
    expect(mayBe(file(keys))).toBe(true);
    expect(mayBe(file(keys, 'status: resolved'))).toBe(true);
  });

  test.each([
    ['no front matter', 'title: X\nstatus: resolved\n'],
    ['a body alone', 'The API is down.\n\nstatus: resolved\n'],
    ['dashes below it', 'title: X\n---\nstatus: resolved\n---\n'],
    ['front matter of another kind', '+++\nstatus = "resolved"\n+++\nstatus: resolved\n'],
    ['a body below what is never closed', '---\ntitle: X\n\n## Update 11:00 UTC\nstatus: resolved\n'],
    ['words below what is never closed', '---\ntitle: X\nThe API is down.\nstatus: resolved\n'],
    ['an end that is no line of dashes alone', '---\ntitle: X\n--- Update\nstatus: resolved\n---\n'],
    ['nothing', ''],
  ])('%s', (_, text) => {
    expect(mayBe(text)).toBe(true);
    expect(mayBe(text, '2026-03-10-api-down')).toBe(true);
  });

  test('nobody knows what is in it', () => {
    expect(mayBeOpen('notes', null, NOW)).toBe(true);
  });
});

test('in UTF-16, by what can be read of it', () => {
  const utf16 = (text: string) => Buffer.from(`\uFEFF${text}`, 'utf16le').toString('utf8');
  expect(mayBe(utf16(file('status: investigating')), 'a')).toBe(true);
  expect(mayBe(utf16(file('status: resolved')), 'a')).toBe(false);
  expect(mayBe(utf16('Call Anna first.\n'), 'a')).toBe(false);
});

test('what is no incident puts nothing in doubt', () => {
  expect(mayBe('Call Anna first.\n', 'notes')).toBe(false);
  expect(mayBe('# How we write\n', 'README')).toBe(false);
});

describe('the components that a file names which cannot be read', () => {
  const COMPONENTS = [
    { id: 'api', name: 'API' },
    { id: 'api-gateway', name: 'Gateway' },
    { id: 'jobs', name: 'Background Jobs' },
  ];
  const ALL = COMPONENTS.map(({ id }) => id);
  test.each([
    ['components: [api]', ['api']],
    ['components: [api-gateway]', ['api-gateway']],
    ['Components: [ "api", \'jobs\' ]  # the gateway: not yet', ['api', 'jobs']],
    ['components:\n  - api\n  - id: jobs\n    status: major_outage', ['api', 'jobs']],
    ['components:\n- Background Jobs\nseverity: x', ['jobs']],
    ['components: { api: partial_outage, jobs: broken', ['api', 'jobs']],
    ['components:\n  api: down\n  typo: down', ['api']],
    ['component: API, background jobs', ['api', 'jobs']],
    ['affected: [gateway]', ['api-gateway']],
    ['components: all', ALL],
    ['components: []', []],
    ['components: [typo]', []],
    ['<<<<<<< ours\ncomponents: [api]\n=======\ncomponents: [jobs]\n>>>>>>> theirs', ['api', 'jobs']],
    ['title: API is down', ['api']],
    ['title: "Background jobs: late"\ncomponents:', ['jobs']],
    ['title: Outage', ALL],
    ['title: Upkeep\nscheduled_start: soon', []],
    ['severity: x', []],
  ])('%j', (keys, named) => {
    expect(namedInText(`---\nstatus: x\n${keys}\n---\nWords.\n`, COMPONENTS)).toEqual(named);
    expect(namedInText(`status: x\r\n${keys.replaceAll('\n', '\r\n')}`, COMPONENTS)).toEqual(named);
  });

  test('below its headings, too; in another encoding; and none of what nobody knows', () => {
    const text = '---\ncomponents: [api]\n---\n## Update 11:00 UTC\ncomponents: [jobs]\n\nWords.\n';
    expect(namedInText(text, COMPONENTS)).toEqual(['api', 'jobs']);
    const utf16 = Buffer.from(`\uFEFF${text}`, 'utf16le').toString('utf8');
    expect(namedInText(utf16, COMPONENTS)).toEqual(['api', 'jobs']);
    expect(namedInText(null, COMPONENTS)).toEqual([]);
  });
});
