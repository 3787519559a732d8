/**
 * The ONNX project's own operator tests (Debian package libonnx-testdata), imported and run on the CPU reference.
 *
 * A test passes, or its model is refused with UnsupportedError; nothing else is allowed. Many of these models feed
 * shapes, axes and bounds as graph inputs, which real models hold as constants: those are run again with every input
 * but the first made an initializer, or every input, and counted apart.
 */
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { PbfWriter } from 'pbf';
import { describe, expect, it } from 'vitest';
import { compareTensors } from '../../src/core/compare.ts';
import { isFloat } from '../../src/core/dtype.ts';
import { ShapeError, UnsupportedError } from '../../src/core/errors.ts';
import type { Tensor } from '../../src/core/tensor.ts';
import { onnxImporter } from '../../src/formats/onnx/index.ts';
import { decodeModel, decodeTensorProto } from '../../src/formats/onnx/proto.ts';
import { dataTypeName, dtypeOfTensor, tensorFromProto } from '../../src/formats/onnx/tensor.ts';
import type { Graph } from '../../src/ir/graph.ts';
import { compile } from '../../src/passes/pipeline.ts';
import { runGraph } from '../../src/runtime/cpu/run.ts';
import '../helpers/every-operator.ts';

const FOLDER = '/usr/share/libonnx-testdata/data';
const present = existsSync(FOLDER);
if (!present) console.warn('libonnx-testdata is not installed: the ONNX operator tests are skipped');

/** How many tests of each folder passed when this was last raised: fewer is a regression. */
const REACHED: readonly (readonly [folder: string, plain: number, constants: number])[] = [
  ['node', 464, 72],
  ['pytorch-converted', 80, 0],
  ['pytorch-operator', 34, 0],
  ['simple', 2, 4],
];

/** Tests whose expected output is not what the engine promises, with the reason. */
const DIFFERENT: Readonly<Record<string, string>> = {
  test_reshape_allowzero_reordered: 'inputs without elements are refused',
  test_split_zero_size_splits: 'inputs without elements are refused',
  test_resize_downsample_scales_linear_align_corners:
    'aligned corners follow the output extent, as in onnxruntime and PyTorch; the test uses the fractional one',
};

type Outcome =
  | { readonly kind: 'plain' | 'constants' | 'different' }
  | { readonly kind: 'unsupported'; readonly what: string }
  | { readonly kind: 'broken'; readonly what: string };

interface TestCase {
  readonly model: Uint8Array;
  readonly inputs: readonly Uint8Array[];
  readonly outputs: readonly Uint8Array[];
}

function readCase(folder: string): TestCase {
  const data = join(folder, 'test_data_set_0');
  const numbered = (stem: string): Uint8Array[] => {
    const count = readdirSync(data).filter((f) => f.startsWith(stem)).length;
    return Array.from({ length: count }, (_, i) => new Uint8Array(readFileSync(join(data, `${stem}_${i}.pb`))));
  };
  return {
    model: new Uint8Array(readFileSync(join(folder, 'model.onnx'))),
    inputs: numbered('input'),
    outputs: numbered('output'),
  };
}

/** A tensor of the test data; UnsupportedError where the engine has no such element type. */
function decode(bytes: Uint8Array): Tensor {
  const proto = decodeTensorProto(bytes, 'test data');
  if (!dtypeOfTensor(proto.dataType)) {
    throw new UnsupportedError([{ node: proto.name, op: 'tensor', what: dataTypeName(proto.dataType) }]);
  }
  return tensorFromProto(proto, 'test data');
}

/** Makes the inputs from `first` on initializers, by appending a second GraphProto, which protobuf merges. */
function withConstants({ model, inputs }: TestCase, first: number): Uint8Array {
  const names = decodeModel(model, 'model').graph?.inputs.map((i) => i.name) ?? [];
  const writer = new PbfWriter();
  writer.writeMessage(
    7,
    (_: null, graph: PbfWriter) =>
      inputs.slice(first).forEach((bytes, i) => {
        const named = new PbfWriter();
        named.writeStringField(8, names[i + first] ?? '');
        const name = named.finish();
        const tensor = new Uint8Array(bytes.length + name.length);
        tensor.set(bytes);
        tensor.set(name, bytes.length);
        graph.writeBytesField(5, tensor);
      }),
    null,
  );
  const extra = writer.finish();
  const merged = new Uint8Array(model.length + extra.length);
  merged.set(model);
  merged.set(extra, model.length);
  return merged;
}

