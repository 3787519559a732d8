/** Options of a call: which there are, and what each may be. */

/** Kinds of values: `object` takes functions, too, `number` no NaN, `count` whole numbers from 1 on, `triple` three finite numbers. */
export type OptionKind =
  'any' | 'object' | 'function' | 'list' | 'text' | 'boolean' | 'number' | 'positive' | 'count' | 'triple' | 'signal';

/** What an option may be, beside left out. */
const KINDS: Readonly<Record<OptionKind, (value: unknown) => boolean>> = {
  any: () => true,
  object: (value: unknown) => Object(value) === value,
  function: (value: unknown) => typeof value === 'function',
  list: Array.isArray,
  text: (value: unknown) => typeof value === 'string',
  boolean: (value: unknown) => typeof value === 'boolean',
  number: (value: unknown) => typeof value === 'number' && value === value,
  positive: (value: unknown) => typeof value === 'number' && value > 0,
  count: (value: unknown) => Number.isInteger(value) && Number(value) > 0,
  triple: (value: unknown) => {
    const numbers = Array.from<unknown>(Object(value));
    return numbers.length === 3 && numbers.every(Number.isFinite);
  },
  signal: (value: unknown) => 'throwIfAborted' in Object(value),
};

/** A kind of values, or the words there are. */
export type OptionRule = OptionKind | readonly string[];

/** What all options of a call may be: one that is forgotten here is an error of types. */
export type OptionRules<T> = { readonly [K in keyof T]-?: OptionRule };

/** True for a value that an option may have. */
export function fitsOption(rule: OptionRule, value: unknown): boolean {
  return typeof rule === 'string' ? KINDS[rule](value) : rule.includes(value as string);
}

/**
 * What a caller passed as options, null and undefined being none: a plain object of those that are not undefined, inherited ones
 * and getters too. Nothing where one is not among the rules or does not follow its own, and for what is no object of options.
 */
export function chosenOptions<T extends object>(options: unknown, rules: OptionRules<T>): T | undefined {
  const given = Object(options) as Readonly<Record<string, unknown>>;
  if (typeof (options ?? given) !== 'object' || Symbol.iterator in given) return undefined;
  if (!Object.keys(given).every((name) => Object.hasOwn(rules, name))) return undefined;
  const chosen: Record<string, unknown> = {};
  for (const [name, rule] of Object.entries<OptionRule>(rules)) {
    const value = given[name];
    if (value === undefined) continue;
    if (!fitsOption(rule, value)) return undefined;
    chosen[name] = value;
  }
  return chosen as T;
}
