/** `--mirror` and `--threshold` of commands on things in pictures: networks that go on where the first ends, and mattes. */
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import sharp from 'sharp';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { tensorOf, type Tensor } from '../../src/core/tensor.ts';
import { inProcess } from '../helpers/command.ts';
import { encodeModel } from '../helpers/onnx-bytes.ts';

let dir = '';
const at = (name: string): string => join(dir, name);

/** A network that gives these outputs, whatever the picture of 8 × 8 pixels shows. */
function constants(outputs: Readonly<Record<string, Tensor>>): Uint8Array {
  const all = Object.entries(outputs);
  return encodeModel({
    opset: 13,
    name: 'constants',
    inputs: [{ name: 'picture', dtype: 'float32', shape: [1, 3, 8, 8] }],
    outputs: all.map(([name, { dtype, shape }]) => ({ name, dtype, shape })),
    initializers: all.map(([name, value]) => [`of_${name}`, value]),
    nodes: all.map(([name]) => ({ op: 'Identity', name, inputs: [`of_${name}`], outputs: [name] })),
  });
}

beforeAll(async () => {
  dir = mkdtempSync(join(tmpdir(), 'tilewise-second-'));
  await sharp({ create: { width: 8, height: 8, channels: 3, background: 'green' } }).toFile(at('green.png'));
  const face = {
    scores: tensorOf('float32', [1, 1, 2], [0, 1]),
    boxes: tensorOf('float32', [1, 1, 4], [0, 0, 1, 1]),
  };
  writeFileSync(at('face.onnx'), constants(face));
  const steps = Array.from({ length: 64 }, (_, i) => (i % 8) / 8);
  writeFileSync(at('matte.onnx'), constants({ alpha: tensorOf('float32', [1, 1, 8, 8], steps) }));
});

afterAll(() => rmSync(dir, { recursive: true, force: true }));

it('the mesh of a face comes from the mirror folder, too', async () => {
  const flags = ['--model', at('face.onnx'), '--backend', 'cpu', '--mirror', dir];
  expect(JSON.parse((await inProcess('faces', at('green.png'), ...flags, '--json')).stdout)).toMatchObject({
    results: [{ decode: 'rfb', faces: [{ box: [0, 0, 8, 8], mesh: null }] }],
  });
  const { code, stderr } = await inProcess('faces', at('green.png'), ...flags, '--mesh');
  expect(code).toBe(1);
  expect(stderr).toMatch(/the model for landmarks cannot be loaded: .*the mirror folder/);
});

it('a matte with a threshold is foreground and background alone', async () => {
  const matted = async (...flags: string[]): Promise<{ covered: number; mask: string }> => {
    const own = ['--model', at('matte.onnx'), '--decode', 'matte', '--backend', 'cpu', '--output-dir', at('out')];
    const { stdout } = await inProcess('matte', at('green.png'), ...own, '--json', ...flags);
    const [found] = (JSON.parse(stdout) as { results: { covered: number; mask: string }[] }).results;
    return found ?? { covered: NaN, mask: '' };
  };
  expect((await matted()).covered).toBeCloseTo(0.4375, 6);
  const { covered, mask } = await matted('--threshold', '0.5');
  expect(covered).toBe(0.5);
  const { data } = await sharp(readFileSync(mask)).raw().toBuffer({ resolveWithObject: true });
  expect(new Set(data)).toEqual(new Set([0, 255]));
  const refused = await inProcess('matte', at('green.png'), '--threshold', '2');
  expect(refused.code).not.toBe(0);
});
