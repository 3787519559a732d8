/** Runs one test of the suite as an application would: a session on its model, its inputs fed, its outputs compared. */
import { compareTensors, type Tolerance } from '../../src/core/compare.ts';
import { isFloat } from '../../src/core/dtype.ts';
import { TilewiseError, UnsupportedError } from '../../src/core/errors.ts';
import type { Tensor } from '../../src/core/tensor.ts';
import { decodeModel, type ValueInfoProto } from '../../src/formats/onnx/proto.ts';
import { decodeTensorProto, type TensorProto } from '../../src/formats/onnx/tensor-proto.ts';
import { dataTypeName, dtypeOfTensor, tensorFromProto } from '../../src/formats/onnx/tensor.ts';
import { Session } from '../../src/session/session.ts';
import type { SessionOptions } from '../../src/session/options.ts';
import { asDeclared, comparePatterns } from './brain-floats.ts';
import { decodeSequence } from './sequence-proto.ts';
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

/** An input without a value of its own, or an output. */
interface Named {
  readonly name: string;
  /** True of a list of tensors: what is fed and read are `NAME/0`, `NAME/1` … */
  readonly isList: boolean;
  readonly declared: ValueInfoProto;
}

/** Inputs and outputs of a model, in the order of its data. */
interface Names {
  readonly inputs: readonly Named[];
  readonly outputs: readonly Named[];
}

async function runModel(
  name: string,
  model: Uint8Array,
  sets: readonly DataSet[],
  options: SessionOptions,
): Promise<string | undefined> {
  const names = namesOf(model);
  const runs = sets.map((set) => ({ set, feeds: feedsOf(name, names, set) }));
  const shapes = Object.fromEntries(Object.entries(runs[0]?.feeds ?? {}).map(([input, { shape }]) => [input, shape]));
  // As a function, so that shapes for inputs that the importer left out are no mistake; lists have as many tensors as shapes.
  const inputShapes = names.inputs.some(({ isList }) => isList) ? shapes : (): typeof shapes => shapes;
  using session = await Session.create(model, { ...options, inputShapes });
  const read = new Set(session.inputs.map((port) => port.name));
  for (const { set, feeds } of runs) {
    const fed = Object.fromEntries(Object.entries(feeds).filter(([input]) => read.has(input)));
    const wrong = compareOutputs(name, names, set, await session.run(fed));
    if (wrong !== undefined) return wrong;
  }
  return undefined;
}

/** Throws UnsupportedError for what is neither a tensor nor a list of tensors: the engine has no other values. */
function namesOf(model: Uint8Array): Names {
  const { graph } = decodeModel(model, 'model.onnx');
  const given = new Set(graph?.initializers.map((t) => t.name));
  const { inputs = [], outputs = [] } = graph ?? {};
  const fed = inputs.filter(({ name }) => !given.has(name));
  const others = [...fed, ...outputs].flatMap(({ name, other }) =>
    other && other !== 'sequence' ? [{ node: name, op: 'value', what: other }] : [],
  );
  if (others.length > 0) throw new UnsupportedError(others);
  return { inputs: fed.map(named), outputs: outputs.map(named) };
}

function named(declared: ValueInfoProto): Named {
  return { name: declared.name, isList: declared.other !== undefined, declared };
}

function feedsOf(test: string, { inputs }: Names, set: DataSet): Record<string, Tensor> {
  const feeds = set.inputs.flatMap((bytes, i) => {
    const { declared, ...input } = inputs[i] ?? { name: `input ${i}`, isList: false };
    const tensors = tensorsOf(input, bytes, `input_${i}.pb`);
    return tensors.map(([name, t]): [string, Tensor] => [name, declared ? asDeclared(test, declared, t) : t]);
  });
  return Object.fromEntries(feeds);
}

/** The tensor of a value, or those of a list, by the names they go by. */
function tensorsOf(
  { name, isList }: Pick<Named, 'name' | 'isList'>,
  bytes: Uint8Array,
  file: string,
): [string, Tensor][] {
  if (!isList) return [[name, decode(decodeTensorProto(bytes, file), file)]];
  return decodeSequence(bytes, file).map((proto, i) => [`${name}/${i}`, decode(proto, file)]);
}

/** Throws UnsupportedError for an element type the engine has not, or numbers beyond it. */
function decode(proto: TensorProto, file: string): Tensor {
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
  for (const [i, output] of outputs.entries()) {
    const bytes = set.outputs[i];
    if (!bytes) continue; // an output that the suite does not look at
    const tensors = tensorsOf(output, bytes, `output_${i}.pb`);
    for (const [name, expected] of tensors) {
      const wrong = compareOutput(test, name, results[name], expected);
      if (wrong !== undefined) return wrong;
    }
    if (output.isList && results[`${output.name}/${tensors.length}`]) {
      return `output "${output.name}" has more than ${tensors.length} tensors`;
    }
  }
  return undefined;
}

function compareOutput(test: string, name: string, actual: Tensor | undefined, expected: Tensor): string | undefined {
  if (!actual) return `output "${name}" is missing`;
  const patterns = comparePatterns(actual, expected);
  if (patterns) return patterns.ok ? undefined : `output "${name}": ${oneLine(patterns.text)}`;
  if (actual.dtype !== expected.dtype) return `output "${name}" is ${actual.dtype}, not ${expected.dtype}`;
  const tolerance = WIDENED[test]?.tolerance ?? TOLERANCE;
  const { ok, text } = compareTensors(actual, expected, isFloat(expected.dtype) ? tolerance : { rtol: 0, atol: 0 });
  return ok ? undefined : `output "${name}": ${oneLine(text)}`;
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
