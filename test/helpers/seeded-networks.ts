/** What holds of every network of maps or boxes with seeded weights, as far as onnxruntime runs its operators. */
import './every-operator.ts';
import { describe, expect, it } from 'vitest';
import { fromSafetensors, randomWeights, type WeightSource } from '../../models/weights.ts';
import { zeros, type Shape, type Tensor } from '../../src/core/tensor.ts';
import { toOnnx } from '../../src/formats/onnx/write/to-onnx.ts';
import type { Graph } from '../../src/ir/graph.ts';
import { expectClose } from './close.ts';
import { FULL } from './full.ts';
import { importOnnx } from './import-onnx.ts';
import { ortRun, withOrt } from './ort-oracle.ts';
import { compileVerified } from './passes.ts';
import { randomSource, randomTensor } from './random.ts';
import { referenceRun } from './reference.ts';

/** A builder with everything but its weights. */
export type SeededBuild = (weights: WeightSource) => Graph;

/** How many weight tensors are disturbed where not all are. */
const SOME = 3;

/** Weights for counting, which needs no random numbers. */
export const ZEROS: WeightSource = { get: (_name, shape) => zeros('float32', shape) };

/** Every parameter a builder asks for, by name, in the order that it asks. */
export function parametersOf(build: SeededBuild, source = ZEROS): Map<string, Tensor> {
  const seen = new Map<string, Tensor>();
  build({
    get: (name: string, shape: Shape) => {
      const t = source.get(name, shape);
      if (seen.has(name)) throw new Error(`"${name}" is asked for twice`);
      seen.set(name, t);
      return t;
    },
  });
  return seen;
}

/** Elements of what is trained: running means and variances are not. */
export function trainedElements(parameters: ReadonlyMap<string, Tensor>): number {
  return [...parameters].reduce((sum, [name, { data }]) => sum + (name.includes('.running_') ? 0 : data.length), 0);
}

/** Random numbers for the graph's inputs. */
export function picturesFor(graph: Graph, seed = 11): Map<string, Tensor> {
  return new Map(
    graph.inputs.map(({ name, shape }) => [
      name,
      randomTensor('float32', shape.map(Number), randomSource(seed), -2, 2),
    ]),
  );
}

function outputOf(outputs: ReadonlyMap<string, Tensor>, name: string): Tensor {
  const found = outputs.get(name);
  if (!found) throw new Error(`no output "${name}"`);
  return found;
}

/** The largest magnitude. */
export const peakOf = ({ data }: Tensor): number =>
  Array.from(data).reduce((peak, v) => Math.max(peak, Math.abs(v)), 0);

/** Of a tensor's elements, from their mean. */
export function deviation({ data }: Tensor): number {
  const all = Array.from(data);
  const mean = all.reduce((sum, v) => sum + v, 0) / all.length;
  return Math.sqrt(all.reduce((sum, v) => sum + (v - mean) ** 2, 0) / all.length);
}

/**
 * onnxruntime agrees with the CPU reference on every output, and these with what is compiled and what comes back from a
 * file; all differ over the map by more than a thousandth, and by more than 1 % of themselves from picture to picture.
 */
export async function expectAgreement(graph: Graph): Promise<void> {
  const feeds = picturesFor(graph);
  const file = toOnnx(graph);
  const expected = await ortRun(file, feeds);
  const built = referenceRun(graph, feeds);
  expect([...built.keys()]).toEqual([...expected.keys()]);
  const compiled = compileVerified(graph, { level: 'full' });
  expect(compiled.nodes.filter((n) => n.op === 'BatchNormalization')).toEqual([]);
  const imported = compileVerified(await importOnnx(file), { level: 'full' });
  const runs = { built, compiled: referenceRun(compiled, feeds), imported: referenceRun(imported, feeds) };
  const other = await ortRun(file, new Map([...feeds].map(([name, t]) => [name, { ...t, data: t.data.toReversed() }])));
  for (const [name, wanted] of expected) {
    const peak = peakOf(wanted);
    // Rounding of onnxruntime's float32 sums, relative to the largest element, through some fifty layers.
    const tolerance = { rtol: 1e-4, atol: 2e-5 * peak };
    for (const [how, run] of Object.entries(runs)) {
      expectClose(outputOf(run, name), wanted, tolerance, `${name}, ${how}`);
    }
    expect(Number.isFinite(peak), name).toBe(true);
    expect(deviation(wanted), name).toBeGreaterThan(1e-3);
    const { data } = outputOf(other, name);
    expect(peakOf({ ...wanted, data: wanted.data.map((v, i) => v - (data[i] ?? 0)) }) / peak, name).toBeGreaterThan(
      0.01,
    );
  }
}

