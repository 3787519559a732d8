/** Options of a call: which there are, and what each may be. */

/** What an option may be, beside left out. */
const KINDS = {
  any: () => true,
  /** Functions are objects, too. */
  object: (value: unknown) => Object(value) === value,
  function: (value: unknown) => typeof value === 'function',
  list: Array.isArray,
  boolean: (value: unknown) => typeof value === 'boolean',
  /** No NaN. */
  number: (value: unknown) => typeof value === 'number' && value === value,
  positive: (value: unknown) => typeof value === 'number' && value > 0,
  count: (value: unknown) => Number.isInteger(value) && Number(value) > 0,
  signal: (value: unknown) => 'aborted' in Object(value),
} satisfies Readonly<Record<string, (value: unknown) => boolean>>;

/** A kind of values, or the words there are. */
export type OptionRule = keyof typeof KINDS | readonly string[];

/** What all options of a call may be: one that is forgotten here is an error of types. */
export type OptionRules<T> = { readonly [K in keyof T]-?: OptionRule };

/** True for a value that an option may have. */
export function fitsOption(rule: OptionRule, value: unknown): boolean {
  return typeof rule === 'string' ? KINDS[rule](value) : rule.includes(value as string);
}
