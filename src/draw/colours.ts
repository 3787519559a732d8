/** A colour for each class, and one for the text on it. */

/** `#rrggbb`. */
export type Colour = `#${string}`;

/** Of what has no class: a grey. */
const NO_CLASS: Colour = '#9a9a9a';

/** Degrees between the hues of neighbouring classes: however many there are, their hues lie far apart. */
const GOLDEN_ANGLE = 180 * (3 - Math.sqrt(5));

/** Lightness in OKLCH by turns, so that classes whose hues come near each other again differ in it. */
const LIGHTNESS = [0.7, 0.8, 0.6] as const;

/**
 * The colour of a class: the same in pages and in Node, for boxes, masks, key points and legends, as `#rrggbb`. Colours of
 * neighbouring classes differ clearly. Grey for what is no class (negative, fractions, NaN, undefined).
 */
export function classColour(index: number | undefined): Colour {
  if (index === undefined || !Number.isSafeInteger(index) || index < 0) return NO_CLASS;
  const lightness = LIGHTNESS[index % LIGHTNESS.length] ?? LIGHTNESS[0];
  return vivid(lightness, ((25 + index * GOLDEN_ANGLE) * Math.PI) / 180);
}

/** Black or white, whichever has the higher contrast to a colour: at least 4.5:1, as WCAG 2 asks of text. */
export function textColour(background: Colour): Colour {
  return contrast(background, '#000000') >= contrast(background, '#ffffff') ? '#000000' : '#ffffff';
}

/** Contrast of two colours, from 1 to 21, as WCAG 2 defines it. */
export function contrast(a: Colour, b: Colour): number {
  const [light, dark] = [luminance(a), luminance(b)].sort((x, y) => y - x);
  return ((light ?? 0) + 0.05) / ((dark ?? 0) + 0.05);
}

/** The red, green and blue of a colour, 0 to 255. */
export function rgbOf(colour: Colour): readonly [red: number, green: number, blue: number] {
  const value = Number.parseInt(colour.slice(1), 16);
  return [value >> 16, (value >> 8) & 255, value & 255];
}

function luminance(colour: Colour): number {
  const [red, green, blue] = rgbOf(colour).map((channel) => {
    const v = channel / 255;
    return v <= 0.04045 ? v / 12.92 : ((v + 0.055) / 1.055) ** 2.4;
  });
  return 0.2126 * (red ?? 0) + 0.7152 * (green ?? 0) + 0.0722 * (blue ?? 0);
}

/** The most colourful of a lightness and hue that a screen has, up to a limit beyond which yellows glare. */
function vivid(lightness: number, hue: number): Colour {
  for (let chroma = 0.2; ; chroma -= 0.01) {
    const rgb = fromOklch(lightness, chroma, hue);
    if (chroma <= 0 || rgb.every((v) => v >= 0 && v <= 1)) return hex(rgb);
  }
}

/** OKLCH to linear red, green and blue (Ottosson, 2020, https://bottosson.github.io/posts/oklab). */
function fromOklch(lightness: number, chroma: number, hue: number): readonly number[] {
  const [a, b] = [chroma * Math.cos(hue), chroma * Math.sin(hue)];
  const l = (lightness + 0.3963377774 * a + 0.2158037573 * b) ** 3;
  const m = (lightness - 0.1055613458 * a - 0.0638541728 * b) ** 3;
  const s = (lightness - 0.0894841775 * a - 1.291485548 * b) ** 3;
  return [
    4.0767416621 * l - 3.3077115913 * m + 0.2309699292 * s,
    -1.2684380046 * l + 2.6097574011 * m - 0.3413193965 * s,
    -0.0041960863 * l - 0.7034186147 * m + 1.707614701 * s,
  ];
}

function hex(linear: readonly number[]): Colour {
  const bytes = linear.map((v) => {
    const encoded = v <= 0.0031308 ? 12.92 * v : 1.055 * v ** (1 / 2.4) - 0.055;
    return Math.round(255 * Math.min(1, Math.max(0, encoded)))
      .toString(16)
      .padStart(2, '0');
  });
  return `#${bytes.join('')}`;
}
