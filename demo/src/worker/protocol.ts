/** What the page and its Worker say to each other. Everything is plain data: it crosses by structured clone. */
import type { Colour, LoadProgress, LoadReport, NamedPoint, Pixels, Port, ProfileReport } from '../../../src/index.ts';
import type { PlainError } from './plain-error.ts';

/** The result of a call, or why there is none. Errors of the engine would lose their fields if they were thrown across. */
export type Outcome<T> = { readonly ok: true; readonly value: T } | { readonly ok: false; readonly error: PlainError };

/** Why the page runs on the CPU, by WASM or the reference. */
export type CpuReason = 'asked' | 'insecure' | 'missing' | 'no-adapter';

/** The backends that the page's address may name (`?backend=NAME`). */
export const SEAT_BACKENDS = ['webgpu', 'wasm', 'cpu'] as const;

/** One of them. */
export type SeatBackend = (typeof SEAT_BACKENDS)[number];

/** Where networks run in this browser. */
export interface Seat {
  readonly backend: SeatBackend;
  readonly adapter: string;
  readonly cpuReason?: CpuReason;
  /** The adapter is a program, not a GPU. */
  readonly software: boolean;
}

/** A model to load: one that the site has, or files of the visitor, the main one first. */
export type ModelRequest =
  | { readonly kind: 'site'; readonly name: string; readonly title: string }
  | { readonly kind: 'files'; readonly title: string; readonly files: readonly File[] };

/** What the page can make of a model's answers; `other` is run on zeros. */
export type Task = 'classification' | 'detection' | 'face-detection' | 'hand-detection' | 'pose' | 'matting' | 'other';

/** What a foreground is laid on: nothing, the blurred picture, or a colour. */
export type Background = 'none' | 'blurred' | Colour;

/** What the visitor may say of how the model looks; each task takes what it knows. */
export interface LookOptions {
  /** The least score of what is shown, 0 to 1. */
  readonly threshold: number;
  /** How many things are shown at most. */
  readonly max: number;
  /** Whether the mesh of each face, and its irises, are looked for. */
  readonly mesh: boolean;
  readonly background: Background;
}

/** A model that is ready. */
export interface ModelInfo {
  readonly title: string;
  readonly task: Task;
  readonly licence?: string;
  readonly inputs: readonly Port[];
  readonly outputs: readonly Port[];
  readonly report: LoadReport;
}

/** A class and its score. */
export interface Score {
  readonly label: string;
  readonly score: number;
}

/** A key point, as a task gives it, in pixels of the picture. */
export type BoxPoint = NamedPoint & { readonly score?: number };

/** A box around something, in pixels of the picture. */
export interface Box extends Score {
  /** Its class, where there are several. */
  readonly index?: number;
  readonly points?: readonly BoxPoint[];
  /** Of a face. */
  readonly mesh?: readonly { readonly x: number; readonly y: number }[];
  readonly x: number;
  readonly y: number;
  readonly width: number;
  readonly height: number;
}

/** An output tensor in short. */
export interface OutputSummary extends Pick<Port, 'dtype' | 'quantisation'> {
  readonly name: string;
  readonly shape: readonly number[];
  readonly min: number;
  readonly max: number;
}

/** What a model says of a picture. */
export type Finding =
  | { readonly kind: 'scores'; readonly scores: readonly Score[] }
  | { readonly kind: 'boxes'; readonly boxes: readonly Box[] }
  /** `share` of the picture is foreground; `picture` is that on its background. */
  | { readonly kind: 'matte'; readonly share: number; readonly picture: Pixels }
  | { readonly kind: 'tensors'; readonly tensors: readonly OutputSummary[] };

/** An answer, and what it took. */
export interface Answer {
  readonly finding: Finding;
  /** Of the picture, in pixels. */
  readonly width: number;
  readonly height: number;
  /** From the decoded picture to the answer on the host. */
  readonly ms: number;
  readonly adapter: string;
  /** The model's first run, in which drivers do the rest of their compiling. */
  readonly first: boolean;
  /** The device was lost during the run, which was then repeated on a new one. */
  readonly recovered: boolean;
}

/** What one kind of operator costs: milliseconds where they were measured, else multiply-adds. */
export interface KindCost {
  readonly op: string;
  readonly nodes: number;
  readonly cost: number;
  /** Of all kinds, 0 to 1. */
  readonly share: number;
}

