import { VitrailError } from "../../errors.ts";
import type { Size } from "../../plan/geometry.ts";
import { cellOf } from "../../report/panels/panel_text.ts";
import type { ImagePanels, Panel, SamplePanels } from "../../report/panels/panels.ts";

// A poster, in units that are larger than pixels:
//
//     recipe, outputs, total
//     ┌ section ─────────────────────────┐ ┌ section ──────┐
//     │ name of the image; size, tokens  │ │               │
//     │ caption   caption                │ │               │
//     │ ┌panel┐   ┌panel─────┐           │ │               │
//     │ └─────┘   └──────────┘           │ │               │
//     └──────────────────────────────────┘ └───────────────┘

/** A rectangle on a poster. */
export interface Rectangle extends Size {
  readonly x: number;
  readonly y: number;
}

/** The place of a panel's pixels. */
export interface PanelPlace extends Rectangle {
  readonly panel: Panel;
  /** The width that its caption has. */
  readonly room: number;
  /** True where its tiles are too small for numbers, which then stand at its left. */
  readonly ruled: boolean;
}

/** The place of an image: its name, and under it its panels. */
export interface Section extends Rectangle {
  readonly shown: ImagePanels;
  readonly places: readonly PanelPlace[];
}

/** A sample's panels, arranged. */
export interface Poster extends Size {
  readonly sections: readonly Section[];
}

/** Space on a poster: around it, between panels, and above sections and panels for text. */
export const MARGIN = 40, GAP = 28, TITLE = 76, NAME = 66, CAPTION = 46;

/** The room at the left of a panel for the numbers of its lines. */
export const RULER = 50;

/** The smallest side of a tile in which its number stands. */
export const NUMBERED = 30;

/** The widest line of panels, and the narrowest column of text. */
const WIDEST = 1520, NARROWEST = 200;

/** The longest side of panels beside a larger one, where there are few, and where there are many. */
const BESIDE = 300, AMONG_MANY = 220, FEW = 3;

/** The smallest that a panel's longer side is drawn. */
const SMALLEST = 64;

/** The tallest that panels may be; where a poster becomes too long, the next one is tried. */
const TALLEST = [840, 500, 300, 180, 110];

/** The most that a poster may hold, in square units. */
export const MOST = 36e6;

/**
 * Arranges a sample's panels.
 * @throws {VitrailError} `limit` for more images than one poster has room for.
 */
export function posterOf({ images }: SamplePanels): Poster {
  for (const tallest of TALLEST) {
    const poster = flowed(images.map((shown) => sectionOf(shown, tallest)));
    if (poster.width * poster.height <= MOST) return poster;
  }
  throw new VitrailError("limit", `${images.length} pictures are too many for one drawing; inspect fewer`);
}

/** Places sections from left to right, and begins a new line where one would become too wide. */
function flowed(sections: readonly Section[]): Poster {
  const placed: Section[] = [];
  let x = MARGIN, y = MARGIN + TITLE, tallest = 0, width = 0;
  for (const section of sections) {
    if (x > MARGIN && x + section.width > MARGIN + WIDEST) {
      x = MARGIN;
      y += tallest + GAP;
      tallest = 0;
    }
    placed.push(movedTo(section, x, y));
    x += section.width + 2 * GAP;
    tallest = Math.max(tallest, section.height);
    width = Math.max(width, x - 2 * GAP + MARGIN);
  }
  return {
    sections: placed,
    width: Math.ceil(Math.max(width, 640)),
    height: Math.ceil(y + tallest + MARGIN),
  };
}

/** Returns a section with its top left elsewhere. */
function movedTo(section: Section, x: number, y: number): Section {
  const places = section.places.map((place) => ({ ...place, x: place.x + x, y: place.y + y }));
  return { ...section, x, y, places };
}

/** Arranges the panels of one image, from the top left on. */
function sectionOf(shown: ImagePanels, tallest: number): Section {
  const places: PanelPlace[] = [];
  let x = 0, y = NAME, line = 0, width = 360;
  for (const [panel, size] of sizedPanels(shown.panels, tallest)) {
    const ruled = isRuled(panel, size), ruler = ruled ? RULER : 0;
    const column = Math.max(size.width + ruler, NARROWEST);
    if (x > 0 && x + column > WIDEST) {
      x = 0;
      y += line + GAP;
      line = 0;
    }
    places.push({ panel, ...size, x: x + ruler, y: y + CAPTION, room: column - ruler, ruled });
    width = Math.max(width, x + column);
    x += column + GAP;
    line = Math.max(line, CAPTION + size.height);
  }
  return { shown, places, x: 0, y: 0, width, height: y + line };
}

/** Returns each panel with the size that it is drawn with: the one that is cut into tiles is the largest. */
function sizedPanels(panels: readonly Panel[], tallest: number): [Panel, Size][] {
  const cut = panels.filter(({ kind, tiles }) => kind !== "Picture" && tiles.length > 1);
  const large = panels.length === 1 ? panels[0] : cut.length === 1 ? cut[0] : undefined;
  const side = Math.min(tallest, panels.length > FEW + 1 ? AMONG_MANY : BESIDE);
  const small = (panel: Panel) => {
    const most = cut.includes(panel) ? 2 * side : side;
    return fitted(panel.size, most, most);
  };
  const others = panels.filter((panel) => panel !== large).map(small);
  const taken = others.reduce((sum, { width }) => sum + Math.max(width, NARROWEST) + GAP, RULER);
  return panels.map((panel) => {
    if (panel !== large) return [panel, small(panel)];
    const [alone, beside] = [WIDEST - RULER, WIDEST - taken].map((width) =>
      fitted(panel.size, Math.max(width, 1), tallest)
    );
    return [panel, alone.width > 1.3 * beside.width ? alone : beside];
  });
}

/** Returns a size that is shrunk until it fits; a very small one is enlarged. */
function fitted(size: Size, width: number, height: number): Size {
  const enlarged = Math.max(1, SMALLEST / Math.max(size.width, size.height));
  const scale = Math.min(enlarged, width / size.width, height / size.height);
  return { width: size.width * scale, height: size.height * scale };
}

/** Tells if the tiles of a panel are too small for numbers, at the size that it is drawn with. */
function isRuled(panel: Panel, { width }: Size): boolean {
  if (panel.kind === "Picture" || panel.tiles.length < 2) return false;
  const cell = cellOf(panel), scale = width / panel.size.width;
  return Math.min(cell.width, cell.height) * scale < NUMBERED;
}
