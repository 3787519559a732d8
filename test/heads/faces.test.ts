/** Heads of faces, on what the reference runtimes gave and on made-up outputs, against decoders that share no code with them. */
import { describe, expect, it } from 'vitest';
import { tensorOf, type Tensor } from '../../src/core/tensor.ts';
import { FACE_MESH_HEADS, IRIS_HEADS } from '../../src/heads/face-parts.ts';
import { FACE_HEADS } from '../../src/heads/faces.ts';
import { at } from '../../src/util/arrays.ts';
import { expectClose } from '../helpers/close.ts';
import { suppressed, type DecodedBox } from '../helpers/decoders/decoded-box.ts';
import { blazeAnchors, decodeBlaze, decodeUltraLight, decodeYuNet } from '../helpers/decoders/faces.ts';
import { runHead, type HeadRun } from '../helpers/head-run.ts';
import { randomSource, randomTensor } from '../helpers/random.ts';
import { hasSharedData, readGolden } from '../helpers/shared-data.ts';

/** A few products and sums of numbers up to some hundreds, in float32 against float64. */
const CLOSE = { rtol: 1e-5, atol: 1e-3 };
const LIMITS = { threshold: 0.5, iou: 0.3 };

type Outputs = Readonly<Record<string, Tensor>>;

const golden = (name: string): Outputs =>
  Object.fromEntries(readGolden(name).outputs.map((output) => [output.name, output.tensor]));

const found = (outputs: Outputs, name: string): Tensor => outputs[name] ?? tensorOf('float32', [0], []);

const random = (shape: readonly number[], seed: number, low: number, high: number): Tensor =>
  randomTensor('float32', shape, randomSource(seed), low, high);

/** The head of this name is taken, and keeps what the other decoder does. */
function expectFaces(name: string, outputs: Outputs, run: HeadRun, decoded: readonly DecodedBox[]): void {
  const { head, results } = runHead(FACE_HEADS, outputs, { ...run, ...LIMITS });
  expect(head).toBe(name);
  const wanted = suppressed(decoded, LIMITS);
  expect(wanted.length).toBeGreaterThan(5);
  const rows = (of: (box: DecodedBox) => readonly number[], ...shape: number[]): Tensor =>
    tensorOf('float32', [wanted.length, ...shape], wanted.flatMap(of));
  expectClose(
    found(results, 'scores'),
    rows(({ score }) => [score]),
    CLOSE,
  );
  expectClose(
    found(results, 'boxes'),
    rows(({ x1, y1, x2, y2 }) => [x1, y1, x2, y2], 4),
    CLOSE,
  );
  const points = at(wanted, 0).points?.length;
  expect(results['points']?.shape[1]).toBe(points);
  if (points)
    expectClose(
      found(results, 'points'),
      rows((box) => (box.points ?? []).flat(), points, 2),
      CLOSE,
    );
}

describe.runIf(hasSharedData)('on the faces of a photograph', () => {
  it('RFB-320', () => {
    const outputs = golden('version-RFB-320__faces_1');
    const input = { width: 320, height: 240 };
    expectFaces('rfb', outputs, input, decodeUltraLight(found(outputs, 'scores'), found(outputs, 'boxes'), input));
  });

  it('YuNet', () => {
    const outputs = golden('yunet_n_320_320__faces_1');
    const input = { width: 320, height: 320 };
    const levels = [8, 16, 32].map((stride) => {
      const [cls, obj, bbox, kps] = ['cls', 'obj', 'bbox', 'kps'].map((part) => found(outputs, `${part}_${stride}`));
      return { stride, cls, obj, bbox, kps } as Parameters<typeof decodeYuNet>[0][number];
    });
    expectFaces('yunet', outputs, input, decodeYuNet(levels, input));
  });
});

