/** `tilewise demo`: what `npm start` runs. Finds things in the sample pictures on the GPU, and checks every box on the CPU. */
import type { Command } from 'commander';
import { findModel } from '../../catalogue/catalogue.ts';
import { createDetector } from '../../tasks/detector.ts';
import { boxDifference, type BoxDifference } from '../box-difference.ts';
import type { Context, Runner } from '../context.ts';
import { detectionLines, toBox, type DetectedBox } from '../detections.ts';
import { milliseconds } from '../output.ts';
import { loadTask, modelFor, openTask } from '../picture-task.ts';
import { samplePictures } from '../samples.ts';
import { addAdapterOption, addSourceOptions, type SourceOptions } from '../session.ts';

interface DemoOptions extends SourceOptions {
  readonly adapter?: string;
}

interface Checked {
  readonly picture: string;
  readonly file: string | undefined;
  readonly boxes: readonly DetectedBox[];
  readonly runMs: number;
  readonly cpuMs: number;
  /** Of everything the model found, however unsure, between the GPU and the CPU. */
  readonly difference: BoxDifference;
}

/** Lowest score of a thing that is shown. */
const SHOWN = 0.3;

/** Largest difference between the GPU and the CPU that the demo calls agreement: of a score, and of a corner in pixels. */
const AGREEMENT: BoxDifference = { score: 1e-3, pixels: 0.1 };

/** Every box of the model, overlapping ones too. */
const ALL_BOXES = { threshold: 0, iou: 1, max: Number.MAX_SAFE_INTEGER };

/** Adds the command. */
export function addDemo(program: Command, runner: Runner): void {
  const command = program
    .command('demo')
    .description('find things in sample pictures, and compare every box with the CPU reference');
  addSourceOptions(addAdapterOption(command)).action(runner.wrap(demo));
}

async function demo(_: readonly string[], options: DemoOptions, context: Context): Promise<number> {
  const { output, progress } = context;
  const name = modelFor('detection', undefined);
  output.note(`tilewise: ${findModel(name).title}, on WebGPU and on the CPU reference\n`);
  const pictures = await samplePictures();
  const loaded = await loadTask(name, options, context);
  const device = { backend: 'webgpu' as const, ...(options.adapter === undefined ? {} : { adapter: options.adapter }) };
  const gpu = await openTask(loaded, device, context, createDetector);
  const cpu = await openTask(loaded, { backend: 'cpu' }, context, createDetector);
  const results: Checked[] = [];
  for (const [i, { name: picture, file, pixels }] of pictures.entries()) {
    progress.report({ stage: 'detect and check', done: i, total: pictures.length });
    if (i === 0) await gpu.runner.detect(pixels); // the first run also warms the driver up
    const start = performance.now();
    const found = await gpu.runner.detect(pixels, { threshold: SHOWN });
    const runMs = performance.now() - start;
    const all = await gpu.runner.detect(pixels, ALL_BOXES);
    const cpuStart = performance.now();
    const reference = await cpu.runner.detect(pixels, ALL_BOXES);
    const cpuMs = performance.now() - cpuStart;
    const result = { picture, file, boxes: found.map(toBox), runMs, cpuMs, difference: boxDifference(all, reference) };
    results.push(result);
    progress.stop();
    output.note(pictureText(result));
  }
  progress.stop();
  const largest = {
    score: Math.max(...results.map((r) => r.difference.score)),
    pixels: Math.max(...results.map((r) => r.difference.pixels)),
  };
  const agrees = largest.score <= AGREEMENT.score && largest.pixels <= AGREEMENT.pixels;
  const { adapter, adapterSource, loadMs } = gpu;
  output.result({ model: name, adapter, adapterSource, loadMs, agrees, results }, () => {
    const by = `${largest.score.toExponential(1)} in score and ${largest.pixels.toExponential(1)} pixels in place`;
    return (
      `adapter: ${adapter} (${adapterSource}); loaded in ${milliseconds(loadMs)}\n` +
      (agrees
        ? `Every score and box agrees with the CPU reference: they differ by at most ${by}.\n\n`
        : `Scores or boxes differ from the CPU reference by as much as ${by}.\n\n`) +
      howToGoOn(name)
    );
  });
  return agrees ? 0 : 1;
}

function pictureText({ picture, boxes, runMs, cpuMs }: Checked): string {
  const times = `WebGPU ${milliseconds(runMs)}, CPU ${milliseconds(cpuMs)}`;
  return [`${picture}   (${times})`, ...detectionLines(boxes), ''].join('\n');
}

function howToGoOn(name: string): string {
  const lines = [
    ['detect PICTURE.jpg --output-dir out', 'your own pictures, and copies with the boxes'],
    [`inspect ${name}`, 'what the model is made of'],
    [`compare ${name}`, 'every node, GPU against CPU'],
    ['models', 'other models'],
    ['--help', 'everything else'],
  ].map(([command = '', what = '']) => `  npm run -s tilewise -- ${command.padEnd(38)}${what}`);
  return ['Go on with', ...lines].join('\n');
}
