/** What `quantize` does: a model and examples to a quantised file and a report. */
import { findEntry } from '../catalogue/catalogue.ts';
import { quantiseModel } from '../compress/quantise/model.ts';
import type { OpenGraph } from '../compress/quantise/calibrate.ts';
import { InputError } from '../core/errors.ts';
import type { OptionRules } from '../core/option-rules.ts';
import { checkOptions } from '../core/options.ts';
import { toOnnx } from '../formats/onnx/write/to-onnx.ts';
import type { Graph, InputShapes } from '../ir/graph.ts';
import { withDecoded } from '../pictures/decode-file.ts';
import { isPicture, type PictureSource } from '../pictures/source.ts';
import { toPixels } from '../pictures/to-pixels.ts';
import { compileGraph } from '../session/compile-graph.ts';
import type { Feed } from '../session/feeds.ts';
import { GpuBackend } from '../session/gpu-backend.ts';
import { openPlace } from '../session/place.ts';
import { Session } from '../session/session.ts';
import { inputShape, type Preprocessing } from '../vision/picture-spec.ts';
import { partOf } from '../vision/part-of.ts';
import type { Pixels } from '../vision/pixels.ts';
import { preprocess } from '../vision/preprocess.ts';
import { taskOf, scoresOutput } from './outputs.ts';
import { loadPictureModel, type TaskSource } from './picture-model.ts';
import type { QuantizedModel, QuantizeExample, QuantizeOptions, QuantizeProgress } from './quantize-types.ts';

const QUANTIZE_OPTIONS: OptionRules<QuantizeOptions> = {
  calibrate: 'object',
  method: ['minmax', 'percentile', 'entropy'],
  percentile: 'positive',
  perChannel: 'boolean',
  symmetric: 'boolean',
  exclude: 'list',
  onProgress: 'function',
  backend: ['auto', 'webgpu', 'wasm', 'cpu'],
  gpu: 'object',
  threads: 'count',
  startThread: 'function',
  signal: 'signal',
  inputShapes: 'object',
  allowHosts: 'list',
  decodePicture: 'function',
  labels: 'list',
  preprocessing: 'object',
  modelBase: 'any',
  weights: 'any',
};

type Feeds = Readonly<Record<string, Feed>>;

/** Makes the feeds of an example: they are held no longer than it is run. */
type Example = () => Promise<Feeds>;

/** A model on floats, and how its examples become feeds. */
interface FloatModel {
  readonly graph: Graph;
  readonly inputShapes: InputShapes | undefined;
  readonly scores: string | undefined;
  /** The feeds of an example, or of the part of a picture that `cut` gives. */
  readonly feeds: (example: QuantizeExample, cut?: (pixels: Pixels) => Pixels) => Promise<Feeds>;
}

/** See `quantize`. */
export async function quantizeModel(source: TaskSource, options: QuantizeOptions): Promise<QuantizedModel> {
  const given = await checkOptions('quantize', options, QUANTIZE_OPTIONS);
  const { percentile = 99.99, method = 'percentile', perChannel = false, symmetric = false, exclude = [] } = given;
  const { signal, onProgress = (): void => undefined } = given;
  if (percentile > 100) throw new InputError(`percentile is ${percentile}, more than all`);
  const examples = examplesOf(given.calibrate);
  const tell = (progress: QuantizeProgress): void => onProgress(progress);
  tell({ stage: 'load', done: 0, total: 1 });
  const model = await floatModel(source, given, examples);
  const compiling = { level: 'folded', ...(model.inputShapes ? { inputShapes: model.inputShapes } : {}) } as const;
  const folded = await compileGraph(model.graph, compiling, signal);
  const before = toOnnx(folded).length;
  tell({ stage: 'load', done: 1, total: 1 });
  const seen = examples.filter((_, i) => i % 2 === 0).map((example) => () => model.feeds(example));
  const running = await runner(given);
  const quantised = quantiseModel<Example>(folded, {
    calibrate: seen,
    judge: examples.filter((_, i) => i % 2 === 1).flatMap((example) => judging(model, example)),
    open: running.open,
    method,
    percentile,
    perChannel,
    symmetric,
    exclude,
    scores: model.scores,
    onProgress: tell,
    signal,
  });
  const { graph, ...judgement } = await quantised.finally(running.close);
  const bytes = toOnnx(graph);
  const chosen = { method, perChannel, symmetric, excluded: [...exclude], calibrated: seen.length };
  return { model: bytes, report: { ...chosen, ...judgement, bytes: { before, after: bytes.length } } };
}

/** What runs graphs: sessions that share a device where they are on one, as an adapter makes one only. */
async function runner({ backend: wanted, gpu, signal, threads, startThread }: QuantizeOptions): Promise<{
  readonly open: OpenGraph<Example>;
  readonly close: () => void;
}> {
  const asked = { ...(wanted && { backend: wanted }), ...(gpu && { gpu }) };
  const { backend, close } = await openPlace(asked, () => undefined);
  const place = { backend: backend.kind, ...(backend instanceof GpuBackend && { gpu: backend.device }) };
  const settings = signal ? { signal } : {};
  const shared = { ...(threads && { threads }), ...(startThread && { startThread }) };
  return {
    open: async (graph) => {
      const session = await Session.create(graph, { ...place, ...shared, ...settings });
      return {
        run: async (example, fetches) => session.run(await example(), { fetches, ...settings }),
        dispose: () => session.dispose(),
      };
    },
    close,
  };
}

