/** `tilewise segment`: what it prints, and the files it writes. */
import { mkdtempSync, readFileSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { runCommandLine } from '../../src/cli/program.ts';
import { tensorOf } from '../../src/core/tensor.ts';
import { toOnnx } from '../../src/formats/onnx/write/to-onnx.ts';
import { GraphBuilder } from '../../src/ir/builder.ts';
import { decodeImage, loadSharp } from '../../src/node/image.ts';

/** A network whose scores of three classes are the colours of its picture. */
function colours(): Uint8Array {
  const b = new GraphBuilder('colours');
  b.output(
    b.one('Activation', [b.input('x', 'float32', [1, 3, 8, 8])], { activation: { kind: 'relu', alpha: 0, beta: 0 } }),
  );
  return toOnnx(b.build());
}

/** A network that sees one thing, the left half of its picture, in which the middle is its mask. */
function oneThing(): Uint8Array {
  const b = new GraphBuilder('thing');
  b.input('x', 'float32', [1, 3, 8, 16]);
  const middle = Array.from({ length: 16 * 16 }, (_, i) =>
    Number(Math.hypot((i % 16) - 7.5, Math.floor(i / 16) - 7.5) < 5),
  );
  const outputs = {
    boxes: tensorOf('float32', [1, 4], [0, 0, 8, 8]),
    labels: tensorOf('int64', [1], [1]),
    scores: tensorOf('float32', [1], [0.75]),
    masks: tensorOf('float32', [1, 1, 16, 16], middle),
  };
  for (const [name, value] of Object.entries(outputs)) {
    b.output(b.one('Identity', [b.constant('value', value)], {}, { outputs: [name] }));
  }
  return toOnnx(b.build());
}

interface Answer {
  /** What the JSON says of the picture. */
  readonly found: Readonly<Record<string, unknown>> | undefined;
  readonly out: string;
}

/** The command on a picture of 16 × 8 pixels, with a network whose classes have these names. */
async function segment(network: Uint8Array, classes: string, rgb: readonly number[]): Promise<Answer> {
  const out = mkdtempSync(join(tmpdir(), 'tilewise-segment-'));
  const [model, labels, picture] = ['network.onnx', 'labels.txt', 'picture.png'].map((name) => join(out, name)) as [
    string,
    string,
    string,
  ];
  writeFileSync(model, network);
  writeFileSync(labels, classes);
  const sharp = await loadSharp();
  await sharp(Buffer.from(rgb), { raw: { width: 16, height: 8, channels: 3 } })
    .png()
    .toFile(picture);
  const text: string[] = [];
  const streams = { stdout: { write: (s: string) => text.push(s) }, stderr: { write: () => 0 } };
  const flags = ['--model', model, '--labels', labels, '--mean', '0', '--std', '255', '--output-dir', out, '--json'];
  expect(await runCommandLine(['segment', picture, ...flags], streams as never)).toBe(0);
  const { results } = JSON.parse(text.join('')) as { results: Record<string, unknown>[] };
  return { found: results[0], out };
}

/** The numbers of a grey PNG. */
async function greyOf(file: unknown): Promise<number[]> {
  const sharp = await loadSharp();
  const map = sharp(readFileSync(String(file)));
  expect(await map.metadata()).toMatchObject({ channels: 1, depth: 'uchar' });
  return [...(await map.extractChannel(0).raw().toBuffer())];
}

const isLeft = (pixel: number): boolean => pixel % 16 < 8;

it('writes a map of classes and a picture of them, and says what share each has', async () => {
  const rows = Array.from({ length: 16 * 8 }, (_, i) => (isLeft(i) ? [255, 0, 0] : [0, 0, 255]));
  const { found, out } = await segment(colours(), 'background\ntree\nsea\n', rows.flat());
  expect(found).toMatchObject({
    decode: 'class-scores',
    kind: 'classes',
    width: 16,
    height: 8,
    map: join(out, 'picture_classes.png'),
    classes: [
      { index: 0, label: 'background', pixels: 64, share: 0.5 },
      { index: 2, label: 'sea', pixels: 64, share: 0.5 },
    ],
  });
  expect(await greyOf(found?.['map'])).toEqual(rows.map((_, i) => (isLeft(i) ? 0 : 2)));
  expect(await decodeImage(readFileSync(String(found?.['output'])))).toMatchObject({ width: 16, height: 8 });
});

it('outlines things, and writes a map of them, the first as 1', async () => {
  const { found, out } = await segment(
    oneThing(),
    'cat\ndog\n',
    Array.from({ length: 16 * 8 * 3 }, () => 128),
  );
  const thing = { label: 'dog', index: 1, score: 0.75, box: [0, 0, 8, 8] };
  expect(found).toMatchObject({ kind: 'instances', instances: [thing], map: join(out, 'picture_instances.png') });
  const map = await greyOf(found?.['map']);
  const [{ area } = { area: NaN }] = (found?.['instances'] ?? []) as { area: number }[];
  expect(map.filter((value) => value === 1)).toHaveLength(area);
  // A circle of five sixteenths of the box: π · (8 · 5 / 16)² is 20.
  expect(area).toBeGreaterThan(14);
  expect(area).toBeLessThan(26);
  expect([map[0], map[3 * 16 + 3], map[3 * 16 + 12]]).toEqual([0, 1, 0]);
});
