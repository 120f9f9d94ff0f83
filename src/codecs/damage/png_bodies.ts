import { dataViewOf } from "../headers/binary.ts";
import { PNG_COLOUR } from "../headers/png_kind.ts";
import { isText, textBytes, unpacked } from "../headers/png_texts.ts";

/** The least bytes that Pillow reads of a chunk. */
const LEAST: Readonly<Record<string, number>> = {
  IHDR: 13,
  gAMA: 4,
  sRGB: 1,
  pHYs: 9,
  acTL: 8,
  fcTL: 26,
  fdAT: 4,
};

/** The least bytes of tRNS by the kind of colour: one number for grey, three for red, green and blue. */
const LEAST_TRANSPARENT: readonly number[] = [2, 0, 6];

/** The most bytes of all texts. Source: Pillow `src/PIL/PngImagePlugin.py`, `MAX_TEXT_MEMORY`. */
const MOST_TEXT = 2 ** 26;

/** The most entries of a palette's transparency. Source: Pillow `src/_imaging.c`, `_putpalettealphas`. */
const MOST_TRANSPARENT = 256;

/** The most frames that an animation may state. */
const MOST_FRAMES = 2 ** 31;

/**
 * The chunks of a PNG, each held to what Pillow reads of its data. Pillow raises where it reads more than
 * there is, and decoders pass over such chunks.
 *
 * Source: Pillow `src/PIL/PngImagePlugin.py`, `PngStream`.
 */
export class PngBodies {
  #width = 0;
  #height = 0;
  /** The header's kind of colour; tRNS is looked at by it. */
  #colour: number = PNG_COLOUR.PALETTE;
  #texts = 0;
  /** The number of the next frame's control, or of its data; undefined before the first control. */
  #sequence: number | undefined;
  #frames = 0;
  #hasCount = false;
  #hasControl = false;
  #hasPixels = false;

  /** True where Pillow takes the picture for an animation; known from its first pixels on. */
  isAnimated = false;

  /** Says what is wrong with the next chunk's data; undefined where nothing is. */
  damageOf(type: string, data: Uint8Array): string | undefined {
    const least = type === "tRNS" ? LEAST_TRANSPARENT[this.#colour] ?? 0 : LEAST[type] ?? 0;
    if (data.length < least) {
      return `its PNG data has a chunk ${type} of ${data.length} of the ${least} bytes that it needs`;
    }
    if (type === "tRNS" && this.#colour === PNG_COLOUR.PALETTE && data.length > MOST_TRANSPARENT) {
      return `its PNG data has a chunk tRNS of ${data.length} bytes, ${MOST_TRANSPARENT} at most`;
    }
    if (type === "cHRM" && data.length % 4 > 0) {
      return `its PNG data has a chunk cHRM of ${data.length} bytes, which are no numbers of 4 bytes`;
    }
    if (type === "IHDR") this.#readHeader(data);
    if (type === "IDAT") this.#beginPixels();
    if (type === "acTL") this.#readFrames(data);
    if (type === "fcTL") return this.#controlDamage(data);
    if (type === "fdAT" && this.#sequence === undefined) {
      return "its PNG data has pixels of a frame before any frame's control";
    }
    if (type === "fdAT") return this.#sequenceDamage(data);
    if (type === "iCCP") return profileDamage(data);
    return this.#textDamage(type, data);
  }

  #readHeader(data: Uint8Array): void {
    const view = dataViewOf(data);
    [this.#width, this.#height, this.#colour] = [view.getUint32(0), view.getUint32(4), data[9]];
  }

  /** Reads how many frames there are; a count of none, or a second count, makes it no animation. */
  #readFrames(data: Uint8Array): void {
    const frames = dataViewOf(data).getUint32(0);
    this.#frames = this.#hasCount || frames > MOST_FRAMES ? 0 : frames;
    this.#hasCount = this.#frames > 0;
  }

  /** Pixels that no frame's control precedes are a picture beside the frames. */
  #beginPixels(): void {
    if (!this.#hasPixels) this.isAnimated = this.#frames > (this.#hasControl ? 1 : 0);
    this.#hasPixels = true;
  }

  /** Says what is wrong with a frame's control. The first frame's pixels would be its box's alone. */
  #controlDamage(data: Uint8Array): string | undefined {
    const view = dataViewOf(data);
    const [width, height, left, top] = [4, 8, 12, 16].map((at) => view.getUint32(at));
    this.#hasControl = true;
    if (left + width > this.#width || top + height > this.#height) {
      return "its PNG data has a frame that reaches beyond the picture";
    }
    if (!this.#hasPixels && (width < this.#width || height < this.#height)) {
      return "its PNG data has a first frame that is not the whole picture";
    }
    return this.#sequenceDamage(data);
  }

  #sequenceDamage(data: Uint8Array): string | undefined {
    const found = dataViewOf(data).getUint32(0), next = this.#sequence ?? 0;
    if (found !== next) return `its PNG data has part ${found} of its frames in the place of ${next}`;
    this.#sequence = next + 1;
  }

  /** Says what is wrong with a text; of an iTXt bytes are counted, where Pillow counts characters. */
  #textDamage(type: string, data: Uint8Array): string | undefined {
    if (!isText(type)) return undefined;
    const name = data.indexOf(0), text = textBytes(type, name < 0 ? NOTHING : data.subarray(name + 1));
    if (text === "unknown") return `its PNG data has a chunk ${type} that is packed in an unknown way`;
    if (text === "long") return `its PNG data has a chunk ${type} of more than 1 MiB when unpacked`;
    this.#texts += text === "damaged" ? 0 : text.length;
    if (this.#texts > MOST_TEXT) return "its PNG data has more than 64 MiB of texts";
  }
}

const NOTHING = new Uint8Array();

/** Says what is wrong with a profile of colours: a name, a zero, the way of packing, and what is packed. */
function profileDamage(data: Uint8Array): string | undefined {
  const name = data.indexOf(0);
  if (name < 0) return "its PNG data has a chunk iCCP without a zero behind its name";
  if (unpacked(data.subarray(name + 2)) !== "long") return undefined;
  return "its PNG data has a chunk iCCP of more than 1 MiB when unpacked";
}
