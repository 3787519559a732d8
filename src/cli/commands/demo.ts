/** `tilewise demo`: what `npm start` runs. Finds things in the sample pictures on the GPU, and by WASM, and checks every box on the CPU. */
import type { Command } from 'commander';
import { findModel } from '../../catalogue/catalogue.ts';
import { createDetector, type Detector } from '../../tasks/detector.ts';
import type { Detection } from '../../vision/decode/detections.ts';
import { at } from '../../util/arrays.ts';
import { boxDifference, type BoxDifference } from '../box-difference.ts';
import type { Context, Runner } from '../context.ts';
import { detectionLines, toBox, type DetectedBox } from '../detections.ts';
import { milliseconds } from '../output.ts';
import { loadTask, modelFor, openTask } from '../picture-task.ts';
import { samplePictures, type Sample } from '../samples.ts';
import { addAdapterOption, addSourceOptions, type SourceOptions } from '../session.ts';

interface DemoOptions extends SourceOptions {
  readonly adapter?: string;
}

/** What was found in a picture. */
interface Shown {
  readonly picture: string;
  readonly file: string | undefined;
  readonly boxes: readonly DetectedBox[];
  readonly runMs: number;
}

interface Found extends Shown {
  readonly sample: Sample;
  /** Everything, however unsure. */
  readonly all: readonly Detection[];
}

interface Checked extends Shown {
  readonly wasmMs: number;
  readonly cpuMs: number;
  /** Of everything that was found, between the GPU or WASM and the CPU, the larger. */
  readonly difference: BoxDifference;
}

/** Lowest score of a thing that is shown. */
const SHOWN = 0.3;

/** Largest difference from the CPU that the demo calls agreement: of a score, and of a corner in pixels. */
const AGREEMENT: BoxDifference = { score: 1e-3, pixels: 0.1 };

/** Every box of the model, overlapping ones too. */
const ALL_BOXES = { threshold: 0, iou: 1, max: Number.MAX_SAFE_INTEGER };

/** How the command is started: from its sources it runs in a checkout only. */
const COMMAND = import.meta.url.endsWith('.ts') ? 'npm run -s tilewise --' : 'npx tilewise';

/** Adds the command. */
export function addDemo(program: Command, runner: Runner): void {
  const command = program
    .command('demo')
    .description('find things in sample pictures on WebGPU and by WASM, and compare every box with the CPU reference');
  addSourceOptions(addAdapterOption(command)).action(runner.wrap(demo));
}

async function demo(_: readonly string[], options: DemoOptions, context: Context): Promise<number> {
  const { output, progress } = context;
  const name = modelFor('detection', undefined);
  output.note(`tilewise: ${findModel(name).title}, on WebGPU, by WASM and on the CPU reference\n`);
  const pictures = await samplePictures();
  const loaded = await loadTask(name, options, context);
  const device = { backend: 'webgpu' as const, ...(options.adapter === undefined ? {} : { adapter: options.adapter }) };
  const gpu = await openTask(loaded, device, context, createDetector);
  const { adapter, adapterSource } = gpu.place;
  const { loadMs } = gpu;
  const found: Found[] = [];
  for (const sample of pictures) {
    if (found.length === 0) await gpu.runner.detect(sample.pixels); // the first run also warms the driver up
    const one = await detected(gpu.runner, sample);
    found.push(one);
    output.note(pictureText(one));
  }
  output.note(`adapter: ${adapter} (${adapterSource}); loaded in ${milliseconds(loadMs)}\n`);
  const wasm = await openTask(loaded, { backend: 'wasm' }, context, createDetector);
  const byWasm: Found[] = [];
  for (const sample of pictures) byWasm.push(await detected(wasm.runner, sample));
  const wasmTimes = byWasm.map(({ runMs }) => milliseconds(runMs)).join(', ');
  output.note(`The same without a GPU, by WASM on one thread: ${wasmTimes}\n`);
  output.note('The CPU reference takes some seconds a picture …');
  const cpu = await openTask(loaded, { backend: 'cpu' }, context, createDetector);
  const results: Checked[] = [];
  for (const [i, { all, sample, ...shown }] of found.entries()) {
    progress.report({ stage: 'check on the CPU', done: i, total: found.length });
    const start = performance.now();
    const reference = await cpu.runner.detect(sample.pixels, ALL_BOXES);
    const cpuMs = performance.now() - start;
    const other = at(byWasm, i);
    const difference = larger(boxDifference(all, reference), boxDifference(other.all, reference));
    results.push({ ...shown, wasmMs: other.runMs, cpuMs, difference });
  }
  progress.stop();
  const largest = {
    score: Math.max(...results.map((r) => r.difference.score)),
    pixels: Math.max(...results.map((r) => r.difference.pixels)),
  };
  const agrees = largest.score <= AGREEMENT.score && largest.pixels <= AGREEMENT.pixels;
  output.result({ model: name, adapter, adapterSource, loadMs, agrees, results }, () => {
    const by = `${largest.score.toExponential(1)} in score and ${largest.pixels.toExponential(1)} pixels in place`;
    const verdict = agrees
      ? `Every score and box agrees with the CPU reference: they differ by at most ${by}.`
      : `Scores or boxes differ from the CPU reference by as much as ${by}.`;
    return `${verdict}\n\n${howToGoOn(name)}`;
  });
  return agrees ? 0 : 1;
}

function larger(a: BoxDifference, b: BoxDifference): BoxDifference {
  return { score: Math.max(a.score, b.score), pixels: Math.max(a.pixels, b.pixels) };
}

async function detected(detector: Detector, sample: Sample): Promise<Found> {
  const { name: picture, file, pixels } = sample;
  const start = performance.now();
  const found = await detector.detect(pixels, { threshold: SHOWN });
  const runMs = performance.now() - start;
  return { picture, file, boxes: found.map(toBox), runMs, sample, all: await detector.detect(pixels, ALL_BOXES) };
}

function pictureText({ picture, boxes, runMs }: Found): string {
  return [`${picture}   (${milliseconds(runMs)})`, ...detectionLines(boxes), ''].join('\n');
}

function howToGoOn(name: string): string {
  const lines = [
    ['detect PICTURE.jpg --output-dir out', 'your own pictures, and copies with the boxes'],
    [`inspect ${name}`, 'what the model is made of'],
    [`compare ${name}`, 'every node, GPU against CPU'],
    ['models', 'other models'],
    ['--help', 'everything else'],
  ].map(([command = '', what = '']) => `  ${COMMAND} ${command.padEnd(38)}${what}`);
  return ['Go on with', ...lines].join('\n');
}
