/** What `convertModel` does: a model of any format to a file of another. */
import { findEntry } from '../catalogue/catalogue.ts';
import { UnsupportedError } from '../core/errors.ts';
import type { OptionRules } from '../core/option-rules.ts';
import { checkOptions } from '../core/options.ts';
import { VERSION } from '../core/version.ts';
import { checkChoices, importModel } from '../formats/detect.ts';
import type { FormatName, ModelFiles } from '../formats/importer.ts';
import { countRounded, withRealOperators } from '../formats/onnx/write/dequantised.ts';
import { onnxFile, type OnnxFile } from '../formats/onnx/write/to-onnx.ts';
import { writeSafetensors } from '../formats/safetensors/write.ts';
import type { Graph, GraphInput, InputShapes } from '../ir/graph.ts';
import { compileGraph } from '../session/compile-graph.ts';
import { isGraph, toModelFiles } from '../session/model-source.ts';
import { withScales } from '../session/ports.ts';
import { preparedFor, statedSize } from '../vision/guess.ts';
import { PREPROCESSING, type Preprocessing } from '../vision/picture-spec.ts';
import { catalogueFiles } from './catalogue-files.ts';
import { recognisedModel, type Knowledge } from './catalogue-model.ts';
import type { ConvertedModel, ConvertOptions, ConvertReport } from './convert-types.ts';
import { withKnownConstants } from './known-constants.ts';
import { withOpenExtents } from './open-extents.ts';
import type { TaskSource } from './picture-model.ts';

const CONVERT_OPTIONS: OptionRules<ConvertOptions> = {
  format: ['onnx', 'safetensors'],
  dequantized: 'boolean',
  signal: 'signal',
  allowHosts: 'list',
  inputShapes: 'object',
  rounding: ['shipped', 'reference'],
  signature: 'text',
  labels: 'list',
  preprocessing: 'object',
  modelBase: 'any',
};

/** A model that was read, to be converted. */
export interface ReadModel extends Knowledge {
  readonly graph: Graph;
  readonly from: FormatName | 'graph';
  readonly file: string;
  readonly warnings: readonly string[];
}

/** See `convertModel`. */
export async function converted(source: TaskSource, options: ConvertOptions): Promise<ConvertedModel> {
  const given = await checkOptions('convertModel', options, CONVERT_OPTIONS);
  const read = await readModel(source, given);
  given.signal?.throwIfAborted();
  return convertRead(read, given);
}

/** The same for a model that was read. */
export async function convertRead(
  read: ReadModel,
  { format = 'onnx', ...given }: ConvertOptions,
): Promise<ConvertedModel> {
  const told = { format, from: read.from, warnings: read.warnings };
  return format === 'onnx' ? asOnnx(read, given, told) : asSafetensors(read, told);
}

type Given = Omit<ConvertOptions, 'format'>;
type Told = Pick<ConvertReport, 'format' | 'from' | 'warnings'>;

async function readModel(source: TaskSource, options: Given): Promise<ReadModel> {
  const { inputShapes, rounding, signature } = options;
  const choices = {
    ...(inputShapes ? { inputShapes } : {}),
    ...(rounding === undefined ? {} : { rounding }),
    ...(signature === undefined ? {} : { signature }),
  };
  if (isGraph(source)) {
    await checkChoices(undefined, choices);
    return { graph: source, from: 'graph', file: source.name, warnings: [] };
  }
  const files = await filesOf(source, options);
  const { graph, format, warnings = [] } = await importModel(files, choices);
  return { graph, from: format, file: files.main.name, warnings, ...(await recognisedModel(files)) };
}

async function filesOf(
  source: Exclude<TaskSource, Graph>,
  { modelBase, signal, allowHosts }: Given,
): Promise<ModelFiles> {
  const settings = { signal, allowHosts };
  const entry = typeof source === 'string' ? findEntry(source) : undefined;
  if (!entry) return toModelFiles(source, settings);
  return catalogueFiles(entry, { modelBase, ...settings });
}

