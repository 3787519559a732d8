/** How the pacer cuts a network into slices, and what it learns from them. */
import { describe, expect, it } from 'vitest';
import { Pacer } from '../../src/runtime/webgpu/pacing.ts';

/** Runs once on a device whose steps take `costs` milliseconds, and each submission `overhead`. */
function run(pacer: Pacer, costs: readonly number[], overhead = 0): number[][] {
  const slices = pacer.slices();
  for (const slice of slices) {
    const steps = costs.slice(slice.from, slice.to);
    pacer.observe(slice, overhead + steps.reduce((a, b) => a + b, 0));
  }
  return slices.map(({ from, to }) => [from, to]);
}

describe('pacer', () => {
  it('times the steps one by one, then cuts within the budget', () => {
    const pacer = new Pacer(5, 4);
    const costs = [1, 2, 2, 9, 1];
    expect(run(pacer, costs)).toHaveLength(5);
    expect(run(pacer, costs)).toEqual([
      [0, 2],
      [2, 3],
      [3, 4],
      [4, 5],
    ]);
  });

  it('covers every step once, in order, whatever was measured', () => {
    const pacer = new Pacer(40, 3);
    for (let turn = 0; turn < 10; turn++) {
      const slices = run(
        pacer,
        Array.from({ length: 40 }, (_, i) => ((i * 7 + turn) % 11) / 3),
      );
      expect(slices.flatMap(([from = 0, to = 0]) => Array.from({ length: to - from }, (_, i) => from + i))).toEqual(
        Array.from({ length: 40 }, (_, i) => i),
      );
    }
  });

  it('learns that submissions cost something, too: slices grow', () => {
    const pacer = new Pacer(20, 8);
    const counts = Array.from(
      { length: 12 },
      () =>
        run(
          pacer,
          Array.from({ length: 20 }, () => 0.5),
          2,
        ).length,
    );
    expect(counts[0]).toBe(20);
    expect(counts[1]).toBe(7);
    expect(counts.at(-1)).toBeLessThanOrEqual(3);
  });

  it('is not thrown off by one run that something disturbed', () => {
    const pacer = new Pacer(4, 4);
    const [usual, disturbed] = [
      [1, 1, 1, 1],
      [3, 3, 3, 3],
    ];
    run(pacer, usual);
    run(pacer, disturbed);
    expect(run(pacer, usual)).toEqual([
      [0, 2],
      [2, 4],
    ]);
  });

  it('takes a network without steps, and clocks that stand still', () => {
    expect(new Pacer(0, 5).slices()).toEqual([{ from: 0, to: 0 }]);
    const pacer = new Pacer(3, 5);
    run(pacer, [0, 0, 0]);
    expect(run(pacer, [0, 0, 0])).toEqual([[0, 3]]);
  });
});
