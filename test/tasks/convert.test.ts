/** `convertModel`: what becomes of extents, and of what ONNX cannot say before shapes are inferred. */
import { describe, expect, it } from 'vitest';
import { InputError, UnsupportedError } from '../../src/core/errors.ts';
import { tensorOf, zeros } from '../../src/core/tensor.ts';
import { readSafetensors } from '../../src/formats/safetensors/parse.ts';
import { GraphBuilder } from '../../src/ir/builder.ts';
import { NO_ACTIVATION } from '../../src/ir/ops.ts';
import type { Graph } from '../../src/ir/graph.ts';
import { convertModel } from '../../src/node/index.ts';
import { compile } from '../../src/passes/pipeline.ts';
import { runGraph } from '../../src/runtime/cpu/run.ts';
import { expectClose, floatTolerance } from '../helpers/close.ts';
import { tinyClassifier } from '../helpers/command.ts';
import { importOnnx } from '../helpers/import-onnx.ts';
import { ortRun } from '../helpers/ort-oracle.ts';
import { randomSource, randomTensor } from '../helpers/random.ts';

const WINDOW = { strides: [2, 2], dilations: [1, 1], pads: [0, 0, 0, 0], padMode: 'explicit' } as const;

/** A convolution of a picture whose extents are suggested, and a product of all that is left where `product` says so. */
function suggested(product: boolean): Graph {
  const random = randomSource(5);
  const builder = new GraphBuilder('suggested');
  builder.input('data', 'float32', [1, 3, 8, 6]);
  builder.initializer('w', randomTensor('float32', [2, 2, 3, 4], random));
  const last = builder.one('Transpose', ['data'], { perm: [0, 2, 3, 1] });
  const map = builder.one('Conv', [last, 'w'], { ...WINDOW, group: 1, activation: NO_ACTIVATION });
  const first = builder.one('Transpose', [map], { perm: [0, 3, 1, 2] });
  if (product) {
    builder.initializer('fc', randomTensor('float32', [48, 5], random));
    const rows = builder.one('Flatten', [first], { axis: 1 });
    builder.output(builder.one('MatMul', [rows, 'fc'], { transA: false, transB: false, activation: NO_ACTIVATION }));
  } else builder.output(first);
  const graph = builder.build();
  return { ...graph, inputs: graph.inputs.map((port) => ({ ...port, suggested: true })) };
}

describe('extents that a file suggests', () => {
  it.each([
    [false, ['N', 3, 'H', 'W'], [2, 3, 10, 12]],
    [true, ['N', 3, 8, 6], [3, 3, 8, 6]],
  ] as const)('are open where shapes follow from others (a product behind: %s)', async (product, open, fed) => {
    const graph = suggested(product);
    const { model, report } = await convertModel(graph);
    expect(report.inputs).toEqual([{ name: 'data', shape: open }]);
    const feeds = new Map([['data', randomTensor('float32', fed, randomSource(6))]]);
    const own = { ...graph, inputs: graph.inputs.map((port) => ({ ...port, shape: fed })) };
    const [expected] = runGraph(compile(own, { level: 'reference' }), feeds).values();
    const imported = compile(await importOnnx(model), { level: 'reference', inputShapes: { data: fed } });
    const [here] = runGraph(imported, feeds).values();
    const [there] = (await ortRun(model, feeds)).values();
    const none = zeros('float32', [0]);
    expectClose(here ?? none, expected ?? none, floatTolerance(), 'here');
    expectClose(there ?? none, expected ?? none, floatTolerance(12), 'onnxruntime');
  });

  it('stay the size of pictures that nobody gives another', async () => {
    const open = await importOnnx((await convertModel(suggested(false))).model);
    expect(open.inputs[0]?.preparation).toEqual({ width: 6, height: 8 });
    const fixed = await importOnnx(
      (await convertModel(suggested(false), { inputShapes: { data: [1, 3, 4, 5] } })).model,
    );
    expect(fixed.inputs[0]?.preparation ?? {}).toEqual({});
  });

  it('stay what is fixed all the same, where a factor of one channel would go with more', async () => {
    const builder = new GraphBuilder('gray');
    builder.input('data', 'float32', [1, 1, 8, 6]);
    builder.initializer('factor', zeros('float32', [1, 1, 1]));
    builder.output(builder.one('Binary', ['data', 'factor'], { kind: 'mul', activation: NO_ACTIVATION }));
    const graph = builder.build();
    const inputs = graph.inputs.map((port) => ({ ...port, suggested: true as const, fixed: [1] }));
    const { report } = await convertModel({ ...graph, inputs });
    expect(report.inputs).toEqual([{ name: 'data', shape: ['N', 1, 'H', 'W'] }]);
  });

  it('have names of their own where there are several inputs', async () => {
    const builder = new GraphBuilder('two');
    for (const name of ['a', 'b']) builder.input(name, 'float32', [2, 3]);
    builder.output(builder.one('Concat', ['a', 'b'], { axis: 0 }));
    const graph = builder.build();
    const { report } = await convertModel({
      ...graph,
      inputs: graph.inputs.map((port) => ({ ...port, suggested: true })),
    });
    // Along the other axis neither can be other than its twin.
    expect(report.inputs).toEqual([
      { name: 'a', shape: ['a_D0', 3] },
      { name: 'b', shape: ['b_D0', 3] },
    ]);
  });

  it('are the size that pictures get, where they are open', async () => {
    const [open] = (await importOnnx((await convertModel(suggested(false))).model)).inputs;
    expect(open?.preparation).toEqual({ width: 6, height: 8 });
    const preprocessing = { mean: [1, 2, 3], width: 10, height: 12 } as const;
    const [told] = (await importOnnx((await convertModel(suggested(false), { preprocessing })).model)).inputs;
    expect(told?.preparation).toMatchObject({ mean: [1, 2, 3], width: 10, height: 12 });
  });

  it('are those that are given instead', async () => {
    const { report } = await convertModel(suggested(false), { inputShapes: { data: [1, 3, 8, 6] } });
    expect(report.inputs).toEqual([{ name: 'data', shape: [1, 3, 8, 6] }]);
  });
});

