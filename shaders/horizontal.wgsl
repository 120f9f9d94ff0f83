// The horizontal pass: resamples each line of a source to the block's columns. Results are rounded to bytes
// or, where FLOAT, stay floats, as torch has them.
//
//   source  [height, width] rgba8unorm
//           stored pixels of the block's source rectangle
//   taps    window[groups], parts[groups], weights[groups, tapsWidth]
//           rgba32sint, 1024 texels wide. A window is its first pixel and its count of pixels. A part is the
//           pixels of it that a column of the group weighs: the first, and 16 bits up the end. A weight is a
//           pixel's in each column: fixed point of 22 bits or, where FLOAT, the bits of f32.
//   lines   [lineCount, stride] vec4u
//           resampled lines: a vec4u is four pixels of packed RGB or, where FLOAT, one of f32
//
// An invocation makes one group, four columns of the canvas, in each of LINES lines. Columns that lie outside
// the block are made, too, and nobody reads them. Loads of pixels take most of the pass's time, and
// neighbouring columns weigh almost the same pixels. So each pixel that some column of the group weighs is
// loaded once, with weight 0 in the others:
//
//     pixels       p0  p1  p2  p3  p4  p5       the window of a group
//     column 0     w   w   w   0   0   0
//     column 1     0   w   w   w   0   0
//     column 2     0   0   w   w   w   0
//     column 3     0   0   0   w   w   w
//
// With FLOAT, each column loads its own part alone, since the sums take most of the time.
//
// All lines share the weights. Texels are unorm, since software Vulkan loads those in a third of the time
// that it takes for uint ones. The resampled lines are copied to the texture that the vertical pass reads.
//
// Grid: x over the block's groups, y over its source lines, LINES of them to an invocation.
// Reference twin: src/reference/resample.ts and src/reference/resample_floats.ts

override FLOAT: bool = false; // weights and sums are floats, as torch's resampler has them

const HALF = 1 << 21u;
const BITS = 22u;
const GROUP = 4u; // columns
const LINES = 4u; // of an invocation

struct Params {
  toTexel: mat3x3f, // from working source pixels: transposition, orientation, the rectangle's origin
  groupFrom: u32,   // the block's first group
  groupCount: u32,
  lineFrom: u32,    // the block's first source line, in the working frame
  lineCount: u32,
  tapsGroups: u32,  // windows of `taps`
  tapsWidth: u32,   // weights of a window
  stride: u32,      // vec4u from one line of `lines` to the next
}

@group(0) @binding(0) var<uniform> params: Params;
@group(0) @binding(1) var source: texture_2d<f32>;
@group(0) @binding(2) var taps: texture_2d<i32>;
@group(0) @binding(3) var<storage, read_write> lines: array<vec4u>;

fn tapsAt(index: u32) -> vec4i {
  return textureLoad(taps, vec2u(index & 1023u, index >> 10u), 0);
}

// A texel's bytes. The conversion from unorm may be off, but by far less than a half.
fn bytes(texel: vec4f) -> vec3i {
  return vec3i(texel.rgb * 255.0 + 0.5);
}

fn clamped(sums: vec4i) -> vec4u {
  return vec4u(clamp(sums >> vec4u(BITS), vec4i(0), vec4i(255)));
}

// The sum of a part of a window, whose first pixel is `texel`, by the weights of one column. Pixels are
// summed in a loop, and so are columns: written out, they take long to compile.
fn floatsOf(texel: vec2i, step: vec2i, weights: u32, part: i32, column: u32) -> vec3f {
  var sums: vec3f;
  let end = part >> 16u;
  for (var k = part & 0xffff; k < end; k++) {
    let weight = bitcast<f32>(tapsAt(weights + u32(k))[column]);
    let color = vec3f(bytes(textureLoad(source, texel + k * step, 0)));
    sums = plusFused(sums, color, weight);
  }
  return sums;
}

@compute @workgroup_size(64, 1)
fn main(@builtin(global_invocation_id) id: vec3u) {
  if (id.x >= params.groupCount) { return; }
  let line = id.y * LINES;
  let group = params.groupFrom + id.x;
  let window = tapsAt(group);
  let weights = 2u * params.tapsGroups + group * params.tapsWidth;

  let stepX = vec2i(round(params.toTexel[0].xy));
  let stepY = vec2i(round(params.toTexel[1].xy));
  let corner = vec3f(f32(window.x), f32(params.lineFrom + line), 1.0);
  var texel = vec2i(round((params.toTexel * corner).xy));

  if (FLOAT) {
    let parts = tapsAt(params.tapsGroups + group);
    for (var l = 0u; l < min(LINES, params.lineCount - line); l++) {
      for (var j = 0u; j < GROUP; j++) {
        let sums = floatsOf(texel + i32(l) * stepY, stepX, weights, parts[j], j);
        lines[(line + l) * params.stride + id.x * GROUP + j] = bitcast<vec4u>(vec4f(sums, 0.0));
      }
    }
    return;
  }

  var red: array<vec4i, LINES>; // sums of the four columns, in fixed point
  var green: array<vec4i, LINES>;
  var blue: array<vec4i, LINES>;
  for (var l = 0u; l < LINES; l++) { red[l] = vec4i(HALF); green[l] = vec4i(HALF); blue[l] = vec4i(HALF); }
  for (var k = 0; k < window.y; k++) {
    let weight = tapsAt(weights + u32(k));
    for (var l = 0u; l < LINES; l++) {
      let color = bytes(textureLoad(source, texel + i32(l) * stepY, 0));
      red[l] += weight * color.r;
      green[l] += weight * color.g;
      blue[l] += weight * color.b;
    }
    texel += stepX;
  }
  for (var l = 0u; l < LINES; l++) {
    if (line + l < params.lineCount) {
      let upper = (clamped(green[l]) << vec4u(8u)) | (clamped(blue[l]) << vec4u(16u));
      lines[(line + l) * params.stride + id.x] = clamped(red[l]) | upper;
    }
  }
}
