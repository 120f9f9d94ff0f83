import sharp from "sharp";
import { chance } from "../../tests/support/pictures/draw.ts";
import { SHRINK } from "./setup.ts";

/** A picture of the bench. It is drawn from its seed, so that every machine times the same pixels. */
export interface BenchPicture {
  name: string;
  width: number;
  height: number;
  seed: number;
}

/** Eight pictures, landscape and portrait, of sizes that photographs and screenshots have. */
export const PICTURES: readonly BenchPicture[] = ([
  { name: "thumb.jpg", width: 400, height: 300, seed: 11 },
  { name: "small.png", width: 640, height: 480, seed: 12 },
  { name: "portrait.jpg", width: 800, height: 1200, seed: 13 },
  { name: "screen.png", width: 1280, height: 720, seed: 14 },
  { name: "panorama.jpg", width: 2000, height: 700, seed: 15 },
  { name: "hd.jpg", width: 1920, height: 1080, seed: 16 },
  { name: "tall.png", width: 1536, height: 2048, seed: 17 },
  { name: "camera.jpg", width: 4000, height: 3000, seed: 18 },
] as const).map((own) => ({
  ...own,
  width: Math.ceil(own.width / SHRINK),
  height: Math.ceil(own.height / SHRINK),
}));

/** The name of the picture that cases of one picture take. */
export const HD = "hd.jpg";

/** The name of the largest picture. */
export const CAMERA = "camera.jpg";

/**
 * Draws the pictures that are missing, and returns the paths of all, in order. They are kept from one bench
 * to the next.
 */
export async function drawnPictures(): Promise<string[]> {
  const folder = `${temporaryFolder()}/vitrail-bench-pictures-1${SHRINK === 1 ? "" : `-of-${SHRINK}`}`;
  await Deno.mkdir(folder, { recursive: true });
  const paths: string[] = [];
  for (const picture of PICTURES) {
    const path = `${folder}/${picture.name}`;
    paths.push(path);
    if (await Deno.stat(path).catch(() => undefined)) continue;
    const bytes = await encoded(picture);
    await Deno.writeFile(`${path}.part`, bytes);
    await Deno.rename(`${path}.part`, path);
  }
  return paths;
}

/** The folder of temporary files. */
function temporaryFolder(): string {
  return Deno.env.get("TMPDIR") ?? Deno.env.get("TEMP") ?? "/tmp";
}

function encoded(picture: BenchPicture): Promise<Uint8Array> {
  const { width, height, name } = picture;
  const image = sharp(photograph(picture), { raw: { width, height, channels: 3 } });
  return (name.endsWith(".jpg") ? image.jpeg({ quality: 88 }) : image.png()).toBuffer();
}

/**
 * Draws RGB bytes with the statistics of a photograph. The amplitude falls as 1/frequency over all octaves,
 * and the channels share most of their light. Objects have edges, and a sensor's grain lies over everything.
 */
function photograph({ width, height, seed }: BenchPicture): Uint8Array {
  const random = chance(seed);
  const light = new Float32Array(width * height), warmth = new Float32Array(width * height);
  for (let cell = Math.max(width, height); cell >= 2; cell /= 2) {
    addNoise(light, width, height, cell, 70 * Math.sqrt(cell / Math.max(width, height)), random);
    if (cell > 16) addNoise(warmth, width, height, cell, 25 * cell / Math.max(width, height), random);
  }
  for (let object = 0; object < 24; object++) addDisc(light, warmth, width, height, random);
  const rgb = new Uint8Array(width * height * 3);
  for (let i = 0, at = 0; i < light.length; i++, at += 3) {
    const grain = (random() + random() - 1) * 6;
    rgb[at] = byte(128 + light[i] + warmth[i] + grain);
    rgb[at + 1] = byte(126 + light[i] * 0.95 + grain);
    rgb[at + 2] = byte(118 + light[i] * 0.9 - warmth[i] + grain);
  }
  return rgb;
}

/** Adds one octave: random heights on a grid of `cell` pixels, smoothly joined. */
function addNoise(
  plane: Float32Array,
  width: number,
  height: number,
  cell: number,
  amplitude: number,
  random: () => number,
): void {
  const columns = Math.ceil(width / cell) + 2, rows = Math.ceil(height / cell) + 2;
  const grid = Float32Array.from({ length: columns * rows }, () => (random() - 0.5) * 2 * amplitude);
  for (let y = 0; y < height; y++) {
    const row = Math.floor(y / cell), down = smooth(y / cell - row);
    for (let x = 0; x < width; x++) {
      const column = Math.floor(x / cell), along = smooth(x / cell - column);
      const at = row * columns + column;
      const top = grid[at] + (grid[at + 1] - grid[at]) * along;
      const bottom = grid[at + columns] + (grid[at + columns + 1] - grid[at + columns]) * along;
      plane[y * width + x] += top + (bottom - top) * down;
    }
  }
}

/** Adds a disc that is lighter or darker, and warmer or colder, than what lies behind it. */
function addDisc(
  light: Float32Array,
  warmth: Float32Array,
  width: number,
  height: number,
  random: () => number,
): void {
  const radius = Math.min(width, height) * (0.02 + 0.18 * random() ** 2);
  const centerX = random() * width, centerY = random() * height;
  const lighter = (random() - 0.5) * 110, warmer = (random() - 0.5) * 50;
  const bottom = Math.min(height, centerY + radius), right = Math.min(width, centerX + radius);
  for (let y = Math.max(0, Math.ceil(centerY - radius)); y < bottom; y++) {
    for (let x = Math.max(0, Math.ceil(centerX - radius)); x < right; x++) {
      if ((x - centerX) ** 2 + (y - centerY) ** 2 > radius ** 2) continue;
      light[y * width + x] += lighter;
      warmth[y * width + x] += warmer;
    }
  }
}

/** A curve from 0 to 1 that is flat at both ends. */
function smooth(t: number): number {
  return t * t * (3 - 2 * t);
}

function byte(value: number): number {
  return value < 0 ? 0 : value > 255 ? 255 : value;
}
