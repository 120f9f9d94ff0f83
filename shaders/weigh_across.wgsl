// Weighs pixels along lines, in floats: sums of products, each rounded as the reference rounds it. It
// resamples where no byte is made between the passes, and makes global views.
//
//     pixels ──ACROSS──▶ lines of floats ──down──▶ canvases of floats or bytes, and global views
//
//   tables  r32uint, 4096 texels wide
//           taps    [columns, 2 + 2 · tapsWidth]: their count; the count of those, the first ones, whose
//                   products are rounded before they are added; and of each a pixel and the weight's bits
//           values  [3, 256] f32: what a byte is, by channel
//   pixels  [words] u32   found by two steps, as in horizontal.wgsl
//   lines   [words] u32   for each job: [lineCount, columns, 3] f32, or [3, lineCount, columns]
//
// Grid: y over entries of the table of jobs, x over workgroups of an entry. A job has a workgroup for every
// 64 × 4 columns and lines. An invocation makes a column of four lines, which share its taps. Each vector of
// its code has a component of each line.
// Reference twin: src/reference/resample_floats.ts and, of global views, src/reference/global_view.ts

override FUSES: bool = false; // the device's `fma` rounds once

struct Job {
  @align(16) firstGroup: u32, // of the job, with which this entry of the table begins
  pixels: u32,      // the byte of the pixel 0 of the first line
  stepX: u32, stepY: u32, // bytes from a pixel to the next one of its line, and from a line to the next one
  taps: u32, tapsWidth: u32, // word of the first column's, and the taps that each has room for
  columns: u32, lineCount: u32, // that are made
  lines: u32,       // word of the first line
  stepPixel: u32, stepChannel: u32, // words of `lines` from a pixel to the next one, and from a channel
  values: u32,      // word of the table; NO_TABLE where each byte is its own value
  zero: u32,        // 0, which compilers do not know
}

@group(0) @binding(0) var<uniform> jobs: array<Job, 256>;
@group(0) @binding(1) var tables: texture_2d<u32>;
@group(0) @binding(2) var<storage, read> pixels: array<u32>;
@group(0) @binding(3) var<storage, read_write> lines: array<u32>;

const LINES = 4u; // of an invocation
const NO_TABLE = 0xffffffffu;

fn tableAt(word: u32) -> u32 {
  return textureLoad(tables, vec2u(word & 4095u, word >> 12u), 0).r;
}

// The word whose lowest bytes are the pixel at a byte. They lie in one word, or in two.
fn pixelAt(byte: u32) -> u32 {
  let word = byte >> 2u;
  let shift = (byte & 3u) * 8u;
  let bits = pixels[word] >> shift;
  if (shift <= 8u) { return bits; }
  return bits | (pixels[word + 1u] << (32u - shift));
}

// The values of a channel of pixels.
fn valuesOf(colors: vec4u, channel: u32, table: u32) -> vec4f {
  let bytes = (colors >> vec4u(8u * channel)) & vec4u(255u);
  if (table == NO_TABLE) { return vec4f(bytes); }
  let words = table + 256u * channel + bytes;
  return bitcast<vec4f>(vec4u(tableAt(words.x), tableAt(words.y), tableAt(words.z), tableAt(words.w)));
}

// A number as it is. WGSL lets compilers fuse a product with a sum, and put sums in another order; they do
// not see through this one, since the host alone knows that `zero` is 0.
fn opaque(number: vec4f) -> vec4f {
  return bitcast<vec4f>(bitcast<vec4u>(number) ^ vec4u(jobs[0].zero));
}

// A result, rounded to a float, and all that this leaves of it: that is a float, too.
struct Exact { rounded: vec4f, remainder: vec4f }

// Source: Knuth, "The Art of Computer Programming", volume 2, 4.2.2, theorem B.
fn sumOf(a: vec4f, b: vec4f) -> Exact {
  let sum = opaque(a + b);
  let ofB = opaque(sum - a);
  return Exact(sum, opaque(opaque(a - opaque(sum - ofB)) + opaque(b - ofB)));
}