function examplesOf(calibrate: QuantizeOptions['calibrate'] | undefined): QuantizeExample[] {
  if (!calibrate || !(Symbol.iterator in calibrate)) {
    throw new InputError('there is nothing to calibrate with', { hint: 'Pass pictures or feeds as `calibrate`' });
  }
  const examples = [...calibrate];
  if (examples.length >= 2) return examples;
  throw new InputError(`there ${examples.length === 1 ? 'is one example' : 'are no examples'} to calibrate with`, {
    hint: 'Pass at least two, of which one calibrates and the other judges; a hundred are better',
  });
}

/** An example that judges, and parts of its picture. */
function judging({ feeds }: FloatModel, example: QuantizeExample): Example[] {
  const whole = (): Promise<Feeds> => feeds(example);
  if (!isPictureExample(example)) return [whole];
  return [whole, ...CROPS.map((place) => () => feeds(example, (pixels) => crop(pixels, place)))];
}

/** Where crops of three quarters of the extents lie, as parts of what is left: the corners and the middle. */
const CROPS = [
  [0, 0],
  [1, 0],
  [0, 1],
  [1, 1],
  [0.5, 0.5],
] as const;

function crop({ width, height, data }: Pixels, [across, down]: readonly [number, number]): Pixels {
  const [columns, rows] = [width, height].map((extent) => Math.max(1, Math.round(extent * 0.75))) as [number, number];
  const [left, top] = [Math.round((width - columns) * across), Math.round((height - rows) * down)];
  return partOf({ width, height, data }, { x: left, y: top, width: columns, height: rows });
}

function isPictureExample(example: QuantizeExample): example is Exclude<QuantizeExample, Feeds> {
  if (typeof example === 'string' || isPicture(example)) return true;
  return /\[object (URL|Blob|File|ArrayBuffer|Uint8Array)\]/.test(Object.prototype.toString.call(example));
}

async function floatModel(
  source: TaskSource,
  options: QuantizeOptions,
  examples: readonly QuantizeExample[],
): Promise<FloatModel> {
  const pictures = examples.filter(isPictureExample).length;
  if (pictures > 0 && pictures < examples.length) {
    throw new InputError('some examples are pictures and others feeds: pass either');
  }
  return pictures > 0 ? pictureModel(source, options) : feedModel(source, options);
}

/** A session on the CPU costs nothing before it runs: it only reads the model here. */
async function pictureModel(source: TaskSource, options: QuantizeOptions): Promise<FloatModel> {
  const { labels, preprocessing, modelBase, allowHosts, signal, decodePicture, weights } = options;
  const entry = typeof source === 'string' ? findEntry(source) : undefined;
  const loaded = await loadPictureModel(source, entry?.task ?? 'classification', {
    backend: 'cpu',
    ...(labels ? { labels } : {}),
    ...(preprocessing ? { preprocessing } : {}),
    ...(modelBase === undefined ? {} : { modelBase }),
    ...(allowHosts ? { allowHosts } : {}),
    ...(signal ? { signal } : {}),
    ...(weights ? { weights } : {}),
  });
  const { session, input } = loaded;
  const { width: _width, height: _height, layout: _layout, dtype: _dtype, ...preparation } = loaded.preprocessing;
  const graph: Graph = {
    ...session.graph,
    inputs: session.graph.inputs.map((port) => ({ ...port, preparation })),
    ...(loaded.labels ? { labels: loaded.labels } : {}),
  };
  const scores = scoresOf(session, loaded.labels);
  session.dispose();
  return {
    graph,
    inputShapes: { [input.name]: inputShape(loaded.preprocessing) },
    scores,
    feeds: async (example, cut) => {
      const pixels = await pixelsOf(example, { decode: decodePicture, signal });
      return { [input.name]: fed(cut ? cut(pixels) : pixels, loaded.preprocessing) };
    },
  };
}

function fed(pixels: Pixels, preprocessing: Preprocessing): Feed {
  const { shape, data } = preprocess(pixels, preprocessing);
  return { shape, data };
}

async function pixelsOf(example: QuantizeExample, settings: Parameters<typeof withDecoded>[1]): Promise<Pixels> {
  if (isPicture(example) && !('naturalWidth' in example)) return toPixels(example);
  const file = example as Exclude<QuantizeExample, Feeds | Exclude<PictureSource, HTMLImageElement>>;
  return withDecoded(file, settings, (picture) => Promise.resolve(toPixels(picture)));
}

function scoresOf(session: Session, labels: readonly string[] | undefined): string | undefined {
  if (!labels && taskOf(session) !== 'classification') return undefined;
  try {
    return scoresOutput(session.outputs, labels);
  } catch (error) {
    // Of a detector labels are no scores.
    if (error instanceof InputError) return undefined;
    throw error;
  }
}

async function feedModel(source: TaskSource, options: QuantizeOptions): Promise<FloatModel> {
  const { inputShapes, allowHosts, signal, weights } = options;
  const session = await Session.create(source, {
    backend: 'cpu',
    ...(inputShapes ? { inputShapes } : {}),
    ...(allowHosts ? { allowHosts } : {}),
    ...(signal ? { signal } : {}),
    ...(weights ? { weights } : {}),
  });
  const { graph } = session;
  const scores = scoresOf(session, options.labels ?? graph.labels);
  session.dispose();
  return {
    graph: options.labels ? { ...graph, labels: options.labels } : graph,
    inputShapes: typeof inputShapes === 'function' ? inputShapes(graph.inputs) : inputShapes,
    scores,
    feeds: (example) => Promise.resolve(example as Feeds),
  };
}
