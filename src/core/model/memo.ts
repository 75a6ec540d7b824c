// Caches of computed values, by object or by text.

/** Caches the result for each object, as long as the object lives. */
export function memoized<K extends object, V>(make: (key: K) => V): (key: K) => V {
  const made = new WeakMap<K, V>();
  return key => {
    if (!made.has(key)) made.set(key, make(key));
    return made.get(key) as V;
  };
}

/** Caches the results for up to `max` texts. Long texts are made up by visitors and not cached. */
export function memoizedText<V>(max: number, make: (text: string) => V): (text: string) => V {
  const made = new Map<string, V>();
  return text => {
    const known = made.get(text);
    if (known !== undefined) return known;
    const value = make(text);
    if (made.size >= max) made.clear();
    if (text.length < 200) made.set(text, value);
    return value;
  };
}
