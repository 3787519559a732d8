/**
 * Integer networks stay integers: what lies between their kernels lies four to a word, no kernel is bound to floats, nothing
 * is brought to real numbers and back; and what they cost.
 */
import { describe, expect, it } from 'vitest';
import { isPacked, valueBytes } from '../../src/core/storage.ts';
import { elementCount } from '../../src/core/tensor.ts';
import { PACKED_DOT } from '../../shaders/lib/int8.ts';
import { importModel } from '../../src/formats/detect.ts';
import type { ModelFiles } from '../../src/formats/importer.ts';
import { valuesThatLeave, type Graph } from '../../src/ir/graph.ts';
import { kernelsOf } from '../../src/kernels/registry.ts';
import { compile } from '../../src/passes/pipeline.ts';
import { planGraph } from '../../src/plan/plan-graph.ts';
import type { Plan } from '../../src/plan/plan.ts';
import { at } from '../../src/util/arrays.ts';
import '../helpers/every-operator.ts';
import { caseTables } from '../helpers/case-tables.ts';
import { lowerCase, setupsOf, TEST_PROFILE, variantsOf } from '../helpers/lower-case.ts';
import type { OpCase } from '../helpers/op-case.ts';
import { PLAN_PROFILES } from '../helpers/plan-texts.ts';
import { FULL } from '../helpers/full.ts';
import { qdqNetwork, type QdqName } from '../helpers/qdq-networks.ts';
import { pyramidNetwork, quantisedNetwork } from '../helpers/quantised-network.ts';
import { hasSharedData, sharedModel } from '../helpers/shared-data.ts';

async function planOf(files: ModelFiles): Promise<{ graph: Graph; plan: Plan }> {
  const graph = compile((await importModel(files)).graph, { level: 'full' });
  return { graph, plan: planGraph(graph, TEST_PROFILE) };
}

/** Values that kernels hand to each other: all but constants and ports, which lie as callers have them, and views of ports. */
function inner({ graph, plan }: { graph: Graph; plan: Plan }) {
  const outer = new Set([...graph.inputs.map(({ name }) => name), ...valuesThatLeave(graph)]);
  const views = graph.nodes.filter(({ op }) => kernelsOf(op).kind === 'view');
  for (const { inputs, outputs } of views) if (outer.has(inputs[0] ?? '')) outer.add(at(outputs, 0));
  for (const { inputs, outputs } of views.toReversed()) if (outer.has(at(outputs, 0))) outer.add(inputs[0] ?? '');
  return [...plan.values].filter(([name]) => !graph.initializers.has(name) && !outer.has(name));
}

/** Operators between integers and real numbers. */
const BORDER = new Set(['QuantizeLinear', 'DequantizeLinear', 'DynamicQuantizeLinear']);

interface Cost {
  readonly dispatches: number;
  readonly pipelines: number;
  readonly weights: number;
  readonly activations: number;
}

/** `border` lists the operators between the integers and the real numbers of the ports. */
function expectIntegers(made: { graph: Graph; plan: Plan }, cost: Cost, border: readonly string[] = []): void {
  const { plan, graph } = made;
  for (const steps of [graph.nodes, plan.steps]) {
    expect(steps.map(({ op }) => op).filter((op) => BORDER.has(op) || op === 'Cast')).toEqual(border);
  }
  const values = inner(made);
  expect(values.length).toBeGreaterThan(6);
  expect(values.filter(([, { storage }]) => !isPacked(storage)).map(([name]) => name)).toEqual([]);
  for (const [name, value] of values) {
    // A quarter of what floats would take, but for the end of the last word.
    expect(valueBytes(value) - elementCount(value.shape), name).toBeLessThan(4);
  }
  expect(plan.pipelines.filter(hasFloats).map(({ label }) => label.split('/')[0])).toEqual(border);
  expect({
    dispatches: plan.steps.length,
    pipelines: plan.pipelines.length,
    weights: plan.memory.weights,
    activations: plan.memory.activations,
  }).toEqual(cost);
}

function hasFloats({ bindings }: Pick<Plan['pipelines'][number], 'bindings'>): boolean {
  return bindings.some(({ element }) => /f32|f16/.test(element));
}

/** A network's name, its pixels a side and those of the pictures that calibrate it, its cost, and the bytes of its float twin. */
type QdqRow = [name: QdqName, resolution: number, calibrated: number, cost: Cost, floatBytes: number];

/** These take as long as all the others. The float twin of the second has weights in Winograd's domain. */
const SLOW_QDQ: readonly QdqRow[] = [
  [
    'MobileNet v3 small',
    64,
    64,
    { dispatches: 109, pipelines: 14, weights: 2_760_944, activations: 69_632 },
    10_286_464,
  ],
  ['ResNet-18', 64, 64, { dispatches: 33, pipelines: 13, weights: 11_791_296, activations: 98_304 }, 75_480_480],
];

