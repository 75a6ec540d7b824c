// The files of a new page, from the answers given to `init`. Their text alone: nothing is read or written here.
import path from 'node:path';
import { slugOr, uniqueIds } from '../../core/import/imported.ts';
import { statusCommand } from '../../core/model/status-command.ts';

/** The answers given to `init`. */
export interface NewSite {
  readonly title: string;
  /** `url` is checked by HTTP; null: only incidents change the component. */
  readonly components: readonly { readonly name: string; readonly url: string | null }[];
  /** Where visitors will reach the page; null: not known yet. */
  readonly publicUrl: string | null;
  /** The address of the mail server, without its password; null: not known yet. */
  readonly smtpUrl: string | null;
  /** An address outside by which the server knows a fault of its own network; null: none. */
  readonly reference: string | null;
}

/** The main file: if it is there, so is a page. */
export const SITE_FILE = path.join('status', 'status.yaml');

/** A check of pull requests on GitHub. */
export const WORKFLOW_FILE = path.join('.github', 'workflows', 'status.yml');

/** Each file's text by its path in the new folder. They name no host but those in the answers. */
export function filesOfSite(site: NewSite): ReadonlyMap<string, string> {
  return new Map([
    [SITE_FILE, siteFile(site)],
    [path.join('status', 'incidents', '_example.md'), exampleOf(site)],
    [WORKFLOW_FILE, WORKFLOW],
    ['.env.example', settingsOf(site)],
    ['.gitignore', 'data/\nnode_modules/\n.env\n*.db\n'],
  ]);
}

function siteFile({ title, components, reference }: NewSite): string {
  const unique = uniqueIds();
  const entries = components.flatMap(({ name, url }) => [
    `  - id: ${unique(slugOr(name, 'component'))}`,
    `    name: ${quoted(name)}`,
    `    check: ${url === null ? '{ type: manual }' : `{ type: http, url: ${quoted(url)} }`}`,
  ]);
  const outside = [
    '# If a check fails and this address does not answer either, it is our own network: no outage is reported.',
    reference === null
      ? '# network: { reference: https://AN-ADDRESS-OUTSIDE }'
      : `network: { reference: ${quoted(reference)} }`,
  ];
  return [
    '# The whole page is described here. A running server reads each change at once.',
    `# \`${statusCommand('lint')}\` shows mistakes; \`${statusCommand('check')}\` runs the checks now.`,
    `title: ${quoted(title)}`,
    '# For dates in emails, and for times you type on the command line.',
    'timezone: UTC',
    ...outside,
    'components:',
    ...entries,
    '',
  ].join('\n');
}

/** An example that no reader sees: files whose name begins with "_" are not on the page. */
function exampleOf({ components }: NewSite): string {
  const [{ name } = { name: 'API' }] = components;
  return `---
title: ${quoted(`${name} is slow`)}
status: resolved
severity: minor
started: 2026-01-15T09:30:00Z
resolved: 2026-01-15T10:10:00Z
components: [${slugOr(name, 'component')}]
---

<!-- An example: it is not on the page, because its name begins with "_".
     A copy named like 20260115_slow.md would be. Or let \`${statusCommand('incident new')}\` write the file. -->

## Resolved 2026-01-15 10:10 UTC
All is fast again.

## Investigating 2026-01-15 09:30 UTC
Some requests take longer than usual. We are looking into it.
`;
}

const WORKFLOW = `# On GitHub: shows mistakes in the status folder in each pull request, by the package in package-lock.json.
name: Status page
on:
  pull_request: { paths: ["status/**"] }
jobs:
  lint:
    runs-on: ubuntu-latest
    steps:
      - uses: actions/checkout@v4
      - uses: actions/setup-node@v4
        with: { node-version: 22 }
      - run: npm ci && npx --no-install status-live lint --format github
`;

function settingsOf({ publicUrl, smtpUrl }: NewSite): string {
  const host = publicUrl === null ? 'YOUR-DOMAIN' : new URL(publicUrl).hostname;
  const set = (isKnown: boolean, line: string) => `${isKnown ? '' : '# '}${line}`;
  return `# The server's settings. Write yours to .env, in the folder where the server starts: git ignores it, so passwords stay out of git.
# The server reads it at its start, and so does every command. Others must not read it: chmod 600 .env

# Where visitors reach the page. Links in emails and feeds begin with it.
${set(publicUrl !== null, `PUBLIC_URL=${publicUrl ?? `https://${host}`}`)}

# The mail server. Without it, emails are written to data/mail/.
${set(smtpUrl !== null, `SMTP_URL=${smtpUrl ?? 'smtps://USER:PASSWORD@YOUR-MAIL-SERVER:465'}`)}
${set(smtpUrl !== null, `MAIL_FROM=status@${host}`)}

# How many proxies are in front of the server.
# TRUST_PROXY=1
`;
}

/** As YAML reads it, on one line. */
function quoted(text: string): string {
  return JSON.stringify(text);
}