const noFile = (): Promise<Uint8Array> => Promise.reject(new TypeError('no file'));

/** Empty when the outputs are right; what is wrong otherwise. */
async function evaluate(model: Uint8Array, test: TestCase): Promise<string> {
  const { graph }: { graph: Graph } = await onnxImporter.load({
    main: { name: 'model.onnx', bytes: model },
    read: noFile,
  });
  const names = decodeModel(test.model, 'model').graph?.inputs.map((i) => i.name) ?? [];
  const feeds = new Map<string, Tensor>();
  for (const input of graph.inputs) {
    const bytes = test.inputs[names.indexOf(input.name)];
    if (bytes) feeds.set(input.name, decode(bytes));
  }
  const inputShapes = Object.fromEntries([...feeds].map(([name, t]) => [name, t.shape]));
  const results = runGraph(compile(graph, { inputShapes, level: 'reference', check: true }), feeds);
  for (const [i, name] of graph.outputs.entries()) {
    const expected = decode(test.outputs[i] ?? new Uint8Array());
    const actual = results.get(name);
    if (!actual) return `no output "${name}"`;
    if (actual.dtype !== expected.dtype) return `${actual.dtype} instead of ${expected.dtype}`;
    // The tolerance of ONNX's own test runner; float16 keeps 11 bits, and integers are exact.
    const rtol = expected.dtype === 'float16' ? 2e-3 : 1e-3;
    const report = compareTensors(
      actual,
      expected,
      isFloat(expected.dtype) ? { rtol, atol: 1e-7 } : { rtol: 0, atol: 0 },
    );
    if (!report.ok) return report.text;
  }
  return '';
}

async function attempt(folder: string): Promise<Outcome> {
  const test = readCase(folder);
  const stages = [
    { kind: 'plain', model: test.model },
    { kind: 'constants', model: withConstants(test, 1) },
    { kind: 'constants', model: withConstants(test, 0) },
  ] as const;
  let last: Outcome = { kind: 'broken', what: 'not run' };
  for (const { kind, model } of stages) {
    try {
      const difference = await evaluate(model, test);
      return difference === '' ? { kind } : { kind: 'broken', what: difference };
    } catch (error) {
      last = refusal(error);
      if (!needsConstants(error)) break;
    }
  }
  return last;
}

function needsConstants(error: unknown): boolean {
  if (error instanceof ShapeError) return error.message.includes('depends on the data');
  return error instanceof UnsupportedError && error.items.some((i) => i.what.includes('at run time'));
}

function refusal(error: unknown): Outcome {
  if (error instanceof UnsupportedError) {
    return { kind: 'unsupported', what: error.items.map((i) => `${i.op}: ${i.what}`).join('; ') };
  }
  return { kind: 'broken', what: error instanceof Error ? (error.stack ?? error.message) : String(error) };
}

describe.skipIf(!present)('ONNX operator tests', () => {
  it.each(REACHED)('%s: pass, or are refused by name', async (folder, plain, constants) => {
    const all = join(FOLDER, folder);
    const names = readdirSync(all).filter((n) => existsSync(join(all, n, 'test_data_set_0')));
    const count = { plain: 0, constants: 0, different: 0, unsupported: 0, broken: 0 };
    const broken: string[] = [];
    const reasons = new Map<string, number>();
    for (const name of names) {
      const outcome = name in DIFFERENT ? ({ kind: 'different' } as const) : await attempt(join(all, name));
      count[outcome.kind]++;
      if (outcome.kind === 'broken') broken.push(`${name}: ${outcome.what}`);
      if (outcome.kind === 'unsupported') reasons.set(outcome.what, (reasons.get(outcome.what) ?? 0) + 1);
    }
    const listed = [...reasons].sort((a, b) => b[1] - a[1]).map(([what, n]) => `${n}× ${what}`);
    console.log(
      `ONNX tests in ${folder}: ${count.plain + count.constants} of ${names.length} pass (${count.constants} with operands ` +
        `given as constants), ${count.unsupported} are unsupported, ${count.different} differ by design\n` +
        (process.env['TILEWISE_VERBOSE'] ? listed.join('\n') : ''),
    );
    expect(broken).toEqual([]);
    expect(count.plain).toBeGreaterThanOrEqual(plain);
    expect(count.constants).toBeGreaterThanOrEqual(constants);
  });
});
