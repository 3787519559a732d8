/** `tilewise segment`: what it prints, and the files it writes. */
import { mkdtempSync, readFileSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { runCommandLine } from '../../src/cli/program.ts';
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

it('writes a map of classes and a picture of them, and says what share each has', async () => {
  const out = mkdtempSync(join(tmpdir(), 'tilewise-segment-'));
  const [model, labels, picture] = ['colours.onnx', 'labels.txt', 'thirds.png'].map((name) => join(out, name)) as [
    string,
    string,
    string,
  ];
  writeFileSync(model, colours());
  writeFileSync(labels, 'background\ntree\nsea\n');
  const rows = Array.from(
    { length: 16 * 8 },
    (_, i) =>
      [
        [255, 0, 0],
        [0, 255, 0],
        [0, 0, 255],
      ][i % 16 < 8 ? 0 : 2] ?? [],
  );
  const sharp = await loadSharp();
  const raw = { width: 16, height: 8, channels: 3 } as const;
  await sharp(Buffer.from(rows.flat()), { raw }).png().toFile(picture);
  const text: string[] = [];
  const streams = { stdout: { write: (s: string) => text.push(s) }, stderr: { write: () => 0 } };
  const flags = ['--model', model, '--labels', labels, '--mean', '0', '--std', '255', '--output-dir', out, '--json'];
  expect(await runCommandLine(['segment', picture, ...flags], streams as never)).toBe(0);
  const [found] = (JSON.parse(text.join('')) as { results: Record<string, never>[] }).results;
  expect(found).toMatchObject({
    decode: 'class-scores',
    kind: 'classes',
    width: 16,
    height: 8,
    map: join(out, 'thirds_classes.png'),
    classes: [
      { index: 0, label: 'background', pixels: 64, share: 0.5 },
      { index: 2, label: 'sea', pixels: 64, share: 0.5 },
    ],
  });
  const map = sharp(readFileSync(String(found?.['map'])));
  expect(await map.metadata()).toMatchObject({ channels: 1, depth: 'uchar' });
  expect([...(await map.extractChannel(0).raw().toBuffer())]).toEqual(rows.map(([red]) => (red === 255 ? 0 : 2)));
  expect(await decodeImage(readFileSync(String(found?.['output'])))).toMatchObject({ width: 16, height: 8 });
});
