/** Binary → one dispatch; the broadcast plan chooses how operands are addressed. */
import { BINARY_OPERANDS, BINARY_WORKGROUP, binaryShader } from '../../../shaders/elementwise/binary.ts';
import { wgslScalar } from '../../core/dtype.ts';
import { lazy } from '../../core/on-demand.ts';
import { packedStorage, wordOf } from '../../core/storage.ts';
import type { TensorDesc } from '../../core/tensor.ts';
import type { NodeOf } from '../../ir/ops.ts';
import { range, sameArray } from '../../util/arrays.ts';
import { activationParams } from '../lib/activation.ts';
import { withLazyVariant } from '../lib/lazy-variant.ts';
import { planBroadcast, type BroadcastPlan } from '../lib/broadcast.ts';
import {
  dispatch1d,
  required,
  result,
  value,
  variant,
  type Dispatched,
  type KernelDefinition,
  type LowerContext,
  type Variant,
} from '../definition.ts';

type Context = LowerContext<'Binary'>;

const functions = lazy(() => import('./binary-functions.ts'), 'binaryFunction');

const needsFunctions = ({ attributes: { kind } }: NodeOf<'Binary'>): boolean => /2|bitS/.test(kind);

const planWith =
  (width: 1 | 4) =>
  (context: Context): BroadcastPlan | undefined => {
    const operands = range(2).map((i) => ({
      shape: required(context, i).shape,
      placement: required(context, i).placement,
    }));
    const y = { shape: result(context).shape, placement: result(context).placement };
    return planBroadcast(y, operands, BINARY_OPERANDS, width);
  };

const binaryVariant = (name: string, width: 1 | 4): Variant<'Binary'> =>
  variant(
    name,
    planWith(width),
    (context, { spec, count, params }) => {
      const { node, device } = context;
      const { kind, activation } = node.attributes;
      if (count === 0) return [];
      const [a, b, y] = [required(context, 0), required(context, 1), result(context)];
      const over = range(2).find((i) => context.shares(i, 0));
      return [
        {
          shader: binaryShader({
            kind,
            type: wgslScalar(a.dtype),
            result: y.dtype,
            activation: activation.kind,
            broadcast: spec,
            stored: [wordOf(a.storage), wordOf(b.storage), wordOf(y.storage)],
            declared: needsFunctions(node) ? functions.get()(kind, wgslScalar(a.dtype), spec.width) : '',
            inPlace: over === undefined ? 'none' : BINARY_OPERANDS[over === 0 ? 0 : 1],
          }),
          operands: [...node.inputs.filter((_, i) => i !== over), node.outputs[0]].map(value),
          params: { ...params, ...(activation.kind === 'none' ? {} : activationParams(activation)) },
          workgroups: dispatch1d(count, BINARY_WORKGROUP, device),
        },
      ];
    },
    { placed: true },
  );

const words: Dispatched<'Binary'> = {
  kind: 'dispatch',
  variants: [binaryVariant('vec4', 4), binaryVariant('scalar', 1)],
  inputs: [{ storage: ['f16', 'i8x4', 'u8x4'], lies: 'rows' }],
  outputs: { storage: ['f16', 'i8x4', 'u8x4'], lies: 'rows' },
  packs: isChoice,
  isWide: ({ attributes: { kind }, inputs }, isWide) =>
    kind === 'pow' ||
    kind === 'squaredDifference' ||
    (kind === 'mul' && inputs[0] === inputs[1]) ||
    (kind === 'div' ? inputs.slice(0, 1) : inputs).every(isWide),
  divisor: ({ attributes: { kind } }) => (kind === 'div' ? 1 : undefined),
  parts: [{ needs: needsFunctions, load: () => functions.load() }],
  overwrites: (context) =>
    takesBytes(context.node, context.inputs)
      ? []
      : range(2).filter((i) => sameArray(required(context, i).shape, result(context).shape)),
};

/** True of kinds that keep to the integers they are given. */
function isChoice({ attributes: { kind } }: NodeOf<'Binary'>): boolean {
  return kind === 'min' || kind === 'max';
}

function takesBytes(node: NodeOf<'Binary'>, [a]: readonly (TensorDesc | undefined)[]): boolean {
  return isChoice(node) && a !== undefined && packedStorage(a.dtype) !== undefined;
}

export const binary: KernelDefinition<'Binary'> = withLazyVariant(words, {
  name: 'bytes',
  needs: takesBytes,
  calls: lazy(() => import('./binary-bytes.ts'), 'binaryBytesCalls'),
});
