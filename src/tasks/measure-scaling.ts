/** What a network makes of a picture's extents, found by the shapes of what it makes of inputs of several sizes. */
import { receptiveFields } from '../analysis/receptive-field.ts';
import { InputError, ShapeError } from '../core/errors.ts';
import { shapeText } from '../core/tensor.ts';
import type { Graph, GraphInput } from '../ir/graph.ts';
import { descOf } from '../ir/rewrite.ts';
import { compileGraph } from '../session/compile-graph.ts';
import { most } from '../util/arrays.ts';
import type { PictureSize, Preprocessing } from '../vision/picture-spec.ts';
import type { Scaling } from '../vision/scaling.ts';

/** How an input takes pictures. */
export interface PictureInputShape extends Pick<Preprocessing, 'layout'> {
  readonly channels: 1 | 3;
}

/** What is known of a network that makes pictures, or maps, of pictures. */
export interface MeasuredNetwork {
  readonly input: PictureInputShape;
  readonly scaling: Scaling;
  /** Name of the output that is the picture, or the map. */
  readonly output: string;
}

/** What is looked for among the outputs: a picture of as many channels as the input has, or a map of one number a pixel. */
export type MadeKind = 'picture' | 'map';

/** A network, and what is looked for in it. */
interface Question {
  readonly graph: Graph;
  readonly input: GraphInput;
  readonly shape: PictureInputShape;
  readonly made: MadeKind;
}

/** An output that is a picture. */
interface MadePicture extends PictureSize, Pick<Scaling, 'layout'> {
  readonly name: string;
  readonly compiled: Graph;
}

/** Shorter sides of the inputs that are tried, their longer sides being twice that: some networks take no small ones. */
const SIDES = [64, 256] as const;

/** No network divides its input by more. */
const MOST_STEP = 64;

/**
 * The factor, what is lost at the edges, and how far the network sees. Throws InputError for a network whose input is no picture, or
 * which makes no larger picture or map, or one as large, of it; rejects as `compileGraph` does.
 */
export async function measureScaling(
  graph: Graph,
  input: GraphInput,
  made: MadeKind = 'picture',
): Promise<MeasuredNetwork> {
  const refusals: unknown[] = [];
  for (const shape of inputShapesOf(input)) {
    try {
      const fixed = fixedExtents(input, shape);
      const question = { graph, input, shape, made };
      const { scaling, output } = await (fixed ? measuredFixed(question, fixed) : measuredFree(question));
      return { input: shape, scaling, output };
    } catch (error) {
      if (!(error instanceof InputError || error instanceof ShapeError)) throw error;
      refusals.push(error);
    }
  }
  throw refusals[0];
}

/** The ways in which an input may take a picture: one, unless the file does not say how many channels it has. */
function inputShapesOf({ name, dtype, shape }: GraphInput): readonly PictureInputShape[] {
  const layouts = [
    ['nchw', 1],
    ['nhwc', 3],
  ] as const;
  const counts = [3, 1] as const;
  if (shape.length === 4 && dtype === 'float32') {
    const said = counts.flatMap((channels) =>
      layouts.flatMap(([layout, axis]) => (shape[axis] === channels ? [{ layout, channels }] : [])),
    );
    const [only] = said;
    if (only) return [only];
    if (typeof shape[1] === 'string' && typeof shape[3] === 'string') {
      return counts.map((channels) => ({ layout: 'nchw', channels }));
    }
  }
  throw new InputError(
    `input "${name}" is ${dtype} ${shapeText(shape)}, and a picture of any size is floats of 3 channels, or 1`,
    {
      hint: 'Use a Session, and feed it by name',
    },
  );
}

/** The extents that the file fixes. */
function fixedExtents({ shape, suggested }: GraphInput, { layout }: PictureInputShape): PictureSize | undefined {
  const [height, width] = layout === 'nchw' ? shape.slice(2) : shape.slice(1);
  return typeof height === 'number' && typeof width === 'number' && !suggested ? { width, height } : undefined;
}

type Measured = Omit<MeasuredNetwork, 'input'>;

/** Of an input of one size: what is missing of a whole multiple is lost. */
async function measuredFixed(question: Question, fixed: PictureSize): Promise<Measured> {
  const made = await pictureMade(question, fixed);
  const factor = Math.ceil(made.width / fixed.width);
  const lost = factor * fixed.width - made.width;
  return { output: made.name, scaling: { ...checked(made, fixed, factor, lost), ...sightOf(made, fixed), fixed } };
}

