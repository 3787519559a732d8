/** A horizontal bar chart as SVG text: groups of bars, one bar a series, on a logarithmic or a linear scale. */

/** One group: a label and a value per series; undefined leaves the bar out. */
export interface ChartGroup {
  readonly label: string;
  readonly values: readonly (number | undefined)[];
}

/** What to draw. */
export interface BarChart {
  readonly title: string;
  /** Names of the bars of every group, in order; at most as many as there are colours. */
  readonly series: readonly string[];
  readonly groups: readonly ChartGroup[];
  /** What the values are in, for the axis. */
  readonly unit: string;
  /** `log` (default): bars compare as ratios, and values must be positive. */
  readonly scale?: 'log' | 'linear';
}

/** Colours that people of every kind of sight tell apart (Okabe & Ito 2008). */
const COLOURS = ['#0072b2', '#e69f00', '#009e73', '#cc79a7', '#d55e00', '#56b4e9', '#f0e442', '#000000'];

const WIDTH = 860;
const LABELS = 120; // at least, left of the bars
const CHARACTER = 6.3; // about the width of one
const NUMBERS = 90; // right of the longest bar
const BAR = 14;
const GAP = 10;
const TOP = 64;

/** Draws the chart. Values that are not finite, or not positive on a logarithmic scale, are left out. */
export function barChart({ title, series, groups, unit, scale = 'log' }: BarChart): string {
  const drawable = (v: number | undefined): v is number =>
    v !== undefined && Number.isFinite(v) && (scale === 'log' ? v > 0 : v >= 0);
  const left = Math.round(Math.max(LABELS, 20 + CHARACTER * Math.max(0, ...groups.map((g) => g.label.length))));
  const values = groups.flatMap((g) => g.values.filter(drawable));
  const axis = axisOf(values, scale, left);
  const groupHeight = series.length * BAR + GAP;
  const bottom = TOP + groups.length * groupHeight;
  const bars = groups.flatMap(({ label, values }, i) => {
    const y = TOP + i * groupHeight;
    const middle = y + (series.length * BAR) / 2;
    return [
      text(left - 8, middle, label, 'end'),
      ...values.flatMap((v, s) => (drawable(v) ? bar([left, axis.x(v)], y + s * BAR, s, short(v)) : [])),
    ];
  });
  const ticks = axis.ticks.flatMap((v) => [
    `<line x1="${px(axis.x(v))}" y1="${TOP - 6}" x2="${px(axis.x(v))}" y2="${px(bottom - 4)}" stroke="#ddd"/>`,
    text(axis.x(v), bottom + 8, short(v), 'middle'),
  ]);
  return [
    `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${WIDTH} ${bottom + 40}" font-family="sans-serif" font-size="11" role="img">`,
    `<title>${escape(title)}</title>`,
    '<rect width="100%" height="100%" fill="#fff"/>',
    `<text x="12" y="22" font-size="15">${escape(title)}</text>`,
    ...legend(series),
    ...ticks,
    ...bars,
    text(left, bottom + 26, scale === 'log' ? `${unit}, logarithmic` : unit, 'start'),
    '</svg>\n',
  ].join('\n');
}

interface Axis {
  readonly x: (value: number) => number;
  readonly ticks: readonly number[];
}

function axisOf(values: readonly number[], scale: 'log' | 'linear', left: number): Axis {
  const length = WIDTH - left - NUMBERS;
  const largest = Math.max(0, ...values) || 1;
  if (scale === 'linear') {
    const step = 10 ** Math.floor(Math.log10(largest));
    const stepped = largest / step < 3 ? step / 2 : step;
    const count = Math.ceil(largest / stepped);
    const ticks = Array.from({ length: count + 1 }, (_, i) => i * stepped);
    return { x: (v) => left + (v / (count * stepped)) * length, ticks };
  }
  const low = Math.floor(Math.log10(Math.min(largest, ...values)));
  // A whole decade at least; the smallest value must not vanish at the left end.
  const first = Math.min(...values) <= 10 ** low * 1.2 ? low - 1 : low;
  const last = Math.max(first + 1, Math.ceil(Math.log10(largest)));
  const ticks = Array.from({ length: last - first + 1 }, (_, i) => 10 ** (first + i));
  return { x: (v) => left + ((Math.log10(v) - first) / (last - first)) * length, ticks };
}

function bar([left, end]: readonly [number, number], y: number, series: number, value: string): string[] {
  const colour = COLOURS[series % COLOURS.length] ?? '#000';
  return [
    `<rect x="${left}" y="${px(y)}" width="${px(end - left)}" height="${BAR - 2}" fill="${colour}"/>`,
    text(end + 4, y + BAR / 2 - 1, value, 'start'),
  ];
}

function legend(series: readonly string[]): string[] {
  let x = 12;
  return series.flatMap((name, s) => {
    const at = x;
    x += 30 + name.length * CHARACTER;
    return [
      `<rect x="${px(at)}" y="34" width="11" height="11" fill="${COLOURS[s % COLOURS.length] ?? '#000'}"/>`,
      text(at + 16, 40, name, 'start'),
    ];
  });
}

function text(x: number, y: number, value: string, anchor: 'start' | 'middle' | 'end'): string {
  return `<text x="${px(x)}" y="${px(y)}" text-anchor="${anchor}" dominant-baseline="middle">${escape(value)}</text>`;
}

const px = (v: number): string => String(Math.round(v * 10) / 10);

/** Three significant digits, without an exponent. */
const short = (v: number): string => (v >= 1000 ? String(Math.round(v)) : String(Number(v.toPrecision(3))));

const ENTITIES: Readonly<Record<string, string>> = { '&': '&amp;', '<': '&lt;', '>': '&gt;', '"': '&quot;' };

function escape(value: string): string {
  return value.replace(/[&<>"]/g, (c) => ENTITIES[c] ?? c);
}
