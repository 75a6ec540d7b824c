// Every example in the documents is what the program takes: settings, incident files, templates, commands, JSON.
import { readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { incident } from '../../src/cli/incident.ts';
import { readEnvironment } from '../../src/config/environment.ts';
import { readSite } from '../../src/config/site-file.ts';
import { parseTemplate } from '../../src/core/filing/template.ts';
import { parseIncident } from '../../src/core/incidents/file/parse.ts';
import { printProblem } from '../../src/core/model/problem.ts';
import { NOW, openTerminal } from '../cli/terminal.ts';
import { DOCUMENTS, documented, examplesIn } from './documents.ts';
import { sourcesIn } from './sources.ts';

const examples = DOCUMENTS.flatMap(examplesIn);
const of = (kind: string) => examples.filter(example => example.kind === kind);
const FILE = 'status/status.yaml';

const VARIABLES = {
  SLACK_URL: 'https://hooks.slack.com/services/T0/B0/x',
  DISCORD_URL: 'https://discord.com/api/webhooks/1/x',
  TEAMS_URL: 'https://prod.westeurope.logic.azure.com/workflows/x',
  HOOK_SECRET: `whsec_${Buffer.alloc(32, 7).toString('base64')}`,
};

/** An example shows some keys: the others are a small page's. */
function wholeSite(text: string): string {
  const rest = {
    title: 'title: Levqor Status',
    components:
      'components: [{ id: api, name: API, check: { type: http, url: "https://api.example.com", json: { "$.ok": true } } }]',
  };
  const missing = Object.entries(rest).flatMap(([key, line]) => (text.includes(`${key}:\n`) ? [] : [line]));
  return [text, ...missing].join('\n');
}

const siteProblems = (text: string) =>
  readSite(wholeSite(text), FILE, VARIABLES, null, 'http://localhost:3000').problems.map(printProblem);

describe('settings', () => {
  // A workflow of GitHub's is no status.yaml.
  const sites = of('yaml').filter(({ text }) => !text.startsWith('# .github'));

  test.each(sites)('$where is a status.yaml without a problem', ({ text }) => {
    expect(siteProblems(text)).toEqual([]);
  });

  test('the mistake in a component is told with the words that docs/settings.md shows', () => {
    const component = sites.find(({ text }) => text.includes('id: checkout'));
    const [problem = ''] = siteProblems((component?.text ?? '').replace('type: http', 'type: htp'));
    expect(problem).toContain('did you mean http?');
    expect(examplesIn('docs/settings.md').map(({ text }) => text.trim())).toContain(problem);
  });

  test('variables are without a problem', () => {
    const set = of('sh').flatMap(({ text }) => [...text.matchAll(/^([A-Z_]+)='(.*)'$/gm)]);
    expect(set.length).toBeGreaterThan(1);
    const variables = Object.fromEntries(set.map(([, name, value]) => [name, value]));
    expect(readEnvironment(variables, '/').problems).toEqual([]);
  });
});

const FRONT = `---
title: API Latency Spike
status: identified
severity: major
started: 2025-11-06T14:30:00Z
---

`;

test.each(of('markdown'))('$where is a file without a problem', ({ text }) => {
  const { problems, value } = text.includes('{{')
    ? parseTemplate('status/templates/auto/down.md', 'down', text)
    : parseIncident('20251106_a.md', '20251106_a', text.startsWith('---') ? text : FRONT + text);
  expect(problems).toEqual([]);
  expect(value).not.toBeNull();
});

/** What a file says that has `heading` above its only update. */
const read = (heading: string) =>
  parseIncident('20251106_a.md', '20251106_a', `${FRONT}## ${heading}\nWords.\n`);
const hasError = (heading: string) => read(heading).problems.some(({ level }) => level === 'error');

describe('dates and times in headings', () => {
  const [, section = ''] = readFileSync('docs/incidents.md', 'utf8').split(
    '\n## Dates and times in headings\n',
  );
  const [forms = '', errors = '', labels = ''] = (section.split('\n## ')[0] ?? '').split(
    /^These are errors|^A label may hold/m,
  );
  const WORDS = [',', 'at', '–', 'date', 'lint', '/readyz'];
  const samples = (text: string) =>
    [...text.matchAll(/`([^`]+)`/g)].flatMap(([, found = '']) => (WORDS.includes(found) ? [] : [found]));
  /** The sample as a whole heading: what lacks a time gets one. */
  const whole = (sample: string) =>
    (/\d:\d|\d (?:h|horas|uur)\b|^klo /.test(sample) ? sample : `${sample} 15:00`).replace(/^## /, '');

  test.each(samples(forms))('%s is read', form => {
    expect(hasError(whole(form))).toBe(false);
    const [update] = read(whole(form)).value?.updates ?? [];
    expect(update?.body).toBe('Words.');
  });

  test.each(samples(labels))('%s is a label', label => {
    expect(hasError(whole(label))).toBe(false);
  });

  // `1530`, `noon` and other words stand where the time should be.
  test.each(samples(errors))('%s is an error', wrong => {
    const isTime = ['1530', 'noon', 'half past three', 'jetzt', 'Update HH:MM UTC'].includes(wrong);
    expect(hasError(isTime ? `Update ${wrong.replace('Update ', '')}` : `Update ${whole(wrong)}`)).toBe(true);
  });
});

test('the commands of docs/incidents.md open and end an incident', async () => {
  const terminal = await openTerminal();
  const today = new Date(NOW).toISOString().slice(0, 10).replaceAll('-', '');
  const shown = examplesIn('docs/incidents.md').filter(({ kind }) => kind === 'sh');
  const lines = shown.flatMap(({ text }) => [...text.matchAll(/^npm run status -- (incident \w+) (.*)$/gm)]);
  expect(lines.length).toBe(2);
  for (const [, name, rest = ''] of lines) {
    const args = [...rest.replace('20251106', today).matchAll(/"([^"]*)"|(\S+)/g)];
    const command = incident.find(one => one.name === name);
    const said = await terminal.run(command, ...args.map(([, quoted, plain]) => quoted ?? plain ?? ''));
    expect(said).toMatchObject({ code: 0, err: '' });
  }
  const file = `${terminal.dir}/status/incidents/${today}_slow-sign-in.md`;
  expect(readFileSync(file, 'utf8')).toContain('status: resolved');
});

test.each(of('json'))('$where is JSON', ({ text }) => {
  expect(JSON.parse(text)).toBeTypeOf('object');
});

test('bodies of curl are JSON', () => {
  const bodies = of('sh').flatMap(({ text }) => [...text.matchAll(/-d '([^']+)'/g)]);
  expect(bodies.length).toBeGreaterThan(2);
  for (const [, body] of bodies) expect(JSON.parse(body as string)).toBeTypeOf('object');
});

test('commands that are shown exist', () => {
  const names = sourcesIn('cli').flatMap(source =>
    [...source.matchAll(/^ +name: '([a-z -]+)',$/gm)].map(([, name]) => name as string),
  );
  const shown = [...documented.matchAll(/npm run (?:-s )?status -- ([a-z-]+)(?: ([a-z-]+))?/g)];
  expect(shown.length).toBeGreaterThan(15);
  const known = ([, first, second]: RegExpMatchArray) =>
    names.includes(`${first} ${second}`) || names.includes(first as string);
  expect(shown.filter(found => !known(found)).map(([text]) => text)).toEqual([]);
});