/** Of an input of any size: a line through two points, which a third lies on. */
async function measuredFree(question: Question): Promise<Measured> {
  const { side, made } = await firstMade(question);
  const size = { width: 2 * side, height: side };
  const factor = (made.width - made.height) / side;
  const lost = factor * side - made.height;
  const rule = checked(made, size, factor, lost);
  const { reach, step: coarsest } = sightOf(made, size);
  for (let step = coarsest; step <= MOST_STEP; step *= 2) {
    const other = { width: 2 * side + 3 * step, height: side + step };
    const again = await pictureMade(question, other).catch(unlessShape);
    const fits =
      again &&
      [again.width + lost, again.height + lost].every((extent, axis) => {
        return extent === factor * (axis === 0 ? other.width : other.height);
      });
    if (fits) return { output: made.name, scaling: { ...rule, step, reach: Math.max(reach, step) } };
  }
  throw notLarger(made, size);
}

async function firstMade(question: Question): Promise<{ side: number; made: MadePicture }> {
  const [small, large] = SIDES;
  const first = await pictureMade(question, { width: 2 * small, height: small }).catch(unlessShape);
  if (first) return { side: small, made: first };
  return { side: large, made: await pictureMade(question, { width: 2 * large, height: large }) };
}

/** Nothing, where a network takes no input of that size. */
function unlessShape(error: unknown): undefined {
  if (!(error instanceof ShapeError)) throw error;
}

/** Throws InputError unless both axes follow the rule. */
function checked(
  made: MadePicture,
  shown: PictureSize,
  factor: number,
  lost: number,
): Pick<Scaling, 'factor' | 'lost' | 'layout'> {
  const follows = factor * shown.width - lost === made.width && factor * shown.height - lost === made.height;
  if (Number.isInteger(factor) && factor >= 1 && follows && Math.abs(lost) < factor * shown.height) {
    return { factor, lost, layout: made.layout };
  }
  throw notLarger(made, shown);
}

function notLarger(made: MadePicture, shown: PictureSize): InputError {
  const sizes = [shown, made].map(({ width, height }) => `${width}x${height}`);
  return new InputError(
    `the network makes ${sizes[1]} pixels of ${sizes[0]}, which is not as large, or enlarged by a whole number`,
    {
      hint: 'Use a Session, and read its outputs by name',
    },
  );
}

/** How far the output sees, and how far apart its coarsest map's elements lie. */
function sightOf({ name, compiled }: MadePicture, shown: PictureSize): Pick<Scaling, 'step' | 'reach'> {
  const fields = receptiveFields(compiled);
  // What sees the whole map, as gates do, has no place in it: its neighbour would lie beyond.
  const jumps = [...fields.values()].flat().map(({ jump }) => Math.ceil(jump));
  const step = most([1, ...jumps.filter((jump) => 2 * jump <= Math.min(shown.width, shown.height))]);
  const field = most((fields.get(name) ?? []).map((along) => along.field));
  return { step, reach: Math.ceil((Math.max(1, field) - 1) / 2) + step };
}

/** What the network makes of a picture of this size. Throws InputError where none of its outputs is what is looked for. */
async function pictureMade(
  { graph, input, shape: { layout, channels }, made }: Question,
  { width, height }: PictureSize,
): Promise<MadePicture> {
  const shape = layout === 'nchw' ? [1, channels, height, width] : [1, height, width, channels];
  const compiled = await compileGraph(graph, { inputShapes: { [input.name]: shape }, level: 'reference' });
  const outputs = compiled.outputs.map((output) => ({ output, ...descOf(compiled, output) }));
  const wanted = made === 'picture' ? channels : 1;
  for (const own of [layout, layout === 'nchw' ? 'nhwc' : 'nchw'] as const) {
    const found = outputs.find(({ dtype, shape: [batch, ...rest] }) => {
      return dtype === 'float32' && batch === 1 && rest.length === 3 && rest[own === 'nchw' ? 0 : 2] === wanted;
    });
    if (!found) continue;
    const [tall = 0, wide = 0] = own === 'nchw' ? found.shape.slice(2) : found.shape.slice(1);
    return { name: found.output, compiled, width: wide, height: tall, layout: own };
  }
  const list = outputs.map((output) => `"${output.output}" ${shapeText(output.shape)}`).join(', ');
  const what =
    made === 'picture' ? `a picture of ${channels} channels, as the input is` : 'a map of one number a pixel';
  throw new InputError(`no output is ${what}: ${list || 'none'}`, {
    hint: 'Use a Session, and read its outputs by name',
  });
}
