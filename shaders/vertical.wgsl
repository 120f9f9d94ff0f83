// The vertical pass, fused with what follows it: padding, normalising by table, and the store in the output's layout.
// It covers one region of a canvas; what lies in the region but outside the block's content is fill.
//
//   rows    [sourceRows, blockWidth] rgba8unorm     what the horizontal pass wrote; rgba32float where FLOAT
//   taps    first[n], count[n], weights[n, width]  r32sint, 4096 a row; weights are fixed point with 22 bits, or where
//           FLOAT bits of f32
//   table   [3, 256] r32float                      a byte's value
//   places  x[canvasWidth], y[canvasHeight], repeat[repeats]   r32uint, 4096 a row; output offsets, elements: with the
//           channel's their sum is the place, repeats counted from the first
//   values  f32, the output rows                   written where CUT
//   canvas  [canvasHeight, stride] packed RGBA     written where KEEP
//
// Tables are textures, since software Vulkan loads a texel in a third of the time that it takes for a word of a buffer, and
// what all stores share is loaded once.
//
// Grid: x over the region's columns, 64 · COLUMNS a workgroup; y over its rows. Both in the working frame, in which a
// picture whose vertical pass comes first is transposed.
// Reference twin: src/reference/resample.ts and src/reference/resample_floats.ts, with src/reference/executor.ts

override CUT: bool = true;
override KEEP: bool = false;
override FLOAT: bool = false; // torch's arithmetic: floats, rounded once
override TURNED: bool = false; // canvas x and y are exchanged
override VALUED: bool = false; // around the content is `fillValue`, not a byte's value
override REPEATS: u32 = 1u; // places of each value; compiled in, which halves the pass where there are two

const HALF = 1 << 21u;
const BITS = 22u;
const LANES = 64u;
const COLUMNS = 4u;

struct Params {
  region: vec4u,     // x, y, width, height on the canvas
  block: vec4i,      // content columns from, to; rows from, to
  channels: vec3u,   // output offsets of red, green and blue
  fill: u32,         // packed RGB
  offset: vec2i,     // of the content on the canvas
  rowFrom: i32,      // the first source row that `rows` holds
  tapsLength: u32,
  size: vec2u,       // canvas width, height
  tapsWidth: u32,
  stride: u32,       // canvas words a row
  base: u32,         // the first element of `values`, of the first repeat
  fillValue: f32,
}

@group(0) @binding(0) var<uniform> params: Params;
@group(0) @binding(1) var rows: texture_2d<f32>;
@group(0) @binding(2) var taps: texture_2d<i32>;
@group(0) @binding(3) var table: texture_2d<f32>;
@group(0) @binding(4) var places: texture_2d<u32>;
@group(0) @binding(5) var<storage, read_write> values: array<f32>;
@group(0) @binding(6) var<storage, read_write> canvas: array<u32>;

fn tap(index: u32) -> i32 {
  return textureLoad(taps, vec2u(index & 4095u, index >> 12u), 0).r;
}

fn place(index: u32) -> u32 {
  return textureLoad(places, vec2u(index & 4095u, index >> 12u), 0).r;
}

fn value(byte: u32, channel: u32, content: bool) -> f32 {
  if (VALUED && !content) { return params.fillValue; }
  return textureLoad(table, vec2u(byte, channel), 0).r;
}

// The place of a row of the working frame.
fn rowPlace(y: u32) -> u32 {
  return params.base + place(select(params.size.x + y, y, TURNED));
}

fn put(at: u32, value: vec3f) {
  values[at + params.channels.r] = value.r;
  values[at + params.channels.g] = value.g;
  values[at + params.channels.b] = value.b;
}

fn store(x: u32, y: u32, row: u32, color: vec3u, content: bool) {
  if (KEEP) {
    let at = select(vec2u(x, y), vec2u(y, x), TURNED);
    canvas[at.y * params.stride + at.x] = color.r | (color.g << 8u) | (color.b << 16u) | 0xff000000u;
  }
  if (CUT) {
    let at = row + place(select(x, params.size.x + x, TURNED));
    let values3 = vec3f(value(color.r, 0u, content), value(color.g, 1u, content), value(color.b, 2u, content));
    put(at, values3);
    for (var t = 1u; t < REPEATS; t++) { put(at + place(params.size.x + params.size.y + t), values3); }
  }
}

@compute @workgroup_size(LANES, 1)
fn main(@builtin(workgroup_id) group: vec3u, @builtin(local_invocation_id) lane: vec3u) {
  let left = group.x * LANES * COLUMNS + lane.x;
  let y = params.region.y + group.y;
  let row = i32(y) - params.offset.y;
  let fill = vec3u(params.fill & 255u, (params.fill >> 8u) & 255u, (params.fill >> 16u) & 255u);
  let within = row >= params.block.z && row < params.block.w;

  var sums: array<vec3i, COLUMNS>; // in fixed point, or where FLOAT in floats
  var floats: array<vec3f, COLUMNS>;
  for (var j = 0u; j < COLUMNS; j++) { sums[j] = vec3i(HALF); }
  let column = i32(params.region.x + left) - params.offset.x - params.block.x;
  if (within) {
    let first = tap(u32(row)) - params.rowFrom;
    let count = tap(params.tapsLength + u32(row));
    let weights = 2u * params.tapsLength + u32(row) * params.tapsWidth;
    for (var k = 0; k < count; k++) {
      let weight = tap(weights + u32(k));
      for (var j = 0u; j < COLUMNS; j++) {
        let texel = textureLoad(rows, vec2i(column + i32(j * LANES), first + k), 0).rgb;
        if (FLOAT) { floats[j] += bitcast<f32>(weight) * texel; } else { sums[j] += weight * vec3i(texel * 255.0 + 0.5); }
      }
    }
  }
  var rowAt = 0u;
  if (CUT) { rowAt = rowPlace(y); }
  for (var j = 0u; j < COLUMNS; j++) {
    let x = left + j * LANES;
    if (x < params.region.z) {
      let inside = column + i32(j * LANES);
      let content = within && inside >= 0 && inside < params.block.y - params.block.x;
      var bytes = vec3u(clamp(sums[j] >> vec3u(BITS), vec3i(0), vec3i(255)));
      if (FLOAT) { bytes = vec3u(clamp(round(floats[j]), vec3f(0.0), vec3f(255.0))); } // round takes halves to even
      store(params.region.x + x, y, rowAt, select(fill, bytes, content), content);
    }
  }
}
