/** Options of a call, checked. What a refusal says is loaded when there is one. */
import { onDemand } from './on-demand.ts';
import { fitsOption, type OptionRule, type OptionRules } from './option-rules.ts';

/**
 * Compares what a caller passed as options of `call` with the rules; null and undefined are none. Rejects with InputError, which
 * has the allowed ones, for an option that there is not, and for a value that it cannot have.
 */
export async function checkOptions<T>(call: string, options: unknown, rules: OptionRules<T>): Promise<void> {
  const known = rules as Readonly<Record<string, OptionRule>>;
  const given = Object.entries(Object(options) as object);
  const fits =
    typeof (options ?? {}) === 'object' &&
    given.every(([key, value]) => {
      const rule = Object.hasOwn(known, key) && known[key];
      return rule && (value === undefined || fitsOption(rule, value));
    });
  if (fits) return;
  const { refuseOptions } = await onDemand('check of options', () => import('./option-errors.ts'));
  refuseOptions(call, options, known);
}
