import { at, blur, chance, glow, gradient, grain, type Point, polar, polygon, svg } from "./draw.ts";

const WIDTH = 1680;
const HEIGHT = 1008;
const CENTRE: Point = [840, 470];
const LEAD = 'stroke="#0b0a0d" stroke-width="5" stroke-linejoin="round"';
const JEWELS = [
  "#b3132b",
  "#1d3fb0",
  "#e8a413",
  "#15794a",
  "#6d2597",
  "#1c8ec4",
  "#d8541b",
  "#c9245f",
  "#0f5f8f",
];

const random = chance(1145);

/** One pane of glass, its colour a little lighter or darker than its neighbours'. */
function pane(points: Point[], colour: string): string {
  const shade = random();
  const veil = shade < 0.5 ? `fill="#000" fill-opacity="${(0.4 - 0.8 * shade).toFixed(2)}"` : 'fill="#fff"' +
    ` fill-opacity="${(0.45 * (shade - 0.5)).toFixed(2)}"`;
  return polygon(points, `fill="${colour}" ${LEAD}`) + polygon(points, veil);
}

/** Panes between two rings: `count` of them, each an arc of `steps` points. */
function ring(
  inner: number,
  outer: number,
  count: number,
  turn: number,
  colour: (index: number) => string,
): string {
  const span = 360 / count;
  return Array.from({ length: count }, (_, index) => {
    const angles = Array.from({ length: 7 }, (_, step) => turn + span * (index + step / 6));
    const points = [
      ...angles.map((angle) => polar(CENTRE, angle, outer)),
      ...angles.toReversed().map((angle) => polar(CENTRE, angle, inner)),
    ];
    return pane(points, colour(index));
  }).join("");
}

/** A pointed petal from one radius to another, filled with a lily of smaller panes. */
function petal(angle: number, inner: number, outer: number, half: number, index: number): string {
  const side = (sign: number): Point[] =>
    Array.from({ length: 13 }, (_, step) => {
      const part = step / 12;
      const swell = Math.sin(Math.PI * part ** 0.85) ** 0.75;
      return polar(CENTRE, angle + sign * half * swell, inner + (outer - inner) * part);
    });
  const [left, right] = [side(-1), side(1)];
  const spine = Array.from(
    { length: 13 },
    (_, step) => polar(CENTRE, angle, inner + (outer - inner) * step / 12),
  );
  const colours = [0, 3, 5, 7].map((step) => JEWELS[(index + step) % JEWELS.length]);
  const cut = (from: number, to: number, edge: Point[], colour: string) =>
    pane([...edge.slice(from, to + 1), ...spine.slice(from, to + 1).toReversed()], colour);
  const bands = [[0, 3], [3, 6], [6, 9], [9, 12]];
  const glass = bands.map(([from, to], band) =>
    cut(from, to, left, colours[band]) + cut(from, to, right, colours[(band + 1) % 4])
  );
  const [x, y] = polar(CENTRE, angle, inner + (outer - inner) * 0.58);
  return glass.join("") + `<circle cx="${x}" cy="${y}" r="${half * 1.7}" fill="#f7dc74" ${LEAD}/>` +
    `<circle cx="${x}" cy="${y}" r="${half * 0.8}" fill="#a3122b" stroke="#0b0a0d" stroke-width="3"/>`;
}

/** A round light in the ring of stone, with a four-leaved flower. */
function roundel(angle: number, distance: number, radius: number, index: number): string {
  const centre = polar(CENTRE, angle, distance);
  const leaves = [45, 135, 225, 315].map((turn) => {
    const [x, y] = polar(centre, angle + turn, radius * 0.46);
    const colour = JEWELS[(index * 2 + 4) % JEWELS.length];
    return `<circle cx="${x}" cy="${y}" r="${
      radius * 0.38
    }" fill="${colour}" stroke="#0b0a0d" stroke-width="3"/>`;
  });
  const [x, y] = centre;
  return `<circle cx="${x}" cy="${y}" r="${radius}" fill="${JEWELS[index * 4 % JEWELS.length]}" ${LEAD}/>` +
    leaves.join("") +
    `<circle cx="${x}" cy="${y}" r="${radius * 0.24}" fill="#ffe58a" stroke="#0b0a0d" stroke-width="3"/>`;
}

function rose(): string {
  const colour = (step: number, offset: number) => (index: number) =>
    JEWELS[(index * step + offset) % JEWELS.length];
  return [
    ring(388, 418, 72, 0, (index) => index % 2 ? "#1d3fb0" : index % 4 ? "#e8a413" : "#b3132b"),
    ring(300, 388, 24, 7.5, colour(4, 1)),
    ...Array.from({ length: 24 }, (_, index) => roundel(index * 15, 346, 34, index)),
    ring(120, 300, 12, 15, (index) => index % 2 ? "#16308c" : "#5b1d85"),
    ...Array.from({ length: 12 }, (_, index) => petal(index * 30, 118, 296, 11.5, index)),
    ring(84, 120, 24, 0, (index) => index % 2 ? "#e8a413" : "#b3132b"),
    ring(34, 84, 8, 22.5, (index) => index % 2 ? "#1c8ec4" : "#15794a"),
    ring(0, 34, 8, 0, (index) => index % 2 ? "#ffe58a" : "#f2b62c"),
  ].join("");
}

