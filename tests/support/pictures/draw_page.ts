import { chance, gradient, polygon, svg } from "./draw.ts";

const WIDTH = 816;
const HEIGHT = 1056;
const INK = "#22252e";
const HUES = ["#1f5fa8", "#d1495b", "#edae49", "#2e8b6f"];
const MARGIN = 68;

const random = chance(808);

function text(x: number, y: number, size: number, words: string, attributes = ""): string {
  return `<text x="${x}" y="${y}" font-size="${size}" fill="${INK}" ${attributes}>${words}</text>`;
}

function paragraph(x: number, y: number, lines: string[]): string {
  return lines.map((line, index) => text(x, y + index * 15.5, 10.4, line)).join("");
}

/** Grid, axes and four curves with their markers: light through coloured glass by wavelength. */
function lineChart(x: number, y: number, width: number, height: number): string {
  const grid = Array.from({ length: 6 }, (_, index) => {
    const level = y + height - index * height / 5;
    return `<path d="M${x} ${level}h${width}" stroke="#d5d8df" stroke-width="1"/>` +
      text(x - 8, level + 3.5, 9, `${index * 20}`, 'text-anchor="end"');
  });
  const ticks = Array.from({ length: 7 }, (_, index) => {
    const across = x + index * width / 6;
    return `<path d="M${across} ${y + height}v5" stroke="${INK}"/>` +
      text(across, y + height + 18, 9, `${400 + index * 50}`, 'text-anchor="middle"');
  });
  const peaks = [[0.12, 0.13], [0.92, 0.2], [0.62, 0.24], [0.4, 0.12]];
  const curves = peaks.map(([peak, spread], curve) => {
    const points = Array.from({ length: 25 }, (_, index) => {
      const part = index / 24;
      const value = 0.06 + 0.82 * Math.exp(-(((part - peak) / spread) ** 2)) + 0.03 * random();
      return [x + part * width, y + height * (1 - value)] as const;
    });
    const line = points.map(([px, py]) => `${px.toFixed(1)} ${py.toFixed(1)}`).join("L");
    const marks = points.filter((_, index) => index % 3 === curve % 3).map(([px, py]) =>
      `<circle cx="${px.toFixed(1)}" cy="${py.toFixed(1)}" r="3" fill="#fff" stroke="${
        HUES[curve]
      }" stroke-width="1.6"/>`
    );
    return `<path d="M${line}" fill="none" stroke="${HUES[curve]}" stroke-width="2"/>${marks.join("")}`;
  });
  const legend = ["cobalt", "gold ruby", "silver stain", "copper green"].map((name, index) =>
    `<rect x="${x + width - 370 + index * 96}" y="${y - 26}" width="12" height="8" fill="${HUES[index]}"/>` +
    text(x + width - 353 + index * 96, y - 18, 9.5, name)
  );
  return grid.join("") + curves.join("") + ticks.join("") +
    `<path d="M${x} ${y}V${y + height}H${x + width}" fill="none" stroke="${INK}" stroke-width="1.4"/>` +
    legend.join("") +
    text(x + width / 2, y + height + 34, 10, "wavelength (nm)", 'text-anchor="middle"') +
    text(
      0,
      0,
      10,
      "transmission (%)",
      `text-anchor="middle" transform="translate(${x - 34} ${y + height / 2}) rotate(-90)"`,
    );
}

function barChart(x: number, y: number, width: number, height: number): string {
  const bars = Array.from({ length: 8 }, (_, group) =>
    HUES.slice(0, 3).map((hue, index) => {
      const tall = height * (0.2 + 0.72 * Math.abs(Math.sin(group * 0.9 + index * 1.7)));
      const left = x + 8 + group * (width - 8) / 8 + index * 9;
      return `<rect x="${left.toFixed(1)}" y="${(y + height - tall).toFixed(1)}" width="8" height="${
        tall.toFixed(1)
      }" fill="${hue}"/>`;
    }).join("") +
    text(
      x + 20 + group * (width - 8) / 8,
      y + height + 14,
      8.5,
      `${1150 + group * 25}`,
      'text-anchor="middle"',
    ));
  const grid = [0.25, 0.5, 0.75, 1].map((part) =>
    `<path d="M${x} ${y + height * (1 - part)}h${width}" stroke="#e1e3e8"/>`
  );
  return grid.join("") + bars.join("") +
    `<path d="M${x} ${y}V${y + height}H${x + width}" fill="none" stroke="${INK}"/>`;
}

function table(x: number, y: number): string {
  const rows = [
    ["Bay", "Panes", "Height", "Lead", "Survey"],
    ["North rose", "1,248", "13.36 m", "412 kg", "ok"],
    ["South rose", "1,176", "12.90 m", "398 kg", "ok"],
    ["Apse I", "336", "7.02 m", "96 kg", "repair"],
    ["Apse II", "560", "8.41 m", "151 kg", "ok"],
    ["Nave 3", "364", "6.75 m", "104 kg", "ok"],
    ["Nave 4", "384", "6.75 m", "109 kg", "cleaned"],
  ];
  const columns = [0, 96, 152, 218, 278];
  return rows.map((row, index) => {
    const level = y + index * 21;
    const band = index % 2
      ? `<rect x="${x - 8}" y="${level - 14}" width="340" height="21" fill="#eef2f8"/>`
      : "";
    const weight = index === 0 ? 'font-weight="bold"' : "";
    return band + row.map((cell, column) => text(x + columns[column], level, 10.5, cell, weight)).join("");
  }).join("") +
    `<path d="M${x - 8} ${y - 16}h340M${x - 8} ${y + 7}h340M${x - 8} ${y + 133}h340" stroke="${INK}"/>`;
}

