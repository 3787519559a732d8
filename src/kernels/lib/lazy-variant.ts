/** Variants that take what the others of an operator do not, and are loaded only for nodes that have it. */
import type { Lazy } from '../../core/on-demand.ts';
import type { OpKind } from '../../ir/ops.ts';
import type { Dispatched, KernelCall, LazyPart, LowerContext } from '../definition.ts';

/** A variant that is loaded on demand. */
export interface LazyVariant<K extends OpKind> {
  /** Of several the last takes all of the nodes, the faster ones before it some. */
  readonly name: string | readonly string[];
  /** The nodes it is for: it takes all of these, placed anyhow, and no others. */
  readonly needs: LazyPart<K>['needs'];
  readonly calls: Lazy<(context: LowerContext<K>, name: string) => readonly Omit<KernelCall, 'variant'>[] | undefined>;
}

/** An operator's kernels, and for the nodes that `needs` holds for this variant instead of them. */
export function withLazyVariant<K extends OpKind>(
  definition: Dispatched<K>,
  { name, needs, calls }: LazyVariant<K>,
): Dispatched<K> {
  const takes = ({ node, inputs }: LowerContext<K>): boolean => needs(node, inputs);
  return {
    ...definition,
    variants: [
      ...[name].flat().map((variant) => ({
        name: variant,
        tryLower: (context: LowerContext<K>) =>
          takes(context)
            ? calls
                .get()(context, variant)
                ?.map((call) => ({ ...call, variant }))
            : undefined,
      })),
      ...definition.variants.map((variant) => ({
        ...variant,
        tryLower: (context: LowerContext<K>) => (takes(context) ? undefined : variant.tryLower(context)),
      })),
    ],
    preferred: (context) => (takes(context) ? [] : (definition.preferred?.(context) ?? [])),
    parts: [...(definition.parts ?? []), { needs, load: () => calls.load() }],
  };
}
