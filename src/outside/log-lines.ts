// The log as a person reads it: on a terminal a line is a time, a level and a sentence. Elsewhere lines are JSON.
import { pino } from 'pino';
import { oneLine } from '../core/text/printable.ts';
import { openLogOutput } from './log-output.ts';

/** Opens the log on standard output. @param level the least level that is written, as pino names it */
export function openLog(level: string): pino.Logger {
  const output = openLogOutput(process.stdout.fd);
  const options: pino.LoggerOptions = {
    level,
    base: null,
    timestamp: pino.stdTimeFunctions.isoTime,
    // Tokens in addresses or headers must not reach the log.
    redact: ['token', 'headers.authorization', 'url'],
  };
  if (!process.stdout.isTTY) return pino(options, output);
  return pino(options, { write: line => output.write(readableLine(line)) });
}

/** `20:48:01Z WARN  email delivery paused  failure=busy seconds=5` for a line of JSON; an error's stack follows it. */
export function readableLine(json: string): string {
  const { level, time, msg, err, ...fields } = JSON.parse(json);
  const values = Object.entries(fields).map(([name, value]) => `${name}=${shortest(value)}`);
  const head = `${time.slice(11, 19)}Z ${pino.levels.labels[level]?.toUpperCase().padEnd(5)}`;
  const line = [head, oneLine(msg ?? ''), ...(values.length > 0 ? [` ${values.join(' ')}`] : [])].join(' ');
  return `${line}\n${err ? `${err.stack ?? shortest(err)}\n` : ''}`;
}

function shortest(value: unknown): string {
  return typeof value === 'string' && /^[^\s"=]+$/.test(value) ? value : JSON.stringify(value);
}
