/** The bar chart: what is drawn, where, and that it is well-formed. */
import { describe, expect, it } from 'vitest';
import { barChart, type BarChart } from '../../bench/lib/chart.ts';

const chart: BarChart = {
  title: 'Times <of> "this" & that',
  series: ['GPU', 'CPU'],
  unit: 'ms',
  groups: [
    { label: 'small', values: [1, 10] },
    { label: 'large & slow', values: [100, undefined] },
  ],
};

interface Bar {
  readonly x: number;
  readonly width: number;
  readonly fill: string;
}

const bars = (svg: string): Bar[] =>
  [...svg.matchAll(/<rect x="([\d.]+)" y="[\d.]+" width="([\d.]+)" height="12" fill="(#\w+)"\/>/g)].map(
    ([, x, width, fill]) => ({ x: Number(x), width: Number(width), fill: fill ?? '' }),
  );

/** Every element opened is closed, in order: enough of XML for text made of tags without nesting surprises. */
function balanced(svg: string): boolean {
  const open: string[] = [];
  for (const [, slash, name, self] of svg.matchAll(/<(\/?)(\w+)[^>]*?(\/?)>/g)) {
    if (self === '/') continue;
    if (slash === '/') {
      if (open.pop() !== name) return false;
    } else open.push(name ?? '');
  }
  return open.length === 0;
}

describe('a bar chart', () => {
  it('draws a bar for every value there is, its ratios as distances', () => {
    const [a, b, c, ...rest] = bars(barChart(chart));
    expect(rest).toEqual([]);
    if (!a || !b || !c) throw new Error('three bars');
    // From 1 to 10 is as far as from 10 to 100; a pixel's tenth of rounding on either.
    expect(Math.abs(b.width - a.width - (c.width - b.width))).toBeLessThanOrEqual(0.21);
    expect([a.fill, b.fill, c.fill]).toEqual([a.fill, b.fill, a.fill]);
    expect(a.fill).not.toBe(b.fill);
    expect(a.width).toBeGreaterThan(0);
  });

  it('draws lengths in proportion on a linear scale', () => {
    const [a, b, c] = bars(barChart({ ...chart, scale: 'linear' }));
    expect((b?.width ?? 0) / (a?.width ?? 1)).toBeCloseTo(10, 0);
    expect((c?.width ?? 0) / (b?.width ?? 1)).toBeCloseTo(10, 1);
  });

  it('is well-formed, with names escaped', () => {
    const svg = barChart(chart);
    expect(balanced(svg)).toBe(true);
    expect(svg).toContain('Times &lt;of&gt; &quot;this&quot; &amp; that');
    expect(svg).toContain('large &amp; slow');
    expect(svg).not.toMatch(/NaN|Infinity|undefined/);
  });

  it('stays inside its box, whatever the values', () => {
    for (const values of [[0.0003], [1], [10], [99_999_999], [1e-9, 1e9]]) {
      for (const scale of ['log', 'linear'] as const) {
        for (const { x, width } of bars(barChart({ ...chart, scale, groups: [{ label: 'g', values }] }))) {
          expect(x + width).toBeLessThanOrEqual(860);
          expect(width).toBeGreaterThanOrEqual(0);
        }
      }
    }
  });

  it('leaves out what cannot be drawn', () => {
    const odd = { ...chart, groups: [{ label: 'g', values: [0, -1, NaN, Infinity] }] };
    expect(bars(barChart(odd))).toEqual([]);
    expect(barChart(odd)).not.toMatch(/NaN|Infinity/);
    expect(barChart({ ...chart, groups: [] })).not.toMatch(/NaN|Infinity/);
  });
});
