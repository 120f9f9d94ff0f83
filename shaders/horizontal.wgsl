// The horizontal pass: each row of a source gets the block's columns, rounded to bytes, or where FLOAT as torch resamples
// them, not rounded.
//
//   source  [h, w] rgba8unorm     stored pixels of the block's source rectangle
//   taps    first[n], count[n], weights[n, width]     r32sint, 4096 a row; fixed point with 22 bits, or bits of f32
//   rows    [rowCount, stride] u32     packed RGB, a word a pixel; where FLOAT four words a pixel, bits of f32
//
// The rows go to a buffer, which is copied to the texture that the vertical pass reads: a texel there is four columns of
// the canvas, so that the first pixel of a row may be its second to fourth; an invocation makes one column, so that its
// rows share the weights.
//
// Grid: x over the block's columns, y over its source rows, ROWS rows an invocation.
// Reference twin: src/reference/resample.ts and src/reference/resample_floats.ts

override FLOAT: bool = false; // torch's arithmetic

const HALF = 1 << 21u;
const BITS = 22u;
const ROWS = 8u;

struct Params {
  toTexel: mat3x3f, // working source pixel → texel: orientation, transposition, the rectangle's origin
  columnFrom: u32,
  columnCount: u32,
  rowFrom: u32,
  rowCount: u32,
  tapsLength: u32,
  tapsWidth: u32,
  stride: u32,      // words a row
  shift: u32,       // words of a row before its first pixel
}

@group(0) @binding(0) var<uniform> params: Params;
@group(0) @binding(1) var source: texture_2d<f32>;
@group(0) @binding(2) var taps: texture_2d<i32>;
@group(0) @binding(3) var<storage, read_write> rows: array<u32>;

fn tap(index: u32) -> i32 {
  return textureLoad(taps, vec2u(index & 4095u, index >> 12u), 0).r;
}

// A texel's bytes: what a conversion from unorm may be off by is far below a half. Unorm texels, since software Vulkan
// loads them in a third of the time that it takes for uint ones.
fn bytes(texel: vec4f) -> vec3i {
  return vec3i(texel.rgb * 255.0 + 0.5);
}

@compute @workgroup_size(64, 1)
fn main(@builtin(global_invocation_id) id: vec3u) {
  if (id.x >= params.columnCount) { return; }
  let column = params.columnFrom + id.x;
  let row = id.y * ROWS;
  let first = tap(column);
  let count = tap(params.tapsLength + column);
  let weights = 2u * params.tapsLength + column * params.tapsWidth;

  let stepX = vec2i(round(params.toTexel[0].xy));
  let stepY = vec2i(round(params.toTexel[1].xy));
  let corner = vec3f(f32(first), f32(params.rowFrom + row), 1.0);
  var texel = vec2i(round((params.toTexel * corner).xy));

  var sums: array<vec3i, ROWS>; // in fixed point, or where FLOAT in floats
  var floats: array<vec3f, ROWS>;
  for (var r = 0u; r < ROWS; r++) { sums[r] = vec3i(HALF); }
  for (var k = 0; k < count; k++) {
    let weight = tap(weights + u32(k));
    for (var r = 0u; r < ROWS; r++) {
      let color = bytes(textureLoad(source, texel + i32(r) * stepY, 0));
      if (FLOAT) { floats[r] += bitcast<f32>(weight) * vec3f(color); } else { sums[r] += weight * color; }
    }
    texel += stepX;
  }
  for (var r = 0u; r < ROWS; r++) {
    if (row + r < params.rowCount) {
      let start = (row + r) * params.stride + params.shift;
      if (FLOAT) {
        let at = start + id.x * 4u;
        rows[at] = bitcast<u32>(floats[r].r);
        rows[at + 1u] = bitcast<u32>(floats[r].g);
        rows[at + 2u] = bitcast<u32>(floats[r].b);
      } else {
        let color = vec3u(clamp(sums[r] >> vec3u(BITS), vec3i(0), vec3i(255)));
        rows[start + id.x] = color.r | (color.g << 8u) | (color.b << 16u);
      }
    }
  }
}
