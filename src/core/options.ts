/** Options of a call, checked. What a refusal says is loaded when there is one. */
import { onDemand } from './on-demand.ts';
import { chosenOptions, type OptionRules } from './option-rules.ts';

/** See `chosenOptions`. Rejects with InputError, which has the allowed ones, for what does not follow the rules. */
export async function checkOptions<T extends object>(
  call: string,
  options: unknown,
  rules: OptionRules<T>,
): Promise<T> {
  const chosen = chosenOptions(options, rules);
  if (chosen) return chosen;
  const { refuseOptions } = await onDemand('check of options', () => import('./option-errors.ts'));
  return refuseOptions(call, options, rules);
}
