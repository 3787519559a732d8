/** Runs one test of the suite as an application would: a session on its model, its inputs fed, its outputs compared. */
import { compareTensors, type Tolerance } from '../../src/core/compare.ts';
import { isFloat } from '../../src/core/dtype.ts';
import { TilewiseError, UnsupportedError } from '../../src/core/errors.ts';
import type { Tensor } from '../../src/core/tensor.ts';
import { decodeModel } from '../../src/formats/onnx/proto.ts';
import { decodeTensorProto } from '../../src/formats/onnx/tensor-proto.ts';
import { dataTypeName, dtypeOfTensor, tensorFromProto } from '../../src/formats/onnx/tensor.ts';
import { Session } from '../../src/session/session.ts';
import type { SessionOptions } from '../../src/session/options.ts';
import { dataSetsOf, modelOf, type DataSet, type SuiteTest } from './suite.ts';

/** The tolerance of ONNX's own test runner. */
const TOLERANCE: Tolerance = { rtol: 1e-3, atol: 1e-7 };

/** Tests whose floats have a wider one, at most ten, with the reason. */
export const WIDENED: Readonly<Record<string, { readonly tolerance: Tolerance; readonly reason: string }>> = {};

/** Runs a test with all its data sets; resolves with what is wrong in one line, or undefined. Never rejects. */
export async function runTest(test: SuiteTest, options: SessionOptions): Promise<string | undefined> {
  try {
    const model = modelOf(test);
    const sets = dataSetsOf(test);
    if (sets.length === 0) return 'the test has no data';
    return await runModel(test.name, model, sets, options);
  } catch (error) {
    return reasonOf(error);
  }
}

/** Inputs of a model without a value of their own, and its outputs, in the order of its data. */
interface Names {
  readonly inputs: readonly string[];
  readonly outputs: readonly string[];
}

async function runModel(
  name: string,
  model: Uint8Array,
  sets: readonly DataSet[],
  options: SessionOptions,
): Promise<string | undefined> {
  const names = namesOf(model);
  const runs = sets.map((set) => ({ set, feeds: feedsOf(names, set) }));
  const inputShapes = Object.fromEntries(
    Object.entries(runs[0]?.feeds ?? {}).map(([input, { shape }]) => [input, shape]),
  );
  // As a function, so that shapes for inputs that the importer left out are no mistake.
  using session = await Session.create(model, { ...options, inputShapes: () => inputShapes });
  const read = new Set(session.inputs.map((port) => port.name));
  for (const { set, feeds } of runs) {
    const fed = Object.fromEntries(Object.entries(feeds).filter(([input]) => read.has(input)));
    const wrong = compareOutputs(name, names, set, await session.run(fed));
    if (wrong !== undefined) return wrong;
  }
  return undefined;
}

/** Throws UnsupportedError for one that is no tensor: the engine has no other values. */
function namesOf(model: Uint8Array): Names {
  const { graph } = decodeModel(model, 'model.onnx');
  const given = new Set(graph?.initializers.map((t) => t.name));
  const { inputs = [], outputs = [] } = graph ?? {};
  const fed = inputs.filter(({ name }) => !given.has(name));
  const other = [...fed, ...outputs].flatMap(({ name, other }) =>
    other ? [{ node: name, op: 'value', what: other }] : [],
  );
  if (other.length > 0) throw new UnsupportedError(other);
  return { inputs: fed.map(({ name }) => name), outputs: outputs.map(({ name }) => name) };
}

function feedsOf({ inputs }: Names, set: DataSet): Record<string, Tensor> {
  return Object.fromEntries(set.inputs.map((bytes, i) => [inputs[i] ?? `input ${i}`, decode(bytes, `input_${i}.pb`)]));
}

/** Throws UnsupportedError for an element type the engine has not, or numbers beyond it. */
function decode(bytes: Uint8Array, file: string): Tensor {
  const proto = decodeTensorProto(bytes, file);
  const refuse = (what: string): never => {
    throw new UnsupportedError([{ node: file, op: 'tensor', what }]);
  };
  if (!dtypeOfTensor(proto.dataType)) refuse(`element type ${dataTypeName(proto.dataType)}`);
  return tensorFromProto(proto, file, () => refuse('integers beyond 32 bits'));
}

function compareOutputs(
  test: string,
  { outputs }: Names,
  set: DataSet,
  results: Readonly<Record<string, Tensor>>,
): string | undefined {
  for (const [i, name] of outputs.entries()) {
    const bytes = set.outputs[i];
    if (!bytes) continue; // an output that the suite does not look at
    const expected = decode(bytes, `output_${i}.pb`);
    const actual = results[name];
    if (!actual) return `output "${name}" is missing`;
    if (actual.dtype !== expected.dtype) return `output "${name}" is ${actual.dtype}, not ${expected.dtype}`;
    const tolerance = WIDENED[test]?.tolerance ?? TOLERANCE;
    const { ok, text } = compareTensors(actual, expected, isFloat(expected.dtype) ? tolerance : { rtol: 0, atol: 0 });
    if (!ok) return `output "${name}": ${oneLine(text)}`;
  }
  return undefined;
}

function reasonOf(error: unknown): string {
  if (error instanceof UnsupportedError) {
    return `unsupported: ${[...new Set(error.items.map(({ op, what }) => `${op}: ${what}`))].join('; ')}`;
  }
  if (error instanceof TilewiseError) return `${error.code}: ${oneLine(error.reason)}`;
  // Not thrown on purpose: a fault of the engine's own.
  return `INTERNAL: ${oneLine(error instanceof Error ? `${error.name}: ${error.message}` : String(error))}`;
}

function oneLine(text: string): string {
  return text.replace(/\s+/g, ' ').trim();
}
