// Filing: what a transition does to the files, in every order of crashes, operators and flaps.
import { describe, expect, test } from 'vitest';
import { changeFile } from '../../../src/core/filing/changed-file.ts';
import { decideFiling } from '../../../src/core/filing/filing.ts';
import { memberStates } from '../../../src/core/filing/members.ts';
import { parseIncident } from '../../../src/core/incidents/file/parse.ts';
import { MINUTE, parseInstant } from '../../../src/core/model/time.ts';
import type { StoredTransition } from '../../../src/core/model/transition.ts';
import { component, site } from '../../makers.ts';

const T0 = parseInstant('2026-11-23T10:06:00Z') as number;

function transition(kind: 'down' | 'up', at = T0, more: Partial<StoredTransition> = {}): StoredTransition {
  return {
    seq: 1,
    recordedAt: at,
    key: `${kind}-${at}`,
    source: 'probe:api',
    kind,
    at,
    title: 'API Down',
    slug: 'api-down',
    severity: 'critical',
    components: ['api'],
    message: kind === 'down' ? 'Answered 503.' : 'Answers again.',
    filedAt: null,
    incidentId: null,
    ...more,
  };
}

const SITE = site({ components: [component('api', { name: 'API' })] });

/** A folder of texts, and filing into it as the round does. */
function folder(files: Record<string, string> = {}) {
  const read = (id: string) => files[id];
  const file = (told: StoredTransition, previous: string | null = null, quiet = false) => {
    const about = {
      incidents: [],
      previous,
      read,
      site: SITE,
      isDeferred: quiet,
      open: null,
      ended: null,
      isEndedByHand: false,
    };
    const decision = decideFiling(told, about);
    if (decision.kind === 'waiting' || decision.kind === 'unreadable') return decision.kind;
    const { kind, id } = decision;
    if (kind === 'create') files[id] = decision.text;
    if (kind !== 'change') return `${kind} ${id}`;
    const members = memberStates(incident(id)!, [], SITE);
    const text = changeFile(files[id]!, id, [told], {
      members,
      site: SITE,
      inWords: one => one,
      now: told.recordedAt,
    });
    if (text === null) return `unwritable ${id}`;
    if (text === files[id]) return `done ${id}`;
    files[id] = text;
    return `replace ${id}`;
  };
  const incident = (id: string) => parseIncident(id, id, files[id] as string).value;
  return { files, file, incident };
}

const ID = '20261123_api-down';

describe('down', () => {
  test('creates the file, whole and valid', () => {
    const { file, incident } = folder();
    expect(file(transition('down'))).toBe(`create ${ID}`);
    expect(incident(ID)).toMatchObject({
      title: 'API Down',
      status: 'investigating',
      severity: 'critical',
      started: T0,
      openedBy: 'probe:api',
      components: [{ id: 'api', status: null }],
      updates: [{ body: 'Answered 503.' }],
    });
  });

  test('told again after a crash before it was marked: nothing more', () => {
    const { file, files } = folder();
    file(transition('down'));
    expect(file(transition('down'))).toBe(`done ${ID}`);
    expect(Object.keys(files)).toEqual([ID]);
  });

  test('another outage of the same day gets the next number, an operator’s file is left alone', () => {
    const { file, files } = folder({ [ID]: 'mine' });
    expect(file(transition('down'))).toBe(`create ${ID}-2`);
    expect(file(transition('down', T0 + MINUTE))).toBe(`create ${ID}-3`);
    expect(files[ID]).toBe('mine');
  });

  test('within 30 minutes of its resolution the same incident goes on; later a new one begins', () => {
    const { file, incident } = folder();
    file(transition('down'));
    file(transition('up', T0 + 5 * MINUTE), ID);
    expect(file(transition('down', T0 + 35 * MINUTE), ID)).toBe(`replace ${ID}`);
    expect(incident(ID)).toMatchObject({ status: 'investigating', resolved: null });
    expect(incident(ID)?.updates.map(({ status }) => status)).toEqual([
      'investigating',
      'resolved',
      'investigating',
    ]);
    file(transition('up', T0 + 40 * MINUTE), ID);
    expect(file(transition('down', T0 + 71 * MINUTE), ID)).toBe(`create ${ID}-2`);
  });

  test('by a clock set back since, nobody knows how long ago it ended: a new one begins, on the day it is', () => {
    const { file } = folder();
    file(transition('down'));
    file(transition('up', T0 + 5 * MINUTE), ID);
    expect(file(transition('down', T0 - 10 * MINUTE), ID)).toBe(`replace ${ID}`);
    const other = folder();
    other.file(transition('down'));
    other.file(transition('up', T0 + 5 * MINUTE), ID);
    expect(other.file(transition('down', T0 - 48 * 60 * MINUTE), ID)).toMatch(/^create (?!.*-2$)/);
  });

  test('told again after the continuation was written: nothing more', () => {
    const { file } = folder();
    file(transition('down'));
    file(transition('up', T0 + 5 * MINUTE), ID);
    file(transition('down', T0 + 9 * MINUTE), ID);
    expect(file(transition('down', T0 + 9 * MINUTE), ID)).toBe(`done ${ID}`);
  });

  test('while one is open, more of the same is that one', () => {
    const { file } = folder();
    file(transition('down'));
    expect(file(transition('down', T0 + MINUTE), ID)).toBe(`done ${ID}`);
  });

  test('waits while maintenance is under way', () => {
    const { file, files } = folder();
    expect(file(transition('down'), null, true)).toBe('waiting');
    expect(files).toEqual({});
  });

  test('waits while an operator has the file broken, and goes on once it is whole', () => {
    const { file, files } = folder();
    file(transition('down'));
    const whole = files[ID] as string;
    files[ID] = whole.slice(0, 20);
    expect(file(transition('up', T0 + MINUTE), ID)).toBe('unreadable');
    files[ID] = whole;
    expect(file(transition('up', T0 + MINUTE), ID)).toBe(`replace ${ID}`);
  });

  test('the file is gone: a new one', () => {
    const { file } = folder();
    expect(file(transition('down', T0), 'gone')).toBe(`create ${ID}`);
  });
});

