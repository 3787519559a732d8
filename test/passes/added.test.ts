/** Passes are synchronous, and load nothing: what they add to a graph that had none of it has to be there from the start. */
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { expect, it } from 'vitest';
import { Lazy } from '../../src/core/on-demand.ts';
import { CONTROL_OPS } from '../../src/passes/control/demanded-nodes.ts';
import { WRITTEN_OPS } from '../../src/passes/extents/data-extents.ts';
import { ADDED_OPS } from '../../src/passes/qdq/fuse-quantised.ts';
import { COMMON_OPS } from '../../src/ops/common.ts';

const folder = fileURLToPath(new URL('../../src/passes/', import.meta.url));

/**
 * Names of operators that a source adds: arguments of the rewriter's methods, and nodes written out. The sinker's `emit` is
 * left out: it puts a node in the place of one of the same operator, as do calls with `node.op`.
 */
function added(source: string): string[] {
  const calls = source.matchAll(/\.(?:add|one|node)\(\s*'(\w+)'|\bop: '(\w+)'/g);
  return [...calls].flatMap((call) => call.slice(1).filter((name) => name !== undefined));
}

function addedBy(chosen: (file: string) => boolean): ReadonlySet<string> {
  const files = readdirSync(folder, { recursive: true, encoding: 'utf8' }).filter((name) => name.endsWith('.ts'));
  return new Set(files.filter(chosen).flatMap((name) => added(readFileSync(join(folder, name), 'utf8'))));
}

it('load operators of integers with the pass that adds them', () => {
  const names = addedBy((name) => name.startsWith('qdq'));
  expect([...names]).toEqual(expect.arrayContaining([...ADDED_OPS]));
  const loaded = new Set<string>([...Object.keys(COMMON_OPS), ...ADDED_OPS]);
  expect([...names].filter((name) => !loaded.has(name))).toEqual([]);
});

it('load operators that carry counts with what writes them', () => {
  const names = addedBy((name) => name.startsWith('extents'));
  expect([...names]).toEqual(expect.arrayContaining(['Binary', 'Cast', 'Gather', 'Where']));
  const loaded = new Set<string>([...Object.keys(COMMON_OPS), ...WRITTEN_OPS]);
  expect([...names].filter((name) => !loaded.has(name))).toEqual([]);
});

it('load operators that stand for loops and lists with what unrolls them', () => {
  const names = addedBy((name) => name.startsWith('control'));
  expect([...names]).toEqual(expect.arrayContaining(['Split', 'Concat', 'Identity']));
  expect([...names].filter((name) => !CONTROL_OPS.some((op) => op === name))).toEqual([]);
});

const LP_NORMALIZATION = 'patterns/lp-normalization.ts';

it('load the norm of channels with the pass that adds it', () => {
  expect([...addedBy((name) => name === LP_NORMALIZATION)]).toEqual(['LpNormalization']);
  expect(readFileSync(join(folder, LP_NORMALIZATION), 'utf8')).toContain("loadOps(['LpNormalization'])");
});

it('add operators whose rows are there from the start', () => {
  const names = addedBy((name) => !/^(qdq|extents|control)/.test(name) && name !== LP_NORMALIZATION);
  expect([...names]).toEqual(
    expect.arrayContaining(['Activation', 'Binary', 'Conv', 'Identity', 'Reshape', 'Transpose']),
  );
  const rows: Readonly<Record<string, object>> = COMMON_OPS;
  expect([...names].filter((name) => !(name in rows) || rows[name] instanceof Lazy)).toEqual([]);
});

it('evaluate what they add with references that are there from the start', () => {
  // Constants follow the layout, and take the shapes of what reads them; everything else that is constant was folded before.
  expect(
    [COMMON_OPS.Transpose, COMMON_OPS.Reshape, COMMON_OPS.Identity].filter(
      ({ reference }) => reference instanceof Lazy,
    ),
  ).toEqual([]);
});
