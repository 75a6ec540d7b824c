// The log as the rooms see it: one line a fact, fields first (pino's shape).

type Write = (fields: object, message: string) => void;

export interface Log {
  readonly debug: Write;
  readonly info: Write;
  readonly warn: Write;
  readonly error: Write;
}

/** For commands: what they have to say they print. */
export const SILENT: Log = { debug() {}, info() {}, warn() {}, error() {} };
