/** Objects that callers and files use as tables: what every object inherits (`constructor`, `toString`) is no entry of theirs. */

/** The object's own property of this name; undefined where there is none. */
export function own<T>(table: Readonly<Record<string, T>>, name: string): T | undefined {
  return Object.hasOwn(table, name) ? table[name] : undefined;
}
