// The vertical pass, and all that follows it: fill, normalising by table, and the store in the output's
// layout and dtype. It covers one region of a canvas. All of the region outside the block's content is fill.
//
//   lines    [source lines, block's groups] rgba32uint
//            the horizontal pass's lines: a texel is four pixels of packed RGB or, where FLOAT, one of f32
//   taps     first[n], count[n], weights[n, tapsWidth]
//            r32sint, 4096 texels wide; weights are fixed point of 22 bits or, where FLOAT, the bits of f32
//   table    [3 · 256] r32uint
//            each byte's element, by channel
//   offsets  x[width], y[height], repeat[repeats]
//            rgba32uint, 4096 words wide; in elements of the output, those of repeats from the first one's
//   values   [words of the output / WIDTH] Vector
//            PER elements to a word; written where CUT
//   canvas   [lines, stride / 4] vec4u
//            pixels of packed RGBA, from the canvas's line `keptFrom` on; written where KEEP
//
// An element lies in the output at the sum of five offsets: the base, its channel's, its column's, its line's
// and its repeat's.
//
// An invocation makes a group: four columns of a line. Where TRANSPOSED it makes four groups below one
// another and transposes them, so that in either case all that it stores is adjacent on the canvas:
//
//     working frame, where the vertical pass comes first      canvas
//     line y      a b c d                                      a e i m
//     line y + 1  e f g h                ──▶                   b f j n
//     line y + 2  i j k l                                      c g k o
//     line y + 3  m n o p                                      d h l p
//
// Stores take most of the pass's time, and loads the next most:
//
// - Elements that are adjacent in the output, too, are stored as one vector. parts/vector1,
//   vector2 or vector4.wgsl is joined to this file and says how many words that is.
// - Tables are textures: software Vulkan loads a word of a texture in a third of the time that it takes for
//   one of a buffer. A texel of four words takes no longer than one of a single word, so the four offsets of
//   x that a group has are one texel.
// - `table` is one line of 768 texels, which loads faster than three lines of 256.
//
// Grid: x over the region's groups; y over its lines, or where TRANSPOSED over fours of them. Both in the
// working frame, in which a picture whose vertical pass comes first is transposed.
// Reference twin: src/reference/resample.ts and src/reference/resample_floats.ts,
// with src/reference/reference_rows.ts

override CUT: bool = true;         // the region is cut into rows of the output
override KEEP: bool = false;       // the canvas is kept for other views
override FLOAT: bool = false;      // weights and sums are floats, as torch's resampler has them
override TRANSPOSED: bool = false; // x and y of the canvas are exchanged in the working frame
override VALUED: bool = false;     // the fill is `fillElements`, and not a colour
override REPEATS: u32 = 1u;        // copies of each element; compiled in, which halves the time of two
override PER: u32 = 1u;            // elements of a word: 1, 2 or 4, of adjacent columns
override PARTIAL: bool = false;    // a group may lie in the region only in part

const HALF = 1 << 21u;
const BITS = 22u;
const GROUP = 4u; // columns
const WHOLE = 0xffffffffu;

struct Params {
  region: vec4i,      // x, y, width, height; in the working frame
  channels: vec3u,    // output offsets of red, green and blue
  fill: u32,          // packed RGB
  origin: vec2i,      // the canvas position of the block's first column and the content's first line
  columns: i32,       // of the block
  lineFrom: i32,      // the first source line that `lines` holds
  lines: vec2i,       // the block's lines of the content: from, to
  tapsLength: u32,    // output lines that `taps` has
  tapsWidth: u32,     // weights that each of them has room for
  stride: u32,        // words from one line of the canvas to the next
  base: u32,          // the first element of the view's rows in `values`, in the first repeat
  offsetsDown: u32,   // words before the offsets of y
  offsetsRepeat: u32, // words before the offsets of repeats
  fillElements: vec3u,
  keptFrom: u32,      // the first line that `canvas` holds
}

@group(0) @binding(0) var<uniform> params: Params;
@group(0) @binding(1) var lines: texture_2d<u32>;
@group(0) @binding(2) var taps: texture_2d<i32>;
@group(0) @binding(3) var table: texture_1d<u32>;
@group(0) @binding(4) var offsets: texture_2d<u32>;
@group(0) @binding(5) var<storage, read_write> values: array<Vector>;
@group(0) @binding(6) var<storage, read_write> canvas: array<vec4u>;

// The channels of four pixels: bytes, elements or words.
struct Colors {
  red: vec4u,
  green: vec4u,
  blue: vec4u,
}

// Four pixels that are adjacent on the canvas.
struct Quad {
  colors: Colors,
  content: vec4<bool>, // which of them are content, and no fill
  drawn: vec4<bool>,   // which of them lie in the region
}

fn tap(index: u32) -> i32 {
  return textureLoad(taps, vec2u(index & 4095u, index >> 12u), 0).r;
}

