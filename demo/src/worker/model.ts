/** One loaded model: by the task that it does where it does one, as a bare session otherwise. */
import {
  fetchLabels,
  Session,
  taskOf,
  type LoadReport,
  type Port,
  type SessionOptions,
  type TaskOptions,
} from '../../../src/index.ts';
import { findModel, type CatalogueEntry } from '../../../src/catalogue/catalogue.ts';
import { LARGEST_MAIN_FILE, recogniseEntry } from '../../../src/catalogue/recognise.ts';
import { IMAGENET_NAMES, isDecoded, isHeld, MODEL_FOLDER } from '../site.ts';
import { symbolicExtents } from './feeds.ts';
import type { ModelInfo, ModelRequest, Task } from './protocol.ts';
import type { Runner } from './runner.ts';
import { isTask, RUNNERS } from './runner-list.ts';

/** A loaded model. */
export interface Model {
  readonly runner: Runner;
  readonly info: ModelInfo;
}

/** Loads what the visitor chose. `base` is the page's address. Rejects as `Session.create` does. */
export async function openModel(request: ModelRequest, base: URL, options: SessionOptions): Promise<Model> {
  if (request.kind === 'files') return openFiles(request.title, request.files, base, options);
  const entry = findModel(request.name);
  const task = isTask(entry.task) ? entry.task : 'other';
  const runner = await (await RUNNERS[task]())(request.name, { ...options, ...placeOf([request.name], base) }, entry);
  return { runner, info: { ...infoOf(runner, task, request.title), licence: entry.licence } };
}

/** Models that the site has are taken from there, with their parts; others from where they are published. */
function placeOf(names: readonly string[], base: URL): Pick<TaskOptions, 'modelBase'> {
  return names.every(isHeld) ? { modelBase: new URL(MODEL_FOLDER, base) } : {};
}

/** The files are read on the CPU first, which says what the model is for; some the catalogue knows. */
async function openFiles(title: string, files: readonly File[], base: URL, options: SessionOptions): Promise<Model> {
  const entry = await knownEntry(files);
  const read = await Session.create([...files], { ...options, backend: 'cpu', inputShapes: symbolicExtents });
  const { graph, outputs, report } = read;
  read.dispose();
  const task = (entry && taskOfEntry(entry)) ?? taskOf(read);
  const known = entry ? knownOptions(entry) : {};
  const own = known.labels ?? graph.labels;
  const labels = own ?? (task === 'classification' ? await imagenetNames(outputs, base) : undefined);
  const open = await RUNNERS[task]();
  const parts = task === 'face-detection' ? [] : Object.values(entry?.parts ?? {});
  const place = placeOf(parts, base);
  const runner = await open(graph, { ...options, ...place, ...known, ...(labels ? { labels } : {}) }, entry ?? {});
  const info = infoOf(runner, task, title);
  return { runner, info: { ...info, report: wholeReport(report, info.report) } };
}

/** What the catalogue says of a file of its own. */
async function knownEntry(files: readonly File[]): Promise<CatalogueEntry | undefined> {
  // Any of them may be the main one.
  for (const file of files) {
    if (file.size > LARGEST_MAIN_FILE) continue;
    const entry = await recogniseEntry(new Uint8Array(await file.arrayBuffer()));
    if (entry) return entry;
  }
  return undefined;
}

function taskOfEntry(entry: CatalogueEntry): Task | undefined {
  return isDecoded(entry) && isTask(entry.task) ? entry.task : undefined;
}

/** Its lists of labels that are files are none of the page's. */
function knownOptions({ preprocessing, labels }: CatalogueEntry): Pick<TaskOptions, 'preprocessing' | 'labels'> {
  return { ...(preprocessing ? { preprocessing } : {}), ...(labels && !('url' in labels) ? { labels } : {}) };
}

function infoOf({ session }: Runner, task: Task, title: string): ModelInfo {
  const { inputs, outputs, report } = session;
  return { title, task, inputs, outputs, report };
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
