/** `tilewise demo`: what `npm start` runs. Classifies the sample pictures on the GPU and checks every score on the CPU. */
import type { Command } from 'commander';
import { findModel } from '../../catalogue/catalogue.ts';
import { drawnSamples } from '../../catalogue/samples.ts';
import type { Ranked } from '../../vision/decode/classes.ts';
import type { Pixels } from '../../vision/picture-spec.ts';
import { DEFAULT_CLASSIFIER, loadClassifier, openClassifier, type ClassifierOptions } from '../classifier.ts';
import type { Context, Runner } from '../context.ts';
import { milliseconds, table } from '../output.ts';
import { samplePhotograph } from '../samples.ts';
import { addAdapterOption, addSourceOptions } from '../session.ts';
import { readPicture } from './classify.ts';

interface DemoOptions extends ClassifierOptions {
  readonly adapter?: string;
}

interface Sample {
  readonly name: string;
  /** Path to repeat the classification by hand; undefined for drawn ones. */
  readonly file: string | undefined;
  readonly pixels: Pixels;
}

interface Checked {
  readonly picture: string;
  readonly file: string | undefined;
  readonly top: Ranked | undefined;
  readonly runMs: number;
  readonly cpuMs: number;
  /** Largest absolute difference between a score on the GPU and on the CPU. */
  readonly difference: number;
}

/** Largest difference between a score on the GPU and on the CPU that the demo calls agreement. */
const AGREEMENT = 1e-3;

const ALL_CLASSES = { topK: Number.MAX_SAFE_INTEGER };

/** Adds the command. */
export function addDemo(program: Command, runner: Runner): void {
  const command = program
    .command('demo')
    .description('classify the sample pictures with the default model, and compare with the CPU')
    .option('--model <name>', 'another classifier of the catalogue');
  addSourceOptions(addAdapterOption(command)).action(runner.wrap(demo));
}

async function demo(_: readonly string[], options: DemoOptions, context: Context): Promise<number> {
  const { output, progress } = context;
  const name = options.model ?? DEFAULT_CLASSIFIER;
  output.note(`tilewise: ${findModel(name).title}, on WebGPU and on the CPU reference`);
  const pictures = await samples();
  const loaded = await loadClassifier({ ...options, model: name }, context);
  const device = { backend: 'webgpu' as const, ...(options.adapter === undefined ? {} : { adapter: options.adapter }) };
  const gpu = await openClassifier(loaded, device, context);
  const cpu = await openClassifier(loaded, { backend: 'cpu' }, context);
  const results: Checked[] = [];
  for (const [i, { name: picture, file, pixels }] of pictures.entries()) {
    progress.report({ stage: 'classify and check', done: i, total: pictures.length });
    if (i === 0) await gpu.runner.classify(pixels); // the first run also warms the driver up
    const start = performance.now();
    const ranked = await gpu.runner.classify(pixels, ALL_CLASSES);
    const end = performance.now();
    const reference = await cpu.runner.classify(pixels, ALL_CLASSES);
    const cpuMs = performance.now() - end;
    const difference = largestDifference(ranked, reference);
    results.push({ picture, file, top: ranked[0], runMs: end - start, cpuMs, difference });
  }
  progress.stop();
  const agrees = results.every((r) => r.difference <= AGREEMENT);
  const { adapter, adapterSource, loadMs } = gpu;
  output.result({ model: name, adapter, adapterSource, loadMs, agrees, results }, () => {
    const rows = results.map((r) => [
      r.picture,
      r.top?.label ?? '',
      (r.top?.score ?? NaN).toFixed(4),
      milliseconds(r.runMs),
      milliseconds(r.cpuMs),
      r.difference.toExponential(1),
    ]);
    const head = ['picture', 'label', 'score', 'WebGPU', 'CPU', 'max difference'];
    return (
      `${table(head, rows, head.slice(2))}\nadapter: ${adapter} (${adapterSource}); loaded in ${milliseconds(loadMs)}\n` +
      `${agrees ? 'Every score agrees with the CPU reference.' : `Scores differ from the CPU reference by more than ${AGREEMENT}.`}\n\n` +
      howToGoOn(name)
    );
  });
  return agrees ? 0 : 1;
}

async function samples(): Promise<Sample[]> {
  const photograph = samplePhotograph();
  const drawn = drawnSamples().map((d) => ({ name: d.name, file: undefined, pixels: d }));
  if (photograph === undefined) return drawn;
  return [{ name: 'photograph: coffee', file: photograph, pixels: await readPicture(photograph) }, ...drawn];
}

function largestDifference(a: readonly Ranked[], b: readonly Ranked[]): number {
  const found = new Map(a.map(({ index, score }) => [index, score]));
  let largest = 0;
  for (const { index, score } of b) {
    const difference = Math.abs((found.get(index) ?? NaN) - score);
    largest = Number.isNaN(difference) ? Infinity : Math.max(largest, difference);
  }
  return largest;
}

function howToGoOn(name: string): string {
  const lines = [
    ['classify PICTURE.jpg --top 3', 'your own pictures: JPEG, PNG, WebP, BMP'],
    [`inspect ${name}`, 'what the model is made of'],
    [`compare ${name}`, 'every node, GPU against CPU'],
    ['models', 'other models'],
    ['--help', 'everything else'],
  ].map(([command = '', what = '']) => `  npm run -s tilewise -- ${command.padEnd(36)}${what}`);
  return ['Go on with', ...lines].join('\n');
}