// Halves of a mantissa have 12 bits each, so that products of them are exact.
// Source: Dekker, "A floating-point technique for extending the available precision", 1971.
fn productOf(a: vec4f, b: vec4f) -> Exact {
  let product = opaque(a * b);
  let highA = bitcast<vec4f>(bitcast<vec4u>(a) & vec4u(0xfffff000u));
  let highB = bitcast<vec4f>(bitcast<vec4u>(b) & vec4u(0xfffff000u));
  let lost = opaque(opaque(highA * highB - product) + highA * (b - highB));
  return Exact(product, opaque(opaque(lost + (a - highA) * highB) + (a - highA) * (b - highB)));
}

// `a · b + c`, rounded once. All that the product and two sums leave is rounded so that its last bit is 1
// where that is not exact; then the last sum is rounded as the whole would be.
// Source: Boldo and Melquiond, "Emulation of FMA and correctly rounded sums", 2008.
fn fused(a: vec4f, b: vec4f, c: vec4f) -> vec4f {
  if (FUSES) { return fma(a, b, c); }
  let product = productOf(a, b);
  let lower = sumOf(c, product.remainder);
  let upper = sumOf(product.rounded, lower.rounded);
  let rest = sumOf(lower.remainder, upper.remainder);
  let isBeyond = (rest.rounded > vec4f()) != (rest.remainder > vec4f()); // it is farther from 0 than the rest
  let odd = (bitcast<vec4u>(rest.rounded) - vec4u(isBeyond)) | vec4u(1u);
  return opaque(upper.rounded + select(rest.rounded, bitcast<vec4f>(odd), rest.remainder != vec4f()));
}

// Sums, and products added to them; these are rounded before, or not.
fn plus(sums: vec4f, values: vec4f, weight: vec4f, isRounded: bool) -> vec4f {
  if (isRounded) { return opaque(sums + opaque(values * weight)); }
  return fused(values, weight, sums);
}

@compute @workgroup_size(64)
fn main(@builtin(workgroup_id) id: vec3u, @builtin(local_invocation_index) lane: u32) {
  let job = jobs[id.y];
  let group = job.firstGroup + id.x;
  let strips = (job.columns + 63u) / 64u;
  let column = group % strips * 64u + lane;
  let line = group / strips * LINES;
  if (column >= job.columns || line >= job.lineCount) { return; }
  let kept = min(LINES, job.lineCount - line);
  let taps = job.taps + column * (2u + 2u * job.tapsWidth);
  let count = tableAt(taps);
  let roundedCount = tableAt(taps + 1u);
  // Below the last line, that line is summed again, and not stored.
  let own = line + min(vec4u(0u, 1u, 2u, 3u), vec4u(kept - 1u));
  let first = job.pixels + own * job.stepY;
  var red: vec4f;
  var green: vec4f;
  var blue: vec4f;
  for (var k = 0u; k < count; k++) {
    let at = first + tableAt(taps + 2u + 2u * k) * job.stepX;
    let weight = vec4f(bitcast<f32>(tableAt(taps + 3u + 2u * k)));
    let colors = vec4u(pixelAt(at.x), pixelAt(at.y), pixelAt(at.z), pixelAt(at.w));
    red = plus(red, valuesOf(colors, 0u, job.values), weight, k < roundedCount);
    green = plus(green, valuesOf(colors, 1u, job.values), weight, k < roundedCount);
    blue = plus(blue, valuesOf(colors, 2u, job.values), weight, k < roundedCount);
  }
  for (var l = 0u; l < kept; l++) {
    let to = job.lines + ((line + l) * job.columns + column) * job.stepPixel;
    lines[to] = bitcast<u32>(red[l]);
    lines[to + job.stepChannel] = bitcast<u32>(green[l]);
    lines[to + 2u * job.stepChannel] = bitcast<u32>(blue[l]);
  }
}
