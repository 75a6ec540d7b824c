// Issues and comments in answers of GitHub's API, or of its command line `gh`, which writes the same with other names.
import * as z from 'zod';
import type { Millis } from '../../model/time.ts';
import { isRecord } from '../foreign-yaml.ts';
import { moment, type Remarks } from '../imported.ts';

const commentSchema = z.object({
  body: z.string().nullish(),
  created_at: moment,
  issue_url: z.string().optional(),
});

const issueSchema = z.object({
  number: z.number().int().positive(),
  title: z.string(),
  body: z.string().nullish(),
  state: z.string(),
  created_at: moment,
  closed_at: moment.nullish(),
  labels: z
    .array(z.union([z.string(), z.object({ name: z.string() }).transform(({ name }) => name)]))
    .default([]),
  /** How many there are, or the comments themselves. */
  comments: z.union([z.number(), z.array(z.unknown())]).nullish(),
});

export interface Comment {
  readonly at: Millis;
  readonly body: string;
}

export interface GithubIssue {
  /** The file it is in. */
  readonly file: string;
  readonly number: number;
  readonly title: string;
  readonly body: string;
  readonly isClosed: boolean;
  readonly created: Millis;
  readonly closed: Millis | null;
  readonly labels: readonly string[];
  /** How many comments GitHub says there are; null: it does not say. */
  readonly counted: number | null;
  /** Oldest first. */
  readonly comments: readonly Comment[];
}

export interface IssueFile {
  readonly name: string;
  readonly text: string;
  /** Given by its name: it must hold issues or comments. */
  readonly isGiven: boolean;
}

/** The issues in files, by number; the last of two with one number counts. Pull requests are none. */
export function readIssues(files: readonly IssueFile[], remarks: Remarks): readonly GithubIssue[] {
  const issues = new Map<number, GithubIssue>();
  const comments = new Map<number, Map<string, Comment>>();
  const keep = (number: number, comment: unknown): boolean => {
    const { success, data } = commentSchema.safeParse(inApiNames(comment));
    if (!success) return false;
    const of = comments.get(number) ?? new Map<string, Comment>();
    comments.set(number, of);
    of.set(`${data.created_at} ${data.body ?? ''}`, { at: data.created_at, body: data.body ?? '' });
    return true;
  };
  for (const file of files) {
    const values = jsonValues(file.text)?.flat(2);
    const records = (values ?? []).filter(isRecord).map(inApiNames);
    const found = records.filter(one => isIssue(one) || isComment(one));
    if (found.length === 0) sayForeign(file, values, remarks);
    for (const one of found) {
      if (isRecord(one.pull_request)) continue;
      const fault = isIssue(one) ? addIssue(one, file.name, issues, keep) : addComment(one, keep);
      if (fault !== null) remarks.wrong(file.name, fault);
    }
  }
  return [...issues.values()]
    .map(issue => ({
      ...issue,
      comments: [...(comments.get(issue.number)?.values() ?? [])].sort((a, b) => a.at - b.at),
    }))
    .sort((a, b) => a.created - b.created || a.number - b.number);
}

type Keep = (number: number, comment: unknown) => boolean;

/** Returns what is wrong with it; null where nothing is. */
function addIssue(value: object, file: string, issues: Map<number, GithubIssue>, keep: Keep): string | null {
  const { success, data, error } = issueSchema.safeParse(value);
  if (!success) {
    const number = (value as { number?: unknown }).number;
    return `the issue #${number} cannot be read (${error.issues[0]?.path.join('.')})`;
  }
  const { comments, created_at: created, closed_at: closed = null, state, body, ...same } = data;
  issues.set(data.number, {
    ...same,
    file,
    created,
    closed,
    body: body ?? '',
    isClosed: state.toLowerCase() === 'closed',
    counted: typeof comments === 'number' ? comments : null,
    comments: [],
  });
  const within = Array.isArray(comments) ? comments : [];
  return within.every(one => keep(data.number, one))
    ? null
    : `a comment on the issue #${data.number} cannot be read`;
}

function addComment(value: { readonly issue_url?: unknown }, keep: Keep): string | null {
  const [, number] = /\/(?:issues|pull)\/(\d+)$/.exec(String(value.issue_url)) ?? [];
  return number !== undefined && keep(Number(number), value) ? null : 'a comment cannot be read';
}

function isIssue(one: Readonly<Record<string, unknown>>): boolean {
  return 'number' in one && 'title' in one && 'created_at' in one;
}

function isComment(one: Readonly<Record<string, unknown>>): boolean {
  return 'issue_url' in one && 'body' in one;
}

/** `createdAt` as the API has it, `created_at`. */
function inApiNames(value: unknown): Readonly<Record<string, unknown>> {
  if (!isRecord(value)) return {};
  return Object.fromEntries(
    Object.entries(value).map(([key, inner]) => [
      key === 'createdAt' ? 'created_at' : key === 'closedAt' ? 'closed_at' : key,
      inner,
    ]),
  );
}

/** A file without issues: an empty list is an answer, too; other files of a repository are nobody's concern. */
function sayForeign(file: IssueFile, values: readonly unknown[] | undefined, remarks: Remarks): void {
  const [first] = values ?? [];
  if (values === undefined) remarks.wrong(file.name, 'it is no JSON');
  else if (isRecord(first) && 'documentation_url' in first)
    remarks.wrong(file.name, `it is an error of GitHub, not an answer (${String(first.message)})`);
  else if (file.isGiven && values.length === 0) remarks.leftOut(file.name, 'it has no issue in it');
  else if (file.isGiven) remarks.wrong(file.name, 'it holds no issues or comments of GitHub');
}

/** JSON values in a text: `gh api --paginate` writes one list after the other. Null if it is no JSON. */
function jsonValues(text: string): unknown[] | null {
  const plain = text.replace(/^\uFEFF/, '');
  try {
    return [JSON.parse(plain)];
  } catch {
    try {
      return cutLists(plain).map(one => JSON.parse(one) as unknown);
    } catch {
      return null;
    }
  }
}

/** Cuts a text behind each bracket that closes all others. */
function cutLists(text: string): readonly string[] {
  const lists: string[] = [];
  let depth = 0;
  let from = 0;
  for (const { 0: sign, index } of text.matchAll(/"(?:[^"\\]|\\.)*"|[[\]{}]/gs)) {
    if (sign === '[' || sign === '{') depth++;
    else if (sign === ']' || sign === '}') depth--;
    if (depth > 0 || sign.startsWith('"')) continue;
    lists.push(text.slice(from, index + 1));
    from = index + 1;
  }
  const rest = text.slice(from).trim();
  return rest === '' && lists.length > 0 ? lists : [...lists, rest];
}
