/** The text of OPERATORS.md. */
import type { DType } from '../../../src/core/dtype.ts';
import { leftOut } from '../../../src/formats/onnx/remedies.ts';
import { ONNX_OPERATORS } from '../../../src/formats/onnx/operators.ts';
import { sameArray } from '../../../src/util/arrays.ts';
import { PROBES } from './probes.ts';
import { DTYPES, supportOf, type Support } from './support.ts';
import { LAST_OPSET, OPERATOR_VERSIONS } from './versions.ts';

const HEAD = `# Operators of ONNX

What the engine reads of ONNX's default domain up to opset ${LAST_OPSET}. Written by \`npm run docs:operators\`, which gives the engine a
small node of each operator: of each element type in the newest form, and in every older form of the first type that it takes. A row
says what was imported and run on the CPU reference, and planned for a WebGPU device with the limits that each has; a
test fails when it says anything else than the engine does.

Forms are the opsets that changed an operator and are read; types are those of the operand that it is about. float16 is
computed as float32, int64 and uint64 as integers of 32 bits, which are checked where they come in: larger ones of a file become
the nearest there is, with a warning, and others are refused. Where shapes are computed of them, they are exact or refused; what a
run computes beyond 32 bits wraps without a word, on both backends: feed or cast to float32 where that may be. What is not in the table, an attribute
or an input that a row does not name, is refused by name when a model is read: \`npx tilewise inspect MODEL\` lists all of it, with
what to do about it.

| operator | forms | element types | CPU | WebGPU | notes |
|---|---|---|---|---|---|
`;

/** What the file says: a node of every operator is tried, which takes some seconds. Rejects when a probe is no valid model. */
export async function operatorTable(): Promise<string> {
  const rows: string[] = [];
  for (const [op, { versions, until }] of OPERATOR_VERSIONS) rows.push(await row(op, versions, until));
  return `${HEAD}${rows.join('\n')}\n${await others()}`;
}

async function row(op: string, versions: readonly number[], until: number | undefined): Promise<string> {
  const reason = leftOut(op);
  if (reason) return absent(op, `out of scope, ${reason.what}: ${lowerFirst(reason.remedy)}`);
  const probe = PROBES[op];
  if (!probe) throw new Error(`there is no probe of ${op}`);
  const support = await supportOf(op, probe, versions);
  const types = probe.length === 0 ? 'as ONNX has it' : typesText(support.cpu);
  if (support.cpu.length === 0) return absent(op, 'not supported');
  const notes = notesOf(support, versions, until);
  const onGpu = support.webgpu.length > 0 ? 'yes' : 'no';
  return `| ${[op, support.versions.join(', '), types, 'yes', onGpu, notes.join('; ')].join(' | ')} |`;
}

function absent(op: string, note: string): string {
  return `| ${op} |  |  | no | no | ${note} |`;
}

function notesOf({ cpu, webgpu, versions: read }: Support, versions: readonly number[], until?: number): string[] {
  const missing = versions.filter((version) => !read.includes(version));
  return [
    ...(until === undefined ? [] : [`up to opset ${until}`]),
    ...(missing.length === 0 ? [] : [`not the form of opset ${missing.join(', ')}`]),
    ...(webgpu.length === 0 || sameArray(cpu, webgpu) ? [] : [`on WebGPU ${typesText(webgpu)}`]),
  ];
}

function typesText(types: readonly DType[]): string {
  const rest = DTYPES.filter((dtype) => !types.includes(dtype));
  if (rest.length === 0) return 'all';
  return types.length > rest.length ? `all but ${rest.join(', ')}` : types.join(', ');
}

function lowerFirst(text: string): string {
  return text.charAt(0).toLowerCase() + text.slice(1);
}

const MICROSOFT = 'com.microsoft.';

/** Names alone: their forms are onnxruntime's. */
async function others(): Promise<string> {
  const tables = [ONNX_OPERATORS.common, await ONNX_OPERATORS.further.load()];
  const names = tables.flatMap((table) => Object.keys(table)).filter((name) => name.startsWith(MICROSOFT));
  const list = names.map((name) => name.slice(MICROSOFT.length)).sort();
  return `\nOf the domain com.microsoft these are read: ${list.join(', ')}.\n`;
}
