// Imports a repository of Upptime: `.upptimerc.yml`, `history/`, and the saved issues.
import type { Span } from '../../model/time.ts';
import { foreignYaml, isRecord, textOf } from '../foreign-yaml.ts';
import {
  ComponentIds,
  type ComponentName,
  type Imported,
  type ImportedSpan,
  Remarks,
  uniqueIds,
} from '../imported.ts';
import { measuredDays, readSiteHistory, readSummary, type SiteHistory, type Summed } from './days.ts';
import { incidentOf, type Sites } from './incidents.ts';
import { type GithubIssue, type IssueFile, readIssues } from './issues.ts';
import { sitesOf, type UpptimeSite } from './sites.ts';
import { siteSlug } from './slug.ts';

interface RepositoryFile {
  readonly name: string;
  readonly text: string;
}

const CONFIG = /^\.?(?:upptimerc|statusrc)\.ya?ml$/;
const SUMMARY = 'history/summary.json';

/**
 * Reads a repository.
 * @param folder the files of its folder; issues may be among them
 * @param given files with issues that were given beside it
 */
export function importUpptime(
  folder: readonly RepositoryFile[],
  given: readonly RepositoryFile[],
  here: readonly ComponentName[],
): Imported {
  const remarks = new Remarks();
  const ids = new ComponentIds(here);
  const file = folder.filter(({ name }) => CONFIG.test(name)).sort((a, b) => (a.name > b.name ? -1 : 1))[0];
  const config = file ? foreignYaml(file.text) : null;
  if (!config || !Array.isArray(config.sites))
    remarks.wrong(
      file?.name ?? '.upptimerc.yml',
      file ? 'it has no readable list of `sites`' : 'it is not there',
    );
  const summary = summaryIn(folder, remarks);
  const watched = watchedIn(folder, remarks);
  const slugs = new Map(summary.map(({ name, slug }) => [name, slug]));
  const sites = config ? sitesOf(config, name => slugs.get(name), ids, file?.name ?? '', remarks) : [];
  const issues = readIssues(issueFiles(folder, given), remarks);
  const names = namesOf(sites, summary, watched, issues, ids);
  const known: KnownSites = { ...names, isStale: staleBy(sites, watched, names.slugsOf) };
  const unique = uniqueIds();
  const incidents = issues.flatMap(issue => incidentOf(issue, { sites: known, unique, remarks }));
  sayOfIssues(issues, incidents.length, remarks);
  const website = config?.['status-website'];
  return {
    title: isRecord(website) ? textOf(website.name) : null,
    components: sites.map(({ component }) => component),
    named: ids.named,
    incidents,
    history: historyOf(sites, summary, watched, outagesOf(issues, known), remarks),
    remarks: remarks.all,
  };
}

function summaryIn(folder: readonly RepositoryFile[], remarks: Remarks): readonly Summed[] {
  const file = folder.find(({ name }) => name === SUMMARY);
  if (!file) return [];
  try {
    return readSummary(JSON.parse(file.text));
  } catch {
    remarks.wrong(SUMMARY, 'it is no JSON');
    return [];
  }
}

/** By slug. */
function watchedIn(folder: readonly RepositoryFile[], remarks: Remarks): ReadonlyMap<string, SiteHistory> {
  const found = new Map<string, SiteHistory>();
  for (const { name, text } of folder) {
    const [, slug] = /^history\/([^/]+)\.ya?ml$/.exec(name) ?? [];
    if (slug === undefined) continue;
    const watched = readSiteHistory(text);
    if (watched) found.set(slug, watched);
    else remarks.wrong(name, 'it cannot be read');
  }
  return found;
}

/** Files of a repository that hold no issues, whatever else they are. */
const NO_ISSUES =
  /^(?:api|history|graphs|assets|\.github|\.vscode)\/|(?:^|\/)(?:package(?:-lock)?|tsconfig|\.\w+)\.json$/;

function issueFiles(
  folder: readonly RepositoryFile[],
  given: readonly RepositoryFile[],
): readonly IssueFile[] {
  const within = folder.filter(({ name }) => name.endsWith('.json') && !NO_ISSUES.test(name));
  return [
    ...within.map(file => ({ ...file, isGiven: false })),
    ...given.map(file => ({ ...file, isGiven: true })),
  ];
}

/** What Upptime itself calls an issue. */
const TITLE = /^\s*(?:🛑|⚠)\uFE0F?\s*(.+?) (?:is down|has degraded performance)\s*$/u;

interface KnownSites extends Sites {
  readonly slugsOf: (issue: GithubIssue) => readonly string[];
}