fn offsetsAt(texel: u32) -> vec4u {
  return textureLoad(offsets, vec2u(texel & 1023u, texel >> 10u), 0);
}

fn offsetAt(word: u32) -> u32 {
  return offsetsAt(word >> 2u)[word & 3u];
}

fn channel(pixels: vec4u, shift: u32) -> vec4i {
  return vec4i((pixels >> vec4u(shift)) & vec4u(255u));
}

// Sums in fixed point as bytes.
fn bytes(sums: vec4i) -> vec4u {
  return vec4u(clamp(sums >> vec4u(BITS), vec4i(0), vec4i(255)));
}

// A group of a content's line, resampled from the lines that its taps weigh.
fn resampled(group: i32, line: i32) -> Colors {
  let first = tap(u32(line)) - params.lineFrom;
  let count = tap(params.tapsLength + u32(line));
  let weights = 2u * params.tapsLength + u32(line) * params.tapsWidth;
  let texel = group - params.origin.x / i32(GROUP); // `lines` begins with the block's first group
  if (FLOAT) {
    var made: Colors;
    for (var j = 0u; j < GROUP; j++) {
      let own = resampledFloats(vec2i(texel * i32(GROUP) + i32(j), first), count, weights);
      made.red[j] = own.r;
      made.green[j] = own.g;
      made.blue[j] = own.b;
    }
    return made;
  }
  var red = vec4i(HALF);
  var green = vec4i(HALF);
  var blue = vec4i(HALF);
  for (var k = 0; k < count; k++) {
    let weight = tap(weights + u32(k));
    let four = textureLoad(lines, vec2i(texel, first + k), 0);
    red += weight * channel(four, 0u);
    green += weight * channel(four, 8u);
    blue += weight * channel(four, 16u);
  }
  return Colors(bytes(red), bytes(green), bytes(blue));
}

// The bytes of a pixel, resampled from a column's floats. Pixels are summed in a loop: written out, they take
// long to compile.
fn resampledFloats(texel: vec2i, count: i32, weights: u32) -> vec3u {
  var sums: vec3f;
  for (var k = 0; k < count; k++) {
    let own = bitcast<vec4f>(textureLoad(lines, texel + vec2i(0, k), 0));
    sums = plusFused(sums, own.rgb, bitcast<f32>(tap(weights + u32(k))));
  }
  return vec3u(clamp(round(sums), vec3f(0.0), vec3f(255.0))); // round takes halves to even
}

// Colours of content, and the fill's elsewhere.
fn filled(made: Colors, content: vec4<bool>) -> Colors {
  let fill = (vec3u(params.fill) >> vec3u(0u, 8u, 16u)) & vec3u(255u);
  return Colors(
    select(vec4u(fill.r), made.red, content),
    select(vec4u(fill.g), made.green, content),
    select(vec4u(fill.b), made.blue, content),
  );
}

// The number of an invocation's quads, which lie one above another on the canvas.
fn lineCount() -> u32 {
  return select(1u, GROUP, TRANSPOSED);
}

// The canvas position of the first pixel of the first of them.
fn cornerOf(id: vec3u) -> vec2u {
  let column = u32(params.region.x) / GROUP * GROUP + id.x * GROUP;
  if (TRANSPOSED) { return vec2u(u32(params.region.y) / GROUP * GROUP + id.y * GROUP, column); }
  return vec2u(column, u32(params.region.y) + id.y);
}

// Returns whether a corner lies right of the region, in the working frame.
fn isBeyond(corner: vec2u) -> bool {
  return i32(select(corner.x, corner.y, TRANSPOSED)) >= params.region.x + params.region.z;
}

// Four columns of a line, in the working frame.
fn quadOf(column: i32, y: i32) -> Quad {
  let x = vec4i(0, 1, 2, 3) + column;
  let end = params.region.xy + params.region.zw;
  let inside = x - params.origin.x;
  let line = y - params.origin.y;
  let within = line >= params.lines.x && line < params.lines.y;
  let content = (inside >= vec4i(0)) & (inside < vec4i(params.columns)) & vec4<bool>(within);
  let reached = vec4<bool>(y >= params.region.y && y < end.y);
  let drawn = (x >= vec4i(params.region.x)) & (x < vec4i(end.x)) & reached;
  var made: Colors;
  if (within) { made = resampled(column / i32(GROUP), line); }
  return Quad(filled(made, content), content, drawn);
}

