/** Poses and hands on photographs: where a person sees the key points, turned pictures, and what the tasks refuse. */
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { findModel } from '../../src/catalogue/catalogue.ts';
import { AT_A_TABLE } from '../../src/catalogue/samples.ts';
import { installedPackage } from '../../src/node/packages.ts';
import { createHandDetector, type HandDetector } from '../../src/tasks/hand-detector.ts';
import { createPoseEstimator, type PoseEstimator } from '../../src/tasks/pose-estimator.ts';
import { boxOverlap } from '../../src/vision/regions.ts';
import type { Pose } from '../../src/vision/poses.ts';
import { catalogueModel } from '../helpers/catalogue-models.ts';
import { hasSharedData, sharedPath } from '../helpers/shared-data.ts';
import { onGpuHere as options } from '../helpers/task-options.ts';
import { pixelsOf, turnedPlace } from '../helpers/turned-picture.ts';

/** A man at a table, with a hand in sight. */
const HANDS_FILE = join(installedPackage('@vladmandic/human')?.folder ?? '', 'assets/samples.jpg');
const HANDS_PART = { left: AT_A_TABLE.x, top: AT_A_TABLE.y, width: AT_A_TABLE.width, height: AT_A_TABLE.height };

/** The man to the left of the street's picture, and where he has what, by eye, in pixels of that picture. */
const LEFT_MAN = { left: 20, top: 50, width: 160, height: 260 };
const LEFT_MAN_POINTS = {
  nose: [104, 93],
  left_shoulder: [130, 108],
  right_shoulder: [64, 105],
  left_wrist: [142, 165],
  right_wrist: [77, 162],
  left_ankle: [148, 258],
  right_ankle: [80, 275],
} as const;

/** Grace Hopper, to the hips. */
const HOPPER_POINTS = {
  nose: [268, 230],
  left_eye: [306, 187],
  right_eye: [222, 188],
  left_shoulder: [445, 405],
  right_shoulder: [80, 410],
} as const;

/** Each marked point lies within `far` pixels of the pose's, after `move`. */
function expectPoints(
  pose: Pose | undefined,
  marked: Readonly<Record<string, readonly [number, number]>>,
  far: number,
  move: (x: number, y: number) => readonly [number, number] = (x, y) => [x, y],
): void {
  for (const [name, place] of Object.entries(marked)) {
    const point = pose?.points.find((candidate) => candidate.name === name);
    const [x, y] = move(...place);
    expect(Math.hypot((point?.x ?? NaN) - x, (point?.y ?? NaN) - y), name).toBeLessThan(far);
  }
}

describe.skipIf(!hasSharedData)('poses', () => {
  let movenet: PoseEstimator | undefined;
  beforeAll(async () => {
    movenet = await createPoseEstimator(undefined, options);
  });
  afterAll(() => movenet?.dispose());

  it('by MoveNet are where a person sees them, in each of several pictures', async () => {
    const street = sharedPath('images/street.jpg');
    const pictures = [await pixelsOf(sharedPath('images/grace_hopper.png')), await pixelsOf(street, LEFT_MAN)];
    const [[hopper, ...others] = [], [man] = []] = (await movenet?.estimate(pictures)) ?? [];
    expect(others).toEqual([]);
    // Tenths of the heights that are seen: joints are under cloth.
    expectPoints(hopper, HOPPER_POINTS, 58);
    expectPoints(man, LEFT_MAN_POINTS, 20, (x, y) => [x - LEFT_MAN.left, y - LEFT_MAN.top]);
    expect(movenet?.binding?.decode).toBe('movenet');
  });

  it('refuse options out of range, other outputs and landmarks behind such a model', async () => {
    const picture = { width: 8, height: 8, data: new Uint8ClampedArray(256) };
    expect(await movenet?.estimate(picture)).toEqual([]);
    await expect(movenet?.estimate(picture, { iou: 2 })).rejects.toThrow('between 0 and 1');
    await expect(movenet?.estimate(picture, { max: 0 })).rejects.toThrow('max');
    await expect(createPoseEstimator(undefined, { ...options, decode: 'heat-maps' })).rejects.toThrow(
      'heat-maps reads',
    );
    const landmarks = 'pose-landmark-lite';
    await expect(createPoseEstimator(undefined, { ...options, landmarks })).rejects.toThrow('a movenet');
  });

  it('by BlazePose turn with the picture', async (context) => {
    const parts = ['blazepose', 'pose-landmark-lite'].map((name) => catalogueModel(findModel(name)));
    if ((await Promise.all(parts)).includes(undefined)) return context.skip('@mediapipe/pose cannot be had');
    using blazepose = await createPoseEstimator('blazepose', options);
    for (const degrees of [0, 30]) {
      const picture = await pixelsOf(sharedPath('images/street.jpg'), LEFT_MAN, degrees);
      const [man] = await blazepose.estimate(picture);
      // A tenth of his height.
      expectPoints(man, LEFT_MAN_POINTS, 22, (x, y) =>
        turnedPlace({ x: x - LEFT_MAN.left, y: y - LEFT_MAN.top }, LEFT_MAN, picture, degrees),
      );
      expect(man?.points).toHaveLength(33);
      expect(man?.world).toHaveLength(33);
      // In space as in the picture the way from the right shoulder to the left one goes down as it was turned.
      const [left, right] = [man?.world?.[11], man?.world?.[12]];
      const slope = Math.atan2((left?.y ?? NaN) - (right?.y ?? NaN), (left?.x ?? NaN) - (right?.x ?? NaN));
      expect(Math.abs(slope - (degrees * Math.PI) / 180)).toBeLessThan(0.3);
    }
  });
});

