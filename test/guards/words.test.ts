// Retired words: the code speaks the field's terms (docs/glossary.md), and these do not come back.
import { expect, test } from 'vitest';
import { files, textOf } from './imports.ts';

/** Our own word, and what is said instead. */
const RETIRED: readonly (readonly [RegExp, string])[] = [
  [/\bevenSo\b/, 'ignoreStorageFault'],
  [/\bunhurried\b/, 'withoutFsync'],
  [/\b[Ss]pecimens?\b/, 'email preview'],
  [/\bmakeBeats\b|\bBeatsDeps\b/, 'heartbeats'],
  [/\bisStrained\b/, 'isOverloaded'],
  [/\b(?:twin|alike)Problem\b/, 'duplicateIdProblem'],
  [/\b(?:standing|members)Of\b/, 'statusOfSource, memberStates'],
  [/\bmake(?:Letters|Letter)\b|\b(?:warning|channel|reminder)Letter\b|\bLetterForm\b/, 'email'],
  [
    /\bSightings?\b|\bBooks\b|\bWitness\b|\bBacklog\b|\bRoster\b/,
    'ProbeResult, announcements, own-network check, recorder, import',
  ],
  [/\b[Vv]erdict(?:Of|Text|Headline)?\b/, 'overall status'],
  [
    /\b(?:open|take)?Doors?\b|\bCarrier\b|\bCarry\b|\bmakeShelf\b|\bKeeping\b/,
    'inbound, git sync, file cache, storage',
  ],
  [/\bMOST_?\w*/, 'MAX_…'],
  [/\blookAnew\b|\b(?:Look|LastLook|LookEnd|NextLook)\b|\blookAt[A-Z]\w*/, 'run of a check'],
  [/\bbreathe?\b|\bmakeBreath\b/i, 'turn of the event loop, yield'],
  [/\b(?:Fate|fate)(?:Of\w*)?\b/, 'filing decision'],
  [/\b(?:sighted|foretold|toldAt)\b/, 'first seen, dated ahead, announced'],
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
