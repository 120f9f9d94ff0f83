// The global view of a normalised canvas: bicubic with a = −0.75, no antialias, by a whole-number scale on
// each axis. On an axis of odd scale an element picks one pixel; of even scale it weighs four, by −3/32,
// 19/32, 19/32 and −3/32.
//
//     scale 3   │ · ● · │ · ● · │ …          an element picks the middle one of its pixels
//     scale 6   │ · ● ● ● ● · │ …            or weighs the middle four
//     scale 2   ● │ ● ● │ ● …                which at this scale reach beyond its own
//
//   canvas  [lines, stride] u32       pixels of packed RGBA, from the canvas's line `canvasFrom` on
//   table   [3 · 256] r32float        each byte's normalised value, by channel
//   values  [3, height, width]        elements from element `base` on, in whole words
//
// The kind of each axis is compiled in, since software Vulkan executes both sides of a branch.
//
// Grid: x over the words of a line, y over lines from `lineFrom` on.
// Reference twin: src/reference/global_view.ts

override ODD_COLUMNS: bool = true; // the scale of x is odd
override ODD_LINES: bool = true;   // the scale of y is odd
override FUSED: bool = false;      // each product but the second is added before it is rounded

struct Params {
  canvas: vec2u,   // width, height
  size: vec2u,     // of the view: width, height
  stride: u32,     // words from one line of the canvas to the next
  base: u32,
  lineFrom: u32,   // the first line of this dispatch
  canvasFrom: u32, // the first line that `canvas` holds
}

@group(0) @binding(0) var<uniform> params: Params;
@group(0) @binding(1) var<storage, read> canvas: array<u32>;
@group(0) @binding(2) var table: texture_1d<f32>;
@group(0) @binding(3) var<storage, read_write> values: array<u32>;

// The first pixel that element `to` of an axis weighs.
fn firstOf(to: u32, scale: u32, odd: bool) -> i32 {
  return i32(to * scale + scale / 2u) - select(2, 0, odd);
}

fn weight(k: i32) -> f32 {
  return select(0.59375, -0.09375, k == 0 || k == 3);
}

// A pixel's values; beyond the canvas those of its edge.
fn sample(x: i32, y: i32) -> vec3f {
  let last = vec2i(params.canvas) - 1;
  let at = vec2u(clamp(vec2i(x, y), vec2i(0), last));
  let pixel = canvas[(at.y - params.canvasFrom) * params.stride + at.x];
  let red = textureLoad(table, pixel & 255u, 0).r;
  let green = textureLoad(table, 256u + ((pixel >> 8u) & 255u), 0).r;
  let blue = textureLoad(table, 512u + ((pixel >> 16u) & 255u), 0).r;
  return vec3f(red, green, blue);
}

// Four samples by their weights. WGSL leaves open whether either way rounds as its reference twin does.
fn weighed(a: vec3f, b: vec3f, c: vec3f, d: vec3f) -> vec3f {
  if (FUSED) {
    let outer = vec3f(weight(0));
    let inner = vec3f(weight(1));
    return fma(d, outer, fma(c, inner, fma(a, outer, b * inner)));
  }
  return a * weight(0) + b * weight(1) + c * weight(2) + d * weight(3);
}

// A line's part in an element: one of its pixels, or four weighed.
fn across(x: i32, y: i32) -> vec3f {
  if (ODD_COLUMNS) { return sample(x, y); }
  return weighed(sample(x, y), sample(x + 1, y), sample(x + 2, y), sample(x + 3, y));
}

fn valueAt(column: u32, line: u32) -> vec3f {
  let scale = params.canvas / params.size;
  let x = firstOf(column, scale.x, ODD_COLUMNS);
  let y = firstOf(line, scale.y, ODD_LINES);
  if (ODD_LINES) { return across(x, y); }
  return weighed(across(x, y), across(x, y + 1), across(x, y + 2), across(x, y + 3));
}

@compute @workgroup_size(64, 1, 1)
fn main(@builtin(global_invocation_id) id: vec3u) {
  let per = perWord();
  let first = id.x * per;
  if (first >= params.size.x) { return; }
  let line = params.lineFrom + id.y;
  var words: vec3u;
  for (var k = 0u; k < per; k++) {
    let value = valueAt(first + k, line);
    words |= vec3u(elementOf(value.r), elementOf(value.g), elementOf(value.b)) << vec3u(k * (32u / per));
  }
  let plane = params.size.x * params.size.y / per;
  let at = (params.base + line * params.size.x + first) / per;
  values[at] = words.r;
  values[at + plane] = words.g;
  values[at + 2u * plane] = words.b;
}