/** Finds the components of issues: by the labels that are slugs of sites, present and former, else by the title. */
function namesOf(
  sites: readonly UpptimeSite[],
  summary: readonly Summed[],
  watched: ReadonlyMap<string, SiteHistory>,
  issues: readonly GithubIssue[],
  ids: ComponentIds,
): Omit<KnownSites, 'isStale'> {
  const inTitle = ({ title }: GithubIssue) => TITLE.exec(title)?.[1];
  const names = new Map<string, string>([
    ...[...watched.keys()].map(slug => [slug, inWords(slug)] as const),
    // Of a former site, often only its issues are left.
    ...issues.flatMap(issue => {
      const name = inTitle(issue);
      return name === undefined ? [] : [[siteSlug(name, ''), name] as const];
    }),
    ...summary.map(({ slug, name }) => [slug, name] as const),
    ...sites.map(({ slug, component }) => [slug, component.name] as const),
  ]);
  const slugsOf = (issue: GithubIssue): readonly string[] => {
    const named = issue.labels.filter(label => names.has(label));
    const name = inTitle(issue);
    return named.length > 0 || name === undefined ? named : [siteSlug(name, '')];
  };
  const idOf = (slug: string) => ids.of(names.get(slug) ?? inWords(slug), slug, slug);
  return { slugsOf, idOf, idsOf: issue => slugsOf(issue).map(idOf) };
}

/** `old-shop` as a name: “Old shop”. */
function inWords(slug: string): string {
  const words = slug.replaceAll('-', ' ');
  return words.charAt(0).toUpperCase() + words.slice(1);
}

function staleBy(
  sites: readonly UpptimeSite[],
  watched: ReadonlyMap<string, SiteHistory>,
  slugsOf: (issue: GithubIssue) => readonly string[],
): Sites['isStale'] {
  const present = new Set(sites.map(({ slug }) => slug));
  return issue => {
    const slugs = slugsOf(issue);
    const isOver = (slug: string) => {
      const { isUp, until } = watched.get(slug) ?? { isUp: false, until: null };
      return !present.has(slug) || (isUp && (until ?? 0) > issue.created);
    };
    return slugs.length > 0 && slugs.every(isOver);
  };
}

const SAVING =
  'gh issue list --state all --limit 100000 --json number,title,body,state,labels,createdAt,closedAt,comments > issues.json';

/** What of the issues did not come, once for each file. */
function sayOfIssues(issues: readonly GithubIssue[], taken: number, remarks: Remarks): void {
  if (issues.length === 0)
    remarks.leftOut('issues', `none were given, so there are no incidents: save them with \`${SAVING}\``);
  for (const file of new Set(issues.map(one => one.file))) {
    const all = issues.filter(one => one.file === file);
    const others = all.filter(({ labels }) => !labels.some(label => /^(?:status|maintenance)$/i.test(label)));
    if (others.length > 0)
      remarks.leftOut(file, `${others.length} of its issues have no label “status” or “maintenance”`);
    const lacking = all.filter(({ counted, comments }) => (counted ?? 0) > comments.length);
    if (lacking.length > 0)
      remarks.leftOut(file, `comments of ${lacking.length} issues are not in the files: give them, too`);
    if (taken > 0 && all.some(({ comments }) => comments.length > 0))
      remarks.leftOut(file, 'who wrote a comment');
  }
}

function historyOf(
  sites: readonly UpptimeSite[],
  summary: readonly Summed[],
  watched: ReadonlyMap<string, SiteHistory>,
  outages: ReadonlyMap<string, readonly Span[]> | null,
  remarks: Remarks,
): readonly ImportedSpan[] {
  const sums = new Map(summary.map(one => [one.slug, one.minutesDown]));
  const days = sites.flatMap(({ slug, component }) => {
    const its = watched.get(slug);
    const sum = sums.get(slug);
    const isKnown = its?.since && its.until && (outages !== null || sum);
    if (isKnown)
      return measuredDays(component.id, its, sum ?? new Map(), outages && (outages.get(slug) ?? []));
    const lacking = its?.since && its.until ? `${SUMMARY} or the issues` : `startTime in history/${slug}.yml`;
    remarks.leftOut('history', `the days of “${component.name}”: they need ${lacking}`);
    return [];
  });
  if (days.length > 0) remarks.leftOut('history', 'response times: Upptime keeps them only in git');
  return days;
}

/** When issues were open, by slug; null: none were given. An open one lasts, unless it was forgotten. */
function outagesOf(
  issues: readonly GithubIssue[],
  { slugsOf, isStale }: KnownSites,
): Map<string, Span[]> | null {
  const outages = new Map<string, Span[]>();
  for (const issue of issues) {
    if (!issue.labels.some(label => /^status$/i.test(label))) continue;
    const end = issue.closed ?? (isStale(issue) ? issue.created : Number.POSITIVE_INFINITY);
    for (const slug of slugsOf(issue)) {
      const of = outages.get(slug) ?? [];
      outages.set(slug, of);
      of.push({ start: issue.created, end });
    }
  }
  return issues.length === 0 ? null : outages;
}
