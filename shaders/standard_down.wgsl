// Resamples columns of floats, vertically, and stores the results where the layout says; before each row of
// the output its patch's line and column on the grid, counted from 1.
//
//   lines    [lineCount, columns, 3] f32     from the source's line `lineFrom` on
//   taps     first[n], count[n], weights[n, tapsWidth]
//            r32sint, 4096 texels wide       bits of f32
//   offsets  x[columns], y[n]                rgba32uint, 1024 texels wide: an element's place in the output
//   values   f32
//
// Grid: x over a region's columns, y over its lines.
// Reference twin: src/reference/standard_planes.ts

struct Params {
  corner: vec2u,   // the region's first column and line
  size: vec2u,     // its columns and lines
  side: vec2u,     // a patch's columns and lines; 0 where rows have no place before them
  columns: u32,    // of the canvas
  lineFrom: u32,
  tapsLength: u32, // lines that have taps
  tapsWidth: u32,  // weights of a line
  unrolled: u32,   // the length of groups of products that are rounded; 0: none is
  down: u32,       // words before the offsets of y
  base: u32,       // of the element that all offsets are counted from
  channels: vec3u, // each channel's offset
}

@group(0) @binding(0) var<uniform> params: Params;
@group(0) @binding(1) var<storage, read> lines: array<f32>;
@group(0) @binding(2) var taps: texture_2d<i32>;
@group(0) @binding(3) var offsets: texture_2d<u32>;
@group(0) @binding(4) var<storage, read_write> values: array<f32>;

fn tapsAt(index: u32) -> i32 {
  return textureLoad(taps, vec2u(index & 4095u, index >> 12u), 0).r;
}

fn offsetAt(index: u32) -> u32 {
  let texel = index >> 2u;
  return textureLoad(offsets, vec2u(texel & 1023u, texel >> 10u), 0)[index & 3u];
}

@compute @workgroup_size(64, 1, 1)
fn main(@builtin(global_invocation_id) id: vec3u) {
  if (id.x >= params.size.x) { return; }
  let at = params.corner + id.xy;
  let first = u32(tapsAt(at.y));
  let count = u32(tapsAt(params.tapsLength + at.y));
  let weights = 2u * params.tapsLength + at.y * params.tapsWidth;
  var sums: vec3f;
  for (var k = 0u; k < count; k++) {
    let weight = bitcast<f32>(tapsAt(weights + k));
    let start = ((first + k - params.lineFrom) * params.columns + at.x) * 3u;
    let isRounded = k < roundedOf(count, params.unrolled);
    for (var c = 0u; c < 3u; c++) { sums[c] = plusProduct(sums[c], lines[start + c], weight, isRounded); }
  }
  let place = params.base + offsetAt(at.x) + offsetAt(params.down + at.y);
  for (var c = 0u; c < 3u; c++) { values[place + params.channels[c]] = sums[c]; }
  if (params.side.x > 0u && all(at % params.side == vec2u())) {
    values[place - 2u] = f32(at.y / params.side.y + 1u);
    values[place - 1u] = f32(at.x / params.side.x + 1u);
  }
}
