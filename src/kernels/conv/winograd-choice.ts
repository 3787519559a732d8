/** The Winograd kernels as they are loaded: what runs a convolution, and where to try that first, with which tile. */
import { tilePoints, type TileOutputs } from '../../../shaders/lib/winograd.ts';
import { lanesOf } from '../lib/lanes.ts';
import type { ConvContext } from './shared.ts';
import { ceilDiv } from '../../util/arrays.ts';
import { pointProductChoice, type PointProducts, type ProductFamily } from './winograd-products.ts';
import { pointProducts, winogradCalls, winogradPlan, type WinogradPlan } from './winograd-calls.ts';
import { winogradName } from './winograd-names.ts';

/**
 * A vector that a transform loads or stores on a software adapter, its arithmetic included, in the unit of the products'
 * estimates, by lanes of a subgroup: 56²×64 takes 39 ns for eight vectors on lavapipe and 100 ns for four on SwiftShader,
 * where the unit is 0.54 and 2.5 ns.
 */
const TRANSFORM_COST = { wide: 72, narrow: 40 };

/** One more dispatch, in the same unit: 35 µs on lavapipe, 50 on SwiftShader (4²×64). */
const DISPATCH_COST = { wide: 65_000, narrow: 20_000 };

/** How many times as fast as one product of all pixels and weights it has to be, for the three pipelines more. */
const COMPILE_CHARGE = 1.25;

/**
 * How many times as fast 2×2 has to be as 4×4, which other layers have anyway: 7²×512 takes 45 instead of 62 ms of
 * processor time on SwiftShader, and 6.7 instead of 7.7 on lavapipe.
 */
const SMALL_CHARGE = 1.15;

/**
 * Channels of x and of y, and tiles of 4×4, from which on other adapters try it, and tiles from which on these are 4×4. Of
 * discrete ones by an H200, where 2×2 takes 18 µs for 14²×256, and 4×4 22 (the sum in 16 parts 23); of the others what
 * LiteRT's GPU delegate asks for, since no such device was at hand.
 */
const LEAST = {
  discrete: { channels: 64, tiles: 4, large: 256 },
  integrated: { channels: 64, tiles: 32, large: 0 },
  mobile: { channels: 128, tiles: 64, large: 0 },
};

/** Most products that it may have beside a plain sum's: the transforms take time too. */
const LARGEST_PART = 0.75;

/** Names of the Winograd variants in the order in which they should be tried; none where others are faster. */
function preferredWinograd(context: ConvContext): string[] {
  const plan = winogradPlan(context, 4);
  if (!plan) return [];
  const { adapterClass } = context.device;
  if (adapterClass === 'software') return preferredBySoftware(context, plan);
  const { channels, tiles, large } = LEAST[adapterClass];
  const { in_c, out_c } = plan.params;
  if (Math.min(in_c, out_c) < channels || plan.tiles < tiles) return [];
  const small = winogradPlan(context, 2) ?? plan;
  const least = plan.tiles < large || pointsOf(small) <= pointsOf(plan) ? small : plan;
  if (pointsOf(least) > LARGEST_PART * 9 * plan.batch * plan.params.out_h * plan.params.out_w) return [];
  return [winogradName(least.outputs, adapterClass === 'mobile' ? 'registers' : 'tiled')];
}

/** Products of an input and an output channel: those of thin images, and of dilated ones, stick out of them. */
function pointsOf({ tiles, outputs }: WinogradPlan): number {
  return tiles * tilePoints(outputs);
}

function preferredBySoftware(context: ConvContext, plan: WinogradPlan): string[] {
  const { subgroupSize } = context.device;
  const family = subgroupSize === undefined ? 'registers' : 'subgroup';
  const plain = plainCost(context, plan, family) / COMPILE_CHARGE;
  const large = estimate(context, plan, family);
  const plan2 = winogradPlan(context, 2);
  const small = plan2 ? estimate(context, plan2, family) : Infinity;
  const outputs: TileOutputs = small * SMALL_CHARGE < large ? 2 : 4;
  return Math.min(large, small) < plain ? [winogradName(outputs, family)] : [];
}

/** Estimated time of the products and transforms on a software adapter. */
function estimate(context: ConvContext, plan: WinogradPlan, family: ProductFamily): number {
  const { outputs, tiles, chunk, kQuads, quads } = plan;
  const lanes = context.device.subgroupSize ?? 8;
  const points = tilePoints(outputs);
  const vectors = tiles * (2 * points * kQuads + (points + outputs ** 2) * quads);
  const products = (rows: number): number => (rows === 0 ? 0 : costOf(pointProducts(plan, rows), context, family));
  const adapter = lanesOf(context.device);
  // One product would be one dispatch.
  const dispatches = (3 * ceilDiv(tiles, chunk) - 1) * DISPATCH_COST[adapter];
  const transforms = (vectors / lanes) * TRANSFORM_COST[adapter] + dispatches;
  return Math.floor(tiles / chunk) * products(chunk) + products(tiles % chunk) + transforms;
}

/** Estimated time of the convolution as one product, without what it takes to find the pixels. */
function plainCost(context: ConvContext, plan: WinogradPlan, family: ProductFamily): number {
  const { batch, params } = plan;
  const products = pointProducts(plan, batch * params.out_h * params.out_w);
  return costOf({ ...products, points: 1, depth: 9 * products.depth }, context, family);
}

function costOf(products: PointProducts, { device }: ConvContext, family: ProductFamily): number {
  return pointProductChoice(products, family, device)?.cost ?? Infinity;
}

/** What `winograd.ts` takes of the kernels: the dispatches of a convolution, and which variants to try first. */
export const winogradKernels = { calls: winogradCalls, preferred: preferredWinograd };
