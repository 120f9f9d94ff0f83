import type { CanvasKit, Paragraph, TypefaceFontProvider } from "npm:canvaskit-wasm@0.42.0";
import { fileURLToPath } from "node:url";
import { fontFilesFor } from "./fonts.ts";

/** A look of text. */
export interface TextLook {
  /** The size of letters, in units of the drawing. */
  readonly size: number;
  /** The weight of strokes, 100 to 900. */
  readonly weight: number;
  /** The colour, as CSS writes it. */
  readonly colour: string;
}

/** Skia's interface, loaded when it is first needed, and once. */
let loaded: Promise<CanvasKit> | undefined;

async function loadKit(): Promise<CanvasKit> {
  const { default: { default: init } } = await import("npm:canvaskit-wasm@0.42.0");
  const wasm = fileURLToPath(import.meta.resolve("npm:canvaskit-wasm@0.42.0/bin/canvaskit.wasm"));
  return await init({ locateFile: () => wasm });
}

/** Skia in WebAssembly, with the fonts of some text. */
export class Skia {
  readonly #provider: TypefaceFontProvider;
  readonly #families: string[];

  private constructor(
    /** Skia's own interface. */
    readonly kit: CanvasKit,
    provider: TypefaceFontProvider,
    families: string[],
  ) {
    this.#provider = provider;
    this.#families = families;
  }

  /**
   * Loads Skia, and the fonts for the characters of `text`.
   * @throws {VitrailError} `io` where a font cannot be read.
   */
  static async open(text: string): Promise<Skia> {
    loaded ??= loadKit();
    const [kit, fonts] = await Promise.all([loaded, fontFilesFor(text)]);
    const provider = kit.TypefaceFontProvider.Make();
    for (const { name, bytes } of fonts) provider.registerFont(bytes, name);
    return new Skia(kit, provider, fonts.map(({ name }) => name));
  }

  /** Returns a line of text, shaped; one that is wider than `width` ends in `…`. */
  line(text: string, { size, weight, colour }: TextLook, width: number): Paragraph {
    const { kit } = this;
    const style = new kit.ParagraphStyle({
      maxLines: 1,
      ellipsis: "…",
      // Letters of all scripts stand on one line, though their fonts are of different heights.
      strutStyle: {
        strutEnabled: true,
        forceStrutHeight: true,
        fontFamilies: this.#families,
        fontSize: size,
        heightMultiplier: 1.35,
      },
      textStyle: {
        color: kit.parseColorString(colour),
        fontFamilies: this.#families,
        fontSize: size,
        fontVariations: [{ axis: "wght", value: weight }],
      },
    });
    const builder = kit.ParagraphBuilder.MakeFromFontProvider(style, this.#provider);
    builder.addText(text);
    const line = builder.build();
    line.layout(width);
    builder.delete();
    return line;
  }

  /** Frees the fonts. */
  [Symbol.dispose](): void {
    this.#provider.delete();
  }
}
