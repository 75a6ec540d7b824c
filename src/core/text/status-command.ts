// The command line in messages, in the form that works in every checkout.

/** The command to type: `outbox retry` is `npm run status -- outbox retry`. */
export function statusCommand(words: string): string {
  return `npm run status -- ${words}`;
}
