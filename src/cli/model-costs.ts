/** What a run of a model would cost, and what of it WebGPU would refuse, without a GPU. */
import type { QuantisationSummary } from '../analysis/quantisation.ts';
import { analyse } from '../analysis/summary.ts';
import { InputError, ShapeError, UnsupportedError, type TilewiseError, type Unsupported } from '../core/errors.ts';
import { DEFAULT_LIMITS, type DeviceProfile } from '../core/limits.ts';
import type { Graph, InputShapes } from '../ir/graph.ts';
import { planGraph } from '../plan/plan-graph.ts';
import { compileGraph, findDecidingInputs } from '../session/compile-graph.ts';
import type { Port } from '../session/feeds.ts';
import { outputPorts, withScales } from '../session/ports.ts';
import { isCertain, kernelRemedy } from './kernel-remedies.ts';
import { staticShapes } from './seeded-feeds.ts';
import type { DeviceOptions } from './place.ts';

/** What depends on the extents of the inputs. */
export interface ModelWork {
  readonly inputShapes: InputShapes;
  readonly outputs: readonly Port[];
  readonly parameters: number;
  readonly multiplyAdds: number;
  /** Null of a model without integers that stand for real numbers. */
  readonly quantisation: QuantisationSummary | null;
}

/** What depends on how the model is run on a GPU. Bytes are as the engine holds them, four an element. */
export interface PlanCosts {
  /** What the plan allots to activations: all slots, inputs and outputs. */
  readonly peakActivationBytes: number;
  /** The largest sum of simultaneously live activations: no plan can be smaller. */
  readonly activationBytesLowerBound: number;
  readonly weightBytes: number;
  readonly dispatches: number;
  readonly pipelines: number;
}

/** As far as a model could be looked at: `problem` says why not further. */
export interface Findings {
  readonly work?: ModelWork;
  readonly plan?: PlanCosts;
  readonly problem?: TilewiseError;
}

/** The limits that WebGPU guarantees, so that what is found is the same on every machine. */
const ANY_DEVICE: DeviceProfile = { limits: DEFAULT_LIMITS, adapterClass: 'integrated', features: [] };

/**
 * Looks at a model with these shapes of its inputs. Open extents and refused nodes are told in what is found; rejects as
 * `compileGraph` and `planGraph` do with whatever else is wrong.
 */
export async function findingsOf(
  graph: Graph,
  given: InputShapes,
  weightStorage: DeviceOptions['weightStorage'],
): Promise<Findings> {
  const found: { work?: ModelWork; plan?: PlanCosts } = {};
  try {
    const inputShapes = staticShapes(graph.inputs, given);
    found.work = await workOf(graph, inputShapes);
    found.plan = await planCostsOf(graph, inputShapes, weightStorage);
    return found;
  } catch (error) {
    return { ...found, problem: await problemOf(error, graph, found.work !== undefined) };
  }
}

/** What keeps from looking further. Rejects with what is no refusal. */
async function problemOf(error: unknown, graph: Graph, runsOnCpu: boolean): Promise<TilewiseError> {
  if (error instanceof InputError) return error;
  const open = error instanceof ShapeError && error.reason.includes('depends on the data');
  if (!open && !(error instanceof UnsupportedError)) throw error;
  const deciding = await findDecidingInputs(graph);
  // Where a run's inputs decide shapes, only what they do not change is refused.
  const items = error instanceof UnsupportedError ? error.items : [];
  const refused = deciding.length === 0 ? items : items.filter(({ what }) => isCertain(what));
  if (refused.length > 0 && error instanceof UnsupportedError) return refusalOf(refused, error, runsOnCpu);
  if (deciding.length === 0) throw error;
  const names = deciding.map((name) => `"${name}"`).join(', ');
  return new InputError(`what WebGPU refuses depends on what is fed to ${names}`, {
    hint: 'The command "tilewise run" says it for the inputs that you have',
    cause: error,
  });
}

/** The refusal with what may help with each node. */
function refusalOf(refused: readonly Unsupported[], error: UnsupportedError, runsOnCpu: boolean): UnsupportedError {
  const remedyOf = ({ what }: Unsupported): string =>
    runsOnCpu ? kernelRemedy(what) : (error.detail.hint ?? 'Export the model without this node');
  const items = refused.map((item) => ({ ...item, remedy: item.remedy ?? remedyOf(item) }));
  const [remedy, ...others] = new Set(items.map((item) => item.remedy));
  return new UnsupportedError(items, { hint: others.length === 0 ? remedy : undefined, cause: error });
}

async function workOf(graph: Graph, inputShapes: InputShapes): Promise<ModelWork> {
  const model = await compileGraph(graph, { inputShapes, level: 'reference' });
  const { parameters, multiplyAdds, quantisation = null } = analyse(model);
  return { inputShapes, outputs: withScales(outputPorts(model), graph), parameters, multiplyAdds, quantisation };
}

async function planCostsOf(
  graph: Graph,
  inputShapes: InputShapes,
  weightStorage: DeviceOptions['weightStorage'],
): Promise<PlanCosts> {
  const runnable = await compileGraph(graph, { inputShapes, level: 'full', weightStorage });
  const { memory, steps, pipelines } = planGraph(runnable, ANY_DEVICE);
  return {
    peakActivationBytes: memory.activations,
    activationBytesLowerBound: memory.lowerBound,
    weightBytes: memory.weights,
    dispatches: steps.length,
    pipelines: pipelines.length,
  };
}
