import { blur, chance, glow, gradient, grain, type Point, polygon, ridge, svg } from "./draw.ts";

const WIDTH = 900;
const HEIGHT = 1350;
const WATER = 1090;

const random = chance(2204);
const between = (low: number, high: number) => low + (high - low) * random();

/** A band of land below a ridge, in one colour. */
function land(base: number, swing: number, fill: string, roughness = 0.55): string {
  const top = ridge(WIDTH, base, swing, roughness, random);
  return polygon([...top, [WIDTH, WATER + 6], [0, WATER + 6]], `fill="${fill}"`);
}

function stars(): string {
  return Array.from({ length: 170 }, () => {
    const y = 560 * random() ** 1.6;
    const [radius, opacity] = [between(0.5, 1.7), (1 - y / 620) * between(0.3, 1)];
    return `<circle cx="${between(0, WIDTH).toFixed(1)}" cy="${y.toFixed(1)}" r="${radius.toFixed(2)}" ` +
      `fill="#fff4dc" fill-opacity="${opacity.toFixed(2)}"/>`;
  }).join("");
}

/** Long thin clouds, lit from below. */
function clouds(): string {
  return Array.from({ length: 15 }, (_, index) => {
    const [x, y] = [between(-100, WIDTH), 470 + index * 24];
    const [width, height] = [between(150, 420), between(5, 15)];
    return `<ellipse cx="${x.toFixed(0)}" cy="${y}" rx="${width.toFixed(0)}" ry="${height.toFixed(1)}" ` +
      `fill="${index % 3 ? "#ff9f7a" : "#ffd9a6"}" fill-opacity="${between(0.2, 0.5).toFixed(2)}"/>`;
  }).join("");
}

/** Courses of brick on a wall that narrows from `low` to `high` half-widths, lit from the left. */
function bricks(centre: number, top: number, bottom: number, high: number, low: number): string {
  const out: string[] = [];
  for (let y = top, row = 0; y < bottom; y += 11, row++) {
    const half = high + (low - high) * (y - top) / (bottom - top);
    for (let x = -half - (row % 2) * 11; x < half; x += 22) {
      const [left, right] = [Math.max(x, -half), Math.min(x + 20.5, half)];
      if (right - left < 2) continue;
      const side = (left + right) / 2 / half;
      const light = 47 - 26 * Math.max(0, side + 0.25) - 9 * Math.max(0, -side - 0.55) + between(-5, 5);
      out.push(
        `<rect x="${(centre + left).toFixed(1)}" y="${y.toFixed(1)}" width="${
          (right - left).toFixed(1)
        }" height="9.6" ` +
          `fill="hsl(${between(14, 30).toFixed(0)},${between(26, 42).toFixed(0)}%,${light.toFixed(1)}%)"/>`,
      );
    }
  }
  return out.join("");
}

/** An arched window with light behind it. */
function lit(x: number, y: number, width: number, height: number): string {
  const arch = (grow: number) =>
    `M${x - width / 2 - grow} ${y + height + grow}V${y}a${width / 2 + grow} ${width / 2 + grow} 0 0 1 ${
      width + 2 * grow
    } 0V${y + height + grow}Z`;
  return `<path d="${arch(22)}" fill="#ffb347" fill-opacity=".5" filter="url(#soft)"/>` +
    `<path d="${arch(5)}" fill="#33241f"/><path d="${arch(0)}" fill="url(#lamp)"/>` +
    `<path d="M${x} ${y - width / 2}V${y + height}M${x - width / 2} ${y + height * 0.4}H${x + width / 2}" ` +
    'stroke="#33241f" stroke-width="2.5"/>';
}

