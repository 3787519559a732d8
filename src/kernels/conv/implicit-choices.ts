/** The tiles of the implicit kernels that are worth trying, and their names. */
import type { ColumnTile } from './implicit-columns.ts';
import type { StripTile } from './implicit-strip.ts';

/** Lanes with channels of their own. */
export const SUBGROUP_COLUMNS = [
  { pixels: 25, quads: 1 },
  { pixels: 16, quads: 1 },
  { pixels: 16, quads: 2 },
  { pixels: 25, quads: 2 },
  { pixels: 16, quads: 4 },
] as const satisfies readonly ColumnTile[];

/** `columns-25x4`: pixels × channels of a lane. */
export function columnName({ pixels, quads }: ColumnTile): string {
  return `columns-${pixels}x${4 * quads}`;
}

const strip = (pixels: number, quads: number): StripTile => ({ pixels, quads, subgroups: true });

/** Lanes with pixels of their own. */
export const SUBGROUP_STRIPS = [strip(7, 4), strip(8, 4), strip(7, 2), strip(4, 2), strip(2, 4), strip(7, 1)] as const;

/** Without subgroups, from large to small. */
export const REGISTER_STRIPS: readonly StripTile[] = [
  { pixels: 7, quads: 2, subgroups: false },
  { pixels: 7, quads: 1, subgroups: false },
];

/** `strip-7x16`, `registers-7x16`: pixels × channels of an invocation. */
export function stripName({ pixels, quads, subgroups }: StripTile): string {
  return `${subgroups ? 'strip' : 'registers'}-${pixels}x${4 * quads}`;
}
