// The horizontal pass: each row of a source gets the block's columns, rounded to bytes, or where FLOAT as torch resamples
// them, not rounded.
//
//   source  [h, w] rgba8unorm              stored pixels of the block's source rectangle
//   taps    window[groups], weights[groups, width]  rgba32sint, 1024 texels a row; a window is first and count, a weight
//           one for each column of the group: fixed point with 22 bits, or where FLOAT bits of f32
//   rows    [rowCount, stride] vec4u       four pixels of packed RGB, or where FLOAT one of f32
//
// An invocation makes a group: four columns of the canvas, of which some may lie outside the block and mean nothing. Loads
// of pixels are what the pass costs, and neighbours weigh almost the same ones: each pixel that any of the four weighs is
// loaded once, and its weight is 0 in the others. Rows share the weights. Unorm texels, since software Vulkan loads them in
// a third of the time that it takes for uint ones.
//
// The rows go to a buffer, which is copied to the texture that the vertical pass reads.
//
// Grid: x over the block's groups, y over its source rows, ROWS rows an invocation.
// Reference twin: src/reference/resample.ts and src/reference/resample_floats.ts

override FLOAT: bool = false; // torch's arithmetic

const HALF = 1 << 21u;
const BITS = 22u;
const GROUP = 4u; // columns
const ROWS = 4u;

struct Params {
  toTexel: mat3x3f, // working source pixel → texel: orientation, transposition, the rectangle's origin
  groupFrom: u32,
  groupCount: u32,
  rowFrom: u32,
  rowCount: u32,
  tapsGroups: u32,
  tapsWidth: u32,
  stride: u32,      // vec4u a row
}

@group(0) @binding(0) var<uniform> params: Params;
@group(0) @binding(1) var source: texture_2d<f32>;
@group(0) @binding(2) var taps: texture_2d<i32>;
@group(0) @binding(3) var<storage, read_write> rows: array<vec4u>;

fn tapsAt(index: u32) -> vec4i {
  return textureLoad(taps, vec2u(index & 1023u, index >> 10u), 0);
}

// A texel's bytes: what a conversion from unorm may be off by is far below a half.
fn bytes(texel: vec4f) -> vec3i {
  return vec3i(texel.rgb * 255.0 + 0.5);
}

fn clamped(sums: vec4i) -> vec4u {
  return vec4u(clamp(sums >> vec4u(BITS), vec4i(0), vec4i(255)));
}

@compute @workgroup_size(64, 1)
fn main(@builtin(global_invocation_id) id: vec3u) {
  if (id.x >= params.groupCount) { return; }
  let row = id.y * ROWS;
  let group = params.groupFrom + id.x;
  let window = tapsAt(group);
  let weights = params.tapsGroups + group * params.tapsWidth;

  let stepX = vec2i(round(params.toTexel[0].xy));
  let stepY = vec2i(round(params.toTexel[1].xy));
  let corner = vec3f(f32(window.x), f32(params.rowFrom + row), 1.0);
  var texel = vec2i(round((params.toTexel * corner).xy));

  var red: array<vec4i, ROWS>; // sums of the four columns, in fixed point, or where FLOAT in floats
  var green: array<vec4i, ROWS>;
  var blue: array<vec4i, ROWS>;
  var floats: array<array<vec3f, GROUP>, ROWS>;
  for (var r = 0u; r < ROWS; r++) { red[r] = vec4i(HALF); green[r] = vec4i(HALF); blue[r] = vec4i(HALF); }
  for (var k = 0; k < window.y; k++) {
    let weight = tapsAt(weights + u32(k));
    for (var r = 0u; r < ROWS; r++) {
      let color = bytes(textureLoad(source, texel + i32(r) * stepY, 0));
      if (FLOAT) {
        for (var j = 0u; j < GROUP; j++) { floats[r][j] += bitcast<f32>(weight[j]) * vec3f(color); }
      } else {
        red[r] += weight * color.r;
        green[r] += weight * color.g;
        blue[r] += weight * color.b;
      }
    }
    texel += stepX;
  }
  for (var r = 0u; r < ROWS; r++) {
    if (row + r < params.rowCount) {
      let start = (row + r) * params.stride;
      if (FLOAT) {
        for (var j = 0u; j < GROUP; j++) { rows[start + id.x * GROUP + j] = bitcast<vec4u>(vec4f(floats[r][j], 0.0)); }
      } else {
        let upper = (clamped(green[r]) << vec4u(8u)) | (clamped(blue[r]) << vec4u(16u));
        rows[start + id.x] = clamped(red[r]) | upper;
      }
    }
  }
}