/** A list of tensors, which is there until shapes are inferred. */
function withList(extent: number | string): Graph {
  const builder = new GraphBuilder('list');
  builder.input('x', 'float32', [extent, 2]);
  const own = { axis: 0, keepDims: true };
  const list = builder.one('Sequence', ['', '', 'x', 'x'], { kind: 'insert', ...own }, { name: 'insert' });
  builder.output(builder.one('Sequence', [list], { kind: 'concat', ...own }, { name: 'concat', outputs: ['y'] }));
  return builder.build();
}

describe('what ONNX cannot say of a graph as it is', () => {
  it('is written with its shapes inferred, where extents are fixed', async () => {
    const { model } = await convertModel(withList(1));
    const feeds = new Map([['x', tensorOf('float32', [1, 2], [3, 4])]]);
    expect((await ortRun(model, feeds)).get('y')).toEqual(tensorOf('float32', [2, 2], [3, 4, 3, 4]));
  });

  it('is refused with what may help, where they are not, and written where they are given', async () => {
    const error: unknown = await convertModel(withList('n')).catch((reason: unknown) => reason);
    expect(error).toBeInstanceOf(UnsupportedError);
    expect(error instanceof UnsupportedError && error.items.map(({ node }) => node)).toEqual(['insert', 'concat']);
    expect(String(error)).toMatch(/extents for all of its inputs \(inputShapes, --input-shape\)/);
    const { report } = await convertModel(withList('n'), { inputShapes: { x: [1, 2] } });
    expect(report.inputs).toEqual([{ name: 'x', shape: [1, 2] }]);
  });

  it('is refused where weights are more than a file of protocol buffers holds', async () => {
    const builder = new GraphBuilder('large');
    builder.input('x', 'int8', []);
    const large = zeros('int8', [2 ** 29]);
    for (const i of [0, 1, 2, 3])
      builder.output(
        builder.one('Binary', ['x', builder.initializer(`w${i}`, large)], { kind: 'add', activation: NO_ACTIVATION }),
      );
    const graph = builder.build();
    await expect(convertModel(graph)).rejects.toThrow(/weights take 2\.0 GiB.*2 GiB at most.*safetensors/);
    await expect(convertModel(graph)).rejects.toThrow(InputError);
  });
});

describe('convertModel', () => {
  it('reads bytes, and writes weights under the names of the graph', async () => {
    const { model, report } = await convertModel(tinyClassifier(), { format: 'safetensors' });
    expect(report).toMatchObject({ format: 'safetensors', from: 'onnx', initializers: 4, opset: null });
    expect(readSafetensors(model)).toEqual(new Map((await importOnnx(tinyClassifier())).initializers));
  });

  it('refuses options that there are not, ends when its signal says so', async () => {
    await expect(convertModel(tinyClassifier(), { format: 'caffe' } as never)).rejects.toThrow(/format.*onnx/);
    await expect(convertModel(tinyClassifier(), { opset: 13 } as never)).rejects.toThrow(/opset/);
    await expect(convertModel(suggested(true), { rounding: 'reference' })).rejects.toThrow(InputError);
    const signal = AbortSignal.abort(new TypeError('enough'));
    await expect(convertModel(tinyClassifier(), { signal })).rejects.toThrow('enough');
  });
});
