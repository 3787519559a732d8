/** Everything the page shows. */
import type { LoadProgress } from '../../src/index.ts';
import { Store } from './store.ts';
import type { PlainError } from './worker/plain-error.ts';
import type {
  Answer,
  BenchFailure,
  BenchReport,
  BenchRow,
  Comparison,
  Inspection,
  LookOptions,
  ModelInfo,
  ModelRequest,
  Seat,
} from './worker/protocol.ts';

/** The parts of the page. */
export type Tab = 'try' | 'hood' | 'bench';

/** Something that is asked of the Worker. */
export type Task<T> =
  | { readonly status: 'idle' }
  | { readonly status: 'busy'; readonly stage?: string }
  | { readonly status: 'done'; readonly value: T }
  | { readonly status: 'failed'; readonly error: PlainError };

/** The model, from the choice to the session. */
export type ModelState =
  | { readonly status: 'none' }
  | {
      readonly status: 'loading';
      readonly request: ModelRequest;
      /** `performance.now()` at the start. */
      readonly since: number;
      readonly progress: LoadProgress | undefined;
    }
  | { readonly status: 'ready'; readonly request: ModelRequest; readonly info: ModelInfo }
  | { readonly status: 'failed'; readonly request: ModelRequest; readonly error: PlainError };

/** A picture that stands still. */
export interface Still {
  readonly blob: Blob;
  /** Of the blob, for the page to show. */
  readonly url: string;
  readonly name: string;
  readonly alt: string;
}

/** The camera. */
export type CameraState =
  | { readonly status: 'off' }
  | { readonly status: 'starting' }
  | {
      readonly status: 'on';
      readonly stream: MediaStream;
      /** Answers of the last second. */
      readonly fps: number;
      /** From a frame's arrival to its answer. */
      readonly latencyMs: number;
    }
  | { readonly status: 'failed'; readonly message: string };

/** The benchmark. */
export interface BenchState {
  readonly status: 'idle' | 'busy' | 'done' | 'failed';
  readonly now?: { readonly title: string; readonly done: number; readonly of: number };
  readonly rows: readonly (BenchRow | BenchFailure)[];
  readonly report?: BenchReport;
  readonly error?: PlainError;
}

/** The page's state. */
export interface State {
  readonly tab: Tab;
  /** Undefined until the Worker has looked for a GPU. */
  readonly seat: Seat | undefined;
  readonly model: ModelState;
  readonly still: Still | undefined;
  readonly camera: CameraState;
  /** What the visitor said of how to look. */
  readonly options: LookOptions;
  readonly answer: Task<Answer>;
  readonly inspection: Task<Inspection>;
  readonly comparison: Task<Comparison>;
  readonly bench: BenchState;
  /** A passing remark, such as that the device was lost. */
  readonly notice: string | undefined;
}

/** The state at the start. */
export const store = new Store<State>({
  tab: 'try',
  seat: undefined,
  model: { status: 'none' },
  still: undefined,
  camera: { status: 'off' },
  options: { threshold: 0.3, max: 50, mesh: false, background: 'none' },
  answer: { status: 'idle' },
  inspection: { status: 'idle' },
  comparison: { status: 'idle' },
  bench: { status: 'idle', rows: [] },
  notice: undefined,
});
