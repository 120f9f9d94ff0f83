// Resamples lines of a picture to floats, horizontally. Its bytes become values first.
//
//   pixels  [lineCount, width] u32           upright pixels of packed RGBA
//   table   [256] f32                        each byte's value
//   taps    first[n], count[n], weights[n, tapsWidth]
//           r32sint, 4096 texels wide        bits of f32
//   lines   [lineCount, columns, 3] f32
//
// Grid: x over columns, y over lines.
// Reference twin: src/reference/standard_planes.ts and src/reference/float_canvas.ts

struct Params {
  width: u32,     // pixels of a line
  columns: u32,   // of the content
  lineCount: u32,
  tapsWidth: u32, // weights of a column
  unrolled: u32,  // the length of groups of products that are rounded; 0: none is
}

@group(0) @binding(0) var<uniform> params: Params;
@group(0) @binding(1) var<storage, read> pixels: array<u32>;
@group(0) @binding(2) var<storage, read> table: array<f32>;
@group(0) @binding(3) var taps: texture_2d<i32>;
@group(0) @binding(4) var<storage, read_write> lines: array<f32>;

fn tapsAt(index: u32) -> i32 {
  return textureLoad(taps, vec2u(index & 4095u, index >> 12u), 0).r;
}

fn valuesOf(pixel: u32) -> vec3f {
  return vec3f(table[pixel & 255u], table[(pixel >> 8u) & 255u], table[(pixel >> 16u) & 255u]);
}

@compute @workgroup_size(64, 1, 1)
fn main(@builtin(global_invocation_id) id: vec3u) {
  if (id.x >= params.columns) { return; }
  let first = u32(tapsAt(id.x));
  let count = u32(tapsAt(params.columns + id.x));
  let weights = 2u * params.columns + id.x * params.tapsWidth;
  let start = id.y * params.width + first;
  let rounded = roundedOf(count, params.unrolled);
  var sums: vec3f;
  for (var k = 0u; k < count; k++) {
    let weight = bitcast<f32>(tapsAt(weights + k));
    let values = valuesOf(pixels[start + k]);
    if (k < rounded) { sums = plusRounded(sums, values, weight); }
    else { sums = plusFused(sums, values, weight); }
  }
  let at = (id.y * params.columns + id.x) * 3u;
  lines[at] = sums.r;
  lines[at + 1u] = sums.g;
  lines[at + 2u] = sums.b;
}
