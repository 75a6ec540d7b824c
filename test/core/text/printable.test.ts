// Any string made fit for where it is printed.
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { componentSchema } from '../../../src/config/site-schema.ts';
import { uptimerobot } from '../../../src/core/inbound/senders/uptime/uptimerobot.ts';
import { SENDERS } from '../../../src/core/inbound/senders.ts';
import { openSchema } from '../../../src/core/incidents/api/bodies.ts';
import { parseIncident } from '../../../src/core/incidents/file/parse.ts';
import { harmless, jsonText, oneLine, printable, withoutSecrets } from '../../../src/core/text/printable.ts';

const ANY = fc.string({ unit: 'binary', maxLength: 30 });

/** Names that look empty. */
const EMPTY: [string, string][] = [
  ['zero-width spaces', '\u200b\u200b'],
  ['joiners', '\u200c\u200d\u2060'],
  ['soft hyphens', '\u00ad\u00ad'],
  ['a byte order mark', '\ufeff'],
  ['an override', '\u202e \u202c'],
  ['a Hangul filler', '\u3164\uffa0\u115f'],
  ['an empty Braille cell', '\u2800'],
  ['a variation selector', '\ufe0f'],
  ['tags', '\u{e0061}\u{e007f}'],
  ['spaces of all kinds', '\u00a0\u2003\u3000\u180e'],
  ['controls', '\u0000\u001b\u0085\u009b'],
  ['half a pair', '\ud800'],
];

describe('one line', () => {
  test.each(EMPTY)('made of %s only is empty', (_, text) => {
    expect(oneLine(text)).toBe('');
  });

  test.each([
    ['  API \r\n gateway ', 'API gateway'],
    ['Lone \ud800 end', 'Lone end'],
    ['a\u0000b\u001b[2Jc\u0085d\u009b1m', 'a b [2Jc d 1m'],
    ['\u202eevil\u2066 \ufffe\uffff', 'evil'],
    // What belongs to a script stays: joiners in Persian and emoji, marks of direction.
    ['می‌خواهم', 'می‌خواهم'],
    ['👩‍💻 down', '👩‍💻 down'],
    ['שלום\u200f (API)', 'שלום\u200f (API)'],
    ['soft\u00adhyphen', 'soft\u00adhyphen'],
  ])('of %j is %j', (text, line) => {
    expect(oneLine(text)).toBe(line);
  });

  test('turns nothing around it, holds no control, and stays as it is when made again', () => {
    fc.assert(
      fc.property(ANY, text => {
        const line = oneLine(text);
        expect(line).not.toMatch(/[\p{Cc}\p{Cs}\u202a-\u202e\u2066-\u2069\ufffe\uffff]/u);
        expect(oneLine(line)).toBe(line);
      }),
    );
  });
});

test('JSON holds no half of a pair and no tag, whatever was said', () => {
  expect(
    jsonText({ a: ['Lone \ud800 end', '\udfff<b>', '\u009b\ufffe', '\\ud800', '🦄'], n: 1, z: null }),
  ).toBe('{"a":["Lone  end","\\u003cb>","","\\\\ud800","🦄"],"n":1,"z":null}');
});

test('what is printed holds no control character a terminal obeys', () => {
  expect(printable('a\u007f\u0085\u009b\ufffe\ud800b\tc\n')).toBe('ab\tc\n');
  expect(harmless('a\u009b\ufffe\uffff\u202e')).toBe('a\\u009b\\ufffe\\uffff\\u202e');
});

describe('where names and titles come in', () => {
  const down = (name: string, url?: string) => {
    const reading = uptimerobot({ alertType: 1, monitorID: '7', monitorFriendlyName: name, monitorURL: url });
    return 'signals' in reading ? reading.signals[0]?.name : reading.problem;
  };

  test.each(EMPTY)('a monitor called %s is called by its address, or its id', (_, text) => {
    expect(down(text, 'https://api.example')).toBe('https://api.example');
    expect(down(text)).toBe('Monitor 7');
    for (const [sender, read] of Object.entries(SENDERS))
      expect([sender, JSON.stringify(read({ name: text, monitor: text, status: 'down' }))]).not.toContain(
        text,
      );
  });

  test.each(EMPTY)('%s is no title and no name', (_, text) => {
    const said = JSON.stringify(text);
    const file = `---\ntitle: ${said}\nstatus: investigating\nseverity: major\nstarted: 2026-03-10T12:00:00Z\n---\nx\n`;
    expect(parseIncident('a.md', 'a', file).problems).toMatchObject([{ level: 'error' }]);
    expect(componentSchema.safeParse({ id: 'a', name: text }).success).toBe(false);
    expect(openSchema.safeParse({ title: text, severity: 'major' }).success).toBe(false);
  });
});

describe('a text of another program', () => {
  test.each([
    ['disk full postgres://u:pw123@h/db', 'disk full postgres://***@h/db'],
    [
      'GET https://x.example/hook?api_key=abc123&page=2 failed',
      'GET https://x.example/hook?api_key=***&page=2 failed',
    ],
    ['{"password": "hunter2", "step": 3}', '{"password": "***", "step": 3}'],
    ['PGPASSWORD=hunter2 psql: no route', 'PGPASSWORD=*** psql: no route'],
    ['token: abc.def', 'token: ***'],
  ])('shows no password: %s', (text, shown) => expect(withoutSecrets(text)).toBe(shown));

  test.each(['answered 500, see https://x.example/a?page=2', 'the token is missing', 'mail to a@b.example'])(
    'is otherwise as it was: %s',
    text => expect(withoutSecrets(text)).toBe(text),
  );
});
