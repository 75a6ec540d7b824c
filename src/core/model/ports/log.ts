// The log's interface: fields first, then the message (as pino has it).

type Write = (fields: object, message: string) => void;

export interface Log {
  readonly debug: Write;
  readonly info: Write;
  readonly warn: Write;
  readonly error: Write;
}

/** For commands, which print what they have to say. */
export const SILENT: Log = { debug() {}, info() {}, warn() {}, error() {} };
