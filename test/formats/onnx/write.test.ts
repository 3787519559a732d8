/** `toOnnx`: every operator case comes back from the importer as it was, and the file says what the graph says. */
import { describe, expect, it } from 'vitest';
import { UnsupportedError } from '../../../src/core/errors.ts';
import { isFloat } from '../../../src/core/dtype.ts';
import { tensorOf } from '../../../src/core/tensor.ts';
import { onnxImporter } from '../../../src/formats/onnx/index.ts';
import { decodeModel } from '../../../src/formats/onnx/proto.ts';
import { toOnnx } from '../../../src/formats/onnx/write/to-onnx.ts';
import { GraphBuilder } from '../../../src/ir/builder.ts';
import { GREEDY_SUPPRESSION, NO_ACTIVATION, RELU, type Activation, type OpKind } from '../../../src/ir/ops.ts';
import { compile } from '../../../src/passes/pipeline.ts';
import { runGraph } from '../../../src/runtime/cpu/run.ts';
import { caseTables } from '../../helpers/case-tables.ts';
import { expectClose, floatTolerance } from '../../helpers/close.ts';
import { importOnnx } from '../../helpers/import-onnx.ts';
import { buildCase, halved, type OpCase } from '../../helpers/op-case.ts';
import { ortRun } from '../../helpers/ort-oracle.ts';
import { referenceRun } from '../../helpers/reference.ts';

const noFile = (name: string): Promise<never> => Promise.reject(new TypeError(`no file ${name}`));

async function expectRoundTrip(c: OpCase): Promise<void> {
  const built = buildCase(c);
  const feeds = halved(built.feeds);
  const graph = { ...built.graph, initializers: halved(built.graph.initializers) };
  // An extent of 0 in a file stands for one that is not known: it is given again.
  const imported = { ...(await importOnnx(toOnnx(graph))), inputs: graph.inputs };
  const actual = runGraph(compile(imported, { level: 'reference' }), feeds);
  for (const [name, e] of referenceRun(graph, feeds)) {
    const a = actual.get(name);
    if (!a) throw new Error(`no output ${name}`);
    expect(a.dtype).toBe(e.dtype);
    // A fused field is a node of its own, which rounds once more.
    expectClose(a, e, isFloat(e.dtype) ? (c.tolerance ?? floatTolerance()) : { rtol: 0, atol: 0 }, name);
  }
}

/** Cases that come back otherwise, by a part of their names, and why. */
const UNLIKE: readonly (readonly [name: string, why: string])[] = [
  ['atan2 of special floats', 'the signs of zeros are lost'],
  ['of as many as there are', 'what is counted is padded by what data says, of which the importer knows no extent'],
  ['no boxes', 'none are reshaped to none'],
];

/** Operators, or forms of them, of which ONNX has nothing like it: all others are written. */
const REFUSED: ReadonlySet<OpKind> = new Set<OpKind>([
  'CropAndResize',
  'DeformRoiPool',
  'DftMatrix',
  'Inverse',
  'MaxPool',
  'MaxUnpool',
  'NonMaxSuppression',
  'PsRoiPool',
  'QLinearAveragePool',
  'QLinearBinary',
  'QLinearConv',
  'QLinearConvTranspose',
  'QLinearL2Normalization',
  'QLinearMatMul',
  'QLinearPRelu',
  'QLinearReduce',
  'QLinearResize',
  'QLinearSoftmax',
  'Resize',
]);

/** True of what is refused with what may help. */
function isRefusal(error: unknown, { op }: OpCase): boolean {
  if (!(error instanceof UnsupportedError) || !REFUSED.has(op)) return false;
  return error.items.every(({ remedy }) => remedy !== undefined);
}

describe('an operator case means the same after export and import', async () => {
  it.each(await caseTables())('$name', async ({ cases }) => {
    const failures: string[] = [];
    for (const c of cases) {
      if (UNLIKE.some(([name]) => c.name.includes(name))) continue;
      try {
        await expectRoundTrip(c);
      } catch (error) {
        if (c.noOracle !== undefined && isRefusal(error, c)) continue;
        failures.push(`${c.name}\n${error instanceof Error ? error.message : String(error)}`);
      }
    }
    if (failures.length > 0) expect.fail(`${failures.length} cases differ:\n${failures.join('\n')}`);
  });
});

/** A convolution with everything fused into it, on a picture of any size. */
function fused(activation: Activation = RELU): GraphBuilder {
  const builder = new GraphBuilder('fused');
  builder.input('x', 'float32', ['batch', 'height', 'width', 3]);
  builder.input('residual', 'float32', ['batch', 'height', 'width', 2]);
  builder.initializer('w', tensorOf('float32', [1, 1, 3, 2], [1, 2, 3, 4, 5, 6]));
  builder.initializer('unread', tensorOf('float32', [1], [1]));
  const window = { strides: [1, 1], dilations: [1, 1], pads: [0, 0, 0, 0], padMode: 'explicit' } as const;
  const attributes = { ...window, group: 1, activation };
  builder.output(builder.one('Conv', ['x', 'w', '', 'residual'], attributes, { name: 'conv', outputs: ['y'] }));
  return builder;
}

