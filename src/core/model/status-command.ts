// The command line in messages, in the form that works in every checkout.

/** The command to type for `words`, such as `outbox retry`. */
export function statusCommand(words: string): string {
  return `npm run status -- ${words}`;
}
