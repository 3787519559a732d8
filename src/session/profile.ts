/** `Session.profile`: measures a loaded plan, and the adapter where its peaks are not known, and reports. */
import { profileReport, type ProfileReport } from '../analysis/profile.ts';
import type { OptionRules } from '../core/option-rules.ts';
import { checkOptions } from '../core/options.ts';
import type { AdapterPeaks } from '../measure/adapter-peaks.ts';
import type { Graph } from '../ir/graph.ts';
import { adapterName } from '../runtime/webgpu/device.ts';
import type { Executor } from '../runtime/webgpu/executor.ts';
import { measurePeaks } from '../measure/peaks.ts';
import { timePlan } from '../measure/profiler.ts';
import type { TuningStore } from '../measure/tuning-store.ts';
import type { CheckedFeed } from './feeds.ts';
import { hostFeeds } from './host-feeds.ts';

/** Options of `Session.profile`. */
export interface ProfileOptions {
  /** How often everything is timed; 10 by default. */
  readonly runs?: number;
  /** Peaks to compare with. Default: those remembered of this adapter, else measured now, which takes two seconds. */
  readonly peaks?: AdapterPeaks;
  /** Time steps by the host's clock although the device has timestamps. */
  readonly wall?: boolean;
  readonly signal?: AbortSignal;
}

const PROFILE_OPTIONS: OptionRules<ProfileOptions> = {
  runs: 'count',
  peaks: 'object',
  wall: 'boolean',
  signal: 'signal',
};

/** Profiles a graph that is loaded. Rejects as `hostFeeds`, `timePlan` and `measurePeaks` do. */
export async function profileLoaded(
  { executor, graph }: { readonly executor: Executor; readonly graph: Graph },
  feeds: ReadonlyMap<string, CheckedFeed>,
  store: TuningStore,
  given: ProfileOptions,
): Promise<ProfileReport> {
  const options = await checkOptions('profile', given, PROFILE_OPTIONS);
  const { device, plan } = executor;
  const tensors = await hostFeeds(feeds);
  const { signal } = options;
  const peaks = options.peaks ?? store.peaks ?? (await executor.exclusive(() => measurePeaks(device, { signal })));
  if (!options.peaks && !store.peaks) {
    store.setPeaks(peaks);
    await store.save();
  }
  const times = await timePlan(executor, tensors, options);
  return profileReport({ adapter: adapterName(device.adapterInfo), graph, plan }, times, peaks);
}