async function asOnnx(read: ReadModel, options: Given, told: Told): Promise<ConvertedModel> {
  const own = await described(read, options);
  const otherwise = options.dequantized ? countRounded(own) : 0;
  const graph = otherwise > 0 ? withRealOperators(own) : own;
  const { bytes, inputs, ...counts } = await fileOf(graph, options);
  const said = `${otherwise} operators on integers are written as of real numbers: each of their results may be a step away`;
  const warnings = otherwise > 0 ? [...told.warnings, said] : told.warnings;
  return { model: bytes, report: { ...told, warnings, bytes: bytes.length, ...counts, inputs, renamed: {} } };
}

/** The graph with what is known for whoever feeds and reads it. */
async function described({ graph, entry, labels }: ReadModel, options: Given): Promise<Graph> {
  const differing = await checkOptions('preprocessing', options.preprocessing, PREPROCESSING);
  const names = options.labels ?? labels;
  const named = names ? { ...graph, labels: names } : graph;
  const [input, ...others] = withScales(graph.inputs, graph);
  if (!input || others.length > 0) return named;
  const preparation = preparationOf(input, entry?.preprocessing, differing);
  return { ...named, inputs: named.inputs.map((port) => ({ ...port, ...(preparation ? { preparation } : {}) })) };
}

/** What is known of how pictures become an input; their size where the file suggests it, since it may be written as open. */
function preparationOf(
  input: GraphInput,
  known: Preprocessing | undefined,
  differing: Partial<Preprocessing>,
): GraphInput['preparation'] {
  if (known !== undefined || Object.keys(differing).length > 0) {
    const { layout: _layout, dtype: _dtype, ...preparation } = preparedFor(input, known, differing);
    return preparation;
  }
  const size = input.suggested && statedSize(input.shape);
  return size ? { ...input.preparation, ...size } : input.preparation;
}

/** The graph, of whose inputs those with a fixed size are not told it again. */
function withoutSizes(graph: Graph): Graph {
  const inputs = graph.inputs.map((input) => {
    if (!input.preparation || input.shape.some((extent) => typeof extent === 'string')) return input;
    const { width: _width, height: _height, ...preparation } = input.preparation;
    return { ...input, preparation };
  });
  return { ...graph, inputs };
}

/** A graph is written as it is where that can be, and else with what is known of it: its constants, and its shapes. */
async function fileOf(graph: Graph, { inputShapes, signal }: Given): Promise<OnnxFile & Pick<ConvertReport, 'inputs'>> {
  const shapes = typeof inputShapes === 'function' ? inputShapes(graph.inputs) : inputShapes;
  if (shapes) return written(await inferred(graph, shapes, signal));
  const open = await withOpenExtents(graph, signal);
  const isFixed = open.inputs.every(({ shape }) => shape.every((extent) => typeof extent === 'number'));
  const asItIs = tried(open);
  if (asItIs) return asItIs;
  const folded = await withKnownConstants(open, signal);
  return (isFixed ? tried(folded) : undefined) ?? written(isFixed ? await inferred(folded, {}, signal) : folded);
}

/** Undefined where more has to be known of the graph. */
function tried(graph: Graph): ReturnType<typeof written> | undefined {
  try {
    return written(graph);
  } catch (error) {
    if (error instanceof UnsupportedError) return undefined;
    throw error;
  }
}

function inferred(graph: Graph, inputShapes: InputShapes, signal: AbortSignal | undefined): Promise<Graph> {
  return compileGraph(graph, { level: 'reference', inputShapes }, signal);
}

function written(graph: Graph): OnnxFile & Pick<ConvertReport, 'inputs'> {
  return { ...onnxFile(withoutSizes(graph)), inputs: inputsOf(graph) };
}

function inputsOf({ inputs }: Graph): ConvertReport['inputs'] {
  return inputs.map(({ name, shape }) => ({ name, shape }));
}

function asSafetensors({ graph, from, file }: ReadModel, told: Told): ConvertedModel {
  const metadata = { producer: `tilewise ${VERSION}`, source_format: from, source_file: file };
  const { bytes, renamed } = writeSafetensors(graph.initializers, metadata);
  const counts = { opset: null, nodes: 0, initializers: graph.initializers.size };
  const report = { ...told, bytes: bytes.length, ...counts, inputs: inputsOf(graph) };
  return { model: bytes, report: { ...report, renamed: Object.fromEntries(renamed) } };
}
