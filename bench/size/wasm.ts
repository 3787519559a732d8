/** What the WASM backend adds to a page, for one network: its executor, and rows and modules of the operators there are. */
import { mobilenetV2 } from '../../models/mobilenet-v2.ts';
import { loadReferences } from '../../src/ops/registry.ts';
import { modulesOf } from '../../src/runtime/wasm/modules.ts';
import { compileGraph } from '../../src/session/compile-graph.ts';
import { planSimd } from '../../src/simd/plan-graph.ts';
import { furtherOps, loadSimd } from '../../src/simd/registry.ts';
import type { AppSize, FileSize } from './measure.ts';

/**
 * The files that an application loads beyond those it loads on a GPU too, when it runs MobileNet v2 on WASM; of each module the
 * larger build, with relaxed SIMD or without.
 */
export async function wasmFiles({ files }: AppSize): Promise<readonly FileSize[]> {
  const graph = await compileGraph(mobilenetV2(), { level: 'full', withoutKernels: true });
  const ops = [...new Set(graph.nodes.map(({ op }) => op))];
  await Promise.all([loadSimd(ops, graph), loadReferences(ops)]);
  const modules = Array.from(modulesOf(planSimd(graph)), (name) => larger(files, name));
  const further = furtherOps(ops);
  const rows = further.map((op) => new RegExp(`^src/simd/\\w+/${fileName(op)}\\.ts$`));
  const tables = further.length > 0 ? [/^src\/simd\/further\.ts$/] : [];
  const needed = [/^src\/session\/(wasm-backend|host-feeds)\.ts$/, ...tables, ...rows];
  const roots = files.filter(({ sources }) => sources.some((source) => needed.some((one) => one.test(source))));
  const found = new Set([...roots, ...modules]);
  for (const { imports } of found) for (const file of files) if (imports.includes(file.name)) found.add(file);
  return [...found].filter(({ when }) => when === 'demand');
}

/** `GlobalAveragePool` → `global-average-pool`. */
function fileName(op: string): string {
  return op.replace(/(?<=[a-z])(?=[A-Z])/g, '-').toLowerCase();
}

function larger(files: readonly FileSize[], module: string): FileSize {
  const builds = files.filter(({ sources }) =>
    sources.some((source) => new RegExp(`^src/runtime/wasm/generated/${module}(-relaxed)?\\.ts$`).test(source)),
  );
  const [most] = builds.sort((a, b) => b.gzipBytes - a.gzipBytes);
  if (!most) throw new Error(`no file has the kernels of ${module}`);
  return most;
}
