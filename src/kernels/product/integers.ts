/** Products of integers → one dispatch, which wraps to 32 bits. */
import { integerProductShader } from '../../../shaders/product/integers.ts';
import { FLAT_WORKGROUP } from '../../../shaders/lib/flat.ts';
import { broadcastStrides } from '../../core/broadcast.ts';
import { collapse, type StridedDim } from '../../core/strided.ts';
import { elementCount } from '../../core/tensor.ts';
import { at, ceilDiv } from '../../util/arrays.ts';
import { dispatch1d, required, result, value, type KernelCall, type LowerContext } from '../definition.ts';
import { matrixWalk } from '../lib/matrices.ts';
import { listParams } from '../lib/strided.ts';

type Context = LowerContext<'Gemm' | 'MatMul'>;

/** The dispatch of a product of integers; none where it has no elements. */
export function integerProductCalls(context: Context): Omit<KernelCall, 'variant'>[] {
  const { node, device } = context;
  const elements = elementCount(result(context).shape);
  if (elements === 0) return [];
  const { dims, ...steps } = walkOf(context);
  const strides = ['a_s', 'b_s', 'c_s'].map((name, i) =>
    listParams(
      name,
      dims.map((dim) => at(dim.strides, i)),
    ),
  );
  const { alpha, beta } = { alpha: 1, beta: 1, ...node.attributes };
  const count = ceilDiv(elements, 4);
  const bias = context.inputs[2] !== undefined;
  return [
    {
      shader: integerProductShader({ rank: dims.length, bias }),
      operands: [...node.inputs.filter((name) => name !== ''), ...node.outputs].map(value),
      params: {
        count,
        last: elements - 1,
        ...steps,
        // Factors beyond 32 bits are what is left of them.
        alpha: alpha >>> 0,
        ...(bias ? { beta: beta >>> 0 } : {}),
        ...listParams(
          'd',
          dims.map(({ extent }) => extent),
        ),
        ...Object.assign({}, ...strides.slice(0, bias ? 3 : 2)),
      },
      workgroups: dispatch1d(count, FLAT_WORKGROUP, device),
    },
  ];
}

interface ProductWalk {
  /** Batches, rows and columns of y, with element steps of a, b and c. */
  readonly dims: readonly StridedDim[];
  readonly depth: number;
  readonly a_step: number;
  readonly b_step: number;
}

function walkOf(context: Context): ProductWalk {
  const { transA, transB } = context.node.attributes;
  const walk = matrixWalk(required(context, 0).shape, required(context, 1).shape, { transA, transB });
  const { rows, depth, columns } = walk;
  const [cRow = 0, cColumn = 0] = broadcastStrides(context.inputs[2]?.shape ?? [], [rows, columns]);
  const dims = [
    ...walk.batch.map(({ extent, strides: [a = 0, b = 0] }) => ({ extent, strides: [a, b, 0] })),
    { extent: rows, strides: [walk.transA ? 1 : depth, 0, cRow] },
    { extent: columns, strides: [0, walk.transB ? depth : 1, cColumn] },
  ];
  return { dims: collapse(dims), depth, a_step: walk.transA ? rows : 1, b_step: walk.transB ? 1 : columns };
}
