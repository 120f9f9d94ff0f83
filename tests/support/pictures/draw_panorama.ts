import { blur, chance, glow, gradient, grain, type Point, polygon, ridge, svg } from "./draw.ts";

const WIDTH = 2400;
const HEIGHT = 500;

const random = chance(77);
const between = (low: number, high: number) => low + (high - low) * random();

/** A broken line from one point down to another, swinging sideways by up to `swing` pixels. */
function crag([fromX, fromY]: Point, [toX, toY]: Point, swing: number, steps: number): Point[] {
  return Array.from({ length: steps + 1 }, (_, step) => {
    const part = step / steps;
    const sway = swing * between(-1, 1) * Math.sin(Math.PI * part);
    return [fromX + (toX - fromX) * part + sway, fromY + (toY - fromY) * part];
  });
}

/** The colours of a mountain: its lit face, its shaded face, and its snow in light and in shade. */
interface Faces {
  lit: string;
  shaded: string;
  snow?: [lit: string, shaded: string];
}

/** One mountain: a lit and a shaded face that meet in a crag, and snow down to a ragged line. */
function mountain(
  peak: Point,
  foot: number,
  half: number,
  sunward: 1 | -1,
  { lit, shaded, snow }: Faces,
): string {
  const [x, y] = peak;
  const tall = foot - y;
  const spine = crag(peak, [x + between(-0.25, 0.25) * half, foot], 16, 9);
  const face = (side: 1 | -1, colour: string) =>
    polygon([...spine, ...crag(peak, [x + side * half, foot], 9, 12).toReversed()], `fill="${colour}"`);
  const cap = (side: 1 | -1, colour: string) => {
    const reach = 0.34 * tall;
    const edge = Array.from({ length: 9 }, (_, step): Point => {
      const part = step / 8;
      const low = reach * (1 - 0.35 * part) * (step % 2 ? between(0.55, 0.8) : between(0.95, 1.35));
      return [x + side * half * part * 0.34, y + Math.max(low, tall * part * 0.34)];
    });
    return polygon([...spine.slice(0, 3), ...edge, peak], `fill="${colour}"`);
  };
  const caps = snow ? cap(sunward, snow[0]) + cap(-sunward as 1 | -1, snow[1]) : "";
  return face(-sunward as 1 | -1, shaded) + face(sunward, lit) + caps;
}

/** A row of mountains, the highest behind, every one lit from where the sun stands. */
function range(count: number, foot: number, low: number, high: number, sunX: number, faces: Faces): string {
  const peaks = Array.from({ length: count }, (_, index) => {
    const x = (index + between(0.1, 0.9)) * WIDTH / count;
    const valley = 1 - 0.55 * Math.exp(-(((x - sunX) / 170) ** 2));
    return [x, foot - between(low, high) * valley] as const;
  });
  return peaks.toSorted((a, b) => a[1] - b[1]).map((peak) =>
    mountain(peak, foot, (foot - peak[1]) * between(1, 1.5), peak[0] < sunX ? 1 : -1, faces)
  ).join("");
}

/** Conifers along a slope, the nearer the taller. */
function forest(
  count: number,
  line: (x: number) => number,
  low: number,
  high: number,
  lightness: number,
): string {
  return Array.from({ length: count }, () => {
    const [x, height] = [between(0, WIDTH), between(low, high)];
    const y = line(x) + between(0, 14);
    const tiers = Array.from({ length: 5 }, (_, tier) => {
      const [half, level] = [height * 0.05 * (tier + 1.2), y - height + height * (tier + 1) / 5];
      return `M${x.toFixed(1)} ${(level - height * 0.3).toFixed(1)}l${half.toFixed(1)} ${
        (height * 0.3).toFixed(1)
      }h${(-2 * half).toFixed(1)}z`;
    });
    const colour = `hsl(${between(135, 172).toFixed(0)},32%,${(lightness + between(-3, 4)).toFixed(0)}%)`;
    return `<path d="${tiers.join("")}" fill="${colour}"/>`;
  }).join("");
}

function birds(): string {
  return Array.from({ length: 19 }, (_, index) => {
    const [x, y, span] = [
      1330 + index * 17 + between(-30, 30),
      120 + Math.abs(index - 9) * 5 + between(-14, 14),
      between(5, 10),
    ];
    return `<path d="M${x - span} ${y - span / 2}q${span / 2} ${-span / 3} ${span} ${span / 2}q${span / 2} ${
      -span * 0.8
    } ${span} ${-span / 2}" fill="none" stroke="#2e2a45" stroke-width="1.8"/>`;
  }).join("");
}

