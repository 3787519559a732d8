/** Functions of one value, however many nodes they are written with: evaluated for the 256 integers that it can be. */
import { extremesOf } from '../../core/extremes.ts';
import { tensorOf, type Tensor } from '../../core/tensor.ts';
import { tableOfReals, realsOfBytes } from '../../ir/quantise/bytes.ts';
import type { Node } from '../../ir/ops.ts';
import { runReference } from '../../ops/registry.ts';
import { at, sameArray } from '../../util/arrays.ts';
import type { IntegerFinder, Integers, Target } from './integers.ts';

/** Operators of which each element depends on elements at its own place alone. */
export const ONE_BY_ONE = [
  'Activation',
  'Unary',
  'Binary',
  'Where',
  'Cast',
  'Identity',
] as const satisfies Node['op'][];

const isElementwise = (node: Node): boolean => (ONE_BY_ONE as readonly Node['op'][]).includes(node.op);

/** What a value is for each integer of another, or a number that it is always. */
interface Evaluated {
  readonly source?: Integers;
  readonly results: Tensor;
}

/** More nodes than any function of one value is written with. */
const DEEPEST = 24;

/** The integers that a function of one quantised value gives; undefined where the value is none. */
export function quantisedFunction(value: string, target: Target, finder: IntegerFinder): string | undefined {
  const { source, results } = evaluated(value, finder, new Map(), DEEPEST) ?? {};
  if (!source || !results) return undefined;
  const { rewriter } = finder;
  if (!sameArray(rewriter.desc(value).shape, rewriter.desc(source.value).shape)) return undefined;
  const [lowest, highest] = target.range;
  const table = tableOfReals(target, results.data);
  const held = { ...table, data: table.data.map((v) => Math.min(highest, Math.max(lowest, v))) };
  const [first] = extremesOf(source.dtype);
  const isSame = source.dtype === target.dtype && held.data.every((v, i) => v === i + first);
  if (isSame) return source.value;
  return rewriter.one('LookupTable', [source.value, rewriter.addConstant('table', held)], {});
}

function evaluated(
  value: string,
  finder: IntegerFinder,
  known: Map<string, Evaluated | undefined>,
  depth: number,
): Evaluated | undefined {
  const { rewriter } = finder;
  const name = rewriter.resolve(value);
  if (known.has(name)) return known.get(name);
  const found = (() => {
    const constant = finder.constantOf(name);
    if (constant)
      return constant.data.length === 1 ? { results: tensorOf(constant.dtype, [], constant.data) } : undefined;
    const source = finder.integersOf(name);
    if (source) return { source, results: realsOfBytes(source) };
    const node = rewriter.producer(name);
    return node && isElementwise(node) && depth > 0 ? applied(node, finder, known, depth - 1) : undefined;
  })();
  known.set(name, found);
  return found;
}

/** The results of a node whose operands follow from one value of integers. */
function applied(
  node: Node,
  finder: IntegerFinder,
  known: Map<string, Evaluated | undefined>,
  depth: number,
): Evaluated | undefined {
  const operands = node.inputs.map((input) => evaluated(input, finder, known, depth));
  if (!operands.every((operand) => operand !== undefined)) return undefined;
  const sources = operands.flatMap(({ source }) => source ?? []);
  const [source] = sources;
  if (!source || sources.some((other) => other.value !== source.value)) return undefined;
  const { dtype, shape } = finder.rewriter.desc(at(node.outputs, 0));
  if (!sameArray(shape, finder.rewriter.desc(source.value).shape)) return undefined;
  const tensors = operands.map(({ results }) => results);
  return { source, results: at(runReference(node, tensors, [{ dtype, shape: [256] }]), 0) };
}