describe('hands', () => {
  it('have joints, and are left or right as the person has them', async (context) => {
    const parts = ['palm-detection-full', 'hand-landmark-full'].map((name) => catalogueModel(findModel(name)));
    if ((await Promise.all(parts)).includes(undefined)) return context.skip('@mediapipe/hands cannot be had');
    using hands: HandDetector = await createHandDetector(undefined, options);
    // His hand is but twenty pixels wide.
    const limits = { threshold: 0.4 };
    const [hand, ...others] = await hands.detect(await pixelsOf(HANDS_FILE, HANDS_PART), limits);
    expect(others).toEqual([]);
    // He sits opposite, and the hand is the one to the right in the picture.
    expect(hand?.handedness).toBe('left');
    expect(hand?.points).toHaveLength(21);
    const wrist = hand?.points.find(({ name }) => name === 'wrist');
    expect(Math.hypot((wrist?.x ?? NaN) - 181, (wrist?.y ?? NaN) - 111)).toBeLessThan(12);
    using palms = await createHandDetector(undefined, { ...options, landmarks: false });
    const [palm] = await palms.detect(await pixelsOf(HANDS_FILE, HANDS_PART), limits);
    expect(palm?.points.map(({ name }) => name)).toContain('thumb_cmc');
    expect(palm).not.toHaveProperty('handedness');
  });

  it('are found whole by handtrack, without faces, each once, and have the same joints', async (context) => {
    if (!(await catalogueModel(findModel('hand-landmark-full')))) return context.skip('@mediapipe/hands cannot be had');
    using hands = await createHandDetector('handtrack', options);
    expect(hands.binding?.decode).toBe('ssd');
    const picture = await pixelsOf(HANDS_FILE, HANDS_PART);
    const found = await hands.detect(picture, { threshold: 0.2 });
    using palms = await createHandDetector(undefined, options);
    const [known] = await palms.detect(picture, { threshold: 0.4 });
    const same = found.filter((hand) => boxOverlap(hand, known ?? hand) > 0.5);
    expect(same).toHaveLength(1);
    expect(same[0]?.handedness).toBe('left');
    expect(same[0]?.label).toMatch(/hand|point|pinch/);
    const apart = (same[0]?.points ?? []).map(({ x, y }, i) => {
      return Math.hypot(x - (known?.points[i]?.x ?? NaN), y - (known?.points[i]?.y ?? NaN));
    });
    // The hand is but twenty pixels wide, and was looked at in regions of other extents.
    expect(apart.reduce((sum, way) => sum + way, 0) / 21).toBeLessThan(0.15 * (known?.width ?? NaN));
    using alone = await createHandDetector('handtrack', { ...options, landmarks: false });
    const boxes = await alone.detect(picture, { threshold: 0.2 });
    expect(boxes.length).toBeGreaterThanOrEqual(found.length);
    expect(boxes.map(({ label }) => label)).not.toContain('face');
    expect(boxes.every(({ points }) => points.length === 0)).toBe(true);
  });
});
