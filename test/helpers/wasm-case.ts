/** Checks operator cases on WASM kernels against the reference: see wasm-run.ts for how they are run. */
import type { Tolerance } from '../../src/core/compare.ts';
import { isFloat } from '../../src/core/dtype.ts';
import type { Tensor } from '../../src/core/tensor.ts';
import type { Graph, ValueDesc } from '../../src/ir/graph.ts';
import type { Node, OpKind } from '../../src/ir/ops.ts';
import { planSimd } from '../../src/simd/plan-graph.ts';
import type { SimdPlan } from '../../src/simd/plan.ts';
import { at } from '../../src/util/arrays.ts';
import { expectClose } from './close.ts';
import { prepare, referenceOf } from './lower-case.ts';
import type { OpCase } from './op-case.ts';
import { DIVISIONS, GUARD, loadKernels, runInMemory } from './wasm-run.ts';

const EXACT: Tolerance = { rtol: 0, atol: 0 };

/** Which operands are constants: as the case says, none, or all but the first. */
const OPERANDS = ['given', 'computed', 'constant'] as const;
type OperandKind = (typeof OPERANDS)[number];

/** A case as a graph of one node, whose values are inferred. */
interface CaseGraph {
  readonly graph: Graph;
  readonly feeds: ReadonlyMap<string, Tensor>;
}

/**
 * Runs a case on the kernels of its operator, with operands that are constants and computed, and its units divided in each way.
 * Gives how many runs that were: none where no kernel takes it. Throws an Error that says what is wrong; `look` sees each
 * graph before.
 */
export async function checkOnWasm(c: OpCase, tolerance: Tolerance, look?: (graph: Graph) => void): Promise<number> {
  let expected: readonly Tensor[] | undefined;
  const seen = new Set<string>();
  let runs = 0;
  for (const operands of OPERANDS) {
    const { graph, feeds } = graphOf(c, operands);
    const key = [...feeds.keys()].join();
    if (seen.has(key)) continue;
    seen.add(key);
    look?.(graph);
    const plan = planSimd(graph, { guard: GUARD });
    if (plan.steps.some(({ kind }) => kind === 'reference')) continue;
    expected ??= referenceOf(c).filter((_, i) => at(graph.nodes, 0).outputs[i]);
    runs += await checkPlan(plan, feeds, { expected, tolerance, label: `operands ${operands}` });
  }
  return runs;
}

/** What a plan has to give, and what that is called. */
export interface Expectation {
  readonly expected: readonly Tensor[];
  /** Of floats: integers must be equal. */
  readonly tolerance: Tolerance;
  readonly label: string;
}

/** Runs a plan divided in each way, and gives how many these are. The ways must agree to the bit. */
export async function checkPlan(
  plan: SimdPlan,
  feeds: ReadonlyMap<string, Tensor>,
  { expected, tolerance, label }: Expectation,
): Promise<number> {
  await loadKernels(plan);
  let first: readonly Tensor[] | undefined;
  for (const division of DIVISIONS) {
    const where = `${label}, units ${division.name}`;
    const actual = runOrName(plan, feeds, division, where);
    const [wanted, floats] = first ? [first, EXACT] : [expected, tolerance];
    wanted.forEach((want, i) => {
      const got = at(actual, i);
      if (got.dtype !== want.dtype) throw new Error(`${where}: output ${i} is ${got.dtype}, not ${want.dtype}`);
      expectClose(got, want, isFloat(want.dtype) ? floats : EXACT, `${where}, output ${i}`);
    });
    first ??= actual;
  }
  return DIVISIONS.length;
}

function runOrName(...[plan, feeds, division, where]: [...Parameters<typeof runInMemory>, string]): readonly Tensor[] {
  try {
    return runInMemory(plan, feeds, division);
  } catch (cause) {
    throw new Error(`${where}: ${String(cause)}`, { cause });
  }
}

/** The node with explicit pads, and descriptions of all its values. */
function graphOf<K extends OpKind>(c: OpCase<K>, kind: OperandKind): CaseGraph {
  const { context, inputs, outputs } = prepare(c);
  const node = context.node as Node;
  const initializers = new Map<string, Tensor>();
  const feeds = new Map<string, Tensor>();
  const values = new Map<string, ValueDesc>();
  node.inputs.forEach((name, i) => {
    const tensor = inputs[i];
    if (name === '' || !tensor) return;
    values.set(name, { dtype: tensor.dtype, shape: tensor.shape });
    const constant = kind === 'given' ? c.inputs[i]?.constant : kind === 'constant' && i > 0;
    (constant ? initializers : feeds).set(name, tensor);
  });
  const names = node.outputs.filter((name) => name !== '');
  node.outputs.forEach((name, i) => name !== '' && values.set(name, at(outputs, i)));
  const described = Array.from(feeds, ([name, { dtype, shape }]) => ({ name, dtype, shape }));
  return {
    graph: { name: c.name, inputs: described, outputs: names, nodes: [node], initializers, values },
    feeds,
  };
}
