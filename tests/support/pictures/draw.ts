/**
 * Tools of the drawn demo pictures: seeded chance, paths, and SVG that sharp renders.
 *
 * @module
 */

import sharp from "sharp";

/** A point of a drawing, in pixels. */
export type Point = readonly [x: number, y: number];

/** Numbers in [0, 1) that are the same for the same seed. (mulberry32) */
export function chance(seed: number): () => number {
  let state = seed | 0;
  return () => {
    state = state + 0x6d2b79f5 | 0;
    let mixed = Math.imul(state ^ state >>> 15, 1 | state);
    mixed = mixed + Math.imul(mixed ^ mixed >>> 7, 61 | mixed) ^ mixed;
    return ((mixed ^ mixed >>> 14) >>> 0) / 2 ** 32;
  };
}

/** The point at an angle (degrees, clockwise from the top) and a distance from a centre. */
export function polar([x, y]: Point, degrees: number, distance: number): Point {
  const radians = degrees * Math.PI / 180;
  return [x + distance * Math.sin(radians), y - distance * Math.cos(radians)];
}

/** A point as SVG writes it. */
export function at([x, y]: Point): string {
  return `${x.toFixed(1)} ${y.toFixed(1)}`;
}

/** A closed polygon. */
export function polygon(points: Point[], attributes: string): string {
  return `<path d="M${points.map(at).join("L")}Z" ${attributes}/>`;
}

/** A ridge from x = 0 to `width` by midpoint displacement: heights around `base`, `roughness` 0 to 1. */
export function ridge(
  width: number,
  base: number,
  swing: number,
  roughness: number,
  random: () => number,
  steps = 9,
): Point[] {
  let heights = [base + swing * (random() - 0.5), base + swing * (random() - 0.5)];
  for (let step = 0, reach = swing; step < steps; step++, reach *= roughness) {
    const middle = (index: number) => (heights[index] + heights[index + 1]) / 2 + reach * (random() - 0.5);
    heights = heights.flatMap((height, index) =>
      index + 1 < heights.length ? [height, middle(index)] : [height]
    );
  }
  return heights.map((height, index) => [index * width / (heights.length - 1), height]);
}

/** A vertical gradient from stops `[offset, colour]`. */
export function gradient(id: string, stops: [number, string][], direction = 'x2="0" y2="1"'): string {
  const marks = stops.map(([offset, colour]) => `<stop offset="${offset}" stop-color="${colour}"/>`);
  return `<linearGradient id="${id}" ${direction}>${marks.join("")}</linearGradient>`;
}

/** A radial gradient from stops `[offset, colour, opacity]`, in the box of what it fills. */
export function glow(id: string, stops: [number, string, number][]): string {
  const marks = stops.map(([offset, colour, opacity]) =>
    `<stop offset="${offset}" stop-color="${colour}" stop-opacity="${opacity}"/>`
  );
  return `<radialGradient id="${id}">${marks.join("")}</radialGradient>`;
}

/**
 * A filter that gives what it is applied to a grain: noise of a frequency, multiplied in by `strength` 0 to
 * 1.
 */
export function grain(
  id: string,
  frequency: string,
  octaves: number,
  strength: number,
  seed: number,
): string {
  const [low, span] = [1 - strength, 2 * strength];
  return `<filter id="${id}" x="0" y="0" width="1" height="1" color-interpolation-filters="sRGB">
    <feTurbulence type="fractalNoise" baseFrequency="${frequency}" numOctaves="${octaves}" seed="${seed}"/>
    <feColorMatrix values="${span} 0 0 0 ${low - 0.25 * span} ${span} 0 0 0 ${
    low - 0.25 * span
  } ${span} 0 0 0 ${low - 0.25 * span} 0 0 0 0 1" result="noise"/>
    <feComposite in="SourceGraphic" in2="noise" operator="arithmetic" k1="1" k2="0" k3="0" k4="0"/>
    <feComposite in2="SourceGraphic" operator="in"/>
  </filter>`;
}

/** A filter that blurs by `deviation` pixels. */
export function blur(id: string, deviation: number): string {
  const blur = `<feGaussianBlur stdDeviation="${deviation}"/>`;
  return `<filter id="${id}" x="-1" y="-1" width="3" height="3">${blur}</filter>`;
}

/** A whole drawing. */
export function svg(width: number, height: number, definitions: string[], body: string[]): string {
  const size = `width="${width}" height="${height}" viewBox="0 0 ${width} ${height}"`;
  return `<svg xmlns="http://www.w3.org/2000/svg" ${size}>
<defs>${definitions.join("\n")}</defs>${body.join("\n")}</svg>`;
}

/** The drawing as JPEG bytes. */
export function jpegOf(drawing: string, quality: number): Promise<Uint8Array> {
  return sharp(new TextEncoder().encode(drawing)).flatten().jpeg({ quality, chromaSubsampling: "4:2:0" })
    .toBuffer();
}

/** The drawing as the bytes of a PNG with a palette. */
export function palettePngOf(drawing: string, colours: number): Promise<Uint8Array> {
  return sharp(new TextEncoder().encode(drawing)).png({ palette: true, colours, dither: 0, effort: 10 })
    .toBuffer();
}
