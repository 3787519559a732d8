/** Gemm as calls of WASM kernels. */
import { isFloat } from '../../core/dtype.ts';
import { at, product } from '../../util/arrays.ts';
import { inputOperand, outputOperand, type SimdCall, type SimdContext } from '../definition.ts';
import { productCall, rightPanels, transposedRows } from './product-calls.ts';

/** Calls of a Gemm of floats; nothing where c has a number for each row, or factors of a whole matrix. */
export function gemm(context: SimdContext<'Gemm'>): readonly SimdCall[] | undefined {
  const [a, b, c] = context.inputs;
  const { transA, transB, alpha, beta, activation } = context.node.attributes;
  if (!a || !b || ![a, b, c ?? a].every(({ dtype }) => isFloat(dtype))) return undefined;
  const [rows, columns] = at(context.outputs, 0).shape as readonly [number, number];
  const depth = at(a.shape, transA ? 0 : 1);
  // What c has for each column is where sums start from.
  const isStart =
    !c || product(c.shape) === 1 || (at(c.shape, c.shape.length - 1) === columns && product(c.shape) === columns);
  if (!isStart && (beta !== 1 || product(c.shape) !== rows * columns)) return undefined;
  const source = { depth, columns, isTransposed: transB, alpha, beta };
  const right = rightPanels(context, source, 3, isStart);
  if (!right) return undefined;
  const call = productCall({
    a: inputOperand(context, 0),
    w: right.w,
    y: outputOperand(context),
    batch: 1,
    rows,
    depth,
    columns,
    activation,
    ...(!isStart && { residual: inputOperand(context, 2) }),
    ...(transA && { layout: transposedRows(rows, depth) }),
  });
  return [...right.calls, call];
}