describe('the file', () => {
  it('keeps names, types and symbolic extents; fused fields are nodes', async () => {
    const { graph, opsets } = decodeModel(toOnnx(fused().build()), 'file');
    expect(opsets.get('')).toBe(20);
    expect(graph?.nodes.map(({ op }) => op)).toEqual(['Transpose', 'Conv', 'Transpose', 'Add', 'Relu']);
    expect(graph?.nodes.at(-1)).toMatchObject({ name: 'conv', outputs: ['y'] });
    const names = graph?.nodes.map(({ name }) => name) ?? [];
    expect(new Set(names).size).toBe(names.length);
    const main = { name: 'file', bytes: toOnnx(fused().build()) };
    const { declared, metadata, graph: imported } = await onnxImporter.load({ main, read: noFile });
    expect(imported.inputs).toEqual(fused().build().inputs);
    expect(declared.get('x')).toEqual({ name: 'x', dtype: 'float32', shape: ['batch', 'height', 'width', 3] });
    expect(declared.get('y')).toMatchObject({ dtype: 'float32' });
    expect(metadata.get('producer')).toMatch(/^tilewise \d/);
  });

  it('holds constant weights in the order of ONNX, as raw data, and nothing that is not read', () => {
    const { graph } = decodeModel(toOnnx(fused(NO_ACTIVATION).build()), 'file');
    expect(graph?.initializers).toHaveLength(1);
    const [weights] = graph?.initializers ?? [];
    expect(weights?.dims).toEqual([2, 3, 1, 1]);
    const raw = weights?.raw ?? new Uint8Array();
    expect([...new Float32Array(raw.slice().buffer)]).toEqual([1, 3, 5, 2, 4, 6]);
  });

  it.each(['float32', 'float16', 'int64', 'int32', 'uint32', 'int8', 'uint8', 'bool'] as const)(
    'holds %s tensors',
    async (dtype) => {
      const builder = new GraphBuilder(dtype);
      const value = tensorOf(dtype, [2, 2], [0, 1, 1, 0]);
      builder.initializer('c', value);
      builder.output(builder.one('Identity', ['c'], {}, { outputs: ['y'] }));
      expect(referenceRun(await importOnnx(toOnnx(builder.build())), new Map()).get('y')).toEqual(value);
    },
  );

  it('has thresholds that are met by what is equal as those just below, where they are constants', async () => {
    // Boxes 1 and 2 overlap by a half, box 3 has the very score that is asked for.
    const boxes = tensorOf('float32', [1, 4, 4], [0, 0, 2, 2, 0, 0, 1, 2, 5, 5, 6, 6, 8, 8, 9, 9]);
    const scores = tensorOf('float32', [1, 1, 4], [0.9, 0.8, 0.25, 0.125]);
    const chosen = async (inclusive: boolean): Promise<number[]> => {
      const builder = new GraphBuilder('suppression');
      builder.input('boxes', 'float32', [1, 4, 4]);
      builder.input('scores', 'float32', [1, 1, 4]);
      builder.initializer('most', tensorOf('int64', [], [4]));
      builder.initializer('iou', tensorOf('float32', [], [0.5]));
      builder.initializer('score', tensorOf('float32', [], [0.25]));
      const attributes = { ...GREEDY_SUPPRESSION, inclusive, scoreInclusive: inclusive };
      const operands = ['boxes', 'scores', 'most', 'iou', 'score'];
      builder.add('NonMaxSuppression', operands, attributes, { outputs: ['rows', 'count'] });
      builder.output('rows');
      const rows = (await ortRun(toOnnx(builder.build()), new Map(Object.entries({ boxes, scores })))).get('rows');
      return [...(rows?.data ?? [])].filter((_, i) => i % 3 === 2);
    };
    expect(await chosen(false)).toEqual([0, 1]);
    expect(await chosen(true)).toEqual([0, 2]);
  });

  it('refuses everything it cannot write at once', () => {
    const builder = new GraphBuilder('unknown');
    builder.input('x', 'float32', ['n']);
    builder.input('shape', 'int64', ['rank']);
    const image = builder.one('Reshape', ['x', 'shape'], { allowZero: false });
    const window = { strides: [1, 1], dilations: [1, 1], pads: [0, 0, 0, 0], padMode: 'explicit' } as const;
    const pool = { ...window, kernel: [2, 2], ceilMode: false };
    builder.output(builder.one('MaxPool', [image], pool, { name: 'a' }));
    builder.output(builder.one('GlobalAveragePool', [image], {}, { name: 'b' }));
    const graph = builder.build();
    const error = catchError(() => toOnnx(graph));
    expect(error).toBeInstanceOf(UnsupportedError);
    expect(error instanceof UnsupportedError && error.items.map(({ node }) => node)).toEqual(['a', 'b']);
  });
});

function catchError(run: () => unknown): unknown {
  try {
    run();
  } catch (error) {
    return error;
  }
  return undefined;
}
