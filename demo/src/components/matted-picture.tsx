/** The foreground on its background, in place of the picture. */
import type { VNode } from 'preact';
import { useEffect, useRef } from 'preact/hooks';
import { drawPixels } from '../draw-pixels.ts';
import type { Pixels } from '../../../src/index.ts';

/** Where it is transparent, a pattern of squares is seen. */
export function MattedPicture({ picture }: { readonly picture: Pixels }): VNode {
  const element = useRef<HTMLCanvasElement>(null);
  useEffect(() => {
    if (element.current) drawPixels(element.current, picture);
  }, [picture]);
  return <canvas ref={element} class="matted" data-testid="matted" role="img" aria-label="The foreground, cut out" />;
}
