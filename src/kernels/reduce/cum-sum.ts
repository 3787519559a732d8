/** CumSum → one dispatch with a line per invocation, or three over chunks of lines. */
import { chunkScanShader, chunkSumShader } from '../../../shaders/reduce/cum-sum-chunks.ts';
import { CUM_SUM_WORKGROUP, cumSumShader } from '../../../shaders/reduce/cum-sum.ts';
import { normalizeAxis } from '../../core/broadcast.ts';
import { wgslScalar } from '../../core/dtype.ts';
import { elementCount } from '../../core/tensor.ts';
import type { Scalar } from '../../../shaders/lib/numbers.ts';
import { ownStorage } from '../../core/storage.ts';
import { at, ceilDiv, product } from '../../util/arrays.ts';
import {
  PLAIN_TRAITS,
  dispatch1d,
  required,
  result,
  value,
  variant,
  type CallOperand,
  type KernelDefinition,
  type LowerContext,
} from '../definition.ts';

/** Elements of a chunk. */
const CHUNK = 64;
/** Longer lines are added in chunks: as many invocations at once, and sums that are rounded less often. */
const LONG_LINE = 256;

interface Lines {
  readonly type: Scalar;
  readonly lines: number;
  readonly length: number;
  readonly inner: number;
}

function linesOf(context: LowerContext<'CumSum'>): Lines {
  const { dtype, shape } = required(context, 0);
  const axis = normalizeAxis(context.node.attributes.axis, shape.length);
  const length = at(shape, axis);
  const lines = elementCount(shape) / Math.max(1, length);
  return { type: wgslScalar(dtype), lines, length, inner: product(shape.slice(axis + 1)) };
}

export const cumSum: KernelDefinition<'CumSum'> = {
  kind: 'dispatch',
  ...PLAIN_TRAITS,
  isWide: () => true,
  preferred: (context) => (linesOf(context).length > LONG_LINE ? ['chunks'] : ['lines']),
  variants: [
    variant('chunks', linesOf, (context, { type, lines, length, inner }) => {
      const { node, device } = context;
      const { dtype } = result(context);
      const { exclusive, reverse } = node.attributes;
      if (lines * length === 0) return [];
      const chunks = ceilDiv(length, CHUNK);
      const count = lines * chunks;
      const sums: CallOperand = { kind: 'scratch', id: 'sums', elements: count, storage: ownStorage(dtype) };
      const [x, y] = [value(node.inputs[0]), value(node.outputs[0])];
      const params = { count, chunks, size: CHUNK, length, inner };
      const workgroups = dispatch1d(count, CUM_SUM_WORKGROUP, device);
      const scan = { lines, chunks, each: ceilDiv(chunks, CUM_SUM_WORKGROUP) };
      return [
        { shader: chunkSumShader({ type, reverse }), operands: [x, sums], params, workgroups },
        {
          shader: chunkScanShader({ type }),
          operands: [sums],
          params: scan,
          workgroups: dispatch1d(lines * CUM_SUM_WORKGROUP, CUM_SUM_WORKGROUP, device),
        },
        {
          shader: cumSumShader({ type, dtype, exclusive, reverse, inChunks: true }),
          operands: [x, sums, y],
          params,
          workgroups,
        },
      ];
    }),
    variant('lines', linesOf, (context, { type, lines, length, inner }) => {
      const { node, device } = context;
      const { exclusive, reverse } = node.attributes;
      if (lines * length === 0) return [];
      return [
        {
          shader: cumSumShader({ type, dtype: result(context).dtype, exclusive, reverse, inChunks: false }),
          operands: [value(node.inputs[0]), value(node.outputs[0])],
          params: { count: lines, chunks: 1, size: length, length, inner },
          workgroups: dispatch1d(lines, CUM_SUM_WORKGROUP, device),
        },
      ];
    }),
  ],
};
