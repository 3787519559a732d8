/** The step check: every node's GPU result against the CPU reference, fed with what the GPU has: inputs and weights as stored. */
import {
  accumulatedTerms,
  compareTensors,
  resultTolerance,
  type Comparison,
  type Tolerance,
} from '../../core/compare.ts';
import type { DType } from '../../core/dtype.ts';
import { GraphError } from '../../core/errors.ts';
import { decode, encode, stored, type Storage } from '../../core/storage.ts';
import { elementCount, trimmed, type Tensor, type TensorDesc } from '../../core/tensor.ts';
import type { Graph } from '../../ir/graph.ts';
import type { Node } from '../../ir/ops.ts';
import { definitionOf, loadReferences } from '../../ops/registry.ts';
import { storagesOf } from '../../plan/arrangement/storages.ts';
import { runNode } from '../cpu/run.ts';
import { readValue } from './elements.ts';
import type { Executor } from './executor.ts';

/** How one node's output on the GPU differs from the reference on the same inputs. */
export interface StepReport extends Comparison {
  readonly node: string;
  readonly op: string;
  readonly output: string;
  /** Of the output: what differs between integers is counted in steps. */
  readonly dtype: DType;
  readonly variants: readonly string[];
}

/**
 * Runs the plan node by node. `graph` is the compiled graph the executor's plan was made from. The default tolerance
 * grows with the number of accumulated terms and with the magnitude of the result.
 */
export function checkSteps(
  executor: Executor,
  graph: Graph,
  feeds: ReadonlyMap<string, Tensor>,
  tolerance?: Tolerance,
): Promise<StepReport[]> {
  return executor.exclusive(() => check(executor, graph, feeds, tolerance));
}

async function check(
  executor: Executor,
  graph: Graph,
  feeds: ReadonlyMap<string, Tensor>,
  tolerance: Tolerance | undefined,
): Promise<StepReport[]> {
  await loadReferences(graph.nodes.map(({ op }) => op));
  const actual = new Map<string, Tensor>(feeds);
  const lastUse = new Map<string, number>();
  graph.nodes.forEach((node, i) => node.inputs.forEach((name) => lastUse.set(name, i)));
  const counts = new Set([...graph.values.values()].map(({ bounded }) => bounded?.count));
  const reports: StepReport[] = [];
  executor.writeInputs(feeds);
  const storageOf = storagesOf(graph, holdsHalves(executor));
  let step = 0;
  for (const [i, node] of graph.nodes.entries()) {
    for (const name of node.inputs) {
      const weight = actual.has(name) ? undefined : graph.initializers.get(name);
      if (weight) actual.set(name, asStored(weight, storageOf(name)));
    }
    const from = step;
    while (executor.plan.steps[step]?.node === i) step++;
    const expected = runNode(node, actual, graph.values);
    if (step > from) {
      executor.runSteps(from, step);
      const variants = executor.plan.steps.slice(from, step).map((s) => s.variant);
      for (const [k, output] of node.outputs.entries()) {
        const reference = expected[k];
        if (output === '' || !reference) continue;
        const got = await readActual(executor, graph, output, actual);
        actual.set(output, got);
        const half = executor.plan.values.get(output)?.storage === 'f16';
        const allowed = tolerance ?? resultTolerance(reference, termsOf(node, graph), half);
        const comparison = compareTensors(got, reference, allowed);
        const { text } = comparison;
        const overflows = half && overflowed(got, reference);
        reports.push({
          node: node.name,
          op: node.op,
          output,
          dtype: reference.dtype,
          variants,
          ...comparison,
          text: overflows ? `elements beyond 65504, stored as float16, became infinite: ${text}` : text,
        });
      }
    } else {
      node.outputs.forEach((output, k) => {
        const reference = expected[k];
        if (reference) actual.set(output, reference);
      });
    }
    for (const name of node.inputs) if (lastUse.get(name) === i && !counts.has(name)) actual.delete(name);
  }
  return reports;
}

/** A value at its true extents: `actual` has the counts that were read before. */
async function readActual(
  executor: Executor,
  graph: Graph,
  name: string,
  actual: ReadonlyMap<string, Tensor>,
): Promise<Tensor> {
  const whole = await readNamed(executor, name);
  const bounded = graph.values.get(name)?.bounded;
  if (!bounded) return whole;
  const count = actual.get(bounded.count) ?? (await readNamed(executor, bounded.count));
  return trimmed(whole, bounded.axis, count.data[0] ?? 0);
}

function readNamed(executor: Executor, name: string): Promise<Tensor> {
  const value = executor.plan.values.get(name);
  if (!value) throw new GraphError(`value "${name}" has no buffer`);
  return readValue(executor, value);
}

/** Terms accumulated into one element of a node's result. */
function termsOf(node: Node, graph: Graph): number {
  const descs = (names: readonly string[]): (TensorDesc | undefined)[] => names.map((name) => graph.values.get(name));
  const inputs = descs(node.inputs);
  const outputs = descs(node.outputs).filter((desc) => desc !== undefined);
  return accumulatedTerms({
    multiplyAdds: definitionOf(node.op).multiplyAdds?.(node, inputs, outputs) ?? 0,
    operand: elementCount(inputs[0]?.shape ?? []),
    result: elementCount(outputs[0]?.shape ?? []),
  });
}

/** The elements that a weight has on the GPU: rounded, where it is stored as halves. */
function asStored(weight: Tensor, storage: Storage): Tensor {
  if (storage !== 'f16') return weight;
  const { buffer, byteOffset } = encode(weight, storage);
  return decode(stored(weight, storage), buffer as ArrayBuffer, byteOffset);
}

/** True when an element is infinite that should not be. */
function overflowed(got: Tensor, { data }: Tensor): boolean {
  return got.data.some((v, i) => Math.abs(v) === Infinity && Number.isFinite(data[i]));
}

/** True when anything is stored as float16. */
function holdsHalves({ plan }: Executor): boolean {
  const bound = plan.pipelines.flatMap(({ bindings }) => bindings);
  return (
    bound.some(({ element }) => element.includes('f16')) ||
    [...plan.values.values()].some(({ storage }) => storage === 'f16')
  );
}