interface Disturbing {
  /** Names of weights that no output shows. */
  readonly unseen?: readonly string[];
  /** What the graph's inputs are fed. */
  readonly fed?: (graph: Graph) => ReadonlyMap<string, Tensor>;
}

/** Each weight tensor (or a few of them, from first to last) but the `unseen` changes an output when it is disturbed. */
export async function expectEveryWeightMatters(
  build: SeededBuild,
  all: boolean,
  { unseen = [], fed = picturesFor }: Disturbing = {},
): Promise<void> {
  const parameters = parametersOf(build, randomWeights(5));
  const graph = build(fromSafetensors(parameters));
  const weights = new Map([...parameters.keys()].map((name) => [name, weightOf(graph, name)]));
  const feeds = new Map([...fed(graph), ...weights]);
  const names = [...weights.keys()];
  const step = all ? 1 : Math.ceil(names.length / SOME);
  const idle = await withOrt(toOnnx(fedWith(graph, weights)), async (run) => {
    const before = await run(feeds);
    const found: string[] = [];
    for (let i = names.length - 1; i >= 0; i -= step) {
      const name = names[i] ?? '';
      const after = await run(new Map(feeds).set(name, disturbed(weightOf(graph, name))));
      const effect = [...before].map(([output, t]) => {
        const { data } = outputOf(after, output);
        return peakOf({ ...t, data: t.data.map((v, j) => v - (data[j] ?? 0)) }) / peakOf(t);
      });
      // Ten roundings of what onnxruntime sums: nothing of it is noise.
      if (!(Math.max(...effect) > 1e-5)) found.push(name);
    }
    return found;
  });
  expect(idle).toEqual(unseen);
}

/** Networks by name. */
export type SeededNetworks = readonly (readonly [name: string, build: SeededBuild])[];

/** Tests of networks that the short run takes, others of which the full run disturbs every weight, too, and large ones. */
export function describeSeeded(quick: SeededNetworks, small: SeededNetworks, slow: SeededNetworks): void {
  describe.each(FULL ? [...quick, ...small, ...slow] : quick)('%s', (_name, build) => {
    it('agrees with onnxruntime', async () => {
      await expectAgreement(build(randomWeights(5)));
    });

    it('depends on its weights', async () => {
      await expectEveryWeightMatters(build, FULL && !slow.some(([, other]) => other === build));
    });
  });
}

/** A parameter as the graph holds it. */
function weightOf({ initializers }: Graph, name: string): Tensor {
  const weight = initializers.get(name);
  if (!weight) throw new Error(`the graph has no "${name}"`);
  return weight;
}

/** The graph with these initializers as inputs, so that one file serves whatever they are. */
function fedWith(graph: Graph, weights: ReadonlyMap<string, Tensor>): Graph {
  return {
    ...graph,
    inputs: [...graph.inputs, ...[...weights].map(([name, { dtype, shape }]) => ({ name, dtype, shape }))],
    initializers: new Map([...graph.initializers].filter(([name]) => !weights.has(name))),
  };
}

/** The tensor with every second element twice as large, and one more: what comes last in a deep network shows, too. */
function disturbed(t: Tensor): Tensor {
  return { ...t, data: t.data.map((v, i) => (i % 2 === 0 ? 2 * v + 1 : v)) };
}
