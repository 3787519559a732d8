/** Heads: what the outputs of a kind of network mean, as nodes that are added to the network's own graph. */
import type { DType } from '../core/dtype.ts';
import { InputError } from '../core/errors.ts';
import { shapeText } from '../core/tensor.ts';
import type { Graph, GraphInput, IntegerScale } from '../ir/graph.ts';
import { nearestWithin } from '../util/nearest-name.ts';
import type { Preprocessing } from '../vision/picture-spec.ts';
import type { BoxNodes } from './box-nodes.ts';

/** An output of a model, its extents known. Of integers that stand for real numbers it is these: float32. */
export interface HeadOutput {
  readonly name: string;
  readonly dtype: DType;
  readonly shape: readonly number[];
  /** Set where its elements lie in 0…1 whatever the picture: probabilities. */
  readonly unit?: boolean;
}

/** What is known beside the outputs. */
export interface HeadInput {
  /** Extents of the picture that goes in, in pixels. */
  readonly width: number;
  readonly height: number;
  /** How many classes were named, if any were. */
  readonly classes: number | undefined;
  /** The caller asked for this head by its name: it takes shapes, too, that others have as well. */
  readonly named?: boolean;
}

/** Names of values of the extended graph, by what they are. */
export type NamedValues = Readonly<Record<string, string>>;

/** What a head added. */
export interface AddedNodes {
  /** The outputs from now on. */
  readonly results: NamedValues;
  /** Inputs beside the picture, which the task feeds. */
  readonly feeds: NamedValues;
}

/** A graph whose first input is a picture. */
export interface OpenedInput {
  readonly graph: Graph;
  readonly input: GraphInput & { readonly quantisation?: IntegerScale };
  /** Inputs beside it. */
  readonly feeds: NamedValues;
}

/** Why outputs may mean one thing or another: the task refuses them until the caller says which. */
export interface Doubt {
  /** What is in doubt, as a sentence. */
  readonly about: string;
  /** Values of `decode`, and what each means. */
  readonly choose: string;
}

/** One kind of outputs. */
export interface Head {
  /** What callers name it by, as their networks are called: `yolov8`. */
  readonly name: string;
  /** What it reads, in words, with shapes. */
  readonly reads: string;
  /** Those outputs it reads, in its own order; undefined where they are of another kind. */
  readonly fits: (outputs: readonly HeadOutput[], input: HeadInput) => readonly HeadOutput[] | undefined;
  /** Of outputs that fit: what cannot be told by them, with the names to choose between; undefined where nothing is in doubt. */
  readonly doubt?: (read: readonly HeadOutput[], input: HeadInput) => Doubt | undefined;
  /** How pictures become inputs of such networks, where neither the file nor the catalogue nor the caller says it. */
  readonly preprocessing?: Partial<Preprocessing>;
  /** Of a graph whose input may hold more than a picture, one where it has inputs of its own: done before any head is tried. */
  readonly open?: (graph: Graph, input: GraphInput) => OpenedInput;
  /**
   * Of networks that see pictures otherwise than whole and upright, the graph that takes one in place of the model's input. Done once
   * the head is known, and the outputs are then looked at anew.
   */
  readonly adapt?: (graph: Graph, input: GraphInput) => OpenedInput;
  /** Adds the nodes. */
  readonly attach: (nodes: BoxNodes, read: readonly HeadOutput[], input: HeadInput) => AddedNodes;
}

/** A head, and the outputs it reads. */
export interface MatchedHead {
  readonly head: Head;
  readonly read: readonly HeadOutput[];
  /** What it was matched by, and is to be attached with. */
  readonly input: HeadInput;
}

/**
 * The head of this name, or else the first that fits. Throws InputError: a name there is not, outputs that the named one does not
 * fit, outputs that none fits, with what each would read, or outputs that it takes a name to tell apart.
 */
export function matchHead(
  heads: readonly Head[],
  outputs: readonly HeadOutput[],
  { width, height, classes }: HeadInput,
  named?: string,
): MatchedHead {
  const input = { width, height, classes, named: named !== undefined };
  const candidates = named === undefined ? heads : heads.filter(({ name }) => name === named);
  if (candidates.length === 0) throw unknownHead(heads, String(named));
  for (const head of candidates) {
    const read = head.fits(outputs, input);
    if (!read) continue;
    const doubt = named === undefined ? head.doubt?.(read, input) : undefined;
    if (doubt) throw new InputError(doubt.about, { hint: `Say which as decode: ${doubt.choose}` });
    return { head, read, input };
  }
  const list = outputs.map(({ name, shape }) => `"${name}" ${shapeText(shape)}`).join(', ');
  const one = named === undefined ? 'nothing that is decoded here' : `not what ${named} reads`;
  const told = classes === undefined ? '' : `, and there are names of ${classes} classes`;
  throw new InputError(`the outputs are ${one}: ${list || 'none'}${told}`, {
    hint: `${candidates.map(({ name, reads }) => `${name} reads ${reads}`).join('; ')}. Else use a Session`,
  });
}

function unknownHead(heads: readonly Head[], named: string): InputError {
  const names = heads.map(({ name }) => name);
  const meant = nearestWithin(named, names);
  return new InputError(`there is no decoder "${named}"`, {
    hint: meant === undefined ? `There are ${names.join(', ')}` : `Did you mean ${meant}?`,
  });
}
