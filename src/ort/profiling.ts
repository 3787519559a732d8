/** Profiles as onnxruntime-web reports them: one record a dispatch. */
import type { Session } from '../session/session.ts';
import type { Feed } from '../session/feeds.ts';
import type { ProfilingData } from './env.ts';

/** Times every step of the session on these feeds, once, and hands each to `ondata`; element types are left blank. */
export async function reportProfile(
  session: Session,
  feeds: Readonly<Record<string, Feed>>,
  ondata: ((data: ProfilingData) => void) | undefined,
): Promise<void> {
  if (typeof ondata !== 'function') return;
  const { steps } = await session.profile(feeds, { runs: 1 });
  let start = 0;
  for (const step of steps) {
    const end = start + step.ms * 1e6;
    ondata({
      version: 1,
      inputsMetadata: describe(step.inputs),
      outputsMetadata: describe(step.outputs),
      kernelId: step.step,
      kernelType: step.op,
      kernelName: step.node,
      programName: step.variant,
      startTime: start,
      endTime: end,
    });
    start = end;
  }
}

function describe(shapes: readonly (readonly number[] | null)[]): ProfilingData['inputsMetadata'] {
  return shapes.flatMap((dims) => (dims ? [{ dims, dataType: '' }] : []));
}
