/** Networks that give mattes: the foreground on another background. */
import { blurBehind, createMatting, cutOut, toPixels, type Matte, type Pixels } from '../../../../src/index.ts';
import type { Background } from '../protocol.ts';
import { common, headedOptions, type OpenRunner } from '../runner.ts';

/** Of the blur, in parts of the picture's longer side. */
const BLUR = 1 / 60;

/** Loads a network for mattes. */
export const openMattes: OpenRunner = async (source, options, known) => {
  const matting = await createMatting(source, headedOptions(options, known));
  return {
    ...common(matting),
    find: async (picture, { background }) => {
      const matte = await matting.matte(picture);
      const share = matte.data.reduce((sum, alpha) => sum + alpha, 0) / matte.data.length;
      return { kind: 'matte', share, picture: laidOn(background, toPixels(picture), matte) };
    },
  };
};

function laidOn(background: Background, picture: Pixels, matte: Matte): Pixels {
  if (background === 'none') return cutOut(picture, matte);
  if (background !== 'blurred') return cutOut(picture, matte, { background });
  const deviation = Math.max(picture.width, picture.height) * BLUR;
  return cutOut(picture, matte, { background: blurBehind(picture, matte, deviation) });
}
