/** Right operands that are no constants of floats: they are computed, or of eight bits with scales. */
import { isFloat } from '../../core/dtype.ts';
import { lazyTensor } from '../../core/lazy-tensor.ts';
import { elementCount, type Tensor } from '../../core/tensor.ts';
import type { OpKind } from '../../ir/ops.ts';
import { at, ceilDiv } from '../../util/arrays.ts';
import { inputOperand, type PackedOperand, type SimdCall, type SimdContext, type SimdOperand } from '../definition.ts';
import { PANEL, panelsBytes, type PanelShape, type RightPanels } from './panels.ts';

const FLOAT = Float32Array.BYTES_PER_ELEMENT;

/** Weights times their scales, one for each column, where `inner` elements follow each other. Nothing where one is not known. */
function scaledWeights<K extends OpKind>(
  { constant }: Pick<SimdContext<K>, 'constant'>,
  scaleInput: number,
  inner: number,
): Tensor | undefined {
  const [weights, scale] = [constant(1), constant(scaleInput)];
  return (
    weights &&
    scale &&
    lazyTensor('float32', weights.shape, () => {
      const floats = new Float32Array(weights.data);
      for (let i = 0, column = 0; i < floats.length; column = (column + 1) % scale.data.length) {
        const factor = at(scale.data, column);
        for (const end = i + inner; i < end; i++) floats[i] = (floats[i] ?? 0) * factor;
      }
      return floats;
    })
  );
}

/** The same as they lie, as an operand. */
function scaledOperand<K extends OpKind>(context: SimdContext<K>, scaleInput: number): PackedOperand | undefined {
  const source = scaledWeights(context, scaleInput, 1);
  if (!source) return undefined;
  const count = elementCount(source.shape);
  return {
    kind: 'packed',
    source,
    key: 'floats',
    bytes: count * FLOAT,
    write: ({ buffer, byteOffset }) => new Float32Array(buffer, byteOffset, count).set(source.data),
  };
}

/** Panels of an operand that is packed when the node runs; nothing for one that is no float. */
function computedPanels<K extends OpKind>(
  context: SimdContext<K>,
  source: PanelShape,
  hasStart: boolean,
): RightPanels | undefined {
  const [, b, bias] = context.inputs;
  if (!b || !isFloat(b.dtype)) return undefined;
  const { depth, columns, count = 1, isTransposed, alpha = 1, beta = 1 } = source;
  const w: SimdOperand = { kind: 'scratch', id: 'panels', bytes: panelsBytes(source) };
  const start = hasStart && bias;
  const pack = (from: SimdOperand, [row, rows]: readonly [number, number], steps: readonly number[]): SimdCall => ({
    kernel: 'product/pack',
    operands: [from, w],
    ints: [rows, columns, ...[...steps, row * PANEL].map((n) => n * FLOAT), panelsBytes({ depth, columns: 1 })],
    floats: [row > 0 ? alpha : beta],
    units: count * ceilDiv(columns, PANEL),
  });
  return {
    w,
    calls: [
      // A row to start from, of which there may be none, then the others.
      pack(
        start ? inputOperand(context, 2) : { kind: 'absent' },
        [0, 1],
        [0, 0, start && elementCount(start.shape) > 1 ? 1 : 0],
      ),
      pack(inputOperand(context, 1), [1, depth], [depth * columns, ...(isTransposed ? [1, depth] : [columns, 1])]),
    ],
  };
}

/** What lowering takes from here. */
export const FURTHER_WEIGHTS = { scaledWeights, scaledOperand, computedPanels };