/** Figures of a model on this device. Bytes as the engine holds them; those of the plan exist on the GPU only. */
export interface Totals {
  readonly parameters: number;
  readonly multiplyAdds: number;
  readonly nodes: number;
  /** Of models whose operators compute with integers. */
  readonly integers?: { readonly nodes: number; readonly weightBytes: number; readonly rounding: string };
  readonly plan?: {
    readonly weightBytes: number;
    readonly activationBytes: number;
    readonly lowerBoundBytes: number;
    readonly dispatches: number;
    readonly pipelines: number;
  };
}

/** What "Under the hood" shows. */
export interface Inspection {
  readonly totals: Totals;
  readonly load: LoadReport;
  readonly kinds: readonly KindCost[];
  /** Absent on the CPU. */
  readonly profile?: ProfileReport;
}

/** GPU against CPU reference on the same input. */
export interface Comparison {
  readonly gpuMs: number;
  readonly cpuMs: number;
  /** Largest |GPU − CPU| over all outputs, and relative to the largest |CPU|. */
  readonly difference: number;
  readonly relative: number;
  /** The node whose result differs most from the reference on the same operands. */
  readonly worst?: { readonly node: string; readonly op: string; readonly variant: string; readonly maxAbs: number };
  /** Nodes checked one by one, and those within tolerance. */
  readonly nodes: number;
  readonly agreeing: number;
}

/** A row of the benchmark; the names are those that `npm run bench -- --json` writes. */
export interface BenchRow {
  readonly model: string;
  readonly title: string;
  readonly batch: number;
  readonly inputShape: readonly number[];
  readonly parameters: number;
  readonly multiplyAdds: number;
  readonly cold: { readonly totalMs: number; readonly stages: Readonly<Record<string, number>> };
  readonly plan?: Totals['plan'];
  readonly runMs: {
    readonly runs: number;
    readonly median: number;
    readonly p90: number;
    readonly min: number;
    readonly spread: number;
  };
  readonly gflops: number;
}

/** A network that could not be measured. */
export interface BenchFailure {
  readonly model: string;
  readonly title: string;
  readonly error: PlainError;
}

/** Where a benchmark ran. */
export interface BenchEnvironment {
  readonly date: string;
  readonly tilewise: string;
  readonly browser: string;
  readonly platform: string;
  readonly cpuCount: number;
  readonly adapter: {
    readonly name: string;
    readonly vendor: string;
    readonly architecture: string;
    readonly device: string;
    readonly features: readonly string[];
  };
}

/** What the benchmark resolves with. */
export interface BenchReport {
  readonly environment: BenchEnvironment;
  readonly options: { readonly batch: number; readonly secondsPerModel: number };
  readonly rows: readonly (BenchRow | BenchFailure)[];
}

/** What the Worker tells without being asked. */
export type WorkerEvent =
  | { readonly type: 'progress'; readonly progress: LoadProgress }
  | { readonly type: 'lost'; readonly reason: string }
  | { readonly type: 'stage'; readonly text: string }
  | { readonly type: 'bench-start'; readonly title: string; readonly done: number; readonly of: number }
  | { readonly type: 'bench-row'; readonly row: BenchRow | BenchFailure };

/** A picture to look at: an encoded file, or a frame of the camera, which the Worker closes. */
export type Picture = Blob | VideoFrame | ImageBitmap;

/** The Worker's calls. Those that use the model are queued; none rejects. */
export interface DemoWorker {
  readonly listen: (listener: (event: WorkerEvent) => void) => void;
  readonly probe: (asked: SeatBackend | undefined) => Promise<Seat>;
  /** Replaces the model; one that is still loading is given up. `base` is the page's address. */
  readonly load: (request: ModelRequest, base: string) => Promise<Outcome<ModelInfo>>;
  readonly cancelLoad: () => void;
  readonly look: (picture: Picture, options: LookOptions) => Promise<Outcome<Answer>>;
  readonly inspect: () => Promise<Outcome<Inspection>>;
  /** The last inspection's profile in the Trace Event Format. */
  readonly trace: () => Promise<Outcome<Blob>>;
  readonly compare: () => Promise<Outcome<Comparison>>;
  /** Destroys the model's device, as a driver that crashes does. */
  readonly loseDevice: () => Promise<boolean>;
  readonly bench: () => Promise<Outcome<BenchReport>>;
  readonly stopBench: () => void;
  readonly drawBench: (report: BenchReport) => Promise<Outcome<Blob>>;
}