describe('a network that was quantised', () => {
  it.each<QdqRow>([
    ['MobileNet v2', 224, 32, { dispatches: 66, pipelines: 9, weights: 3_779_488, activations: 1_806_336 }, 20_875_552],
    [
      'ShuffleNet v2, half as wide',
      64,
      64,
      { dispatches: 122, pipelines: 13, weights: 1_437_776, activations: 62_976 },
      5_604_864,
    ],
    ...(FULL ? SLOW_QDQ : []),
  ])('%s of %i pixels', async (name, resolution, calibrated, cost, floatBytes) => {
    const { float, files } = await qdqNetwork(name, { resolution }, calibrated);
    expectIntegers(await planOf(files), cost, ['QuantizeLinear', 'DequantizeLinear']);
    const { memory } = planGraph(compile(float, { level: 'full' }), TEST_PROFILE);
    expect(memory.weights + memory.activations).toBe(floatBytes);
    expect(cost.weights + cost.activations).toBeLessThanOrEqual(0.3 * floatBytes);
  });
});

/** Takes as long as all the others. */
const LONG: [string, Cost] = [
  'mobilevit_xxs_int8',
  { dispatches: 417, pipelines: 25, weights: 1_386_880, activations: 524_288 },
];

describe('an integer network', () => {
  it.each<[string, Uint8Array, Cost]>([
    ['a classifier', quantisedNetwork(), { dispatches: 10, pipelines: 10, weights: 6128, activations: 4496 }],
    ['a pyramid', pyramidNetwork(), { dispatches: 11, pipelines: 10, weights: 528, activations: 3632 }],
    ['a pyramid of whole words', pyramidNetwork(8), { dispatches: 11, pipelines: 11, weights: 528, activations: 4800 }],
  ])('of a file written here: %s', async (_, bytes, cost) => {
    const files = { main: { name: 'small.tflite', bytes }, read: () => Promise.reject(new TypeError()) };
    expectIntegers(await planOf(files), cost);
  });

  it
    .skipIf(!hasSharedData)
    .each<[string, Cost]>([
      ...(FULL ? [LONG] : []),
      ['mobilenet_v1_0.25_128_quant', { dispatches: 31, pipelines: 8, weights: 526_592, activations: 262_144 }],
      ['mobilenet_v2_1.0_224_quant', { dispatches: 66, pipelines: 10, weights: 3_786_656, activations: 1_731_072 }],
      ['resnet8_cifar10_int8', { dispatches: 16, pipelines: 9, weights: 91_392, activations: 49_152 }],
      ['vww_96_int8', { dispatches: 31, pipelines: 10, weights: 254_592, activations: 147_456 }],
      ['portrait_video_int8', { dispatches: 114, pipelines: 13, weights: 2_369_456, activations: 1_856_512 }],
    ])('%s', async (name, cost) => {
    expectIntegers(await planOf(sharedModel(`tflite/${name}.tflite`)), cost);
  });
});

const tables = (await caseTables()).filter(({ name }) => name.startsWith('quantise/'));
const cases: readonly OpCase[] = tables.flatMap((table) => table.cases).filter(({ op }) => !BORDER.has(op));

const hasFloatTable = ({ inputs }: OpCase): boolean => inputs[1]?.shape[0] === 256 && inputs[1].dtype === 'float32';

it('no kernel of quantised operators is bound to floats, but of tables that hold some', () => {
  const texts = cases.flatMap((c) =>
    [{ device: TEST_PROFILE }, ...setupsOf(c, TEST_PROFILE)].flatMap((setup) =>
      variantsOf(c, setup).flatMap((variant) =>
        lowerCase(c, variant, setup).map(({ shader }) => ({ c, floats: hasFloats(shader) })),
      ),
    ),
  );
  expect(texts.length).toBeGreaterThan(cases.length);
  expect(new Set(texts.map(({ c }) => c.op)).size).toBeGreaterThan(10);
  expect(texts.filter(({ c, floats }) => floats !== hasFloatTable(c)).map(({ c }) => `${c.op} ${c.name}`)).toEqual([]);
});

describe.skipIf(!hasSharedData)('the products of MobileNet v2', () => {
  it.each(['discrete', 'integrated'])('go through workgroup memory on %s GPUs', async (name) => {
    const device = PLAN_PROFILES[name] ?? TEST_PROFILE;
    const { graph } = await importModel(sharedModel('tflite/mobilenet_v2_1.0_224_quant.tflite'));
    const plan = planGraph(compile(graph, { level: 'full' }), device);
    const steps = plan.steps.filter(({ op }) => op === 'QLinearConv' || op === 'QLinearMatMul');
    const products = steps.filter(({ variant }) => !variant.startsWith('depthwise'));
    expect(products.filter(({ variant }) => !variant.startsWith('tiled-'))).toEqual([]);
    expect(new Set(products.map(({ node }) => node)).size).toBe(36);
    // One of these devices has WGSL's own function for packed bytes.
    const texts = products
      .map(({ pipeline }) => at(plan.pipelines, pipeline).wgsl)
      .filter((text) => text.includes('fn dot4('));
    expect(texts.length).toBeGreaterThan(35);
    expect(new Set(texts.map((text) => text.includes('dot4I8Packed')))).toEqual(
      new Set([device.features.includes(PACKED_DOT)]),
    );
  });
});
