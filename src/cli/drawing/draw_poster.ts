import { drawPanel } from "./draw_panel.ts";
import { imageText, panelText } from "../../report/panels/panel_text.ts";
import type { SamplePanels } from "../../report/panels/panels.ts";
import { Pen } from "./pen.ts";
import type { PosterText } from "../../report/panels/poster_text.ts";
import { CAPTION, MARGIN, MOST, type Poster, posterOf, type Section } from "./poster.ts";
import { Skia, type TextLook } from "./skia.ts";

/** The pixels across a unit; fewer on a poster that would have more pixels than units are allowed. */
const RESOLUTION = 1.5;

/** Colours, as CSS writes them. */
const PAPER = "#f7f6f3", INK = "#1b1f24", DIM = "#5c6670";

/** Looks of text. */
const RECIPE: TextLook = { size: 26, weight: 650, colour: INK };
const HEADING: TextLook = { size: 19, weight: 600, colour: INK };
const TITLE: TextLook = { size: 14, weight: 600, colour: INK };
const NOTE: TextLook = { size: 13, weight: 400, colour: DIM };

/**
 * Draws a sample, and returns it as a PNG: each image under its name, with every row of the tensors.
 * @throws {VitrailError} `limit` for more images than one poster has room for; `io` where a font cannot be
 * read.
 */
export async function drawPoster(sample: SamplePanels, text: PosterText): Promise<Uint8Array> {
  const poster = posterOf(sample);
  using skia = await Skia.open(lettersOf(poster, text));
  const { kit } = skia;
  const resolution = Math.min(RESOLUTION, Math.sqrt(MOST / (poster.width * poster.height)));
  const [width, height] = [poster.width, poster.height].map((side) => Math.ceil(side * resolution));
  const surface = kit.MakeSurface(width, height)!;
  const canvas = surface.getCanvas();
  canvas.clear(kit.parseColorString(PAPER));
  canvas.scale(resolution, resolution);
  const pen = new Pen(skia, canvas), room = poster.width - 2 * MARGIN;
  pen.write(text.title, MARGIN, MARGIN - 8, RECIPE, room);
  pen.write(text.total, MARGIN, MARGIN + 28, NOTE, room);
  for (const [index, section] of poster.sections.entries()) drawSection(pen, section, text.names[index]);
  const image = surface.makeImageSnapshot(), png = image.encodeToBytes()!;
  image.delete();
  surface.delete();
  return png;
}

/** Draws an image: its name, what is known of it, and its panels under their captions. */
function drawSection(pen: Pen, { x, y, width, shown, places }: Section, name: string): void {
  pen.write(name, x, y, HEADING, width);
  pen.write(imageText(shown), x, y + 27, NOTE, width);
  for (const place of places) {
    pen.write(place.panel.kind, place.x, place.y - CAPTION, TITLE, place.room);
    pen.write(panelText(place.panel, shown.image), place.x, place.y - CAPTION + 20, NOTE, place.room);
    drawPanel(pen, place);
  }
}

/** Returns all letters that stand on a poster. */
function lettersOf({ sections }: Poster, { title, total, names }: PosterText): string {
  const captions = sections.flatMap(({ shown, places }) => [
    imageText(shown),
    ...places.flatMap(({ panel }) => [panel.kind, panelText(panel, shown.image)]),
  ]);
  return [title, total, ...names, ...captions, "0123456789…"].join("");
}
