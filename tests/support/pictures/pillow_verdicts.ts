/** Pillow's outcome of encoded pictures, by running it. */

import { linesOf } from "../fuzz/lines_of.ts";

/** Reads pictures from stdin, each behind its length, and prints a line for each. */
const PROGRAM = String.raw`
import hashlib, io, os, struct, sys, warnings
from PIL import Image
warnings.simplefilter("ignore")
os.dup2(os.open(os.devnull, os.O_WRONLY), 2)
KINDS = ["JPEG", "PNG", "GIF", "WEBP", "TIFF", "BMP"]
T = Image.Transpose
BACK = {2: T.FLIP_LEFT_RIGHT, 3: T.ROTATE_180, 4: T.FLIP_TOP_BOTTOM, 5: T.TRANSPOSE, 6: T.ROTATE_90,
        7: T.TRANSVERSE, 8: T.ROTATE_270}
def turn_of(image):
    if image.format == "PNG" and "exif" not in image.info:
        image.load()
    exif = image.info.get("exif", b"")
    while exif.startswith(b"Exif\0\0" * 2):  # as Pillow 12.3 does
        exif = image.info["exif"] = exif[6:]
    try:
        turn = image.getexif().get(0x0112)
    except Exception:
        return 0
    return int(turn) if turn in BACK else 1
def over_white(image):  # as transformers' convert_to_rgb
    if image.mode == "RGB":
        return image
    rgba = image.convert("RGBA")
    return Image.alpha_composite(Image.new("RGBA", rgba.size, (255, 255, 255)), rgba).convert("RGB")
def verdict(data):
    image = Image.open(io.BytesIO(data), formats=KINDS)
    if image.size[0] * image.size[1] > int(sys.argv[1]):
        return "large"
    turn = turn_of(image)
    image.load()
    if image.format == "TIFF" and turn in BACK:
        image = image.transpose(BACK[turn])  # as it is stored
    rgb = over_white(image) if sys.argv[2] == "white" else image.convert("RGB")
    turned = f" turned {turn}" if turn != 1 else ""
    return f"{rgb.width}x{rgb.height} {hashlib.sha256(rgb.tobytes()).hexdigest()[:16]}{turned}"
while head := sys.stdin.buffer.read(4):
    data = sys.stdin.buffer.read(struct.unpack("<I", head)[0])
    try:
        print(verdict(data), flush=True)
    except Exception:
        print("error", flush=True)
`;

/** A Pillow that stays open, and tells what it makes of pictures. */
export class PillowPeer {
  readonly #python: Deno.ChildProcess;
  readonly #writer: WritableStreamDefaultWriter<Uint8Array>;
  readonly #lines: AsyncGenerator<string, void, void>;

  /**
   * Starts Python.
   * @param alpha the treatment of transparency
   */
  constructor(maxPixels: number, alpha: "drop" | "white" = "drop") {
    this.#python = new Deno.Command("/usr/bin/python3", {
      args: ["-c", PROGRAM, String(maxPixels), alpha],
      stdin: "piped",
      stdout: "piped",
      stderr: "inherit",
    }).spawn();
    this.#writer = this.#python.stdin.getWriter();
    this.#lines = linesOf(this.#python.stdout);
  }

  /**
   * Returns what Pillow makes of a picture: its size as stored and 16 digits of the SHA-256 of its RGB bytes,
   * with its orientation unless that is 1 (0 where asking for it is an error); `error`, or `large` where it
   * has more than `maxPixels`. Pictures are asked for one after another.
   */
  async verdict(picture: Uint8Array): Promise<string> {
    const head = new Uint8Array(4);
    new DataView(head.buffer).setUint32(0, picture.length, true);
    await this.#writer.write(head);
    await this.#writer.write(picture);
    const { value } = await this.#lines.next();
    if (value === undefined) throw new Error("Pillow's process ended");
    return value;
  }

  /** Ends Python. */
  async close(): Promise<void> {
    await this.#writer.close();
    for await (const _ of this.#lines); // to its end
    await this.#python.status;
  }
}

/** Returns what Pillow makes of each picture, as {@linkcode PillowPeer.verdict} has it. */
export async function pillowVerdicts(pictures: readonly Uint8Array[], maxPixels: number): Promise<string[]> {
  const peer = new PillowPeer(maxPixels), verdicts: string[] = [];
  for (const picture of pictures) verdicts.push(await peer.verdict(picture));
  await peer.close();
  return verdicts;
}
