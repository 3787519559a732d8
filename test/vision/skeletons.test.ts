/** Lines over key points go where the published topologies have them, and to points that there are. */
import { describe, expect, it } from 'vitest';
import {
  BLAZEFACE_POINTS,
  BLAZEPOSE_POINTS,
  COCO_POINTS,
  FIVE_FACE_POINTS,
  HAND_POINTS,
} from '../../src/vision/point-names.ts';
import { checkSkeleton, skeletonOf, type Skeleton } from '../../src/vision/skeletons.ts';

/** Pairs of points that lines join, each once, as `3-5`. */
const edges = (skeleton: Skeleton): Set<string> =>
  new Set(
    skeleton.flatMap((chain) => chain.slice(1).map((to, i) => [to, chain[i] ?? NaN].sort((a, b) => a - b).join('-'))),
  );

const named = (names: readonly string[]): string[] =>
  [...edges(skeletonOf(names.length))].map((edge) =>
    edge
      .split('-')
      .map((i) => names[Number(i)])
      .join(' '),
  );

/** The pair on the other side of the person. */
const swapped = (edge: string): string => edge.replace(/left|right/g, (side) => (side === 'left' ? 'right' : 'left'));

const sorted = (edge: string): string => edge.split(' ').sort().join(' ');

const SETS = { BLAZEFACE_POINTS, BLAZEPOSE_POINTS, COCO_POINTS, FIVE_FACE_POINTS, HAND_POINTS };

describe('names of key points', () => {
  it.each(Object.entries(SETS))('%s are each another', (_, names) => {
    expect(new Set(names).size).toBe(names.length);
  });

  it('have a left one for each right one', () => {
    for (const names of Object.values(SETS)) {
      const rights = names.filter((name) => name.includes('right'));
      expect(names).toEqual(expect.arrayContaining(rights.map((name) => name.replace('right', 'left'))));
    }
  });
});

describe('skeletons', () => {
  // COCO's annotations (person_keypoints_val2017.json) have 19 pairs, MediaPipe's tables 35, 21 and, of the contours, 124.
  it.each([
    [17, 19],
    [33, 35],
    [21, 21],
    [468, 124],
    [478, 132],
    [5, 0],
  ])('over %i points have %i lines, all to points that there are', (points, lines) => {
    const skeleton = skeletonOf(points);
    expect(edges(skeleton).size).toBe(lines);
    expect(() => checkSkeleton(skeleton, points)).not.toThrow();
  });

  it('are the same on both sides of a person', () => {
    for (const names of [COCO_POINTS, BLAZEPOSE_POINTS]) {
      const pairs = new Set(named(names).map(sorted));
      expect(pairs.has('left_elbow left_wrist')).toBe(true);
      expect([...pairs].map((edge) => sorted(swapped(edge))).filter((edge) => !pairs.has(edge))).toEqual([]);
    }
  });

  it('join each finger from its root to its tip', () => {
    expect(named(HAND_POINTS)).toEqual(
      expect.arrayContaining(['wrist thumb_cmc', 'index_finger_mcp index_finger_pip', 'pinky_dip pinky_tip']),
    );
  });

  it('are refused where a line goes to no point, by its number', () => {
    expect(() => checkSkeleton([[0, 5]], 5)).toThrow('key point 5');
    expect(() => checkSkeleton([[0, -1]], 5)).toThrow('key point -1');
    expect(() => checkSkeleton([[0, 0.5]], 5)).toThrow('key point 0.5');
    expect(() => checkSkeleton([[NaN]], 5)).toThrow('key point NaN');
  });
});