/** The leaded outline of one pane, with its measures. */
function figure(x: number, y: number, size: number): string {
  const petals = Array.from(
    { length: 8 },
    (_, index) =>
      `<g transform="translate(${x} ${y}) rotate(${index * 45})"><path d="M0 -${size * 0.2}C${size * 0.26} -${
        size * 0.45
      } ${size * 0.16} -${size * 0.75} 0 -${size * 0.92}C-${size * 0.16} -${size * 0.75} -${size * 0.26} -${
        size * 0.45
      } 0 -${size * 0.2}Z" fill="${
        HUES[index % 4]
      }" fill-opacity=".75" stroke="${INK}" stroke-width="1.6"/></g>`,
  );
  return `<circle cx="${x}" cy="${y}" r="${size}" fill="#f4f6fa" stroke="${INK}" stroke-width="2"/>${
    petals.join("")
  }` +
    `<circle cx="${x}" cy="${y}" r="${size * 0.2}" fill="#edae49" stroke="${INK}" stroke-width="1.6"/>` +
    `<path d="M${x - size} ${y + size + 16}h${2 * size}M${x - size} ${y + size + 11}v10M${x + size} ${
      y + size + 11
    }v10" ` +
    `stroke="${INK}"/>` + text(x, y + size + 31, 9.5, "1,680 mm", 'text-anchor="middle"');
}

/** A page of a survey: title, columns of text, two charts, a table, a drawing. 816×1056. */
export function pageScene(): string {
  const right = WIDTH / 2 + 14;
  const band = polygon([[0, 0], [WIDTH, 0], [WIDTH, 26], [0, 26]], 'fill="url(#glass)"');
  return svg(WIDTH, HEIGHT, [
    gradient("glass", HUES.map((hue, index) => [index / 3, hue] as [number, string]), 'x2="1" y2="0"'),
  ], [
    `<rect width="${WIDTH}" height="${HEIGHT}" fill="#fff"/>${band}<g font-family="DejaVu Serif">`,
    text(MARGIN, 84, 27, "Light through Coloured Glass", 'font-weight="bold"'),
    text(
      MARGIN,
      108,
      12,
      "A survey of eight windows, with their panes counted and their colours measured",
      'font-style="italic"',
    ),
    `<path d="M${MARGIN} 122H${WIDTH - MARGIN}" stroke="${INK}" stroke-width="1.4"/>`,
    paragraph(MARGIN, 150, [
      "A window is read from a distance as one picture and from",
      "the scaffold as a thousand. Each pane was cut to a cartoon,",
      "fired with its tint and held to its neighbours by a came of",
      "lead. What follows keeps both views: the whole, at low",
      "resolution, and every tile at the size it was made.",
    ]),
    paragraph(right, 150, [
      "Readings were taken at noon on clear days, behind each",
      "pane, over the visible range. Where a pane had been",
      "replaced, the older neighbour was measured instead. The",
      "four tints below account for nine tenths of the glass; the",
      "rest is white, flashed or painted in grisaille.",
    ]),
    text(MARGIN, 258, 12.5, "Figure 1. Transmission by wavelength", 'font-weight="bold"'),
    lineChart(MARGIN + 44, 276, WIDTH - 2 * MARGIN - 44, 236),
    text(MARGIN, 586, 12.5, "Table 1. The bays", 'font-weight="bold"'),
    table(MARGIN + 8, 616),
    text(right + 40, 586, 12.5, "Figure 2. A medallion", 'font-weight="bold"'),
    figure(right + 170, 676, 74),
    text(MARGIN, 812, 12.5, "Figure 3. Panes set, by year and tint", 'font-weight="bold"'),
    barChart(MARGIN + 4, 828, 320, 130),
    paragraph(right, 812, [
      "Most of the glass was set within two generations. The",
      "dip about 1225 is a fire, not a change of taste: the",
      "accounts name forty carts of sand and ash in the year",
      "that followed, and the lead is of one casting.",
      "",
      "The counts agree with those of the survey of 1903 but",
      "for Apse I, where 24 panes have since been joined in",
      "pairs. Corrected, the difference is 0 of 4,068.",
    ]),
    paragraph(right, 952, [
      "1  Heights are of the glass, without tracery.",
      "2  Lead includes solder and ties.",
    ]),
    `<path d="M${MARGIN} 1000H${WIDTH - MARGIN}" stroke="#9aa0ab"/>`,
    text(WIDTH / 2, 1022, 10, "17", 'text-anchor="middle"'),
    "</g>",
  ]);
}
