/** A rotated rectangle of a picture that becomes a network's input, and the way back from the input to the picture. */
import { InputError } from '../core/errors.ts';
import type { OptionRules } from '../core/option-rules.ts';
import { requireOptions } from '../core/option-errors.ts';
import type { Box } from './decode/boxes.ts';
import { pictureMap, type PictureSize, type Preprocessing } from './picture-spec.ts';

/**
 * Which rectangle of a picture becomes the input; it may reach beyond the picture. `Preprocessing.fit` is that of the
 * rectangle: `stretch` ignores its aspect ratio, `contain` widens it to that of the input, as MediaPipe's
 * `keep_aspect_ratio`, so that what lies around it is seen in place of a border; `cover` narrows it.
 *
 * It is sampled bilinearly, two pixels by two: seen at less than half its size it is not averaged, as MediaPipe's is not, so
 * that fine patterns alias.
 */
export interface PictureRegion {
  /** The centre, in pixels of the picture: its first pixel covers 0 to 1. */
  readonly centerX: number;
  readonly centerY: number;
  /** Extents along the rectangle's own axes, in pixels of the picture. */
  readonly width: number;
  readonly height: number;
  /** Radians by which it is turned about its centre, clockwise as seen (y runs down); 0 unless given. */
  readonly angle?: number;
  /** The input shows it as in a mirror, left and right exchanged. Default false. */
  readonly mirror?: boolean;
  /** What is seen beyond the picture: the `padding` of the preprocessing, or the picture's border pixels repeated. Default `padding`. */
  readonly outside?: 'padding' | 'repeat';
}

/** A place in a picture, in its pixels. */
export interface PicturePoint {
  readonly x: number;
  readonly y: number;
  /** Depth, in the same unit; smaller is nearer, if the network has it so. */
  readonly z?: number;
}

/**
 * From places in the input to those in the picture, both in pixels with the first from 0 to 1:
 * x = a·x' + c·y' + e, y = b·x' + d·y' + f, as the matrices of a canvas.
 */
export interface RegionMap {
  readonly a: number;
  readonly b: number;
  readonly c: number;
  readonly d: number;
  readonly e: number;
  readonly f: number;
  /** Pixels of the picture that a pixel of the input's width is: depths are scaled as x is. */
  readonly scaleZ: number;
}

const REGION: OptionRules<PictureRegion> = {
  centerX: 'number',
  centerY: 'number',
  width: 'positive',
  height: 'positive',
  angle: 'number',
  mirror: 'boolean',
  outside: ['padding', 'repeat'],
};

/** Pixels that a region may be long, or away from the picture's corner: positions of all its pixels are exact up to there. */
const FARTHEST = 2 ** 24;

/** Throws InputError for a region that is incomplete, not finite, without extent, or so large that positions would not be exact. */
export function checkRegion(region: PictureRegion): void {
  const { centerX, centerY, width, height, angle = 0 } = requireOptions('a region', region, REGION);
  for (const [name, value] of Object.entries({ centerX, centerY, width, height, angle })) {
    if (!Number.isFinite(value)) throw new InputError(`a region has the ${name} ${value}`, { hint: HINT });
    if (name !== 'angle' && Math.abs(value) > FARTHEST) {
      throw new InputError(`a region has the ${name} ${value}, beyond ${FARTHEST} pixels`, { hint: HINT });
    }
  }
}

const HINT = 'A region is { centerX, centerY, width, height, angle }, finite numbers of pixels and radians';

/** The extents of what fills the input, by the preprocessing's `fit`. Throws InputError where they get too large. */
function seenExtents({ width, height }: PictureRegion, spec: Preprocessing): readonly [number, number] {
  if (spec.fit === 'stretch') return [width, height];
  const ratios = [spec.width / width, spec.height / height];
  const scale =
    spec.fit === 'contain'
      ? Math.min(...ratios)
      : (spec.shorterSide ?? 0) / Math.min(width, height) || Math.max(...ratios);
  return [spec.width / scale, spec.height / scale];
}

/**
 * From the input that a region fills to the picture, as MediaPipe's `GetRotatedSubRectToRectTransformMatrix` in pixels. Throws
 * InputError as `checkRegion`, also for a region that `fit` widens too far.
 */
export function regionMap(region: PictureRegion, spec: Preprocessing): RegionMap {
  checkRegion(region);
  const [width, height] = seenExtents(region, spec);
  const seen = { ...region, width, height };
  checkRegion(seen);
  const [cos, sin] = [Math.cos(seen.angle ?? 0), Math.sin(seen.angle ?? 0)];
  const scaleX = width / spec.width;
  const [across, down] = [seen.mirror ? -scaleX : scaleX, height / spec.height];
  const [a, b, c, d] = [across * cos, across * sin, -down * sin, down * cos];
  const [middleX, middleY] = [spec.width / 2, spec.height / 2];
  return {
    a,
    b,
    c,
    d,
    e: seen.centerX - a * middleX - c * middleY,
    f: seen.centerY - b * middleX - d * middleY,
    scaleZ: scaleX,
  };
}

/** From the input that the whole picture becomes to the picture. */
export function wholePictureMap(picture: PictureSize, spec: Preprocessing): RegionMap {
  const { scaleX, scaleY, offsetX, offsetY } = pictureMap(picture, spec);
  return { a: 1 / scaleX, b: 0, c: 0, d: 1 / scaleY, e: -offsetX / scaleX, f: -offsetY / scaleY, scaleZ: 1 / scaleX };
}

/** A place in the input as one in the picture. What else the point has stays. */
export function projectPoint<T extends PicturePoint>(point: T, { a, b, c, d, e, f, scaleZ }: RegionMap): T {
  const { x, y, z } = point;
  const place = { x: a * x + c * y + e, y: b * x + d * y + f };
  return { ...point, ...place, ...(z === undefined ? {} : { z: z * scaleZ }) };
}

/** The smallest upright box in the picture around a box of the input. */
export function projectBox({ x1, y1, x2, y2 }: Box, map: RegionMap): Box {
  const corners = [
    { x: x1, y: y1 },
    { x: x2, y: y1 },
    { x: x1, y: y2 },
    { x: x2, y: y2 },
  ].map((corner) => projectPoint(corner, map));
  const [xs, ys] = [corners.map(({ x }) => x), corners.map(({ y }) => y)];
  return { x1: Math.min(...xs), y1: Math.min(...ys), x2: Math.max(...xs), y2: Math.max(...ys) };
}
