/** What the engine makes of an operator in each opset and of each element type: probes are read, run on the CPU, and planned. */
import { UnsupportedError, TilewiseError } from '../../../src/core/errors.ts';
import { isDType, type DType } from '../../../src/core/dtype.ts';
import { DEFAULT_LIMITS } from '../../../src/core/limits.ts';
import type { Tensor } from '../../../src/core/tensor.ts';
import { planGraph } from '../../../src/plan/plan-graph.ts';
import { compileGraph } from '../../../src/session/compile-graph.ts';
import { Session } from '../../../src/session/session.ts';
import { importOnnx } from '../../helpers/import-onnx.ts';
import { encodeModel, ONNX_DATA_TYPE, type OnnxModel, type OnnxNode } from '../../helpers/onnx-bytes.ts';
import type { Probe, ProbeOf } from './probes/probe.ts';
import { LAST_OPSET } from './versions.ts';

/** All element types, in the order in which ONNX numbers them. */
export const DTYPES: readonly DType[] = Object.keys(ONNX_DATA_TYPE).filter(isDType);

/** What is supported of an operator. */
export interface Support {
  /** Opsets that changed it, and whose forms are read. */
  readonly versions: readonly number[];
  /** Of the newest form the element types that run on each backend. */
  readonly cpu: readonly DType[];
  readonly webgpu: readonly DType[];
}

/**
 * Tries an operator's probe: each type in the newest form, and in the others the first type that it takes. Throws what a probe
 * is refused for by mistake: where no type is taken, it has to be because the engine lacks something.
 */
export async function supportOf(op: string, probe: ProbeOf, versions: readonly number[]): Promise<Support> {
  const newest = versions.at(-1) ?? LAST_OPSET;
  const tries = await Promise.all(
    typesOf(probe).map(async (dtype) => ({ dtype, ...(await attempt(op, probe(dtype, newest), newest)) })),
  );
  const cpu = tries.filter((tried) => tried.cpu === undefined).map(({ dtype }) => dtype);
  const webgpu = tries.filter((tried) => tried.webgpu === undefined).map(({ dtype }) => dtype);
  const [first] = cpu;
  if (first === undefined) {
    const [{ cpu: error } = { cpu: undefined }] = tries;
    if (!(error instanceof UnsupportedError)) throw error ?? new Error(`${op} has no types`);
    return { versions: [], cpu, webgpu };
  }
  const read: number[] = [];
  for (const opset of versions) {
    const refused = opset === newest ? undefined : (await attempt(op, probe(first, opset), opset)).cpu;
    if (refused === undefined) read.push(opset);
    else if (!(refused instanceof UnsupportedError)) throw refused;
  }
  return { versions: read, cpu, webgpu };
}

/** Types of a probe's operand; a probe that does not ask for one has those that its operator always has. */
function typesOf(probe: ProbeOf): readonly DType[] {
  return probe.length === 0 ? ['float32'] : DTYPES;
}

/** What keeps the probe from running, by backend. */
interface Refusals {
  readonly cpu: TilewiseError | undefined;
  readonly webgpu: TilewiseError | undefined;
}

async function attempt(op: string, probe: Probe, opset: number): Promise<Refusals> {
  const bytes = encodeModel(modelOf(op, probe, opset));
  const feeds = fedTo(probe);
  const cpu = await refusalOf(async () => {
    using session = await Session.create(bytes, { backend: 'cpu', inputShapes: shapesOf(feeds) });
    await session.run(feeds);
  });
  const webgpu = await refusalOf(async () => {
    const graph = await importOnnx(bytes);
    const compiled = await compileGraph(graph, { inputShapes: shapesOf(feeds), level: 'full' });
    planGraph(compiled, { limits: DEFAULT_LIMITS, adapterClass: 'integrated', features: [] });
  });
  return { cpu, webgpu };
}

/** Why it is refused; undefined where it is not. What is thrown by mistake goes on. */
async function refusalOf(run: () => Promise<void>): Promise<TilewiseError | undefined> {
  try {
    await run();
    return undefined;
  } catch (error) {
    if (error instanceof TilewiseError) return error;
    throw error;
  }
}

function modelOf(op: string, probe: Probe, opset: number): OnnxModel {
  const { attributes = {}, outputs = ['y'], before = [], after = [], results } = probe;
  const probed: OnnxNode = { op, name: 'probed', inputs: inputsOf(probe), outputs, attributes };
  return {
    opset,
    inputs: Object.entries(fedTo(probe)).map(([name, { dtype, shape }]) => ({ name, dtype, shape })),
    outputs: results ?? outputs,
    nodes: [...before, probed, ...after],
    initializers: given(probe.constants ?? {}),
  };
}

function inputsOf({ given: names, inputs, constants = {} }: Probe): string[] {
  if (names !== undefined) return names.split(' ');
  return Object.entries({ ...inputs, ...constants }).map(([name, t]) => (t ? name : ''));
}

function fedTo({ inputs, extra = {} }: Probe): Record<string, Tensor> {
  return { ...Object.fromEntries(given(inputs)), ...extra };
}

function given(tensors: Readonly<Record<string, Tensor | undefined>>): [string, Tensor][] {
  return Object.entries(tensors).flatMap(([name, t]): [string, Tensor][] => (t ? [[name, t]] : []));
}

function shapesOf(feeds: Readonly<Record<string, Tensor>>): Record<string, readonly number[]> {
  return Object.fromEntries(Object.entries(feeds).map(([name, { shape }]) => [name, shape]));
}
