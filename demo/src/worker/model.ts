/** One loaded model: as a classifier or detector where it is one, as a bare session otherwise. */
import {
  createClassifier,
  createDetector,
  fetchLabels,
  Session,
  taskOf,
  type Classifier,
  type Detector,
  type LoadReport,
  type Port,
  type SessionOptions,
  type TaskOptions,
  type TaskSource,
} from '../../../src/index.ts';
import { findModel } from '../../../src/catalogue/catalogue.ts';
import { LARGEST_MAIN_FILE, recogniseEntry } from '../../../src/catalogue/recognise.ts';
import { IMAGENET_NAMES, isHeld, MODEL_FOLDER } from '../site.ts';
import { feedsOf } from './feeds.ts';
import type { ModelInfo, ModelRequest, Task } from './protocol.ts';

/** What runs, by what its answers are. */
export type Runner =
  | { readonly task: 'classification'; readonly classifier: Classifier }
  | { readonly task: 'detection'; readonly detector: Detector }
  | { readonly task: 'other' };

/** A loaded model. */
export interface Model {
  readonly session: Session;
  readonly runner: Runner;
  readonly info: ModelInfo;
}

/** Loads what the visitor chose. `base` is the page's address. Rejects as `Session.create` does. */
export async function openModel(request: ModelRequest, base: URL, options: SessionOptions): Promise<Model> {
  if (request.kind === 'files') return openFiles(request.title, request.files, base, options);
  const { task, licence } = findModel(request.name);
  const from = isHeld(request.name) ? { modelBase: new URL(MODEL_FOLDER, base) } : {};
  const kind = task === 'detection' ? 'detection' : 'classification';
  const opened = await open(request.name, kind, { ...options, ...from });
  return { ...opened, info: { ...infoOf(opened, request.title), licence } };
}

/** The files are read on the CPU first, which says what the model is for; some the catalogue knows. */
async function openFiles(title: string, files: readonly File[], base: URL, options: SessionOptions): Promise<Model> {
  const known = await knownFile(files[0]);
  const read = await Session.create([...files], { ...options, backend: 'cpu', inputShapes: extentsOf });
  const { graph, outputs, report } = read;
  read.dispose();
  const task = taskOf(read);
  const own = known.labels ?? graph.labels;
  const labels = own ?? (task === 'classification' ? await imagenetNames(outputs, base) : undefined);
  const opened = await open(graph, task, { ...options, ...known, ...(labels ? { labels } : {}) });
  const info = infoOf(opened, title);
  return { ...opened, info: { ...info, report: wholeReport(report, info.report) } };
}

/** What the catalogue says of a file of its own; its lists of labels that are files are none of the page's. */
async function knownFile(main: File | undefined): Promise<Pick<TaskOptions, 'preprocessing' | 'labels'>> {
  if (!main || main.size > LARGEST_MAIN_FILE) return {};
  const entry = await recogniseEntry(new Uint8Array(await main.arrayBuffer()));
  if (!entry) return {};
  const { preprocessing, labels } = entry;
  return { ...(preprocessing ? { preprocessing } : {}), ...(labels && !('url' in labels) ? { labels } : {}) };
}

type Opened = Omit<Model, 'info'>;

async function open(source: TaskSource, task: Task, options: TaskOptions): Promise<Opened> {
  if (task === 'classification') {
    const classifier = await createClassifier(source, options);
    return { session: classifier.session, runner: { task, classifier } };
  }
  if (task === 'detection') {
    const detector = await createDetector(source, options);
    return { session: detector.session, runner: { task, detector } };
  }
  const session = await Session.create(source, { ...options, inputShapes: extentsOf });
  return { session, runner: { task } };
}

function infoOf({ session, runner }: Opened, title: string): ModelInfo {
  const { inputs, outputs, report } = session;
  return { title, task: runner.task, inputs, outputs, report };
}

/** Extents for symbolic dimensions. */
function extentsOf(inputs: readonly Port[]): Record<string, readonly number[]> {
  return Object.fromEntries(Object.entries(feedsOf(inputs)).map(([name, { shape }]) => [name, shape]));
}

/** The report of a load in two steps: files to graph, graph to device. */
function wholeReport(reading: LoadReport, opening: LoadReport): LoadReport {
  const { format, downloadMs, parseMs } = reading;
  return { ...opening, format, downloadMs, parseMs, totalMs: reading.totalMs + opening.totalMs };
}

/** ImageNet's names for networks with as many classes as it has, with or without the one for "none of them". */
async function imagenetNames(outputs: readonly Port[], base: URL): Promise<readonly string[] | undefined> {
  const extents = outputs.flatMap(({ shape }) => shape.map(Number));
  const before = extents.includes(1000) ? [] : extents.includes(1001) ? ['background'] : undefined;
  if (!before) return undefined;
  return [...before, ...(await fetchLabels(new URL(IMAGENET_NAMES, base)))];
}
