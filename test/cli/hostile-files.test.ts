/** Files made to harm: each is refused in one clean line, or is harmless, and takes no more time and memory than others. */
import { mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { tensorOf } from '../../src/core/tensor.ts';
import { range } from '../../src/util/arrays.ts';
import { measuredCommand, type Measured } from '../helpers/measured-command.ts';
import { encodeModel } from '../helpers/onnx-bytes.ts';
import { hasSharedData, sharedPath } from '../helpers/shared-data.ts';
import { STEERS } from '../helpers/steers.ts';

/**
 * What a file may take above `inspect` of a model of one node. The most that any takes is two seconds on a busy machine, and
 * 270 MB; the faults that these files are of took minutes, or more than a gigabyte.
 */
const CPU_SECONDS = 20;
const BYTES = 600e6;
const HEAVY = 'weights that nodes make';

const folder = mkdtempSync(join(tmpdir(), 'tilewise-hostile-'));
afterAll(() => rmSync(folder, { recursive: true }));

/** Means of the channels as the scores of three classes. */
function tinyModel(): string {
  const file = join(folder, 'means.onnx');
  const picture = { name: 'picture', dtype: 'float32', shape: [1, 3, 8, 8] } as const;
  const scores = { name: 'scores', dtype: 'float32', shape: [1, 3, 1, 1] } as const;
  const pool = { op: 'GlobalAveragePool', inputs: ['picture'], outputs: ['scores'] };
  writeFileSync(file, encodeModel({ opset: 13, inputs: [picture], outputs: [scores], nodes: [pool] }));
  return file;
}

/** Products with two gigabytes of weights, each followed by a factor and a shift a channel, in three kilobytes. */
function heavyModel(): string {
  const file = join(folder, 'heavy.onnx');
  const [layers, width] = [16, 5632];
  const nodes = range(layers).flatMap((i) => [
    {
      op: 'ConstantOfShape',
      inputs: ['square'],
      outputs: [`w${i}`],
      attributes: { value: { t: tensorOf('float32', [1], [2 ** -12]) } },
    },
    { op: 'Transpose', inputs: [`w${i}`], outputs: [`t${i}`], attributes: { perm: { ints: [1, 0] } } },
    { op: 'MatMul', inputs: [`h${i}`, `t${i}`], outputs: [`p${i}`] },
    { op: 'Expand', inputs: ['half', 'row'], outputs: [`s${i}`] },
    { op: 'Mul', inputs: [`p${i}`, `s${i}`], outputs: [`m${i}`] },
    { op: 'Add', inputs: [`m${i}`, `s${i}`], outputs: [`h${i + 1}`] },
  ]);
  const port = (name: string) => ({ name, dtype: 'float32', shape: [1, width] }) as const;
  const initializers = [
    ['square', tensorOf('int64', [2], [width, width])],
    ['row', tensorOf('int64', [1], [width])],
    ['half', tensorOf('float32', [1], [0.5])],
  ] as const;
  writeFileSync(
    file,
    encodeModel({ opset: 13, inputs: [port('h0')], outputs: [port(`h${layers}`)], nodes, initializers }),
  );
  return file;
}

/** A red picture of 8×8 pixels, 24 bits each. */
function tinyPicture(): string {
  const file = join(folder, 'red.bmp');
  const bytes = new Uint8Array(54 + 8 * 24);
  const view = new DataView(bytes.buffer);
  bytes.set([0x42, 0x4d]);
  for (const [at, value] of [
    [2, bytes.length],
    [10, 54],
    [14, 40],
    [18, 8],
    [22, 8],
  ] as const) {
    view.setUint32(at, value, true);
  }
  view.setUint16(26, 1, true);
  view.setUint16(28, 24, true);
  for (let i = 54; i < bytes.length; i += 3) bytes[i + 2] = 255;
  writeFileSync(file, bytes);
  return file;
}

/** The command that reads a hostile file as what it claims to be. */
function commandFor(name: string): string[] {
  const file = sharedPath(`hostile/${name}`);
  const classify = ['--model', tinyModel(), '--backend', 'cpu'];
  if (name.endsWith('.bmp')) return ['classify', file, ...classify];
  if (name.endsWith('.txt')) return ['classify', tinyPicture(), ...classify, '--labels', file];
  return ['inspect', file];
}

/** Throws what is wrong with an answer. */
function expectClean({ code, stdout, stderr }: Measured): void {
  expect(stdout + stderr).not.toMatch(STEERS);
  if (code === 0) return;
  expect({ code, stdout, stderr }).toEqual({ code: 1, stdout: '', stderr: expect.stringMatching(/^error: .+\n$/) });
  expect(stderr).not.toContain('internal error');
}

describe('hostile files', () => {
  const names = hasSharedData ? readdirSync(sharedPath('hostile')).sort() : [];
  let usual: Measured;

  beforeAll(async () => {
    usual = await measuredCommand('inspect', tinyModel());
    expect(usual).toMatchObject({ code: 0, stderr: '' });
  });

  it.each([HEAVY, ...names])('%s', async (name) => {
    const measured = await measuredCommand(...(name === HEAVY ? ['inspect', heavyModel()] : commandFor(name)));
    expectClean(measured);
    expect(measured.cpuSeconds - usual.cpuSeconds).toBeLessThan(CPU_SECONDS);
    expect(measured.peakBytes - usual.peakBytes).toBeLessThan(BYTES);
  });
});