// An invocation's quads, as they lie on the canvas.
fn quadsOf(corner: vec2u) -> array<Quad, GROUP> {
  let start = vec2i(select(corner, corner.yx, TRANSPOSED));
  var own: array<Quad, GROUP>; // its indices are constants: software Vulkan keeps other arrays in memory
  own[0] = quadOf(start.x, start.y);
  if (TRANSPOSED) {
    own[1] = quadOf(start.x, start.y + 1);
    own[2] = quadOf(start.x, start.y + 2);
    own[3] = quadOf(start.x, start.y + 3);
  }
  if (!TRANSPOSED) { return own; }
  var transposed: array<Quad, GROUP>;
  for (var l = 0u; l < GROUP; l++) {
    transposed[l] = Quad(
      Colors(
        vec4u(own[0].colors.red[l], own[1].colors.red[l], own[2].colors.red[l], own[3].colors.red[l]),
        vec4u(own[0].colors.green[l], own[1].colors.green[l], own[2].colors.green[l], own[3].colors.green[l]),
        vec4u(own[0].colors.blue[l], own[1].colors.blue[l], own[2].colors.blue[l], own[3].colors.blue[l]),
      ),
      vec4<bool>(own[0].content[l], own[1].content[l], own[2].content[l], own[3].content[l]),
      vec4<bool>(own[0].drawn[l], own[1].drawn[l], own[2].drawn[l], own[3].drawn[l]),
    );
  }
  return transposed;
}

// Writes a quad to the canvas that other views read.
fn keep(quad: Quad, column: u32, line: u32) {
  let colors = quad.colors;
  let pixels = colors.red | (colors.green << vec4u(8u)) | (colors.blue << vec4u(16u)) | vec4u(0xff000000u);
  let at = ((line - params.keptFrom) * params.stride + column) / GROUP;
  if (all(quad.drawn)) { canvas[at] = pixels; }
  else if (PARTIAL && any(quad.drawn)) { canvas[at] = select(canvas[at], pixels, quad.drawn); }
}

fn elementAt(index: u32) -> u32 {
  return textureLoad(table, index, 0).r;
}

// A channel's bytes as elements, by the 256 of the table from `first` on; `fill` where there is no content.
fn channelElements(bytes: vec4u, first: u32, fill: u32, content: vec4<bool>) -> vec4u {
  let at = bytes + first;
  let found = vec4u(elementAt(at.x), elementAt(at.y), elementAt(at.z), elementAt(at.w));
  if (VALUED) { return select(vec4u(fill), found, content); }
  return found;
}

fn elementsOf(quad: Quad) -> Colors {
  return Colors(
    channelElements(quad.colors.red, 0u, params.fillElements.r, quad.content),
    channelElements(quad.colors.green, 256u, params.fillElements.g, quad.content),
    channelElements(quad.colors.blue, 512u, params.fillElements.b, quad.content),
  );
}

// The output offset of a line in the repeat `t`, to which those of a column and a channel are added.
fn lineOffset(line: u32, t: u32) -> u32 {
  let down = params.base + offsetAt(params.offsetsDown + line);
  if (t == 0u) { return down; }
  return down + offsetAt(params.offsetsRepeat + t);
}

// Four elements as words, which are the first ones of the result.
fn wordsOf(elements: vec4u) -> vec4u {
  if (PER == 1u) { return elements; }
  let shifted = elements << (vec4u(0u, 1u, 2u, 3u) % PER * (32u / PER));
  if (PER == 4u) { return vec4u(shifted.x | shifted.y | shifted.z | shifted.w, 0u, 0u, 0u); }
  return vec4u(shifted.x | shifted.y, shifted.z | shifted.w, 0u, 0u);
}

// Stores the bits of a vector that `mask` has, at the element `element` of the output.
fn store(element: u32, words: Vector, mask: Vector) {
  let at = element / (PER * WIDTH);
  if (all(mask == Vector(WHOLE))) { values[at] = words; }
  else if (PARTIAL && any(mask != Vector(0u))) { values[at] = (values[at] & ~mask) | (words & mask); }
}

// Writes a quad to the rows of the output.
fn cut(quad: Quad, column: u32, line: u32) {
  let made = elementsOf(quad);
  let red = wordsOf(made.red);
  let green = wordsOf(made.green);
  let blue = wordsOf(made.blue);
  let masks = wordsOf(select(vec4u(0u), vec4u(WHOLE >> (32u - 32u / PER)), quad.drawn));
  let across = offsetsAt(column / GROUP);
  for (var t = 0u; t < REPEATS; t++) {
    let down = lineOffset(line, t);
    for (var i = 0u; i < GROUP / (PER * WIDTH); i++) {
      let at = down + across[i * PER * WIDTH];
      let mask = vectorOf(masks, i);
      store(at + params.channels.r, vectorOf(red, i), mask);
      store(at + params.channels.g, vectorOf(green, i), mask);
      store(at + params.channels.b, vectorOf(blue, i), mask);
    }
  }
}

@compute @workgroup_size(64, 1)
fn main(@builtin(global_invocation_id) id: vec3u) {
  let corner = cornerOf(id);
  if (isBeyond(corner)) { return; }
  let quads = quadsOf(corner);
  for (var l = 0u; l < lineCount(); l++) {
    if (KEEP) { keep(quads[l], corner.x, corner.y + l); }
    if (CUT) { cut(quads[l], corner.x, corner.y + l); }
  }
}