function tower(): string {
  const [x, top, foot] = [520, 400, WATER - 20];
  const wall: Point[] = [[x - 84, top], [x + 84, top], [x + 122, foot + 20], [x - 122, foot + 20]];
  const merlons = Array.from(
    { length: 7 },
    (_, index) =>
      `<g transform="translate(${x - 112 + index * 34} ${
        top - 62
      })"><rect width="20" height="30" fill="#6d4c3d"/>` +
      '<rect width="6" height="30" fill="#a97c5e"/><rect y="-4" width="20" height="5" fill="#b98d6c"/></g>',
  );
  const corbels = Array.from(
    { length: 11 },
    (_, index) => `<path d="M${x - 104 + index * 20} ${top - 2}q8 22 16 0z" fill="#3b2824"/>`,
  );
  const roof: Point[] = [[x - 92, top - 62], [x + 4, top - 290], [x + 92, top - 62]];
  const slates: string[] = [];
  for (let y = top - 280, row = 0; y < top - 62; y += 9, row++) {
    for (let column = -12; column < 12; column++) {
      const left = x + column * 9 + (row % 2) * 4.5;
      slates.push(
        `<path d="M${left} ${y}h8.4v6q-4.2 5 -8.4 0z" fill="hsl(${between(205, 222)},24%,${
          Math.max(13, 37 - (left - x + 90) / 180 * 22 + between(-4, 4)).toFixed(0)
        }%)"/>`,
      );
    }
  }
  const flag = `<path d="M${x + 4} ${top - 288}v-74" stroke="#2b1d1a" stroke-width="4"/>` +
    `<path d="M${x + 5} ${top - 361}q26 -14 48 2t44 -2q-16 18 -12 34q-26 12 -44 -1t-36 4z" fill="#c2253c"/>`;
  return `${polygon(wall, 'fill="#382722"')}<g filter="url(#grit)">${
    bricks(x, top, foot + 20, 84, 122)
  }</g>` +
    `<clipPath id="roof">${polygon(roof, "")}</clipPath>${polygon(roof, 'fill="#1e2731"')}` +
    `<g clip-path="url(#roof)">${slates.join("")}</g>${flag}` +
    `<rect x="${x - 116}" y="${top - 36}" width="232" height="36" fill="#5d4136"/>` +
    `<rect x="${x - 116}" y="${top - 36}" width="232" height="6" fill="#b98d6c"/>` +
    bricks(x, top - 28, top - 2, 112, 112) + corbels.join("") + merlons.join("") +
    lit(x - 8, 480, 34, 52) + lit(x + 26, 660, 30, 46) + lit(x - 30, 830, 34, 52) +
    `<path d="M${x - 34} ${foot + 20}v-66a34 34 0 0 1 68 0v66z" fill="#1d1412"/>` +
    `<path d="M${x - 26} ${foot + 20}v-64a26 26 0 0 1 52 0v64z" fill="#563626"/>` +
    [-14, 0, 14].map((dx) => `<path d="M${x + dx} ${foot + 20}v-88" stroke="#2a1912" stroke-width="2"/>`)
      .join("");
}

/** A fir, drawn as tiers of branches. */
function fir(x: number, y: number, height: number, fill: string): string {
  const points: Point[] = [[x, y - height]];
  const tiers = 9;
  for (let tier = 1; tier <= tiers; tier++) {
    const [half, level] = [height * 0.2 * tier / tiers, y - height + height * 0.95 * tier / tiers];
    points.push([x + half * between(0.8, 1.15), level], [x + half * 0.45, level - height * 0.015]);
    points.unshift([x - half * between(0.8, 1.15), level], [x - half * 0.45, level - height * 0.015]);
  }
  const left = points.slice(0, tiers * 2).map((_, index) => points[index]);
  return polygon([...left, ...points.slice(tiers * 2)], `fill="${fill}"`);
}

function firs(
  count: number,
  y: number,
  low: number,
  high: number,
  fill: string,
  gap?: [number, number],
): string {
  return Array.from({ length: count }, (_, index) => {
    const x = (index + between(0, 0.9)) * WIDTH / count;
    if (gap && x > gap[0] && x < gap[1]) return "";
    return fir(x, y + between(0, 12), between(low, high), fill);
  }).join("");
}