/** A lancet: a tall pointed light of diamond panes, with a border. */
function lancet(x: number, y: number, width: number, height: number, seed: number): string {
  const outline = `M${x} ${y + height}V${y + width}Q${x} ${y + width * 0.3} ${x + width / 2} ${y}Q${
    x + width
  } ${y + width * 0.3} ${x + width} ${y + width}V${y + height}Z`;
  const id = `lancet${seed}`;
  const [columns, across] = [3, width / 3];
  const down = across * 1.5;
  const panes: string[] = [];
  for (let row = -1; row * down / 2 < height + down; row++) {
    for (let column = -1; column <= columns; column++) {
      const [cx, cy] = [x + (column + (row % 2 ? 0.5 : 1)) * across, y + row * down / 2];
      const colour = JEWELS[(row * 2 + column * 3 + seed * 2 + 27) % JEWELS.length];
      panes.push(
        pane(
          [[cx, cy - down / 2], [cx + across / 2, cy], [cx, cy + down / 2], [cx - across / 2, cy]],
          colour,
        ),
      );
    }
  }
  return `<clipPath id="${id}"><path d="${outline}"/></clipPath><g clip-path="url(#${id})">${
    panes.join("")
  }</g>` +
    `<path d="${outline}" fill="none" stroke="#0b0a0d" stroke-width="9"/>` +
    `<path d="${outline}" fill="none" stroke="#8d7b63" stroke-width="16" stroke-opacity=".35"/>`;
}

/** Courses of stone, each block its own grey. */
function masonry(): string {
  const blocks: string[] = [];
  for (let y = 0, row = 0; y < HEIGHT; y += 42, row++) {
    for (let x = -(row % 2) * 50 - random() * 30; x < WIDTH;) {
      const width = 76 + random() * 52;
      const light = 22 + random() * 9;
      blocks.push(
        `<rect x="${x.toFixed(1)}" y="${y}" width="${(width - 3).toFixed(1)}" height="39" rx="3" ` +
          `fill="hsl(${26 + random() * 12},14%,${light.toFixed(1)}%)"/>`,
      );
      x += width;
    }
  }
  return `<rect width="${WIDTH}" height="${HEIGHT}" fill="#191513"/>${blocks.join("")}`;
}

/** Light that falls through the glass: coloured beams towards the lower right. */
function beams(): string {
  return Array.from({ length: 11 }, (_, index) => {
    const [x, y] = polar(CENTRE, 200 - index * 14, 360);
    const [drop, drift, half] = [760, 430, 22 + random() * 20];
    const points: Point[] = [[x - half, y], [x + half, y], [x + half * 2.6 + drift, y + drop], [
      x - half + drift,
      y + drop,
    ]];
    return polygon(points, `fill="${JEWELS[index * 5 % JEWELS.length]}" fill-opacity=".2"`);
  }).join("");
}

/** A rose window between lancets, seen from the dark of a nave: 1680×1008. */
export function windowScene(): string {
  const [cx, cy] = CENTRE;
  const frames = [450, 436, 424].map((radius, index) =>
    `<circle cx="${cx}" cy="${cy}" r="${radius}" fill="none" stroke="${
      ["#4c4238", "#75675a", "#2b241f"][index]
    }" ` +
    `stroke-width="${[22, 8, 10][index]}"/>`
  );
  const lancets = [90, 222, 1348, 1480].map((x, index) => {
    const inward = index === 1 || index === 2;
    return lancet(x, inward ? 300 : 380, 108, inward ? 610 : 530, index);
  });
  const spokes = Array.from(
    { length: 12 },
    (_, index) =>
      `<path d="M${at(polar(CENTRE, index * 30 + 15, 84))}L${at(polar(CENTRE, index * 30 + 15, 300))}" ` +
      'stroke="#3b332b" stroke-width="9"/>',
  );
  const stone = [300, 120, 84].map((radius) =>
    `<circle cx="${cx}" cy="${cy}" r="${radius}" fill="none" stroke="#4a4037" stroke-width="8"/>`
  );
  return svg(WIDTH, HEIGHT, [
    grain("stone", "0.035 0.06", 5, 0.55, 4),
    grain("glass", "0.02 0.09", 3, 0.42, 9),
    blur("soft", 26),
    blur("haze", 34),
    gradient("dusk", [[0, "#000"], [1, "#120a18"]]),
    glow("sun", [[0, "#fff6d0", 0.6], [0.35, "#ffe08a", 0.26], [1, "#ffca60", 0]]),
    glow("vignette", [[0, "#000", 0], [0.62, "#000", 0.06], [1, "#000", 0.72]]),
    glow("halo", [[0, "#ffb45c", 0.6], [0.6, "#c0577a", 0.32], [1, "#402060", 0]]),
  ], [
    `<g filter="url(#stone)">${masonry()}</g>`,
    `<circle cx="${cx}" cy="${cy}" r="660" fill="url(#halo)"/>`,
    `<g filter="url(#glass)">${lancets.join("")}</g>`,
    `<circle cx="${cx}" cy="${cy}" r="440" fill="#0b0a0d"/>`,
    `<g filter="url(#glass)">${rose()}</g>`,
    `<g filter="url(#stone)">${spokes.join("")}${stone.join("")}${frames.join("")}</g>`,
    `<ellipse cx="${cx - 90}" cy="${cy - 130}" rx="340" ry="320" fill="url(#sun)"/>`,
    `<g filter="url(#haze)" style="mix-blend-mode:screen">${beams()}</g>`,
    `<rect x="-340" y="-300" width="${WIDTH + 680}" height="${HEIGHT + 560}" fill="url(#vignette)"/>`,
  ]);
}
