/** Regions of pipelines, against MediaPipe's calculators written out in parts of the picture as they have them, and by hand. */
import { describe, expect, it } from 'vitest';
import { InputError } from '../../src/core/errors.ts';
import { plainPicture } from '../../src/vision/plain-picture.ts';
import {
  checkRegion,
  projectBox,
  projectPoint,
  regionMap,
  type PicturePoint,
  type PictureRegion,
} from '../../src/vision/region-spec.ts';
import {
  boxAround,
  boxRegion,
  eyeRegion,
  faceMeshRegion,
  faceRegion,
  handRegion,
  normalisedAngle,
  palmRegion,
  poseRegion,
  transformRegion,
} from '../../src/vision/regions.ts';
import { randomSource } from '../helpers/random.ts';

const random = randomSource(15);
const [WIDTH, HEIGHT] = [640, 480];
const points = (count: number): PicturePoint[] =>
  Array.from({ length: count }, () => ({ x: random() * WIDTH, y: random() * HEIGHT }));

/** `NormalizedRect`, as MediaPipe has it. */
type Rect = readonly [xCenter: number, yCenter: number, width: number, height: number, rotation: number];

/** RectTransformationCalculator::TransformNormalizedRect. */
function transformed([x, y, w, h, r]: Rect, scale: number, shiftY: number): Rect {
  const long = Math.max(w * WIDTH, h * HEIGHT);
  return [
    x + (-HEIGHT * h * shiftY * Math.sin(r)) / WIDTH,
    y + (HEIGHT * h * shiftY * Math.cos(r)) / HEIGHT,
    (long / WIDTH) * scale,
    (long / HEIGHT) * scale,
    r,
  ];
}

const radians = (angle: number): number => angle - 2 * Math.PI * Math.floor((angle + Math.PI) / (2 * Math.PI));
const turn = (a: PicturePoint | undefined, b: PicturePoint | undefined, target: number): number =>
  radians(target - Math.atan2(-((b?.y ?? 0) - (a?.y ?? 0)), (b?.x ?? 0) - (a?.x ?? 0)));

function expectRegion(region: PictureRegion, [x, y, w, h, r]: Rect): void {
  expect(region.centerX).toBeCloseTo(x * WIDTH, 8);
  expect(region.centerY).toBeCloseTo(y * HEIGHT, 8);
  expect(region.width).toBeCloseTo(w * WIDTH, 8);
  expect(region.height).toBeCloseTo(h * HEIGHT, 8);
  expect(region.angle).toBeCloseTo(r, 12);
  expect(region.outside).toBe('repeat');
}

const parts = ({ x, y, width, height }: { x: number; y: number; width: number; height: number }, r: number): Rect => [
  (x + width / 2) / WIDTH,
  (y + height / 2) / HEIGHT,
  width / WIDTH,
  height / HEIGHT,
  r,
];

describe('regions of what was found', () => {
  const box = { x: 100, y: 50, width: 120, height: 90 };

  it('are those of the face and palm detectors', () => {
    for (let i = 0; i < 10; i++) {
      const found = points(7);
      const [first, second, third] = found;
      expectRegion(faceRegion(box, found), transformed(parts(box, turn(first, second, 0)), 1.5, 0));
      expectRegion(palmRegion(box, found), transformed(parts(box, turn(first, third, Math.PI / 2)), 2.6, -0.5));
    }
  });

  it('are those of the landmarks of faces, eyes and hands', () => {
    const mesh = points(468);
    expectRegion(faceMeshRegion(mesh), transformed(parts(boxAround(mesh), turn(mesh[33], mesh[263], 0)), 1.5, 0));
    for (const [side, from, to] of [
      ['left', 33, 133],
      ['right', 362, 263],
    ] as const) {
      const eye = eyeRegion(mesh, side);
      const corners = [mesh[from], mesh[to]].flatMap((p) => p ?? []);
      expectRegion(eye, transformed(parts(boxAround(corners), turn(mesh[from], mesh[to], 0)), 2.3, 0));
      expect(eye.mirror).toBe(side === 'right');
    }
  });

  it('of a hand are the same however it is turned and moved', () => {
    // Wrist below, fingers up: the rectangle of joints is upright.
    const hand = points(21).map(({ x, y }, i) => ({ x: 100 + (x % 50), y: i === 0 ? 300 : 200 + (y % 60) }));
    const knuckleX = ((hand[5]?.x ?? 0) + (hand[13]?.x ?? 0)) / 4 + (hand[9]?.x ?? 0) / 2;
    const upright = hand.map((p, i) => (i === 0 ? { x: knuckleX, y: 300 } : p));
    const region = handRegion(upright);
    const steady = boxAround([0, 1, 2, 3, 5, 6, 9, 10, 13, 14, 17, 18].flatMap((i) => upright[i] ?? []));
    expectRegion(region, transformed(parts(steady, 0), 2, -0.1));
    for (const angle of [0.4, 2, -2.5]) {
      const [cos, sin] = [Math.cos(angle), Math.sin(angle)];
      const turned = (p: PicturePoint): PicturePoint => ({
        x: cos * p.x - sin * p.y + 7,
        y: sin * p.x + cos * p.y - 3,
      });
      const again = handRegion(upright.map(turned));
      const centre = turned({ x: region.centerX, y: region.centerY });
      expect(again.angle).toBeCloseTo(angle, 12);
      expect(again.width).toBeCloseTo(region.width, 8);
      expect([again.centerX, again.centerY]).toEqual([expect.closeTo(centre.x, 8), expect.closeTo(centre.y, 8)]);
    }
  });

  it('of a pose are squares around a circle', () => {
    expect(poseRegion({ x: 100, y: 200 }, { x: 100, y: 120 })).toEqual({
      centerX: 100,
      centerY: 200,
      width: 200,
      height: 200,
      angle: 0,
      outside: 'repeat',
    });
    // Lying with the head to the right: turned clockwise by a quarter.
    expect(poseRegion({ x: 100, y: 200 }, { x: 180, y: 200 }).angle).toBeCloseTo(Math.PI / 2, 12);
  });

  it('refuse points that are not there', () => {
    expect(() => faceRegion(box, [{ x: 1, y: 1 }])).toThrow(InputError);
    expect(() => handRegion(points(5))).toThrow('takes point 5, and there are 5 points');
    expect(() => faceMeshRegion([])).toThrow(InputError);
    expect(() => boxAround([])).toThrow(InputError);
    expect(() => eyeRegion(points(468), 'middle' as 'left')).toThrow(InputError);
  });
});