/** Ripples: short strokes that grow towards the viewer. */
function ripples(): string {
  return Array.from({ length: 420 }, () => {
    const depth = random() ** 1.4;
    const y = WATER + 8 + depth * (HEIGHT - WATER);
    const length = 8 + 70 * depth * random();
    const warm = random() < 0.55;
    return `<path d="M${between(-20, WIDTH).toFixed(0)} ${y.toFixed(1)}q${(length / 2).toFixed(1)} ${
      (-2 - 3 * depth).toFixed(1)
    } ${length.toFixed(1)} 0" fill="none" stroke="${warm ? "#ffc98f" : "#1c2447"}" stroke-opacity="${
      between(0.1, 0.42).toFixed(2)
    }" stroke-width="${(0.8 + 2 * depth).toFixed(1)}"/>`;
  }).join("");
}

/** A watch tower by a lake at dusk, mirrored in the water: 900×1350. */
export function towerScene(): string {
  const shore = `<g id="shore">${land(840, 230, "#8a6a9a")}${land(910, 200, "#6a4f80")}` +
    `<rect y="880" width="${WIDTH}" height="200" fill="url(#mist)"/>${land(985, 120, "#47375f")}` +
    firs(46, 1075, 50, 110, "#33284b") + tower() + land(1072, 26, "#1f1a2b", 0.5) +
    firs(30, 1096, 60, 190, "#191524", [350, 700]) + "</g>";
  return svg(WIDTH, HEIGHT, [
    gradient("sky", [[0, "#141a46"], [0.3, "#3c3a7d"], [0.55, "#a55d8c"], [0.74, "#f18f6b"], [1, "#ffd28a"]]),
    gradient("lake", [[0, "#e0936f"], [0.3, "#8d5c86"], [1, "#20244f"]]),
    gradient("lamp", [[0, "#ffe9a6"], [1, "#ff9d35"]]),
    `<linearGradient id="mist" x2="0" y2="1"><stop offset="0" stop-color="#ffc59a" stop-opacity="0"/>` +
    `<stop offset="1" stop-color="#ffc59a" stop-opacity=".55"/></linearGradient>`,
    glow("sun", [[0, "#fffbe0", 1], [0.12, "#ffe9a8", 0.95], [0.2, "#ffc877", 0.55], [1, "#ff9a60", 0]]),
    grain("grit", "0.4", 2, 0.3, 3),
    grain("air", "0.006 0.022", 5, 0.34, 21),
    blur("soft", 9),
    blur("cloud", 5),
    `<filter id="wave" x="0" y="0" width="1" height="1">` +
    `<feTurbulence type="fractalNoise" baseFrequency="0.009 0.11" ` +
    `numOctaves="3" seed="5"/><feDisplacementMap in="SourceGraphic" scale="26" xChannelSelector="R" ` +
    `yChannelSelector="G"/></filter>`,
    `<clipPath id="below"><rect y="${WATER}" width="${WIDTH}" height="${HEIGHT - WATER}"/></clipPath>`,
  ], [
    `<g filter="url(#air)"><rect width="${WIDTH}" height="${WATER + 10}" fill="url(#sky)"/></g>`,
    stars(),
    `<circle cx="215" cy="838" r="330" fill="url(#sun)"/>`,
    `<g filter="url(#cloud)">${clouds()}</g>`,
    shore,
    `<rect y="${WATER}" width="${WIDTH}" height="${HEIGHT - WATER}" fill="url(#lake)"/>`,
    `<g clip-path="url(#below)" opacity=".62"><g filter="url(#wave)"><use href="#shore" ` +
    `transform="translate(0 ${WATER * 1.62}) scale(1 -.62)"/></g></g>`,
    `<ellipse cx="215" cy="${
      WATER + 90
    }" rx="90" ry="150" fill="url(#sun)" opacity=".55" clip-path="url(#below)"/>`,
    ripples(),
  ]);
}
