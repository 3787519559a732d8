/** Numbers as people read them. */

/** `12.3 ms`, `1.24 s`: three digits. */
export function time(ms: number): string {
  if (!Number.isFinite(ms)) return '–';
  if (Math.abs(ms) >= 1000) return `${digits(ms / 1000)} s`;
  if (Math.abs(ms) < 0.1 && ms !== 0) return `${digits(ms * 1000)} µs`;
  return `${digits(ms)} ms`;
}

/** `2.6 MB`, in powers of ten. */
export function bytes(count: number): string {
  if (count >= 1e9) return `${digits(count / 1e9)} GB`;
  if (count >= 1e6) return `${digits(count / 1e6)} MB`;
  return count >= 1e3 ? `${digits(count / 1e3)} kB` : `${count} B`;
}

/** `3.5 M`, `300 M`, `1.82 G`. */
export function count(n: number): string {
  if (n >= 1e9) return `${digits(n / 1e9)} G`;
  if (n >= 1e6) return `${digits(n / 1e6)} M`;
  return n >= 1e4 ? `${digits(n / 1e3)} k` : String(n);
}

/** `97.2 %`. */
export function percent(share: number): string {
  const value = share * 100;
  return `${value >= 99.95 || value === 0 ? value.toFixed(0) : value.toFixed(1)} %`;
}

/** A rate with three digits, a dash where there is none. */
export function rate(value: number | null, unit: string): string {
  return value === null || !Number.isFinite(value) ? '–' : `${digits(value)} ${unit}`;
}

/** `1 × 3 × 224 × 224`. */
export function shape(extents: readonly (number | string)[]): string {
  return extents.length === 0 ? 'scalar' : extents.join(' × ');
}

/** `1 layer`, `3 layers`. */
export function plural(n: number, noun: string): string {
  return `${n.toLocaleString('en')} ${noun}${n === 1 ? '' : 's'}`;
}

/** Three significant digits without an exponent. */
function digits(value: number): string {
  const size = Math.abs(value);
  return value.toFixed(size >= 99.95 || value === 0 ? 0 : size >= 9.995 ? 1 : 2);
}
