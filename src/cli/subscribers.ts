// `subscribers list|import|export|remove|suppressed`: lists, imports and exports subscribers as CSV, and suppressed
// addresses.
import { randomBytes } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import path from 'node:path';
import { buffer } from 'node:stream/consumers';
import { stringify } from 'csv-stringify/sync';
import { statusCommand } from '../core/model/status-command.ts';
import { readAddress, type Subscriber } from '../core/model/subscriber.ts';
import { iso } from '../core/model/time.ts';
import type { NotificationChannel } from '../core/notify/channel-health.ts';
import { hasAddresses, readImport, rowsOfCachet } from '../core/notify/subscriber-import.ts';
import { count } from '../core/text/count.ts';
import type { Db } from '../store/db/database.ts';
import { allChannels } from '../store/notify/channels.ts';
import { enqueue } from '../store/notify/outbox.ts';
import * as store from '../store/notify/subscribers.ts';
import { addressHash } from '../work/notify/enrolment.ts';
import {
  type Arguments,
  type Cli,
  type Command,
  command,
  databaseCommand,
  ELSEWHERE,
  hasDatabase,
  notHere,
  openedDatabase,
  Refused,
  secretOf,
  siteOf,
} from './shared/command.ts';
import { rowsOfCsv, textOfCsv } from './shared/csv.ts';
import { printList } from './shared/list.ts';

export const subscribers: readonly Command[] = [
  databaseCommand(
    {
      name: 'subscribers list',
      usage: '[--json]',
      summary: 'list who gets emails or messages, and about what',
      help: 'One line each. A channel other than email is shown by its type and host, with its id at the end. --json prints\nan array.',
    },
    async (db, typed, cli) => {
      const all = await store.allSubscribers(db);
      const row = ({ address, choice, lang }: Exported, state: string, id: string) => {
        const components = choice.components?.join(' ') ?? 'all';
        return { address, state, components, kinds: choice.kinds, detail: choice.detail, lang, id };
      };
      const channels = await allChannels(db, 'visitor');
      const stateOf = ({ state, error }: (typeof channels)[number]) =>
        state === 'dead' ? `disabled (${error})` : state;
      const rows = [
        ...all.map(one => row(one, one.state, '')),
        ...channels.map(one => row(one, stateOf(one), one.id)),
      ];
      printList(rows, typed, cli, 'Nobody has subscribed yet.');
      if (typed.flags.has('json')) return;
      if (channels.length > 0) cli.out(`${count(channels.length, 'channel')} other than email`);
      const confirmed = all.filter(({ state }) => state === 'confirmed').length;
      cli.out(`${confirmed} confirmed, ${all.length - confirmed} waiting for confirmation`);
    },
  ),
  command(
    {
      name: 'subscribers import',
      usage: 'FILE.csv [--confirmed]',
      summary: 'import addresses from a CSV file, such as Statuspage’s export',
      help: 'Columns `email` and, optionally, `components` (ids or names, separated by spaces). Commas, semicolons or tabs between\ncolumns; UTF-8 or UTF-16, as spreadsheets write it. FILE.csv may be - for standard input. Each new address gets an email\nand must confirm. --confirmed subscribes them without asking: only for people who asked you before. It also\nconfirms addresses that were asked and have not answered. Other known addresses do not change; suppressed ones\nare not imported. A saved answer of Cachet’s API (/api/v1/subscribers)\ncan be given, too: those who are verified. A file of `subscribers export` keeps choices and languages, and who is pending there is asked again.',
      lacking: 'Give the CSV file.',
    },
    importFile,
  ),
  databaseCommand(
    {
      name: 'subscribers export',
      usage: '',
      summary: 'print all subscribers as CSV',
      help: 'Columns email, components (separated by spaces; empty: all), state, kinds, detail, lang, confirmed_at, url (of\nchannels other than email; keep it secret).',
    },
    async (db, _, cli) => {
      const channels = await allChannels(db, 'visitor');
      const emails = await store.allSubscribers(db);
      const rows = [
        ...emails.map(one => ({ email: one.address, ...rowOf(one), url: '' })),
        ...channels.map(one => ({ email: '', ...rowOf(one), url: one.url })),
      ];
      const columns = ['email', 'components', 'state', 'kinds', 'detail', 'lang', 'confirmed_at', 'url'];
      // An address may begin with "=", which a spreadsheet must not run as a formula.
      cli.out(stringify(rows, { header: true, columns, escape_formulas: true }).trimEnd());
    },
  ),
  databaseCommand(
    {
      name: 'subscribers remove',
      usage: 'ADDRESS|CHANNEL…',
      summary: 'delete addresses and channels, with everything waiting for them',
      help: 'CHANNEL is the id or the URL of a channel other than email. Nothing about the address stays in the database.\nExit code 1 if one was not subscribed.',
      lacking: 'Give the address or the channel.',
    },
    async (db, { words }, cli) => {
      let code = 0;
      for (const typed of words) {
        const address = readAddress(typed);
        const known = address && (await store.subscriberByAddress(db, address));
        if (known) await store.removeSubscriber(db, known.id);
        const gone = known !== null || (await removeChannels(db, typed));
        if (!gone) code = 1;
        cli.out(`${typed}: ${gone ? 'removed' : 'not subscribed'}`);
      }
      return code;
    },
  ),
  databaseCommand(
    {
      name: 'subscribers suppressed',
      usage: '[--json] [--clear ADDRESS]',
      summary: 'list addresses that get no email, as hashes, and why',
      help: 'Addresses that bounced, complained, or were permanently refused. Only a keyed hash is kept. --clear\nallows email to an address again.',
    },
    async (db, typed, cli) => {
      const { clear } = typed.options;
      if (clear !== undefined) {
        const address = readAddress(clear);
        const hash = address && addressHash(await secretOf(cli), address);
        const done = hash !== null && (await store.unsuppress(db, hash));
        cli.out(done ? 'The address can get email again.' : 'The address was not suppressed.');
        return done ? 0 : 1;
      }
      const all = await store.suppressions(db);
      const rows = all.map(({ address_hash: address, reason, at }) => ({ address, reason, at: iso(at) }));
      printList(rows, typed, cli, 'No address is suppressed.');
      if (!typed.flags.has('json') && rows.length > 0) cli.out(`${rows.length} suppressed`);
    },
  ),
];

