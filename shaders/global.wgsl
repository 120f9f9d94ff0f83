// The global view: bicubic, a = −0.75, no antialias, of a normalised canvas, by whole-number scales.
// An odd scale picks one sample; an even one weighs four an axis by −3/32, 19/32, 19/32, −3/32.
//
//   canvas  [height, stride] packed RGBA
//   table   [3 · 256] r32float    a byte's normalised value
//   values  f32: [3, P, Q] from element `base` on
//
// Which of both an axis does is compiled in: software Vulkan runs both sides of a branch.
//
// Grid: x over Q columns, y over P rows.
// Reference twin: src/reference/global.ts

override ODD_COLUMNS: bool = true;
override ODD_ROWS: bool = true;

struct Params {
  canvas: vec2u, // width, height
  size: vec2u,   // Q, P
  stride: u32,
  base: u32,
}

@group(0) @binding(0) var<uniform> params: Params;
@group(0) @binding(1) var<storage, read> canvas: array<u32>;
@group(0) @binding(2) var table: texture_1d<f32>;
@group(0) @binding(3) var<storage, read_write> values: array<f32>;

// The first sample of an axis.
fn firstOf(to: u32, scale: u32, odd: bool) -> i32 {
  return i32(to * scale + scale / 2u) - select(2, 0, odd);
}

fn weight(k: i32) -> f32 {
  return select(0.59375, -0.09375, k == 0 || k == 3);
}

fn sample(x: i32, y: i32) -> vec3f {
  let last = vec2i(params.canvas) - 1;
  let at = vec2u(clamp(vec2i(x, y), vec2i(0), last));
  let pixel = canvas[at.y * params.stride + at.x];
  let red = textureLoad(table, pixel & 255u, 0).r;
  let green = textureLoad(table, 256u + ((pixel >> 8u) & 255u), 0).r;
  let blue = textureLoad(table, 512u + ((pixel >> 16u) & 255u), 0).r;
  return vec3f(red, green, blue);
}

fn across(x: i32, y: i32) -> vec3f {
  var sum = sample(x, y);
  if (!ODD_COLUMNS) {
    sum *= weight(0);
    for (var k = 1; k < 4; k++) { sum += sample(x + k, y) * weight(k); }
  }
  return sum;
}

@compute @workgroup_size(64, 1, 1)
fn main(@builtin(global_invocation_id) id: vec3u) {
  if (id.x >= params.size.x) { return; }
  let scale = params.canvas / params.size;
  let x = firstOf(id.x, scale.x, ODD_COLUMNS);
  let y = firstOf(id.y, scale.y, ODD_ROWS);
  var value = across(x, y);
  if (!ODD_ROWS) {
    value *= weight(0);
    for (var k = 1; k < 4; k++) { value += across(x, y + k) * weight(k); }
  }
  let plane = params.size.x * params.size.y;
  let at = params.base + id.y * params.size.x + id.x;
  values[at] = value.r;
  values[at + plane] = value.g;
  values[at + 2u * plane] = value.b;
}
