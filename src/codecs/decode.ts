import { messageOf, VitrailError } from "../errors.ts";
import { sizeText } from "../plan/geometry.ts";
import type { AlphaTreatment } from "../plan/preprocessing.ts";
import { NotLoaded } from "../runtime/loaded.ts";
import { compositeOverWhite } from "./alpha.ts";
import { damageOf } from "./damage/damage.ts";
import { truncationOf } from "./damage/truncation.ts";
import type {
  Channels,
  DamageTreatment,
  DecodedPixels,
  Decoder,
  DecoderOptions,
} from "./decoders/decoder.ts";
import { type DecoderChoice, decoderFor } from "./decoders/decoders.ts";
import { type Format, formatName } from "./headers/format.ts";
import { type PictureHeader, readHeader } from "./headers/header.ts";
import { jpegSegments } from "./headers/jpeg_segments.ts";
import { pictureEnd } from "./headers/picture_end.ts";
import { webpHasAlpha } from "./headers/webp_frame.ts";
import { MAX_PIXELS, requirePixels } from "./pixel_limit.ts";
import { unreadable } from "./unreadable.ts";

/** Options of decoding. */
export interface DecodeOptions {
  /**
   * `"drop"` leaves the colour under the alpha channel, as Pillow's `convert("RGB")` does. `"white"`
   * composites over white, and `"white-truncated"` truncates what that gives; what Pillow opens as RGB stays
   * as it is. Default `"drop"`.
   */
  alpha?: AlphaTreatment;
  /** The most pixels that a header may announce. Default {@linkcode MAX_PIXELS}. */
  maxPixels?: number;
  /** The most bytes that an encoded picture may have. Default 1 GiB. */
  maxBytes?: number;
  /** The decoders that may be used. Default `"auto"`: the best that runs here. */
  decoders?: DecoderChoice;
  /**
   * `"refuse"` takes damage for an error where Pillow does, or where its pixels would not be Pillow's.
   * `"keep"` takes what a decoder gives of a damaged picture; what is missing of a TIFF's samples are zeros.
   * Default `"refuse"`.
   */
  damaged?: DamageTreatment;
  /** 3 where pixels of three bytes will do as well as of four. Default 4. */
  channels?: Channels;
}

/**
 * A picture as stored, not turned: RGBA bytes `[height, width, 4]`, whose alpha byte says nothing, or where
 * they will do RGB bytes `[height, width, 3]`.
 */
export interface DecodedPicture extends DecodedPixels {
  /** EXIF orientation, 1 (as stored) to 8, or 0 where its EXIF is damaged; not applied. */
  orientation: number;
  /** `"jpeg"`, `"png"`, …, or `"pixels"` for raw pixels. */
  format: string;
  /** The decoder's name, or `"none"` for raw pixels. */
  decoder: string;
}

/** Pixels, or bytes of a file, of which a decoder on the thread that asks makes a stay of 20 ms at most. */
const BRIEF = 2 ** 19;

/** Bytes of a file whose damage is looked for in 20 ms at most, beside a native decoder. */
const BRIEF_LOOK = 2 ** 25;

/** Others that do what would keep this thread for long. */
export interface DecodeElsewhere {
  /** Decodes a picture as {@linkcode decode} does. */
  decode(bytes: Uint8Array, options: DecodeOptions & { name: string }): Promise<DecodedPicture>;
  /** Looks for damage as `damageOf` does. */
  damageOf(bytes: Uint8Array, format: Format): Promise<string | undefined>;
}

/**
 * Decodes a picture, as stored. Its RGB bytes are those of Pillow's `Image.open(f).convert("RGB")`.
 *
 * @param elsewhere takes what would keep this thread for long; absent: all is done here
 * @throws {VitrailError} `decode`, where the bytes are no whole picture or no decoder here gives them
 * exactly; `limit`, before decoding, where the header announces more than `maxPixels`; `io`, where a decoder
 * cannot be loaded.
 */
export async function decode(
  given: Uint8Array,
  options: DecodeOptions & { name: string },
  elsewhere?: DecodeElsewhere,
): Promise<DecodedPicture> {
  const { name, alpha = "drop", maxPixels = MAX_PIXELS, decoders = "auto" } = options;
  const { channels = 4, damaged = "refuse" } = options;
  const header = readHeader(given, name);
  requirePixels(header, maxPixels, name);
  const segments = header.format === "jpeg" ? [...jpegSegments(given)] : undefined;
  const end = pictureEnd(given, header.format, segments);
  const bytes = given.subarray(0, end); // what follows would be copied, too
  const decoder = await decoderFor(bytes, header.format, decoders, name);
  const pixels = header.width * header.height;
  const isLong = Math.max(pixels, bytes.length) > BRIEF;
  // A TIFF's strips are inflated on this thread, also beside a native decoder.
  if (elsewhere && isLong && (decoder.portable || header.format === "tiff")) {
    return await elsewhere.decode(bytes, options);
  }
  if (damaged === "refuse") {
    const damage = elsewhere && bytes.length > BRIEF_LOOK
      ? await elsewhere.damageOf(bytes, header.format)
      : damageOf(bytes, header.format, segments);
    if (damage !== undefined) throw unreadable(name, damage);
  }
  const wanted = { channels: alpha === "drop" ? channels : 4, damaged };
  const { width, height, data } = await decodeWith(decoder, bytes, header, wanted, name);
  const hasAlpha = header.format !== "webp" || webpHasAlpha(bytes);
  if (alpha !== "drop" && hasAlpha) compositeOverWhite(data, alpha);
  const { format, orientation } = header;
  return { width, height, data, orientation, format, decoder: decoder.name };
}

/** Decodes by one decoder, and refuses a picture whose size is not its header's. */
async function decodeWith(
  decoder: Decoder,
  bytes: Uint8Array,
  header: PictureHeader,
  options: DecoderOptions,
  name: string,
): Promise<DecodedPixels> {
  let picture: DecodedPixels;
  try {
    picture = await decoder.decode(bytes, header.format, options);
  } catch (error) {
    if (error instanceof NotLoaded) { // the picture is not to blame
      throw new NotLoaded(`cannot read ${name}: ${error.message}`, { cause: error });
    }
    throw unreadable(name, truncationOf(bytes, header.format) ?? failureOf(decoder, header, error), error);
  }
  if (picture.width !== header.width || picture.height !== header.height) {
    const found = `${decoder.name} decodes ${sizeText(picture)} pixels`;
    throw unreadable(name, `${found} where its ${formatName(header.format)} header says ${sizeText(header)}`);
  }
  return picture;
}

/** Says why a decoder failed: in our own words as they are, or in its library's first line with its name. */
function failureOf(decoder: Decoder, header: PictureHeader, error: unknown): string {
  if (error instanceof VitrailError) return error.message;
  const [line] = (error instanceof Error ? error.message : String(error)).split("\n");
  return `its ${formatName(header.format)} data is damaged (${decoder.name} says: ${messageOf(line)})`;
}
