// A monitor's signal as a transition: title, safe file name, harmless text, the components it is about.
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { identity, line } from '../../../src/core/inbound/fields.ts';
import { SENDERS } from '../../../src/core/inbound/senders.ts';
import { type Signal, signal } from '../../../src/core/inbound/signal.ts';
import { matching, slugOf, toTransition } from '../../../src/core/inbound/to-transition.ts';
import { toWarning } from '../../../src/core/inbound/to-warning.ts';
import { checkSchema } from '../../../src/core/model/checks/check.ts';
import { markdownAsWords } from '../../../src/core/text/markdown.ts';
import { component, NOW } from '../../web/tiny-snapshots.ts';

const SITE = { components: [], inbound: { unmatched: 'hold', text: 'hide', severity: {} } } as const;

describe('a transition', () => {
  const down = (name: string, more: Partial<Signal> = {}) =>
    toTransition({ ...signal('down', { name, ...more }), sender: 'uptimerobot', kind: 'down' }, SITE, NOW);

  it('says what the incident will be', () => {
    expect(
      down('Web Server', { monitor: '777', at: NOW - 60_000, event: 'e', message: 'Time *out*' }),
    ).toEqual({
      key: 'uptimerobot:777:down:e@critical',
      source: 'uptimerobot:777',
      kind: 'down',
      at: NOW - 60_000,
      title: 'Web Server Down',
      slug: 'web-server-down',
      severity: 'critical',
      components: [],
      message: 'Web Server is down, says UptimeRobot: Time \\*out\\*',
    });
  });

  it('never begins in the future', () => {
    expect(down('X', { at: NOW + 5000 }).at).toBe(NOW);
  });

  it.each([
    ['API', 'api-down'],
    ['../../etc/passwd', 'etc-passwd-down'],
    ['Ünïcödé – API', 'unicode-api-down'],
    ['CON', 'con-down'],
    ['', 'monitor-811c9dc5-down'],
    ['🔥🔥', 'monitor-64c92cfd-down'],
    ['データベース', 'monitor-1f7fef17-down'],
    ['x'.repeat(500), `${'x'.repeat(55)}-down`],
    ['-- a --', 'a-down'],
  ])('of %j is filed as %s', (name, slug) => {
    expect(slugOf(name, ' Down')).toBe(slug);
  });

  it('has a safe file name and harmless text for any name', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary' }), name => {
        const reading = SENDERS.uptimerobot!({ alert_type: 'down', monitor_name: `x${name}`, details: name });
        const [said] = (reading as { signals: readonly Signal[] }).signals;
        const transition = toTransition({ ...said!, kind: 'down' }, SITE, NOW);
        expect(transition.slug).toMatch(/^[a-z0-9][a-z0-9-]{0,58}[a-z0-9]$/);
        expect(transition.title).not.toMatch(/\p{Cc}/u);
        expect(markdownAsWords(transition.message)).toContain('is down, says UptimeRobot');
      }),
    );
  });

  it.each([
    ['uptime-kuma', 'Uptime Kuma'],
    ['sns', 'CloudWatch'],
    ['generic', 'a monitor'],
    ['a-mapped-one', 'a monitor'],
    ['constructor', 'a monitor'],
  ])('calls the sender %s %s, in incidents and in warnings', (sender, called) => {
    const from = { ...signal('down', { name: 'API' }), sender };
    expect(toTransition({ ...from, kind: 'down' }, SITE, NOW).message).toBe(`API is down, says ${called}.`);
    const expiry = { of: 'certificate', at: null, days: null } as const;
    expect(toWarning({ ...from, expiry }, [], NOW).what).toContain(`expires soon, says ${called}`);
  });

  it('keeps long names that differ only at their end apart', () => {
    const long = 'y'.repeat(300);
    expect(identity(`${long}1`)).not.toBe(identity(`${long}2`));
    expect(slugOf(line(`${long}1`, 120), ' Down').length).toBe(60);
  });
});

describe('components of a monitor', () => {
  const http = (url: string) => checkSchema.parse({ type: 'http', url });
  const components = [
    component('api', {
      name: 'API',
      check: http('https://api.levqor.ai/health'),
      match: ['777', 'Levqor prod'],
    }),
    component('dashboard', { name: 'Dashboard', check: http('https://levqor.ai') }),
    component('builder', { name: 'Workflow Builder', check: http('https://levqor.ai/builder') }),
    component('db', { name: 'Database' }),
  ];
  it.each<[string, Partial<Signal>, string[]]>([
    ['its label, by id', { component: 'db', url: 'https://levqor.ai' }, ['db']],
    ['its label, by name', { component: 'database' }, ['db']],
    ['a label nobody has, then its address', { component: 'zzz', url: 'https://levqor.ai' }, ['dashboard']],
    ['its id in match', { monitor: '777' }, ['api']],
    ['its id, not the name that another has', { monitor: '777', name: 'Database' }, ['api']],
    ['its name in match', { name: 'levqor PROD' }, ['api']],
    ['its name', { name: 'workflow builder' }, ['builder']],
    ['its name being an id', { name: 'DB' }, ['db']],
    ['the same address', { url: 'https://api.levqor.ai/health' }, ['api']],
    ['the same address, with a slash', { url: 'HTTPS://API.levqor.ai/health/' }, ['api']],
    ['an address beneath', { url: 'https://api.levqor.ai/health/deep?x=1' }, ['api']],
    ['the most particular address', { url: 'https://levqor.ai/builder/new' }, ['builder']],
    ['an address that only begins alike', { url: 'https://levqor.ai/builders' }, ['dashboard']],
    ['another host', { url: 'https://levqor.ai.evil.io/builder' }, []],
    ['an address above', { url: 'https://api.levqor.ai/' }, []],
    ['a bare host', { url: 'api.levqor.ai' }, ['api']],
    ['a bare host with a port', { url: 'api.levqor.ai:443' }, ['api']],
    ['a word in its name', { name: 'API gateway in staging' }, []],
    ['nothing', {}, []],
  ])('by %s', (_, fields, ids) => {
    expect(matching(signal('down', { name: 'Some monitor', ...fields }), components)).toEqual(ids);
  });
});
