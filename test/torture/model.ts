// The model: what was done to the server, and so what must be true in the end.
import type { Arrived } from '../walks/notify/smtp-conversation.ts';

export interface ModelUpdate {
  /** A word that stands in it and nowhere else. */
  readonly word: string;
  /** When the whole file stood in the folder, ms of the real clock. */
  readonly writtenAt: number;
  /** Dated before its incident began, by a clock set back: shown, and need not be mailed. */
  readonly early?: boolean;
}

export interface ModelIncident {
  readonly id: string;
  readonly updates: ModelUpdate[];
  /** The right text of the file; while it is spoilt, something else stands there. */
  text: string;
  spoilt: boolean;
  /** Moments of its updates, ms of the moved clock. */
  readonly moments: number[];
}

export interface ModelReader {
  readonly email: string;
  /** When the confirmation was answered with 200, ms of the real clock; null while it was not. */
  confirmedAt: number | null;
  /** A confirmation was sent whose answer nobody saw. */
  inDoubt: boolean;
  /** When leaving was first asked for; null when never. */
  leftAt: number | null;
  /** That was answered with 200. */
  left: boolean;
  /** The token that leaves at one click, from an email. */
  leave: string | null;
}

export interface ModelMonitor {
  readonly name: string;
  /** Answered with 200. */
  down: boolean;
  up: boolean;
}

export interface Model {
  readonly incidents: ModelIncident[];
  readonly readers: Map<string, ModelReader>;
  readonly monitors: ModelMonitor[];
  /** Emails whose acceptance the server may not have learnt of: after a kill, or a connection cut then. */
  unsure: number;
}

/** Whether a clock set back dates an update before its incident began. */
export function isEarly({ moments: [begun = 0] }: ModelIncident, at: number): boolean {
  return at < begun;
}

export const WORD = /\bzq\d+x\d+q\b/g;

/** An email as the model sees it: to whom, about which updates. */
export interface Email extends Pick<Arrived, 'to' | 'messageId'> {
  readonly words: readonly string[];
}

export function emailOf({ to, messageId, raw }: Arrived): Email {
  // Quoted-printable folds lines.
  return { to, messageId, words: [...new Set(raw.replace(/=\r?\n/g, '').match(WORD) ?? [])] };
}

/** What is wrong with the emails: lost ones, strange ones, and more repetitions than crashes explain. */
export function judgeEmails(model: Model, emails: readonly Email[]): string[] {
  const wrongs: string[] = [];
  const seen = new Map<string, Email>();
  let repeated = 0;
  const byWord = new Map<string, string>();
  for (const email of emails) {
    if (seen.has(email.messageId)) repeated++;
    seen.set(email.messageId, email);
    if (!model.readers.has(email.to)) wrongs.push(`an email to ${email.to}, who never subscribed`);
    for (const word of email.words) {
      const known = byWord.get(`${word} ${email.to}`) ?? email.messageId;
      if (known !== email.messageId) wrongs.push(`${word} came to ${email.to} as two emails`);
      byWord.set(`${word} ${email.to}`, known);
    }
  }
  if (repeated > model.unsure)
    wrongs.push(`${repeated} emails came again, ${model.unsure} are explained by crashes`);
  for (const { updates } of model.incidents) {
    for (const { word, writtenAt, early } of updates) {
      for (const { email, confirmedAt, leftAt } of model.readers.values()) {
        const owed = !early && confirmedAt !== null && confirmedAt < writtenAt && leftAt === null;
        if (owed && !byWord.has(`${word} ${email}`)) wrongs.push(`${word} never came to ${email}`);
      }
    }
  }
  return wrongs;
}

/** Who must be confirmed in the database, and who may be. */
export function judgeReaders(model: Model, confirmed: readonly string[]): string[] {
  const there = new Set(confirmed);
  const wrongs: string[] = [];
  for (const { email, confirmedAt, inDoubt, leftAt, left } of model.readers.values()) {
    if (confirmedAt !== null && leftAt === null && !there.has(email))
      wrongs.push(`${email} confirmed and is lost`);
    if (left && there.has(email)) wrongs.push(`${email} left and is still there`);
    if (confirmedAt === null && !inDoubt && there.has(email)) wrongs.push(`${email} never confirmed`);
  }
  for (const email of there) if (!model.readers.has(email)) wrongs.push(`${email} is nobody`);
  return wrongs;
}

/** Growth of a process that lived for a minute and longer, MB: the last quarter against the second. */
export function growth(heap: readonly number[]): number | null {
  if (heap.length < 30) return null;
  const quarter = Math.floor(heap.length / 4);
  const median = (part: readonly number[]) =>
    [...part].sort((a, b) => a - b)[Math.floor(part.length / 2)] as number;
  return median(heap.slice(-quarter)) - median(heap.slice(quarter, 2 * quarter));
}
