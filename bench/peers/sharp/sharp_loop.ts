/**
 * The peer that a good programmer would write by hand. sharp decodes and resizes on libvips' threads, and one
 * loop over typed arrays cuts the tiles and normalises by a table. libvips has filters of its own, so the
 * values are not Pillow's. A stream is shared by Workers.
 */
import sharp from "sharp";
import { mapLimited } from "../../../src/engine/run/map_limited.ts";
import { type Made, type Ready, serve } from "../serve.ts";
import { TILE, type Work } from "../work.ts";
import { type Pixels, tiles } from "./sharp_tiles.ts";
import { SharpWorkers } from "./sharp_workers.ts";

/** Pictures that are worked on at once. */
const AT_ONCE = navigator.hardwareConcurrency;

/** The Workers of streams. */
let workers: SharpWorkers | undefined;

await serve(prepare);
workers?.close();

async function prepare({ task, pictures, decoded, processes }: Work): Promise<Ready> {
  if (task !== "hd") throw new TypeError(`the hand-written loop tiles only; asked for ${task}`);
  const encoded = await Promise.all(pictures.map((path) => Deno.readFile(path)));
  if (processes !== undefined) return streamed(encoded, workers ??= new SharpWorkers(processes));
  const inputs: (Uint8Array | Pixels)[] = decoded ? await Promise.all(encoded.map(pixelsOf)) : encoded;
  return async () => joined(await mapLimited(inputs, AT_ONCE, (input) => tiles(input)));
}

/** Returns the work of a stream. */
function streamed(pictures: readonly Uint8Array[], workers: SharpWorkers): Ready {
  return async (keep) => {
    const parts: Float32Array[] = [];
    let length = 0;
    await workers.stream(pictures, (rows, index) => {
      length += rows.length;
      if (keep) parts[index] = rows;
      return !keep;
    });
    return keep ? joined(parts) : { shape: shapeOf(length), values: () => [] };
  };
}

async function pixelsOf(bytes: Uint8Array): Promise<Pixels> {
  const { data, info } = await sharp(bytes).removeAlpha().raw().toBuffer({ resolveWithObject: true });
  return { data, width: info.width, height: info.height, channels: 3 };
}

/** Joins parts into one array, as a model takes it. */
function joined(parts: Float32Array[]): Made {
  const all = parts.length === 1
    ? parts[0]
    : new Float32Array(parts.reduce((sum, part) => sum + part.length, 0));
  if (parts.length > 1) {
    let at = 0;
    for (const part of parts) {
      all.set(part, at);
      at += part.length;
    }
  }
  return { shape: shapeOf(all.length), values: () => [all] };
}

function shapeOf(length: number): number[] {
  return [length / (3 * TILE * TILE), 3, TILE, TILE];
}
