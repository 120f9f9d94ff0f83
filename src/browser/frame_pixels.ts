import { VitrailError } from "../errors.ts";
import type { RawPixels } from "../codecs/picture.ts";

/** A `VideoFrame` of WebCodecs, as far as it is used. */
interface VideoFrameLike {
  readonly visibleRect: { readonly width: number; readonly height: number } | null;
  /** Degrees, clockwise, by which a player turns the pixels. Not every browser says them. */
  readonly rotation?: number;
  /** True where a player mirrors the pixels. */
  readonly flip?: boolean;
  allocationSize(options: { format: "RGBA" }): number;
  copyTo(into: Uint8Array, options: { format: "RGBA" }): Promise<unknown>;
}

/** A canvas that no page shows, as far as it is used. */
interface Canvas {
  getContext(kind: "2d", options: Record<string, unknown>): {
    drawImage(image: ImageBitmap, x: number, y: number): void;
    getImageData(x: number, y: number, width: number, height: number): RawPixels;
  } | null;
}

/**
 * Returns the pixels of a `VideoFrame` or of an `ImageBitmap` as a picture for `Engine.run`: RGBA bytes
 * `[height, width, 4]`. An `ImageData` is such a picture as it is.
 *
 * A browser has managed their colours by then. It has applied the file's profile and converted to sRGB, and
 * of a video has turned YUV into RGB by its own matrix, so that the bytes are not those that Pillow, or a
 * Python decoder of videos, gives of the same file. A bitmap has lost colours under transparency, too.
 * Python's bytes come of the file alone, given as a `Blob`. A bitmap is nearest to them when it is made by
 * `createImageBitmap(blob, { colorSpaceConversion: "none", premultiplyAlpha: "none" })`.
 *
 * @throws {VitrailError} `usage` for what is neither, or is closed, and for a `VideoFrame` that is shown
 * turned or mirrored, since its pixels would be copied as they are stored.
 */
export async function framePixels(frame: VideoFrameLike | ImageBitmap): Promise<RawPixels> {
  if (frame !== null && typeof frame === "object") {
    if ("copyTo" in frame && frame.visibleRect) return await videoPixels(frame, frame.visibleRect);
    if ("width" in frame && frame.width > 0 && frame.height > 0) return bitmapPixels(frame);
  }
  throw new VitrailError("usage", "a VideoFrame or an ImageBitmap that is not closed is wanted");
}

async function videoPixels(
  frame: VideoFrameLike,
  { width, height }: { readonly width: number; readonly height: number },
): Promise<RawPixels> {
  const { rotation = 0, flip = false } = frame;
  if (rotation !== 0 || flip) {
    const found = `a VideoFrame is shown turned by ${rotation} degrees${flip ? " and mirrored" : ""}`;
    throw new VitrailError("usage", `${found}: draw it to a canvas, and give its ImageData`);
  }
  const data = new Uint8Array(frame.allocationSize({ format: "RGBA" }));
  await frame.copyTo(data, { format: "RGBA" });
  return { width, height, data };
}

function bitmapPixels(bitmap: ImageBitmap): RawPixels {
  const { width, height } = bitmap;
  const { OffscreenCanvas } = globalThis as unknown as {
    OffscreenCanvas: new (width: number, height: number) => Canvas;
  };
  const context = new OffscreenCanvas(width, height).getContext("2d", {
    willReadFrequently: true, // on the CPU, where no GPU rounds
    colorSpace: "srgb",
  });
  if (context === null) throw new VitrailError("usage", "this browser has no canvas to read a bitmap by");
  context.drawImage(bitmap, 0, 0);
  const { data } = context.getImageData(0, 0, width, height);
  return { width, height, data };
}
