/** Runs the `tilewise` command, in this process or as a process of its own, and small models for it. */
import { spawn } from 'node:child_process';
import { join } from 'node:path';
import { runCommandLine } from '../../src/cli/program.ts';
import { tensorOf } from '../../src/core/tensor.ts';
import { encodeModel } from './onnx-bytes.ts';
import { PATIENCE_MS } from './patience.ts';
import { randomSource, randomTensor } from './random.ts';

/** What a command did. */
export interface Finished {
  readonly code: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

/** Runs a command line in this process: everything but the end of the process. */
export async function inProcess(...argv: string[]): Promise<Finished> {
  const written = { stdout: '', stderr: '' };
  const sink = (name: 'stdout' | 'stderr') => ({ write: (text: string) => (written[name] += text) });
  const code = await runCommandLine(argv, { stdout: sink('stdout'), stderr: sink('stderr') });
  return { code, ...written };
}

/** Starts the command as `npm run -s tilewise --` does and waits for its end; `code` is null when it had to be killed. */
export function asProcess(...argv: string[]): Promise<Finished> {
  const root = join(import.meta.dirname, '../..');
  const child = spawn(process.execPath, ['--import', 'tsx', 'src/cli/main.ts', ...argv], {
    cwd: root,
    timeout: PATIENCE_MS,
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  const written = { stdout: '', stderr: '' };
  child.stdout.setEncoding('utf8').on('data', (text: string) => (written.stdout += text));
  child.stderr.setEncoding('utf8').on('data', (text: string) => (written.stderr += text));
  return new Promise((resolve, reject) => {
    child.on('error', reject);
    child.on('close', (code) => resolve({ code, ...written }));
  });
}

/** A classifier of four classes for 3×8×8 pictures: Conv, Relu, GlobalAveragePool, Flatten, Gemm, Softmax. */
export function tinyClassifier(batch: number | string = 1): Uint8Array {
  const random = randomSource(11);
  return encodeModel({
    opset: 13,
    name: 'tiny',
    inputs: [{ name: 'pictures:0', dtype: 'float32', shape: [batch, 3, 8, 8] }],
    outputs: [{ name: 'scores/out', dtype: 'float32', shape: [batch, 4] }],
    initializers: [
      ['w', randomTensor('float32', [5, 3, 3, 3], random)],
      ['b', randomTensor('float32', [5], random)],
      ['fw', randomTensor('float32', [5, 4], random, -3, 3)],
      ['fb', tensorOf('float32', [4], [0.1, 0.2, 0.3, 0.4])],
    ],
    nodes: [
      {
        op: 'Conv',
        name: 'conv',
        inputs: ['pictures:0', 'w', 'b'],
        outputs: ['c'],
        attributes: { kernel_shape: { ints: [3, 3] }, pads: { ints: [1, 1, 1, 1] } },
      },
      { op: 'Relu', name: 'relu', inputs: ['c'], outputs: ['r'] },
      { op: 'GlobalAveragePool', name: 'pool', inputs: ['r'], outputs: ['p'] },
      { op: 'Flatten', name: 'flatten', inputs: ['p'], outputs: ['f'] },
      { op: 'Gemm', name: 'fc', inputs: ['f', 'fw', 'fb'], outputs: ['logits'] },
      { op: 'Softmax', name: 'softmax', inputs: ['logits'], outputs: ['scores/out'], attributes: { axis: { i: 1 } } },
    ],
  });
}

/** A detector in shape alone: a map, and rows of six numbers. */
export function tinyDetector(): Uint8Array {
  const picture = { dtype: 'float32' as const, shape: [1, 3, 8, 8] };
  return encodeModel({
    opset: 13,
    name: 'boxes',
    inputs: [{ ...picture, name: 'picture' }],
    outputs: [
      { ...picture, name: 'map' },
      { name: 'rows', dtype: 'float32', shape: [1, 32, 6] },
    ],
    initializers: [['shape', tensorOf('int64', [3], [1, 32, 6])]],
    nodes: [
      { op: 'Sigmoid', name: 'sigmoid', inputs: ['picture'], outputs: ['map'] },
      { op: 'Reshape', name: 'rows', inputs: ['map', 'shape'], outputs: ['rows'] },
    ],
  });
}
