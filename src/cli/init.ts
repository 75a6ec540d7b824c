// `init DIR`: makes the folder of a new page, by questions or options. It overwrites nothing.
import { existsSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { confirm, input } from '@inquirer/prompts';
import { isWebAddress } from '../config/channels-schema.ts';
import { readSite } from '../config/site-file.ts';
import { createExclusively } from '../content/atomic.ts';
import { commitByHand } from '../content/git/operator-commit.ts';
import { BY_HAND, GitFailure, makeGitRun } from '../content/git/run.ts';
import { placeOf } from '../content/git/work-tree.ts';
import { leadsInside } from '../core/model/checks/private-address.ts';
import { printProblem } from '../core/model/problem.ts';
import { mayBeAsked } from './incidents/existing.ts';
import { type Arguments, acceptedBy, type Cli, command, Misuse, Refused, shown } from './shared/command.ts';
import { filesOfSite, type NewSite, SITE_FILE, WORKFLOW_FILE } from './shared/new-site.ts';
import { foundAbove, nextSteps } from './shared/next-steps.ts';

export const init = command(
  {
    name: 'init',
    usage:
      '[DIR] --title T --component NAME=URL… [--domain HOST] [--smtp URL] [--reference URL] [--git] [--yes]',
    summary: 'make the folder of a new page',
    help: `Writes status.yaml, an example of an incident (not on the page), settings to fill in, and a check of pull
requests where the folder's package.json has the package. Existing files are not changed. In a terminal, the command asks for missing values.
--component may be repeated; without =URL, only incidents change that component. --domain is where visitors will
reach the page. --smtp is the mail server, smtps://USER@HOST:465; a password is not written. --reference is an
address outside: if it does not answer either, a failed check is no outage. --git makes a git repository.`,
    example: 'my-page --title "Example Status" --component "Website=https://example.com" --git --yes',
  },
  async (typed, cli) => {
    const mayAsk = mayBeAsked(typed, cli);
    const { title, component } = typed.options;
    if (!mayAsk) typed.require({ DIR: typed.words[0], title, component });
    const typedDir = typed.words[0] ?? (await input({ message: 'Which folder?', default: 'status-page' }));
    const dir = path.resolve(cli.cwd, typedDir);
    const place = shown(path.join(dir, SITE_FILE), cli);
    if (existsSync(path.join(dir, SITE_FILE))) {
      throw new Refused(
        `${place} is already there; nothing was written. Edit it (a running server reads it at once), or give another folder.`,
      );
    }
    const site = await answers(typed, mayAsk);
    const files = filesOfSite(site);
    const { value, problems } = readSite(files.get(SITE_FILE) ?? '', place, {}, null, 'http://localhost');
    if (!value || problems.length > 0) {
      throw new Misuse(`${problems.map(printProblem).join('\n')}\nNothing was written: correct the values.`);
    }
    const wantsGit =
      typed.flags.has('git') ||
      (mayAsk && (await confirm({ message: 'Keep it in a git repository?', default: true })));
    const written: string[] = [];
    const noWorkflow = whyNoWorkflow(dir);
    for (const [name, text] of files) {
      if (name === WORKFLOW_FILE && noWorkflow) continue;
      const isNew = await createExclusively(path.join(dir, name), text);
      cli.out(`${isNew ? 'written' : 'kept as it was'}: ${shown(path.join(dir, name), cli)}`);
      if (isNew) written.push(path.join(dir, name));
    }
    if (noWorkflow)
      cli.out(
        `not written: a check of pull requests on GitHub — ${noWorkflow}; docs/incidents.md shows one to copy`,
      );
    if (wantsGit) await intoGit(dir, written, cli);
    cli.out(nextSteps(dir, site, cli));
    return 0;
  },
);

/** The answers, from options where given. Throws Misuse for an option that is wrong; an answer is asked for again. */
async function answers({ options }: Arguments, mayAsk: boolean): Promise<NewSite> {
  const address = async (
    option: 'domain' | 'smtp' | 'reference',
    message: string,
    read: (text: string) => string,
  ) => {
    const given = options[option];
    if (given !== undefined) return given === '' ? null : orMisuse(option, () => read(given));
    const typed = mayAsk
      ? await input({ message, validate: text => text.trim() === '' || acceptedBy(() => read(text)) })
      : '';
    return typed.trim() === '' ? null : read(typed);
  };
  const title = options.title ?? (await input({ message: 'What is the page called?', required: true }));
  const components = options.component ? componentsIn(options.component) : await askComponents();
  return {
    title,
    components,
    publicUrl: await address(
      'domain',
      'At which domain will visitors reach it? (empty: not known yet)',
      domainIn,
    ),
    smtpUrl: await address(
      'smtp',
      'Which mail server sends its emails? (empty: not known yet)',
      mailServerIn,
    ),
    reference: await address(
      'reference',
      'Which address outside answers whenever this server is online? Without one, a fault of its own network is an outage. (empty: not known yet)',
      text => text.trim(),
    ),
  };
}

/** The result of `read`; what it says, if it refuses a value, with the option's name. */
function orMisuse<T>(option: string, read: () => T): T {
  try {
    return read();
  } catch (error) {
    throw error instanceof Refused ? new Misuse(`--${option}: ${error.message}`) : error;
  }
}

/** Why a workflow in this folder would not run, or would run a program that nobody chose; null if it is fine. */
function whyNoWorkflow(dir: string): string | null {
  const top = foundAbove(dir, '.git') ?? dir;
  if (top !== dir) return `GitHub reads it only in ${top}`;
  const source = packageSource(dir);
  if (source === null) return 'it needs the package in package.json and package-lock.json here';
  const isOutside =
    source.startsWith('file:') && path.relative(dir, path.resolve(dir, source.slice(5))).startsWith('..');
  return isOutside ? `package.json takes the package from ${source}, outside this folder` : null;
}

/** What a folder's package.json says of this package; null if nothing, or nothing that npm has locked. */
function packageSource(dir: string): string | null {
  try {
    const [packages] = ['package.json', 'package-lock.json'].map(name =>
      JSON.parse(readFileSync(path.join(dir, name), 'utf8')),
    );
    return { ...packages.devDependencies, ...packages.dependencies }['status-live'] ?? null;
  } catch {
    return null;
  }
}

type NewComponents = NewSite['components'];

function componentsIn(lines: string): NewComponents {
  const components: NewComponents[number][] = [];
  for (const line of lines.split('\n'))
    components.push(orMisuse('component', () => componentIn(line, components)));
  return components;
}

async function askComponents(): Promise<NewComponents> {
  const components: NewComponents[number][] = [];
  for (;;) {
    const isFirst = components.length === 0;
    const message = isFirst
      ? 'What is its first component, such as Website or API?'
      : 'And the next one? (empty: no more)';
    const typed = await input({
      message,
      required: isFirst,
      validate: text => (text.trim() === '' ? !isFirst : acceptedBy(() => componentIn(text, components))),
    });
    if (typed.trim() === '') return components;
    const component = componentIn(typed, components);
    const url =
      component.url ??
      (await input({
        message: `Which address shows that ${component.name} works? (empty: no check)`,
        validate: text =>
          text.trim() === '' || isWebAddress(text.trim()) || 'Write an address like https://example.com.',
      }));
    components.push({ name: component.name, url: url.trim() || null });
  }
}

/** `NAME=URL`, or `NAME`. Throws Refused, too if an earlier one has the name. */
function componentIn(text: string, earlier: NewComponents): NewComponents[number] {
  const [, name = text, url = ''] = /^([^=]*)=(.*)$/s.exec(text) ?? [];
  if (url.trim() !== '' && !isWebAddress(url.trim()))
    throw new Refused(`"${url}" is not a web address; write "API=https://api.example.com/health".`);
  const component = { name: name.trim(), url: url.trim() || null };
  if (earlier.some(one => one.name.toLowerCase() === component.name.toLowerCase()))
    throw new Refused(`"${component.name}" is there already; give each its own name.`);
  return component;
}

function domainIn(text: string): string {
  const plain = `http://${text.trim()}`;
  const address = addressIn(text, URL.canParse(plain) && leadsInside(plain) ? 'http' : 'https');
  if (address && /^https?:$/.test(address.protocol) && address.username === '') return address.text;
  throw new Refused('this is not an address; write https://HOST.');
}

/** The settings file is an example in git: what must be filled in stands in capitals. */
function mailServerIn(text: string): string {
  // Only 465 speaks TLS from the first byte. A host alone is most likely a slip, if it is no domain.
  const address = addressIn(text, /:(?:25|587|2525|2587)\/*$/.test(text.trim()) ? 'smtp' : 'smtps');
  const isNamed = text.includes('://') || /[.:]/.test(text) || text.trim() === 'localhost';
  if (!address || !isNamed || !/^smtps?:$/.test(address.protocol))
    throw new Refused('this is not an address; write smtps://HOST:465, or smtp://HOST:587.');
  const { protocol, username, host, port } = address;
  const defaultPort = protocol === 'smtps:' ? ':465' : ':587';
  return `${protocol}//${username || 'USER'}:PASSWORD@${host}${port ? '' : defaultPort}`;
}

/** An address as typed, or of a host alone, without a slash at its end; null if it is none. */
function addressIn(typed: string, scheme: string) {
  const text = (typed.includes('://') ? typed : `${scheme}://${typed.trim()}`).trim().replace(/\/+$/, '');
  const url = URL.canParse(text) ? new URL(text) : null;
  if (!url || url.hostname === '' || url.search || url.hash) return null;
  const { protocol, username, host, port } = url;
  return { text, protocol, username, host, port };
}

/** Makes a repository and commits the files; in one that is already there, it says what to commit. */
async function intoGit(dir: string, files: readonly string[], cli: Cli): Promise<void> {
  const { variables } = cli.env;
  const git = makeGitRun(dir, variables, BY_HAND);
  try {
    const place = await placeOf(git, dir);
    if (!place) await git.out('init', '--quiet', '--initial-branch=main');
    const target = place ? null : { remote: 'origin', branch: 'main' };
    const done = await commitByHand(dir, variables, files, 'A status page', target);
    if (done.kind === 'committed') cli.out(`Committed (${done.commit}, by ${done.by}).`);
    else if (done.kind === 'apart') cli.err(`Not committed: git ignores ${dir}.`);
    else {
      const why = done.kind === 'failed' ? done.why : `this folder is in the repository ${place?.top}`;
      cli.err(`Not committed: ${why}. Commit it:\n  ${done.commands.join('\n  ')}`);
    }
  } catch (error) {
    if (!(error instanceof GitFailure)) throw error;
    cli.err(`Not in git: ${error.message} — ${error.fix}`);
  }
}
