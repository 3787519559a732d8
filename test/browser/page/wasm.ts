/** The WASM kernels in a page, where the engine has relaxed SIMD: operator cases and random networks against the reference. */
import { runGraph } from '../../../src/runtime/cpu/run.ts';
import { DeviceError } from '../../../src/core/errors.ts';
import { compile } from '../../../src/passes/pipeline.ts';
import { hasRelaxedSimd } from '../../../src/runtime/wasm/modules.ts';
import { Session } from '../../../src/session/session.ts';
import { loadSimd } from '../../../src/simd/registry.ts';
import { range } from '../../../src/util/arrays.ts';
import { randomNetwork } from '../../conformance/random-networks.ts';
import { toleranceOfCase } from '../../helpers/case-tolerance.ts';
import { expectClose } from '../../helpers/close.ts';
import '../../helpers/every-operator.ts';
import { isCaseTable } from '../../helpers/op-case.ts';
import { randomSource, randomTensor } from '../../helpers/random.ts';
import { checkOnWasm } from '../../helpers/wasm-case.ts';

/** What came of some work. */
export interface WasmAnswer {
  readonly relaxed: boolean;
  /** Runs, or networks. */
  readonly done: number;
  /** What is wrong, a text each. */
  readonly wrong: readonly string[];
}

const FILES = import.meta.glob<Record<string, unknown>>('/test/ops/cases/**/*.ts');

/** Runs every operator case that kernels take. */
export async function runOperatorCases(): Promise<WasmAnswer> {
  const modules = await Promise.all(Object.values(FILES).map((load) => load()));
  const tables = modules.flatMap((exported) => Object.values(exported).filter(isCaseTable));
  const cases = tables.flat().filter(({ folds }) => !folds);
  await loadSimd(new Set(cases.map(({ op }) => op)));
  const wrong: string[] = [];
  let done = 0;
  for (const c of cases) {
    try {
      done += await checkOnWasm(c, toleranceOfCase(c));
    } catch (error) {
      wrong.push(`${c.op} "${c.name}": ${String(error)}`);
    }
  }
  return { relaxed: hasRelaxedSimd(), done, wrong };
}

/** Runs random networks as sessions. */
export async function runRandomNetworks(count: number): Promise<WasmAnswer> {
  const wrong: string[] = [];
  for (const seed of range(count)) {
    try {
      await checkNetwork(seed);
    } catch (error) {
      wrong.push(`seed ${seed}: ${String(error)}`);
    }
  }
  return { relaxed: hasRelaxedSimd(), done: count, wrong };
}

/** Forbids the page what a Content-Security-Policy without 'wasm-unsafe-eval' does; gives the error of a session there. */
export async function refusedByPolicy(): Promise<unknown> {
  const policy = document.createElement('meta');
  policy.httpEquiv = 'Content-Security-Policy';
  policy.content = "script-src 'self'";
  document.head.append(policy);
  const refused = await Session.create(randomNetwork(0), { backend: 'wasm' }).catch((error: unknown) => error);
  return refused instanceof DeviceError ? [refused.code, refused.message] : refused;
}

async function checkNetwork(seed: number): Promise<void> {
  const graph = randomNetwork(seed);
  const random = randomSource(1000 + seed);
  const feeds = new Map(
    graph.inputs.map(({ name, dtype, shape }) => [name, randomTensor(dtype, shape.map(Number), random, -2, 3)]),
  );
  const expected = runGraph(compile(graph, { level: 'reference' }), feeds);
  using session = await Session.create(graph, { backend: 'wasm' });
  const actual = await session.run(Object.fromEntries(feeds));
  for (const [name, tensor] of expected) {
    const found = actual[name];
    if (!found) throw new TypeError(`no output "${name}"`);
    let largest = 1;
    for (const v of tensor.data) largest = Math.max(largest, Math.abs(v));
    const exact = !tensor.dtype.startsWith('float');
    expectClose(found, tensor, exact ? { rtol: 0, atol: 0 } : { rtol: 1e-4, atol: 1e-5 * largest }, name);
  }
}
