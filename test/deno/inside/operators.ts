/**
 * Runs in Deno: the operator cases of some of the GPU test files, as vitest runs them on Dawn; of some families every second one.
 * Of those in between, every kernel in the plain setup is read and validated. Arguments: which files.
 */
import process from 'node:process';
import { CaseChecks } from '../../helpers/case-checks.ts';
import { caseNames, denoTables, gpuTables, partOf } from '../../helpers/case-tables.ts';
import { closeGpu, gpuProfile, numbered, openDevice } from '../../helpers/gpu-device.ts';
import { loweringsOf } from '../../helpers/lower-case.ts';
import type { OpCase } from '../../helpers/op-case.ts';
import { tell } from './tell.ts';

/** Cases at a time, as in vitest: what they ask of the GPU goes there together. */
const AT_ONCE = 16;

/** Kernels that were validated. */
const valid = new Set<string>();

/** Rejects with what the device has to say of a kernel of a case. */
async function validate(c: OpCase): Promise<void> {
  const { device } = await openDevice();
  const calls = loweringsOf(c, { device: await gpuProfile() }).flatMap((lowered) => lowered.calls);
  const prepared = calls.flatMap(({ operands }) => operands.filter((operand) => operand.kind === 'prepared'));
  for (const { shader } of [...calls, ...prepared]) {
    if (valid.has(shader.wgsl)) continue;
    device.pushErrorScope('validation');
    device.createShaderModule({ code: shader.wgsl });
    const complaint = await device.popErrorScope();
    if (complaint) throw new Error(`${complaint.message}\n${numbered(shader.wgsl)}`);
    valid.add(shader.wgsl);
  }
}

const parts = process.argv.slice(2).map(Number);
const tables = await gpuTables();
const run = denoTables(tables);
const toRun = new Set(run.flatMap(({ cases }) => cases));
const checks = new CaseChecks(run);

async function check(c: OpCase): Promise<{ runs: number }> {
  if (toRun.has(c)) return { runs: await checks.check(c) };
  await validate(c);
  return { runs: 0 };
}

for (const table of tables.filter((one) => parts.includes(partOf(one)))) {
  const names = caseNames(table);
  for (let from = 0; from < table.cases.length; from += AT_ONCE) {
    const some = table.cases.slice(from, from + AT_ONCE);
    await Promise.all(some.map((c, i) => tell(names[from + i] ?? '', () => check(c))));
  }
}
await closeGpu();
