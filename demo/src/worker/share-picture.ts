/** The benchmark's result as a picture to pass on: drawn in the Worker, so that the page does not wait for it. */
import { rate, time } from '../format.ts';
import type { BenchFailure, BenchReport, BenchRow } from './protocol.ts';

const WIDTH = 1200;
const MARGIN = 64;
const ROW_TOP = 250;
const ROW_HEIGHT = 84;
const FOOTER = 90;
const BAR_LEFT = 330;
const BAR_RIGHT = WIDTH - MARGIN - 260;
const COLOURS = { back: '#0f1716', text: '#eef4f2', quiet: '#93a8a3', bar: '#4fd1b5', track: '#1d2a28' } as const;
const FONT = 'system-ui, -apple-system, "Segoe UI", Roboto, sans-serif';

/** A PNG with a bar for each network: adapter, browser, median times, date. */
export async function drawBench({ environment, rows }: BenchReport): Promise<Blob> {
  const canvas = new OffscreenCanvas(WIDTH, ROW_TOP + rows.length * ROW_HEIGHT + FOOTER);
  const context = canvas.getContext('2d');
  if (!context) throw new TypeError('the browser gave no 2d context');
  context.fillStyle = COLOURS.back;
  context.fillRect(0, 0, canvas.width, canvas.height);
  const write = writer(context);
  write('tilewise', MARGIN, 96, { size: 46, weight: 700 });
  write('vision networks on WebGPU, in the browser', MARGIN + 200, 96, { size: 26, colour: COLOURS.quiet });
  write(environment.adapter.name, MARGIN, 160, { size: 30, weight: 600, width: WIDTH - 2 * MARGIN });
  const where = `${environment.browser} · ${environment.platform}`;
  write(where, MARGIN, 200, { size: 22, colour: COLOURS.quiet, width: WIDTH - 2 * MARGIN });
  const slowest = Math.max(...rows.map((row) => ('runMs' in row ? row.runMs.median : 0)));
  rows.forEach((row, i) => drawRow(context, row, ROW_TOP + i * ROW_HEIGHT, slowest));
  const foot = `median of repeated runs, batch 1, 224 × 224, float32 · tilewise ${environment.tilewise} · ${environment.date.slice(0, 10)}`;
  write(foot, MARGIN, canvas.height - 40, { size: 20, colour: COLOURS.quiet, width: WIDTH - 2 * MARGIN });
  return canvas.convertToBlob({ type: 'image/png' });
}

function drawRow(
  context: OffscreenCanvasRenderingContext2D,
  row: BenchRow | BenchFailure,
  top: number,
  slowest: number,
): void {
  const write = writer(context);
  const middle = top + ROW_HEIGHT / 2 + 9;
  write(row.title, MARGIN, middle, { size: 26, weight: 600, width: BAR_LEFT - MARGIN - 20 });
  const bar = (width: number, colour: string): void => {
    context.fillStyle = colour;
    context.beginPath();
    context.roundRect(BAR_LEFT, top + 22, width, ROW_HEIGHT - 44, 8);
    context.fill();
  };
  bar(BAR_RIGHT - BAR_LEFT, COLOURS.track);
  if (!('runMs' in row)) return write('failed', BAR_RIGHT + 24, middle, { size: 24, colour: COLOURS.quiet });
  bar(Math.max(8, ((BAR_RIGHT - BAR_LEFT) * row.runMs.median) / slowest), COLOURS.bar);
  write(time(row.runMs.median), BAR_RIGHT + 24, middle, { size: 28, weight: 700 });
  write(rate(row.gflops, 'GFLOP/s'), BAR_RIGHT + 140, middle, { size: 20, colour: COLOURS.quiet, width: 130 });
}

interface Style {
  readonly size: number;
  readonly weight?: number;
  readonly colour?: string;
  /** Text that is wider is squeezed. */
  readonly width?: number;
}

function writer(
  context: OffscreenCanvasRenderingContext2D,
): (text: string, x: number, y: number, style: Style) => void {
  return (text, x, y, { size, weight = 400, colour = COLOURS.text, width }) => {
    context.font = `${weight} ${size}px ${FONT}`;
    context.fillStyle = colour;
    context.fillText(text, x, y, width);
  };
}
