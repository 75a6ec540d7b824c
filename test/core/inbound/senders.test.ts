// Inbound monitors: every real payload we know, any JSON at all, and the fields within.

import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { componentIn, decodeEntities, line, readTimestamp } from '../../../src/core/inbound/fields.ts';
import { SENDERS } from '../../../src/core/inbound/senders.ts';
import { severityOfSignal } from '../../../src/core/inbound/severity.ts';
import type { Signal, WebhookReading } from '../../../src/core/inbound/signal.ts';
import { plainWord } from '../../../src/core/model/component.ts';
import { ALERTS } from './payloads-alerts.ts';
import { INCIDENTS } from './payloads-incidents.ts';
import { MONITORS } from './payloads-monitors.ts';
import { OTHERS } from './payloads-others.ts';
import { TESTS } from './payloads-tests.ts';
import { UPTIMEROBOT } from './payloads-uptimerobot.ts';

function signals(reading: WebhookReading): readonly Signal[] {
  if ('problem' in reading) throw new Error(reading.problem);
  return reading.signals;
}

describe('real payloads', () => {
  it.each([...UPTIMEROBOT, ...ALERTS, ...OTHERS, ...MONITORS, ...INCIDENTS, ...TESTS])(
    '$sender: $what',
    ({ sender, input, expect: wanted }) => {
      const reading = SENDERS[sender]!(input);
      if (typeof wanted === 'string') {
        expect(reading).toEqual({ problem: expect.stringContaining(wanted) });
        return;
      }
      expect(reading).toEqual({ signals: wanted.map(each => expect.objectContaining(each)) });
      for (const { kind, why } of signals(reading)) expect(why === undefined).toBe(kind !== 'ignored');
    },
  );

  it('has no sender by a name of Object.prototype', () => {
    expect(SENDERS.constructor).toBeUndefined();
  });
});

/** Nothing a sender writes may leave its line, run on, or be empty where a name is needed. */
function expectSound({ kind, sender, monitor, name, message, url, at }: Signal) {
  expect(['down', 'up', 'ignored']).toContain(kind);
  for (const text of [sender, monitor, name, message, url ?? '']) expect(text).not.toMatch(/\p{Cc}|\p{Cs}/u);
  expect(monitor).not.toBe('');
  expect(name).not.toBe('');
  expect([...monitor].length).toBeLessThanOrEqual(130);
  expect([...name].length).toBeLessThanOrEqual(120);
  expect([...message].length).toBeLessThanOrEqual(500);
  if (at !== null) expect(Number.isSafeInteger(at)).toBe(true);
}

describe.each(Object.keys(SENDERS))('%s', sender => {
  const read = SENDERS[sender]!;
  const keys = [
    ...[
      'alert_type',
      'alertType',
      'monitor_name',
      'monitorID',
      'alerts',
      'labels',
      'status',
      'state',
      'fingerprint',
    ],
    ...[
      'check_id',
      'check_name',
      'current_state',
      'data',
      'attributes',
      'heartbeat',
      'monitor',
      'msg',
      'name',
      'id',
    ],
    ...[
      'event',
      'event_type',
      'incident',
      'alert',
      'action',
      'essentials',
      'title',
      'alert_scope',
      'monitor_errors',
    ],
    ...[
      'Type',
      'Message',
      'AlarmName',
      'NewStateValue',
      'ruleName',
      'tags',
      'at',
      '__proto__',
      'constructor',
    ],
  ];
  const words = fc.constantFrom(
    'down',
    'up',
    'firing',
    'resolved',
    'DOWN',
    'Notification',
    '0',
    '1',
    'constructor',
  );
  const { node } = fc.letrec(tie => ({
    leaf: fc.oneof(words, fc.string({ unit: 'binary' }), fc.double(), fc.boolean(), fc.constant(null)),
    node: fc.oneof(
      { depthSize: 'small' },
      tie('leaf'),
      fc.array(tie('node'), { maxLength: 3 }),
      fc.dictionary(fc.constantFrom(...keys), tie('node'), { maxKeys: 6 }),
    ),
  }));

  it('never throws, and says only sound things', () => {
    fc.assert(
      fc.property(
        fc.oneof(
          fc.jsonValue(),
          node,
          node.map(value => JSON.stringify(value)),
        ),
        input => {
          const reading = read(input);
          if ('problem' in reading) expect(reading.problem).toMatch(/./);
          else reading.signals.forEach(expectSound);
        },
      ),
      { numRuns: 500 },
    );
  });
});

it.each([
  [
    'opsgenie',
    (word: string) => ({ action: 'Create', alert: { alertId: '1', message: 'x', priority: word } }),
  ],
  ['zabbix', (word: string) => ({ name: 'x', value: '1', severity: word })],
])('%s: a severity by a name of Object.prototype is a word like others', (sender, body) => {
  for (const word of ['constructor', '__proto__', 'toString']) {
    const [signal] = signals(SENDERS[sender]!(body(word)));
    expect(signal?.severity[0]).toBe(word);
    expect(severityOfSignal(signal!, { unmatched: 'hold', text: 'hide', severity: {} })).toBe('major');
  }
});

describe('fields', () => {
  it.each<[unknown, number | null]>([
    [1763892000, 1763892000000],
    ['1763892000', 1763892000000],
    [1763892000123, 1763892000123],
    ['1763892000.5', 1763892000500],
    ['2026-11-23T10:00:00Z', Date.UTC(2026, 10, 23, 10)],
    ['0001-01-01T00:00:00Z', null],
    ['2026-02-31', null],
    ['9999999999999999', null],
    [1763892000123456, 1763892000123],
    ['1420452374669001603', 1420452374669],
    ['soon', null],
    ['', null],
    [{}, null],
  ])('moment(%j)', (value, at) => {
    expect(readTimestamp(value)).toBe(at);
  });

  it.each<[unknown, string | null]>([
    ['component:api', 'api'],
    ['prod component=jobs x=y', 'jobs'],
    ['Too many errors component=api, see the runbook', 'api'],
    ['env:eu,Component: Background Jobs,team:x', 'Background Jobs'],
    ['component:Background Jobs', 'Background Jobs'],
    [['env:eu', 'component:api'], 'api'],
    [
      [
        { tag: 'env', value: 'eu' },
        { tag: 'component', value: 'api' },
      ],
      'api',
    ],
    ['[{"tag":"component","value":"api"}]', 'api'],
    [[{ name: 'Component', value: 'api' }], 'api'],
    [{ component: ['api'] }, 'api'],
    ['subcomponent:api', null],
    ['components', null],
    [[], null],
    [7, null],
  ])('componentIn(%j)', (tags, component) => {
    expect(componentIn(tags)).toBe(component);
  });

  it.each([
    ['alert_type', 'alertType', 'ALERT-TYPE', ' Alert Type ', 'alert.type'],
    ['sev-1', 'Sev1', 'SEV 1'],
  ])('the same word: %s', (...words) => {
    expect(new Set(words.map(plainWord)).size).toBe(1);
  });

  it('numbers keep their sign and their point', () => {
    expect(['-1', '1', '1.5', '15'].map(plainWord)).toEqual(['-1', '1', '1.5', '15']);
  });

  it('decodes entities once, and only those that are some character', () => {
    expect(decodeEntities('&amp;lt; &#39; &#x1F525; &#55296; &#1114112; &nope;')).toBe(
      "&lt; ' 🔥 \ud800 &#1114112; &nope;",
    );
  });

  it('takes direction marks and control characters out of a line', () => {
    expect(line('a\u202eb\u0000c\r\nd\u2028e\ud800f', 50)).toBe('a b c d e f');
  });
});
