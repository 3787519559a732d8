/** Feature pyramids (arXiv:1612.03144): maps of a body at several sizes, all of one width. Names are torchvision's. */
import type { Feature } from './blocks.ts';
import type { MapNet } from './maps.ts';

/** A map and its side in pixels. */
export interface PyramidMap {
  readonly x: Feature;
  readonly side: number;
}

/**
 * The pyramid of maps that are ordered from large to small, as many: each gets a 1×1 convolution, what the smaller one
 * has is added to it, and a 3×3 convolution follows. Parameters are `name.inner_blocks.I.0` and `name.layer_blocks.I.0`.
 */
export function featurePyramid(net: MapNet, maps: readonly PyramidMap[], name: string, out: number): PyramidMap[] {
  const pyramid: PyramidMap[] = [];
  let above: Feature | undefined;
  for (let i = maps.length - 1; i >= 0; i--) {
    const map = maps[i];
    if (!map) continue;
    const lateral = net.conv(map.x, { name: `${name}.inner_blocks.${i}.0`, out, bias: true });
    above = above ? net.combine('add', lateral, net.resize(above, map.side, 'nearest')) : lateral;
    const x = net.conv(above, { name: `${name}.layer_blocks.${i}.0`, out, kernel: 3, bias: true });
    pyramid.unshift({ x, side: map.side });
  }
  return pyramid;
}