describe('up', () => {
  test('resolves the incident and is harmless when repeated', () => {
    const { file, incident, files } = folder();
    file(transition('down'));
    expect(file(transition('up', T0 + 5 * MINUTE), ID)).toBe(`replace ${ID}`);
    expect(incident(ID)).toMatchObject({ status: 'resolved', resolved: T0 + 5 * MINUTE });
    const text = files[ID];
    expect(file(transition('up', T0 + 5 * MINUTE), ID)).toBe(`done ${ID}`);
    expect(files[ID]).toBe(text);
  });

  test('an operator who took the incident over closes it themselves', () => {
    const { file, files } = folder();
    file(transition('down'));
    files[ID] = (files[ID] as string).replace(/opened_by.*\n/, '');
    const text = files[ID];
    expect(file(transition('up', T0 + MINUTE), ID)).toBe(`done ${ID}`);
    expect(files[ID]).toBe(text);
  });

  test('an operator’s words in between stay', () => {
    const { file, files, incident } = folder();
    file(transition('down'));
    files[ID] = (files[ID] as string).replace('## Inv', '## Identified 10:20 UTC\nA bad deploy.\n\n## Inv');
    file(transition('up', T0 + 20 * MINUTE), ID);
    expect(incident(ID)?.updates.map(({ status, body }) => `${status}: ${body}`)).toEqual([
      'investigating: Answered 503.',
      'identified: A bad deploy.',
      'resolved: Answers again.',
    ]);
  });

  test('a clock that went back ends it at once, and not when that clock comes to its beginning', () => {
    const { file, incident } = folder();
    file(transition('down'));
    file(transition('up', T0 - 60 * MINUTE), ID);
    expect(incident(ID)).toMatchObject({
      status: 'resolved',
      started: T0 - 60 * MINUTE,
      resolved: T0 - 60 * MINUTE,
    });
  });

  test('its file is not there just now: it waits, and is written once the file is back', () => {
    const { file, files, incident } = folder();
    file(transition('down'));
    const text = files[ID] as string;
    delete files[ID];
    expect(file(transition('up', T0 + MINUTE), ID)).toBe(`missing ${ID}`);
    expect(files).toEqual({});
    files[ID] = text;
    expect(file(transition('up', T0 + MINUTE), ID)).toBe(`replace ${ID}`);
    expect(incident(ID)).toMatchObject({ status: 'resolved', resolved: T0 + MINUTE });
  });

  test('into a file no machine can edit is not written', () => {
    const { file, files } = folder();
    file(transition('down'));
    const mine = (files[ID] as string).replace('\n---\n', '\r---\r');
    files[ID] = mine;
    expect(file(transition('up', T0 + MINUTE), ID)).toBe(`unwritable ${ID}`);
    expect(files[ID]).toBe(mine);
  });

  test('nothing open: nothing to do', () => {
    expect(folder().file(transition('up'))).toBe('done null');
  });
});

test('a message cannot forge an update, a field or an end of the front matter', () => {
  const { file, incident } = folder();
  const message = '---\nstatus: resolved\n---\n## Resolved 2026-11-23 10:07 UTC\nforged\n```';
  file(transition('down', T0, { message, title: 'x\nstatus: resolved\n---' }));
  expect(incident(ID)).toMatchObject({ title: 'x status: resolved ---', status: 'investigating' });
  expect(incident(ID)?.updates).toHaveLength(1);
  file(transition('up', T0 + MINUTE), ID);
  expect(incident(ID)?.updates.map(({ status }) => status)).toEqual(['investigating', 'resolved']);
});