describe('transforms of regions', () => {
  it('move along the region, and take the shorter side', () => {
    const region = boxRegion({ x: 0, y: 0, width: 40, height: 20 }, Math.PI / 2);
    const moved = transformRegion(region, { shiftX: 0.5, shiftY: 1, square: 'short', scaleX: 3 });
    expect(moved.centerX).toBeCloseTo(0);
    expect(moved.centerY).toBeCloseTo(30);
    expect([moved.width, moved.height]).toEqual([60, 20]);
  });

  it('normalise angles to [−π, π)', () => {
    expect([0, Math.PI, -Math.PI, 7, -7].map(normalisedAngle)).toEqual(
      [0, -Math.PI, -Math.PI, 7 - 2 * Math.PI, 2 * Math.PI - 7].map((a) => expect.closeTo(a, 12)),
    );
  });
});

describe('maps of regions', () => {
  const region: PictureRegion = { centerX: 50, centerY: 40, width: 20, height: 10, angle: Math.PI / 2 };
  const corner = (fit: 'contain' | 'cover', over = {}): PicturePoint =>
    projectPoint({ x: 0, y: 0 }, regionMap({ ...region, angle: 0 }, plainPicture(40, 40, { fit, ...over })));

  it('lead from the input to the picture, turned clockwise', () => {
    const map = regionMap(region, plainPicture(40, 40));
    // The upper left corner of the input is the corner of the region that the turn brings to the upper right.
    const upperLeft = projectPoint({ x: 0, y: 0, z: 8, name: 'corner' }, map);
    expect(upperLeft).toEqual({ x: expect.closeTo(55, 10), y: expect.closeTo(30, 10), z: 4, name: 'corner' });
    expect(projectPoint({ x: 40, y: 0 }, map)).toEqual({ x: expect.closeTo(55, 10), y: expect.closeTo(50, 10) });
    expect(projectBox({ x1: 0, y1: 0, x2: 40, y2: 20 }, map)).toEqual({
      x1: expect.closeTo(50, 10),
      y1: expect.closeTo(30, 10),
      x2: expect.closeTo(55, 10),
      y2: expect.closeTo(50, 10),
    });
  });

  it('exchange left and right in a mirror', () => {
    const [plain, mirrored] = [false, true].map((mirror) => regionMap({ ...region, mirror }, plainPicture(40, 40)));
    if (!plain || !mirrored) throw new Error('two maps');
    const { x, y } = projectPoint({ x: 3, y: 5 }, plain);
    expect(projectPoint({ x: 37, y: 5 }, mirrored)).toEqual({ x: expect.closeTo(x, 10), y: expect.closeTo(y, 10) });
  });

  it('widen or narrow the region to the aspect ratio of the input', () => {
    expect(corner('contain')).toEqual({ x: 40, y: 30 });
    expect(corner('cover')).toEqual({ x: 45, y: 35 });
    // Scaled so that the shorter side is 50 pixels, of which 40 are seen.
    expect(corner('cover', { shorterSide: 50 })).toEqual({ x: 46, y: 36 });
  });

  it.each([
    [{ width: 0 }, 'width'],
    [{ height: -1 }, 'height'],
    [{ centerX: NaN }, 'centerX'],
    [{ centerY: Infinity }, 'centerY'],
    [{ angle: -Infinity }, 'angle'],
    [{ width: Infinity }, 'width'],
    [{ width: 1e12 }, 'width'],
    [{ centerX: -1e9 }, 'centerX'],
    [{ centerX: undefined }, 'centerX'],
    [{ outside: 'mirror' }, 'outside'],
    [{ mirror: 1 }, 'mirror'],
    [{ rotation: 1 }, 'rotation'],
    [{ angle: '1' }, 'angle'],
  ])('refuse %o', (over, named) => {
    const wrong = { ...region, ...over } as PictureRegion;
    expect(() => checkRegion(wrong)).toThrow(InputError);
    expect(() => regionMap(wrong, plainPicture(4, 4))).toThrow(named);
  });

  it('refuse a region that is widened beyond what is exact', () => {
    const thin = { centerX: 0, centerY: 0, width: 1e6, height: 1 };
    expect(() => regionMap(thin, plainPicture(1, 100, { fit: 'contain' }))).toThrow(InputError);
  });
});