/** Removes the channels with an id or URL, pending ones too; false if there are none. */
async function removeChannels(db: Db, typed: string): Promise<boolean> {
  const href = URL.canParse(typed) ? new URL(typed).href : typed;
  const found = (await allChannels(db, 'visitor')).filter(({ id, url }) => id === typed || url === href);
  for (const { id } of found) await store.removeSubscriber(db, id);
  return found.length > 0;
}

async function importFile({ words: [file = ''], flags }: Arguments, cli: Cli): Promise<number> {
  const isConfirmed = flags.has('confirmed');
  const at = path.resolve(cli.cwd, file);
  const bytes = await (file === '-' ? buffer(process.stdin) : readFile(at)).catch(error => {
    // The command line of a service has the service's user.
    const instead = `${statusCommand('subscribers import')} - < ${file}`;
    if (error.code === 'EACCES') throw new Refused(`${at}: this user may not read it — \`${instead}\` works`);
    // The error of a folder does not name it.
    throw Object.assign(error, { path: at });
  });
  const { components } = await siteOf(cli);
  const { entries, skipped } = readImport(rowsOf(bytes, file), components);
  const secret = await secretOf(cli);
  const now = cli.clock();
  const counts = { added: 0, asked: 0, lifted: 0, known: 0, suppressed: 0 };
  // Only this command may create the database: subscribers are imported before the first start.
  if (!hasDatabase(cli)) {
    cli.err(
      `${notHere(cli.env.dataDir)}: a new database is created. If a server runs elsewhere, ${ELSEWHERE}.`,
    );
  }
  const db = await openedDatabase(cli);
  try {
    for (const { address, choice, lang, isPending } of entries) {
      const confirms = isConfirmed && !isPending;
      const known = await store.subscriberByAddress(db, address);
      if (await store.isSuppressed(db, addressHash(secret, address))) counts.suppressed++;
      else if (known?.state === 'pending' && confirms) {
        await store.confirmSubscriber(db, known.id, now);
        counts.lifted++;
      } else if (known) counts.known++;
      else {
        const [id, nonce] = [0, 0].map(() => randomBytes(9).toString('base64url')) as [string, string];
        const fresh = { id, nonce, address, choice, state: 'pending', lang, createdAt: now } as const;
        await store.savePending(db, { ...fresh, confirmedAt: null });
        if (confirms) {
          await store.confirmSubscriber(db, id, now);
          counts.added++;
        } else {
          await enqueue(db, 'confirm', id, now);
          counts.asked++;
        }
      }
    }
  } finally {
    await db.destroy();
  }
  for (const { line, why } of skipped) cli.err(`${file}:${line}: skipped, ${why}`);
  const { added, asked, lifted } = counts;
  const done = [
    ...(isConfirmed ? [`${added} subscribed`] : []),
    ...(asked > 0 || !isConfirmed ? [`${asked} asked to confirm`] : []),
    ...(lifted > 0 ? [`${lifted} pending confirmed`] : []),
  ].join(', ');
  cli.out(
    `${done}, ${counts.known} already known, ${counts.suppressed} suppressed, ${skipped.length} skipped`,
  );
  return entries.length === 0 && skipped.length > 0 ? 1 : 0;
}

/** The rows of a CSV, or of an answer of Cachet's API. */
function rowsOf(bytes: Buffer, file: string): readonly Readonly<Record<string, string>>[] {
  const text = textOfCsv(bytes, file);
  return rowsOfCachet(text) ?? rowsOfCsv(text, file, hasAddresses, 'there is no column `email`');
}

type Exported = Subscriber | NotificationChannel;

function rowOf({ state, choice, lang, confirmedAt }: Exported) {
  return {
    components: choice.components?.join(' ') ?? '',
    state,
    kinds: choice.kinds,
    detail: choice.detail,
    lang,
    confirmed_at: confirmedAt === null ? '' : iso(confirmedAt),
  };
}
