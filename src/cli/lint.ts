// `lint [FILE…]`: prints every problem in status.yaml and the incident files, and which emails a merge would send.
import { readFile, stat } from 'node:fs/promises';
import path from 'node:path';
import { makeBrand } from '../content/brand-files.ts';
import { notUtf8 } from '../content/incidents/faults.ts';
import { openTemplates } from '../content/templates.ts';
import { parseIncident } from '../core/incidents/file/parse.ts';
import { coversNobody, unknownComponents, unknownOccurrences } from '../core/incidents/lint/lint.ts';
import { timeProblems } from '../core/incidents/lint/times.ts';
import type { Incident } from '../core/model/incident.ts';
import { type Problem, printProblem } from '../core/model/problem.ts';
import type { Site } from '../core/model/site.ts';
import { count } from '../core/text/count.ts';
import { readFrontmatter } from '../core/text/front-matter.ts';
import { datedAsKnown } from './incidents/list.ts';
import { type Cli, command, Misuse, shown } from './shared/command.ts';
import { forecast } from './shared/forecast.ts';
import { knownContent } from './shared/incident-files.ts';
import { lenientSite } from './shared/readable-site.ts';

export const lint = command(
  {
    name: 'lint',
    usage: '[FILE…] [--format text|json|github]',
    summary: 'check status.yaml and the incident files',
    help: 'Without FILE, checks the whole status folder. Problems are printed as `file:line: what — what to do`;\nerrors exit with 1, warnings with 0. `--format github` writes annotations. If the database is here,\nit also shows who would get an email or a message after saving or merging.',
  },
  async ({ words, options: { format = 'text' } }, cli) => {
    const print = FORMATS[format];
    if (!print) throw new Misuse(`"${format}" is not a format; use text, json or github.`);
    const linted = await gather(words, cli);
    const problems = linted.problems.map(problem => ({ ...problem, where: shown(problem.where, cli) }));
    const emails = linted.site ? await forecast(linted.incidents, linted.site, cli) : [];
    print(problems, linted, emails, cli);
    return problems.some(problem => problem.level === 'error') ? 1 : 0;
  },
);

interface Linted {
  readonly site: Site | null;
  readonly incidents: readonly Incident[];
  readonly files: number;
  readonly problems: readonly Problem[];
}

async function gather(files: readonly string[], cli: Cli): Promise<Linted> {
  const content = await knownContent(cli);
  const read = await lenientSite(cli);
  // Components left out because of an error would be reported as unknown in incidents.
  const site = read.problems.some(({ level }) => level === 'error') ? null : read.site;
  const brand = read.site ? (await makeBrand(content)(read.site)).problems : [];
  // Secrets are not set where a pull request is checked, so an unset variable is no error of the file.
  const ofSite = [...read.problems, ...read.unset, ...brand];
  const judged = (file: string, text: string, incident: Incident | null, view?: Incident) =>
    incident
      ? [
          ...(site ? unknownComponents(file, text, incident, [...site.components, ...site.retired]) : []),
          ...(site ? unnamed(file, text, incident, site) : []),
          ...(site ? unknownOccurrences(file, view ?? incident, site.timezone, cli.clock(), text) : []),
          ...timeProblems(incident, text, file, cli.clock(), view),
        ]
      : [];
  if (files.length === 0) {
    const { incidents, problems, text, fileOf } = await content.incidents();
    const views = await datedAsKnown(incidents, cli.clock(), cli);
    const strange = incidents.flatMap((one, index) => {
      const [file, source] = [fileOf(one.id), text(one.id) ?? ''];
      // Do not judge the last good version of a file that now has an error: it is not what the file contains.
      const isRead = !problems.some(({ level, where }) => level === 'error' && where === file);
      return isRead || parseIncident(file, one.id, source).value
        ? judged(file, source, one, views[index])
        : [];
    });
    const templates = await openTemplates(cli.env.statusDir).read();
    const all = [...ofSite, ...problems, ...strange, ...templates];
    // Count unreadable files, too.
    const seen = new Set([...incidents.map(({ id }) => fileOf(id)), ...problems.map(({ where }) => where)]);
    return { site, incidents, files: seen.size, problems: all };
  }
  const found: Problem[] = [];
  const incidents: Incident[] = [];
  const whole = await content.incidents();
  for (const name of files) {
    const file = path.resolve(cli.cwd, name);
    if (/\.ya?ml$/i.test(file)) {
      found.push(...ofSite);
      continue;
    }
    // The error of `readFile` does not name the folder.
    if ((await stat(file)).isDirectory())
      throw new Misuse(`${file} is a folder. Name files, or set STATUS_DIR to check a status folder.`);
    const bytes = await readFile(file);
    const text = bytes.toString('utf8');
    const id = path.basename(file).replace(/\.md$/i, '');
    const { value, problems } = parseIncident(file, id, text);
    const duplicates = whole
      .duplicatesOf(id)
      .filter(({ where }) => where === file || whole.fileOf(id) === file);
    const [view] = value ? await datedAsKnown([value], cli.clock(), cli) : [];
    found.push(...notUtf8(bytes, text, file), ...problems, ...duplicates, ...judged(file, text, value, view));
    if (value) incidents.push(value);
  }
  return { site, incidents, files: files.length, problems: found };
}

/** A maintenance without components, with the line of its start. */
function unnamed(file: string, text: string, incident: Incident, { components }: Site): Problem[] {
  const problem = coversNobody(file, incident, components);
  return problem
    ? [{ ...problem, line: readFrontmatter(file, text).yaml?.lineOf(['scheduled_start']) ?? 1 }]
    : [];
}

type Print = (problems: readonly Problem[], linted: Linted, emails: readonly string[], cli: Cli) => void;

const FORMATS: Record<string, Print | undefined> = {
  text(problems, { files }, emails, cli) {
    for (const problem of problems) {
      cli.out(problem.level === 'error' ? printProblem(problem) : `${printProblem(problem)} (warning)`);
    }
    const errors = problems.filter(({ level }) => level === 'error').length;
    const warnings = problems.length - errors;
    cli.out(`${count(files, 'incident file')}: ${count(errors, 'error')}, ${count(warnings, 'warning')}`);
    for (const email of emails) cli.out(email);
  },
  json(problems, { files }, emails, cli) {
    cli.out(JSON.stringify({ files, problems, emails }, null, 2));
  },
  github(problems, _linted, emails, cli) {
    for (const { level, where, line = 1, what, fix } of problems) {
      cli.out(`::${level} file=${escaped(where, true)},line=${line}::${escaped(`${what} — ${fix}`)}`);
    }
    for (const email of emails) cli.out(`::notice::${escaped(email)}`);
  },
};

/** GitHub's workflow commands are one line; in properties, commas and colons are escaped, too. */
function escaped(text: string, property = false): string {
  const plain = text.replaceAll('%', '%25').replaceAll('\r', '%0D').replaceAll('\n', '%0A');
  return property ? plain.replaceAll(':', '%3A').replaceAll(',', '%2C') : plain;
}