describe('on made-up outputs', () => {
  it.each([
    ['of short range', 128, [8, 16, 16, 16], 2, [896]],
    ['of full range', 192, [4], 1, [2304]],
    ['for the back camera', 256, [16, 32, 32, 32], 2, [384, 512]],
  ] as const)('BlazeFace %s', (_, side, strides, each, counts) => {
    // The maps in the wrong order, as the third has them.
    const parts = counts.map((n, i) => [random([1, n, 16], i, 10, 60), random([1, n, 1], i + 5, -12, 1)] as const);
    const outputs = Object.fromEntries(
      parts.flatMap(([codes, logits], i) => [
        [`codes${i}`, codes],
        [`logits${i}`, logits],
      ]),
    );
    const ordered = parts.toReversed();
    const logits = ordered.map(([, own]) => own);
    const codes = ordered.map(([own]) => own);
    const decoded = decodeBlaze(logits, codes, blazeAnchors(side, strides, each), side);
    expectFaces('blazeface', outputs, { width: side, height: side }, decoded);
  });

  it('are refused where the rows are those of no network', () => {
    const outputs = { codes: random([1, 895, 16], 1, 0, 1), logits: random([1, 895, 1], 1, 0, 1) };
    expect(() => runHead(FACE_HEADS, outputs, { width: 128, height: 128 })).toThrow(
      /nothing that is decoded here: "codes".*yunet reads cls_S/,
    );
  });

  it('the mesh and its chance, the eye and its iris', () => {
    const mesh = random([1, 1, 1, 1404], 1, 0, 192);
    const face = runHead(
      FACE_MESH_HEADS,
      { flag: tensorOf('float32', [1, 1, 1, 1], [2]), mesh },
      { width: 192, height: 192 },
    );
    expect(found(face.results, 'points')).toEqual({ ...mesh, shape: [468, 3] });
    expectClose(found(face.results, 'score'), tensorOf('float32', [1], [1 / (1 + Math.exp(-2))]), CLOSE);
    expect(face.head).toBe('face-mesh');
    const eye = random([1, 1, 1, 228], 2, 0, 64);
    const { results } = runHead(IRIS_HEADS, { eye }, { width: 64, height: 64 });
    expect(found(results, 'contour').shape).toEqual([71, 3]);
    expect(Array.from(found(results, 'iris').data)).toEqual(Array.from(eye.data.slice(71 * 3)));
    expect(() => runHead(IRIS_HEADS, { eye: mesh }, { width: 64, height: 64 })).toThrow(/iris reads 71 landmarks/);
  });

  it('what an attention mesh sees again takes the place of its first impression', () => {
    const counts = { mesh: 1404, lips: 160, left: 142, right: 142, first: 10, second: 10 };
    const outputs = Object.fromEntries(
      Object.entries(counts).map(([name, n], i) => [name, random([1, 1, 1, n], i, 0, 192)]),
    );
    const flag = tensorOf('float32', [1, 1, 1, 1], [0]);
    const { head, results } = runHead(FACE_MESH_HEADS, { ...outputs, flag }, { width: 192, height: 192 });
    expect(head).toBe('attention-mesh');
    const points = found(results, 'points');
    expect(points.shape).toEqual([478, 3]);
    const at3 = (k: number): number[] => Array.from(points.data.slice(3 * k, 3 * k + 3));
    const of = (name: string, k: number, width = 2): number[] =>
      Array.from(found(outputs, name).data.slice(width * k, width * (k + 1)));
    const depth = (k: number): number | undefined => of('mesh', k, 3)[2];
    // The nose's tip is seen once; corners of the mouth and of both eyes, and a point of each brow, come from where they stand there.
    expect(at3(4)).toEqual(of('mesh', 4, 3));
    for (const [k, name, place] of [
      [61, 'lips', 0],
      [291, 'lips', 10],
      [407, 'lips', 79],
      [33, 'left', 0],
      [133, 'left', 8],
      [193, 'left', 70],
      [263, 'right', 0],
      [417, 'right', 70],
    ] as const) {
      expect(at3(k)).toEqual([...of(name, place), depth(k)]);
    }
    // Irises are as deep as the eye's contour is on the average.
    const contour = [33, 7, 163, 144, 145, 153, 154, 155, 133, 246, 161, 160, 159, 158, 157, 173];
    const mean = contour.reduce((sum, k) => sum + (depth(k) ?? 0), 0) / contour.length;
    expect(at3(470).slice(0, 2)).toEqual(of('first', 2));
    expect(at3(470)[2]).toBeCloseTo(mean, 4);
    expect(at3(477).slice(0, 2)).toEqual(of('second', 4));
  });
});
