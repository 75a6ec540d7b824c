// Retired words: the code speaks the field's terms (docs/glossary.md), and these do not come back.
import { readdirSync, readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { files, textOf } from './imports.ts';

/** Our own word, and what is said instead. */
const RETIRED: readonly (readonly [RegExp, string])[] = [
  [/\bevenSo\b/, 'ignoreStorageFault'],
  [/\bunhurried\b/, 'withoutFsync'],
  [/\bmakeBeats\b|\bBeatsDeps\b/, 'heartbeats'],
  [/\balikeProblem\b/, 'duplicateIdProblem'],
  [/\b(?:standing|members)Of\b/, 'statusOfSource, memberStates'],
  [/\bmake(?:Letters|Letter)\b|\b(?:warning|channel|reminder)Letter\b|\bLetterForm\b/, 'email'],
  [/\bBacklog\b/, 'recorder'],
  [/\b[Vv]erdict(?:Of|Text|Headline)?\b/, 'overall status'],
  [/\bCarrier\b|\bCarry\b|\bKeeping\b/, 'git sync, storage'],
  [/\bMOST_?\w*/, 'MAX_…'],
  [/\blookAnew\b|\b(?:Look|LastLook|LookEnd|NextLook)\b|\blookAt[A-Z]\w*/, 'run of a check'],
  [/\btoldAt\b/, 'announced'],
  [/\baskLeave\b|\bpermalinkOf\b|\bviewOfGone\b/, 'unsubscribe, path of an incident'],
  [/\bopen(?:Watch|Mirror|Inbound)\b/, 'monitoring, content, web'],
  [/\brests for a while\b/, 'email delivery paused'],
  [/\be-mail address\b/i, 'email address'],
  [/\bmakeTurns\b/, 'makeQueue'],
  [
    /\bwhereItStood\b|\basTold\b|\b(?:bearable|survived)\(/,
    'followLinks, asAnnounced, limitProblems, orProblem',
  ],
  [/npm run status -- \w|(?<!`)`status (?:lint|outbox|incidents?|heartbeat-url)\b/, 'statusCommand(…)'],
];

test.each(RETIRED)('%s is said as: %s', word => {
  expect(files.filter(file => word.test(textOf(file)))).toEqual([]);
});

/** Words that nobody outside would say: in any form, alone or as a part of a name, in code, documents and tests. */
const NOWHERE: readonly (readonly [string, string])[] = [
  ['sighting|sighted', 'result of a check, first seen'],
  ['specimen', 'email preview'],
  ['books', 'announcements, database'],
  ['witness', 'own-network check'],
  ['roster', 'subscriber import'],
  ['shel(?:f|ve)', 'file cache'],
  ['doors?', 'inbound API, way, address'],
  ['twin', 'duplicate, the Statuspage API'],
  ['strain', 'overload'],
  ['breathe?', 'turn of the event loop, yield'],
  ['fate', 'filing decision'],
  ['foretell|foretold', 'dated ahead'],
  ['second look', 'likely mistakes'],
  ['untimely', 'doubtful times'],
  ['unhurried', 'withoutFsync'],
];

const written = [
  ...files.map(file => `src/${file}`),
  ...['docs', 'test'].flatMap(folder =>
    readdirSync(folder, { recursive: true, encoding: 'utf8' }).map(name => `${folder}/${name}`),
  ),
  ...readdirSync('.'),
].filter(name => /\.(?:ts|md)$/.test(name) && name !== 'test/guards/words.test.ts');
/** With a space before each part of a name: `makeFileShelf` says "make File Shelf". */
const spoken = written.map(file => {
  const text = readFileSync(file, 'utf8')
    .replace(/([a-z\d])([A-Z])/g, '$1 $2')
    .replaceAll('_', ' ');
  return { file, text };
});

test.each(NOWHERE)('%s, in any form, is said as: %s', word => {
  const form = new RegExp(`\\b(?:${word})(?:e?s|e?d|ings?)?\\b`, 'i');
  expect(spoken.filter(({ text }) => form.test(text)).map(({ file }) => file)).toEqual([]);
});
