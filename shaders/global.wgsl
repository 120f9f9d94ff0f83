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

// A sum, and one more sample by its weight. Samples are summed in loops: written out, they take long to
// compile.
fn plus(sum: vec3f, sample: vec3f, weight: f32) -> vec3f {
  if (FUSED) { return plusFused(sum, sample, weight); }
  return plusRounded(sum, sample, weight);
}

// The place, from 0 to 3, of the sample that is added after `count` others. FUSED begins with the second.
fn added(count: i32) -> i32 {
  return select(count, 1 - count, FUSED && count < 2);
}

// A line's part in an element: one of its pixels, or four weighed.
fn across(x: i32, y: i32) -> vec3f {
  if (ODD_COLUMNS) { return sample(x, y); }
  var sum: vec3f;
  for (var k = 0; k < 4; k++) { sum = plus(sum, sample(x + added(k), y), weight(added(k))); }
  return sum;
}

fn valueAt(column: u32, line: u32) -> vec3f {
  let scale = params.canvas / params.size;
  let x = firstOf(column, scale.x, ODD_COLUMNS);
  let y = firstOf(line, scale.y, ODD_LINES);
  if (ODD_LINES) { return across(x, y); }
  var sum: vec3f;
  for (var k = 0; k < 4; k++) { sum = plus(sum, across(x, y + added(k)), weight(added(k))); }
  return sum;
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
