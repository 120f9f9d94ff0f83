// The vertical pass, fused with what follows it: padding, normalising by table, and the store in the output's layout.
// It covers one region of a canvas; what lies in the region but outside the block's content is fill.
//
//   rows    [sourceRows, blockWidth] rgba32uint     what the horizontal pass wrote: four pixels of packed RGB a texel, or
//           where FLOAT one of f32
//   taps    first[n], count[n], weights[n, width]  r32sint, 4096 a row; weights are fixed point with 22 bits, or where
//           FLOAT bits of f32
//   table   [3 · 256] r32float                     a byte's value
//   places  x[width], y[height], repeat[repeats]   rgba32uint, 4096 words a row; output offsets, elements: with the
//           channel's their sum is the place, repeats counted from the first; a group's four places of x are one texel
//   values  f32, the output rows                   written where CUT
//   canvas  [canvasHeight, stride] packed RGBA     written where KEEP
//
// An invocation makes a group, four columns that one texel holds. Loads are what the pass costs: a texel of four words takes
// no longer than one of a word, software Vulkan loads a word of a texture in a third of the time that it takes for one of
// a buffer, and one of a row of 768 faster than one of three rows of 256.
//
// Grid: x over the region's groups, y over its rows. Both in the working frame, in which a picture whose vertical pass
// comes first is transposed.
// Reference twin: src/reference/resample.ts and src/reference/resample_floats.ts, with src/reference/executor.ts

override CUT: bool = true;
override KEEP: bool = false;
override FLOAT: bool = false; // torch's arithmetic: floats, rounded once
override TURNED: bool = false; // canvas x and y are exchanged
override VALUED: bool = false; // around the content is `fillValue`, not a byte's value
override REPEATS: u32 = 1u; // places of each value; compiled in, which halves the pass where there are two

const HALF = 1 << 21u;
const BITS = 22u;
const GROUP = 4; // columns

struct Params {
  region: vec4i,     // x, y, width, height on the canvas
  channels: vec3u,   // output offsets of red, green and blue
  fill: u32,         // packed RGB
  origin: vec2i,     // where the block's first column and the content's first row lie on the canvas
  columns: i32,      // of the block
  group: i32,        // that holds the region's first column; 0 starts at the block's first
  rows: vec2i,       // content rows of the block: from, to
  rowFrom: i32,      // the first source row that `rows` holds
  tapsLength: u32,
  tapsWidth: u32,
  stride: u32,       // canvas words a row
  base: u32,         // the first element of `values`, of the first repeat
  placesAcross: u32, // the texel with the first group's places
  placesDown: u32,   // words before the places of y
  placesRepeat: u32, // words before the repeats
  fillValue: f32,
}

@group(0) @binding(0) var<uniform> params: Params;
@group(0) @binding(1) var rows: texture_2d<u32>;
@group(0) @binding(2) var taps: texture_2d<i32>;
@group(0) @binding(3) var table: texture_1d<f32>;
@group(0) @binding(4) var places: texture_2d<u32>;
@group(0) @binding(5) var<storage, read_write> values: array<f32>;
@group(0) @binding(6) var<storage, read_write> canvas: array<u32>;

fn tap(index: u32) -> i32 {
  return textureLoad(taps, vec2u(index & 4095u, index >> 12u), 0).r;
}

fn placesOf(texel: u32) -> vec4u {
  return textureLoad(places, vec2u(texel & 1023u, texel >> 10u), 0);
}

fn place(word: u32) -> u32 {
  return placesOf(word >> 2u)[word & 3u];
}

fn channel(texel: vec4u, shift: u32) -> vec4i {
  return vec4i((texel >> vec4u(shift)) & vec4u(255u));
}

// Sums as bytes; what is no content is fill.
fn bytes(sums: vec4i, floats: vec4f, shift: u32, content: vec4<bool>) -> vec4u {
  var found = vec4u(clamp(sums >> vec4u(BITS), vec4i(0), vec4i(255)));
  if (FLOAT) { found = vec4u(clamp(round(floats), vec4f(0.0), vec4f(255.0))); } // round takes halves to even
  return select(vec4u((params.fill >> shift) & 255u), found, content);
}

fn valuesOf(bytes: vec4u, first: u32, content: vec4<bool>) -> vec4f {
  var found: vec4f;
  for (var j = 0; j < GROUP; j++) { found[j] = textureLoad(table, first + bytes[j], 0).r; }
  if (VALUED) { return select(vec4f(params.fillValue), found, content); }
  return found;
}

@compute @workgroup_size(64, 1)
fn main(@builtin(global_invocation_id) id: vec3u) {
  let group = params.group + i32(id.x);
  let inside = vec4i(0, 1, 2, 3) + group * GROUP; // columns of the block
  let x = params.origin.x + inside;
  let right = params.region.x + params.region.z;
  if (x.x >= right) { return; }
  let y = params.region.y + i32(id.y);
  let row = y - params.origin.y;
  let within = row >= params.rows.x && row < params.rows.y;

  var red = vec4i(HALF); // in fixed point, or where FLOAT in floats
  var green = vec4i(HALF);
  var blue = vec4i(HALF);
  var floats: array<vec4f, 3>;
  if (within) {
    let first = tap(u32(row)) - params.rowFrom;
    let count = tap(params.tapsLength + u32(row));
    let weights = 2u * params.tapsLength + u32(row) * params.tapsWidth;
    for (var k = 0; k < count; k++) {
      let weight = tap(weights + u32(k));
      if (FLOAT) {
        for (var j = 0; j < GROUP; j++) {
          let color = bitcast<f32>(weight) * bitcast<vec4f>(textureLoad(rows, vec2i(inside[j], first + k), 0));
          floats[0][j] += color.r;
          floats[1][j] += color.g;
          floats[2][j] += color.b;
        }
      } else {
        let texel = textureLoad(rows, vec2i(group, first + k), 0);
        red += weight * channel(texel, 0u);
        green += weight * channel(texel, 8u);
        blue += weight * channel(texel, 16u);
      }
    }
  }
  let content = (inside >= vec4i(0)) & (inside < vec4i(params.columns)) & vec4<bool>(within);
  let drawn = (x >= vec4i(params.region.x)) & (x < vec4i(right));
  let r = bytes(red, floats[0], 0u, content);
  let g = bytes(green, floats[1], 8u, content);
  let b = bytes(blue, floats[2], 16u, content);

  if (KEEP) {
    let words = r | (g << vec4u(8u)) | (b << vec4u(16u)) | vec4u(0xff000000u);
    for (var j = 0; j < GROUP; j++) {
      let at = select(vec2i(x[j], y), vec2i(y, x[j]), TURNED);
      if (drawn[j]) { canvas[u32(at.y) * params.stride + u32(at.x)] = words[j]; }
    }
  }
  if (CUT) {
    let reds = valuesOf(r, 0u, content);
    let greens = valuesOf(g, 256u, content);
    let blues = valuesOf(b, 512u, content);
    let across = placesOf(params.placesAcross + id.x);
    let down = params.base + place(params.placesDown + u32(y));
    for (var t = 0u; t < REPEATS; t++) {
      var repeat = 0u;
      if (t > 0u) { repeat = place(params.placesRepeat + t); }
      for (var j = 0; j < GROUP; j++) {
        if (drawn[j]) {
          let at = down + repeat + across[j];
          values[at + params.channels.r] = reds[j];
          values[at + params.channels.g] = greens[j];
          values[at + params.channels.b] = blues[j];
        }
      }
    }
  }
}
