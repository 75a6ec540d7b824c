// What `init` says at its end: the page's address, what to type next, and where the settings go.
import { existsSync } from 'node:fs';
import path from 'node:path';
import { statusCommand } from '../../core/model/status-command.ts';
import { ROOT } from '../../wiring/root.ts';
import { type Cli, shown } from './command.ts';
import type { NewSite } from './new-site.ts';

/** Where docs/deploy/install.sh keeps the page of its service. */
const SERVICE_DIR = '/var/lib/status-live';
const SERVICE_SETTINGS = `Its settings are in /etc/status-live/settings, the address of its mail server (SMTP_URL) in
/etc/status-live/secrets/smtp_url. \`sh docs/deploy/install.sh\` makes both files, and starts the service or starts it again.`;

/** The page's address and the next two commands, in the words that work for how this program was started. */
export function nextSteps(
  dir: string,
  { publicUrl }: Pick<NewSite, 'publicUrl'>,
  { env, cwd }: Pick<Cli, 'env' | 'cwd'>,
): string {
  const later = publicUrl === null ? '' : `, later ${publicUrl}/status/live`;
  const page = `The page: http://localhost:${env.port}/status/live${later}`;
  if (dir === SERVICE_DIR) return `\n${page}\n\n${SERVICE_SETTINGS}\n`;
  const to = shown(dir, { cwd });
  const example = path.join(to, '.env.example');
  // A container has its folders already.
  if (env.variables.STATUS_DIR && env.statusDir === path.join(dir, 'status'))
    return `\n${page}\n\nThe server reads this folder: start it, or restart it. What its environment does not set is read from a file:\nwrite it to ${path.join(to, '.env')}, as ${example} shows.\n`;
  const folders = `STATUS_DIR=${path.join(dir, 'status')} DATA_DIR=${path.join(dir, 'data')}`;
  const command = statusCommand('').trim();
  const isClone = command.startsWith('npm ');
  const [start, lead] = isClone ? [`${folders} npm start`, `${folders} `] : [`cd ${to} && ${command}`, ''];
  const settings = path.join(isClone ? ROOT : to, '.env');
  const isFound = !command.startsWith('npx ') || foundAbove(dir, 'node_modules/.bin/status-live') !== null;
  return `
${page}

  ${start}
  ${lead}${statusCommand('incident new')}

The first starts the server, the second reports an incident. Settings, such as the mail server, are read from a file:
write them to ${settings}, as ${example} shows.${isFound ? '' : NOT_FOUND}`;
}

const NOT_FOUND =
  '\n\nIf npx does not find status-live there, install it for all folders: npm install -g status-live-VERSION.tgz';

/** The nearest folder, this one or one above it, that has a file or folder of this name; null if none has. */
export function foundAbove(folder: string, name: string): string | null {
  if (existsSync(path.join(folder, name))) return folder;
  const above = path.dirname(folder);
  return above === folder ? null : foundAbove(above, name);
}
