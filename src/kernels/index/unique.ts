/** Unique → positions sorted by their rows, the places where these begin, then what is told of each. */
import { compressShader } from '../../../shaders/index/compress.ts';
import { uniqueHeadsShader } from '../../../shaders/index/unique-heads.ts';
import { uniqueMergeShader } from '../../../shaders/index/unique-merge.ts';
import { uniqueRunShader } from '../../../shaders/index/unique-run.ts';
import { uniqueWriteShader } from '../../../shaders/index/unique-write.ts';
import { SELECT_WORKGROUP } from '../../../shaders/lib/select.ts';
import { UNIQUE_RUN, UNIQUE_WORKGROUP } from '../../../shaders/lib/unique.ts';
import { normalizeAxis } from '../../core/broadcast.ts';
import { wgslScalar } from '../../core/dtype.ts';
import { at, product } from '../../util/arrays.ts';
import {
  dispatch1d,
  PLAIN_TRAITS,
  required,
  value,
  variant,
  type CallOperand,
  type KernelCall,
  type KernelDefinition,
  type LowerContext,
} from '../definition.ts';
import { selectFrom } from './select.ts';

type Call = Omit<KernelCall, 'variant'>;

const words = (id: string, elements: number): CallOperand => ({ kind: 'scratch', id, elements, storage: 'u32' });

/** x as `[outer, extent, inner]`. */
interface Rows {
  readonly outer: number;
  readonly extent: number;
  readonly inner: number;
}

function rowsOf(context: LowerContext<'Unique'>): Rows {
  const { shape } = required(context, 0);
  const axis = normalizeAxis(context.node.attributes.axis, shape.length);
  return { outer: product(shape.slice(0, axis)), extent: at(shape, axis), inner: product(shape.slice(axis + 1)) };
}

/** All positions in the order of their rows, and the dispatches that sort them. */
function sortedPositions(context: LowerContext<'Unique'>, rows: Rows): { calls: Call[]; order: CallOperand } {
  const { node, device } = context;
  const type = wgslScalar(required(context, 0).dtype);
  const x = value(node.inputs[0]);
  const workgroups = dispatch1d(rows.extent, UNIQUE_WORKGROUP, device);
  let order = words('order 0', rows.extent);
  const calls: Call[] = [
    { shader: uniqueRunShader({ type }), operands: [x, order], params: { ...rows, run: UNIQUE_RUN }, workgroups },
  ];
  for (let run = UNIQUE_RUN; run < rows.extent; run *= 2) {
    // Two lists take turns.
    const merged = words(`order ${calls.length % 2}`, rows.extent);
    const operands = [x, order, merged];
    calls.push({ shader: uniqueMergeShader({ type }), operands, params: { ...rows, run }, workgroups });
    order = merged;
  }
  return { calls, order };
}

/** Outputs that nobody asked for go to scratch memory. */
function output({ node }: LowerContext<'Unique'>, index: number, extent: number): CallOperand {
  const name = node.outputs[index];
  return name ? value(name) : { kind: 'scratch', id: `unused ${index}`, elements: extent, storage: 'i32' };
}

/** Finds the places where rows begin and, unless the results are sorted, the positions of the first of each. */
function heads(
  context: LowerContext<'Unique'>,
  rows: Rows,
  order: CallOperand,
): { calls: Call[]; found: CallOperand[] } {
  const { node, device } = context;
  const { sorted } = node.attributes;
  const { extent } = rows;
  const total = output(context, 1, 1);
  const marks = (sorted ? ['heads'] : ['heads', 'firsts']).map((id) => words(id, extent));
  const selections = marks.map((x, i) => selectFrom({ x, count: extent, float: false, total, id: `${i}` }, device));
  const mark: Call = {
    shader: uniqueHeadsShader({ type: wgslScalar(required(context, 0).dtype), sorted }),
    operands: [value(node.inputs[0]), order, ...marks],
    params: { ...rows, run: 0 },
    workgroups: dispatch1d(extent, UNIQUE_WORKGROUP, device),
  };
  return {
    calls: [mark, ...selections.flatMap(({ calls }) => calls)],
    found: selections.map(({ positions }) => positions),
  };
}

function uniqueCalls(context: LowerContext<'Unique'>, rows: Rows): Call[] {
  const { node, device } = context;
  const { outer, extent, inner } = rows;
  const total = output(context, 1, 1);
  if (extent === 0)
    return [...selectFrom({ x: words('heads', 0), count: 0, float: false, total, id: '' }, device).calls];
  const { calls: sorts, order } = sortedPositions(context, rows);
  const { calls: finds, found } = heads(context, rows, order);
  const [starts, ...firsts] = found;
  const [indices, inverse, counts] = [
    output(context, 2, extent),
    output(context, 3, extent),
    output(context, 4, extent),
  ];
  const write: Call = {
    shader: uniqueWriteShader({ sorted: node.attributes.sorted }),
    operands: [order, ...(starts ? [starts] : []), total, ...firsts, indices, inverse, counts],
    params: { extent },
    workgroups: dispatch1d(extent, UNIQUE_WORKGROUP, device),
  };
  const [y] = node.outputs;
  const count = outer * extent * inner;
  const copy: Call = {
    shader: compressShader(),
    operands: [value(node.inputs[0]), indices, total, output(context, 0, count)],
    params: { count, bound: extent, extent, inner },
    workgroups: dispatch1d(count, SELECT_WORKGROUP, device),
  };
  return [...sorts, ...finds, write, ...(y && count > 0 ? [copy] : [])];
}

export const unique: KernelDefinition<'Unique'> = {
  kind: 'dispatch',
  ...PLAIN_TRAITS,
  chooses: () => [0],
  variants: [variant('sort', rowsOf, uniqueCalls)],
};