/** A village: houses with lit windows around a church. */
function village(x: number, y: number): string {
  const houses = Array.from({ length: 17 }, (_, index) => {
    const [left, width, height] = [x + index * 25 + between(-8, 8), between(20, 32), between(14, 24)];
    const foot = y + between(-6, 10);
    const roof = `hsl(${between(6, 24).toFixed(0)},48%,${between(30, 42).toFixed(0)}%)`;
    const windows = [0.25, 0.62].map((part) =>
      `<rect x="${left + width * part}" y="${foot - height * 0.6}" width="4" height="5" fill="#ffd978"/>`
    );
    return `<rect x="${left}" y="${foot - height}" width="${width}" height="${height}" fill="hsl(36,38%,${
      between(66, 82).toFixed(0)
    }%)"/>${
      polygon([[left - 4, foot - height], [left + width / 2, foot - height - 14], [
        left + width + 4,
        foot - height,
      ]], `fill="${roof}"`)
    }${windows.join("")}`;
  });
  const spire: Point[] = [[x + 196, y - 52], [x + 206, y - 112], [x + 216, y - 52]];
  return `<rect x="${x + 197}" y="${y - 54}" width="18" height="58" fill="#e9dcc3"/>${
    polygon(spire, 'fill="#4b6470"')
  }<circle cx="${x + 206}" cy="${y - 42}" r="4.5" fill="#fff"/>${houses.join("")}`;
}

/** Sunlight on the lake: strokes that thin out away from the sun's column. */
function glitter(sunX: number, top: number): string {
  return Array.from({ length: 620 }, () => {
    const depth = random();
    const y = top + 3 + depth * (HEIGHT - top);
    const x = sunX + (random() + random() + random() - 1.5) * (260 + 900 * depth);
    const length = 4 + 34 * depth * random();
    return `<path d="M${x.toFixed(0)} ${y.toFixed(1)}h${
      length.toFixed(1)
    }" stroke="#fff0c4" stroke-opacity="${between(0.15, 0.6).toFixed(2)}" stroke-width="${
      (0.7 + 1.5 * depth).toFixed(1)
    }"/>`;
  }).join("");
}

/** Mountains, a lake and a village at sunrise: 2400×500. */
export function panoramaScene(): string {
  const [sunX, lake] = [860, 392];
  const shoreline = (x: number) => 372 + 14 * Math.sin(x / 310) + 7 * Math.sin(x / 97);
  const shore = ridge(WIDTH, 376, 26, 0.5, random);
  const bank = (x: number) =>
    HEIGHT - 62 * Math.max(0, Math.cos(Math.PI * Math.min(1, Math.min(x, WIDTH - x) / 620)));
  return svg(WIDTH, HEIGHT, [
    gradient("sky", [[0, "#3f6fae"], [0.4, "#93b7d6"], [0.66, "#fbd9b0"], [1, "#ffb27c"]]),
    gradient("lake", [[0, "#f3b98f"], [0.35, "#9f9fb9"], [1, "#2f5578"]]),
    `<linearGradient id="mist" x2="0" y2="1"><stop offset="0" stop-color="#ffe3c6" stop-opacity="0"/>` +
    `<stop offset="1" stop-color="#ffe3c6" stop-opacity=".8"/></linearGradient>`,
    glow("sun", [[0, "#fffef2", 1], [0.1, "#fff3bf", 1], [0.16, "#ffd98a", 0.62], [1, "#ffb36b", 0]]),
    grain("rock", "0.05 0.07", 4, 0.24, 6),
    grain("air", "0.0035 0.016", 5, 0.13, 31),
    blur("soft", 7),
    `<filter id="wave" x="0" y="0" width="1" height="1">` +
    `<feTurbulence type="fractalNoise" baseFrequency="0.006 0.16" ` +
    `numOctaves="2" seed="8"/><feDisplacementMap in="SourceGraphic" scale="16" xChannelSelector="R" ` +
    `yChannelSelector="G"/></filter>`,
    `<clipPath id="below"><rect y="${lake}" width="${WIDTH}" height="${HEIGHT - lake}"/></clipPath>`,
  ], [
    `<g filter="url(#air)"><rect width="${WIDTH}" height="${HEIGHT}" fill="url(#sky)"/></g>`,
    `<circle cx="${sunX}" cy="218" r="310" fill="url(#sun)"/>`,
    `<g id="far"><g filter="url(#rock)">${
      range(13, 372, 150, 290, sunX, { lit: "#c2a3ad", shaded: "#6f7ba6", snow: ["#fff1df", "#b9c2e2"] })
    }</g><rect y="190" width="${WIDTH}" height="190" fill="url(#mist)"/>` +
    `<g filter="url(#rock)">${
      range(17, 384, 70, 150, sunX, { lit: "#8d8f93", shaded: "#44597c", snow: ["#ffe9cf", "#93a5c9"] })
    }</g><rect y="282" width="${WIDTH}" height="104" fill="url(#mist)"/>` +
    `<g filter="url(#rock)">${range(26, 388, 26, 62, sunX, { lit: "#7d8a5c", shaded: "#3c5a54" })}</g>` +
    forest(520, shoreline, 14, 34, 26) +
    polygon([...shore, [WIDTH, lake + 3], [0, lake + 3]], 'fill="#4f6a45"') +
    village(1560, 384) + forest(210, () => 382, 14, 40, 20) + "</g>",
    birds(),
    `<rect y="${lake}" width="${WIDTH}" height="${HEIGHT - lake}" fill="url(#lake)"/>`,
    `<g clip-path="url(#below)" opacity=".55"><g filter="url(#wave)"><use href="#far" ` +
    `transform="translate(0 ${lake * 1.7}) scale(1 -.7)"/></g></g>`,
    glitter(sunX, lake),
    forest(95, (x) => x < 620 || x > WIDTH - 620 ? bank(x) + 26 : HEIGHT + 300, 70, 150, 11),
  ]);
}
