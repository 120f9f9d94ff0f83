// Resamples columns of floats, vertically, normalises them where they are to be, and stores them where the
// layout says; before each row of the output its patch's line and column on the grid, counted from 1.
//
//   lines    [lineCount, columns, 3] f32     of the content, from the source's line `lineFrom` on
//   taps     first[n], count[n], weights[n, tapsWidth]
//            r32sint, 4096 texels wide       bits of f32
//   offsets  x[width], y[height]             rgba32uint, 1024 texels wide: an element's place in the output
//   values   f32
//
// Around the content, sums are 0.
//
// Grid: x over a region's columns, y over its lines.
// Reference twin: src/reference/standard_planes.ts and src/reference/float_canvas.ts

override NORMALISED: bool = false; // a mean is subtracted from sums, and they are divided by a deviation

struct Params {
  corner: vec2u,   // the region's first column and line on the canvas
  size: vec2u,     // its columns and lines
  origin: vec2i,   // the content's first column and line on the canvas
  side: vec2u,     // a patch's columns and lines; 0 where rows have no place before them
  columns: u32,    // of the content
  lineFrom: u32,
  tapsLength: u32, // lines of the content
  tapsWidth: u32,  // weights of a line
  unrolled: u32,   // the length of groups of products that are rounded; 0: none is
  down: u32,       // words before the offsets of y
  base: u32,       // of the element that all offsets are counted from
  channels: vec3u, // each channel's offset
  mean: vec3f,
  deviation: vec3f,
  inverse: vec3f,  // of the deviation
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

// The sums of a pixel of the content.
fn sumsAt(column: u32, line: u32) -> vec3f {
  let first = u32(tapsAt(line));
  let count = u32(tapsAt(params.tapsLength + line));
  let weights = 2u * params.tapsLength + line * params.tapsWidth;
  let rounded = roundedOf(count, params.unrolled);
  var sums: vec3f;
  for (var k = 0u; k < count; k++) {
    let weight = bitcast<f32>(tapsAt(weights + k));
    let start = ((first + k - params.lineFrom) * params.columns + column) * 3u;
    let own = vec3f(lines[start], lines[start + 1u], lines[start + 2u]);
    if (k < rounded) { sums = plusRounded(sums, own, weight); }
    else { sums = plusFused(sums, own, weight); }
  }
  return sums;
}

// `a / b`, rounded to nearest even, which WGSL's division need not be. `inverse` is the float nearest to
// 1 / b, and what each estimate leaves of `a` corrects it.
// Source: Markstein, "Computation of elementary functions on the IBM RISC System/6000 processor", 1990.
fn quotient(a: f32, b: f32, inverse: f32) -> f32 {
  let near = a * inverse;
  let nearer = fused(fused(-near, b, a), inverse, near);
  return fused(fused(-nearer, b, a), inverse, nearer);
}

fn normalised(sums: vec3f) -> vec3f {
  let centred = sums - params.mean;
  return vec3f(
    quotient(centred.r, params.deviation.r, params.inverse.r),
    quotient(centred.g, params.deviation.g, params.inverse.g),
    quotient(centred.b, params.deviation.b, params.inverse.b),
  );
}

@compute @workgroup_size(64, 1, 1)
fn main(@builtin(global_invocation_id) id: vec3u) {
  if (id.x >= params.size.x) { return; }
  let at = params.corner + id.xy;
  let inside = vec2u(vec2i(at) - params.origin); // before the content it wraps around
  var made: vec3f;
  if (inside.x < params.columns && inside.y < params.tapsLength) { made = sumsAt(inside.x, inside.y); }
  if (NORMALISED) { made = normalised(made); }
  let place = params.base + offsetAt(at.x) + offsetAt(params.down + at.y);
  for (var c = 0u; c < 3u; c++) { values[place + params.channels[c]] = made[c]; }
  if (params.side.x > 0u && all(at % params.side == vec2u())) {
    values[place - 2u] = f32(at.y / params.side.y + 1u);
    values[place - 1u] = f32(at.x / params.side.x + 1u);
  }
}
