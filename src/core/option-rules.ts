/** Options of a call: which there are, and what each may be. */

/** Kinds of values: `object` takes functions, too, `number` no NaN, `count` whole numbers from 1 on. */
export type OptionKind =
  'any' | 'object' | 'function' | 'list' | 'boolean' | 'number' | 'positive' | 'count' | 'signal';

/** What an option may be, beside left out. */
const KINDS: Readonly<Record<OptionKind, (value: unknown) => boolean>> = {
  any: () => true,
  object: (value: unknown) => Object(value) === value,
  function: (value: unknown) => typeof value === 'function',
  list: Array.isArray,
  boolean: (value: unknown) => typeof value === 'boolean',
  number: (value: unknown) => typeof value === 'number' && value === value,
  positive: (value: unknown) => typeof value === 'number' && value > 0,
  count: (value: unknown) => Number.isInteger(value) && Number(value) > 0,
  signal: (value: unknown) => 'aborted' in Object(value),
};

/** A kind of values, or the words there are. */
export type OptionRule = OptionKind | readonly string[];

/** What all options of a call may be: one that is forgotten here is an error of types. */
export type OptionRules<T> = { readonly [K in keyof T]-?: OptionRule };

/** True for a value that an option may have. */
export function fitsOption(rule: OptionRule, value: unknown): boolean {
  return typeof rule === 'string' ? KINDS[rule](value) : rule.includes(value as string);
}
