// A number with its word, in English.

/** `1 check`, `2 checks`. */
export function count(n: number, word: string): string {
  return `${n} ${word}${n === 1 ? '' : 's'}`;
}
