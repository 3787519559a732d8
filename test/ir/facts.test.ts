/** The sets of operators against what their kernels, attributes and definitions say. */
import { describe, expect, it } from 'vitest';
import { CHANNELS_LAST, functionOf, VIEWS } from '../../src/ir/facts.ts';
import type { OpKind } from '../../src/ir/ops.ts';
import { inferShapes } from '../../src/passes/infer-shapes.ts';
import { runNode } from '../../src/runtime/cpu/run.ts';
import { at } from '../../src/util/arrays.ts';
import { caseTables } from '../helpers/case-tables.ts';
import { KERNELS, OPS } from '../helpers/every-operator.ts';
import { buildCase } from '../helpers/op-case.ts';

const tables = await caseTables();
const cases = tables.flatMap((table) => table.cases);

function applied(op: OpKind): (string | undefined)[] {
  return cases.filter((c) => c.op === op).map((c) => functionOf(at(buildCase(c).graph.nodes, 0)));
}

describe('facts', () => {
  it('calls views what the kernels call so', () => {
    const views = Object.entries(KERNELS).flatMap(([op, { kind }]) => (kind === 'view' ? [op] : []));
    expect([...VIEWS].sort()).toEqual(views.sort());
  });

  it.each([...VIEWS])('%s gives the elements of its input, in order', (op) => {
    const own = cases.filter((c) => c.op === op);
    expect(own.length).toBeGreaterThan(0);
    for (const c of own) {
      const { graph, feeds } = buildCase(c);
      const described = inferShapes(graph);
      const known = new Map([...graph.initializers, ...feeds]);
      const [y] = runNode(at(graph.nodes, 0), known, described.values);
      expect(y?.data, c.name).toEqual(known.get('x0')?.data);
    }
  });

  it('has every operator with a window or a receptive field among those that are channels-last, or it names its axes', () => {
    const windowed = cases.filter(({ attributes }) => 'padMode' in attributes).map(({ op }) => op);
    const seeing = Object.entries(OPS).flatMap(([op, { sees }]) => (sees ? [op] : []));
    const known = new Set<string>([
      ...CHANNELS_LAST,
      ...cases.filter((c) => 'axes' in c.attributes).map(({ op }) => op),
    ]);
    expect([...windowed, ...seeing].filter((op) => !known.has(op))).toEqual([]);
    expect(windowed.length).toBeGreaterThan(0);
  });

  it('says which function a node applies', () => {
    expect(applied('Binary')).toContain('add');
    expect(applied('Activation')).toContain('relu');
    expect(new Set(applied('Conv'))).toEqual(new Set([undefined]));
  });
});
