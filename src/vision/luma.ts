/** How bright a colour is: the luma of ITU-R BT.601, as libraries of pictures make grey of colours. */
import { toByte } from './byte-table.ts';

/** Of colours that may have fractions. */
export function realLuma(red: number, green: number, blue: number): number {
  return 0.299 * red + 0.587 * green + 0.114 * blue;
}

/** Of whole bytes a whole byte, in shares of 2^-16 as Pillow has them, so that both backends agree to the bit. */
export function byteLuma(red: number, green: number, blue: number): number {
  return (19595 * toByte(red) + 38470 * toByte(green) + 7471 * toByte(blue) + 2 ** 15) >> 16;
}
