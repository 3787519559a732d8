/** Rows of parameter tables: what a layer of a published network keeps in its file, as the network's own framework has it. */

/** A parameter's name and shape. */
export type Row = readonly [name: string, shape: readonly number[]];

/** A convolution, `[out, in per group, k, k]`, without bias. */
export const conv = (name: string, out: number, from: number, kernel = 1): Row[] => [
  [`${name}.weight`, [out, from, kernel, kernel]],
];

/** A convolution with bias. */
export const biased = (name: string, out: number, from: number, kernel = 1): Row[] => [
  ...conv(name, out, from, kernel),
  [`${name}.bias`, [out]],
];

/** A batch normalisation. */
export const norm = (name: string, channels: number): Row[] =>
  ['weight', 'bias', 'running_mean', 'running_var'].map((part) => [`${name}.${part}`, [channels]]);

/** A fully connected layer. */
export const linear = (name: string, out: number, from: number): Row[] => [
  [`${name}.weight`, [out, from]],
  [`${name}.bias`, [out]],
];

/** What a function has of 0, 1, … `count` − 1. */
export const times = (count: number, rows: (i: number) => Row[]): Row[] =>
  Array.from({ length: count }, (_, i) => rows(i)).flat();

/** Elements of all; of a file's, running means and variances are parameters of no training. */
export function elements(rows: readonly Row[], running = true): number {
  const counted = running ? rows : rows.filter(([name]) => !name.includes('.running_'));
  return counted.reduce((sum, [, shape]) => sum + shape.reduce((n, extent) => n * extent, 1), 0);
}
