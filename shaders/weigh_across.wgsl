// Weighs pixels along lines, in floats: sums of products, each rounded as the reference rounds it. So
// torchvision resamples on a GPU, and so canvases of floats and global views are made.
//
//     pixels ──ACROSS──▶ lines of floats ──down──▶ canvases of floats or bytes, and global views
//
//   tables  r32uint, 4096 texels wide
//           taps    [columns, 2 + 2 · tapsWidth]: their count; how many of them, from the first on, have
//                   products that are rounded before they are added; of each a pixel, and the weight's bits
//           values  [3, 256] f32: what a byte is, by channel
//   pixels  [words] u32   found by two steps, as in horizontal.wgsl
//   lines   [words] u32   for each job: [lineCount, columns, 3] f32, or [3, lineCount, columns]
//
// Grid: y over entries of the table of jobs, x over workgroups of an entry. A job has a workgroup for every
// 64 columns of every four lines. An invocation makes one column of the four, which share its taps: a
// component of its vectors for each line.
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
  zero: u32,        // 0, which compilers do not know: see `opaque`
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

// The rest of `a + b`, which was rounded to `sum`: it is a float, too.
// Source: Knuth, "The Art of Computer Programming", volume 2, 4.2.2, theorem B.
fn leftOf(sum: vec4f, a: vec4f, b: vec4f) -> vec4f {
  let ofB = opaque(sum - a);
  return opaque(opaque(a - opaque(sum - ofB)) + opaque(b - ofB));
}

// `a · b + c`, rounded once; where `isRounded`, the product is rounded first. Halves of a mantissa have 12
// bits each, so that products of them are exact, fused or not. What the product and the sum leave is added,
// and rounded so that its last bit is 1 where that is not exact: then the last sum is rounded as the whole
// would be. (A sum that leaves something is at least half as large as the product.)
// Sources: Dekker, "A floating-point technique for extending the available precision", 1971; Boldo and
// Melquiond, "Emulation of FMA and correctly rounded sums", 2008, which adds in another order.
fn summed(a: vec4f, b: vec4f, c: vec4f, isRounded: bool) -> vec4f {
  if (isRounded) { return opaque(opaque(a * b) + c); }
  if (FUSES) { return fma(a, b, c); }
  let product = opaque(a * b);
  let highA = bitcast<vec4f>(bitcast<vec4u>(a) & vec4u(0xfffff000u));
  let highB = bitcast<vec4f>(bitcast<vec4u>(b) & vec4u(0xfffff000u));
  let upper = opaque(opaque(highA * highB - product) + highA * (b - highB));
  let ofProduct = opaque(opaque(upper + (a - highA) * highB) + (a - highA) * (b - highB));
  let sum = opaque(product + c);
  let ofSum = leftOf(sum, product, c);
  let rest = opaque(ofProduct + ofSum);
  let ofRest = leftOf(rest, ofProduct, ofSum);
  let isBeyond = (rest > vec4f()) != (ofRest > vec4f()); // it was rounded away from 0
  let odd = bitcast<vec4f>((bitcast<vec4u>(rest) - vec4u(isBeyond)) | vec4u(1u));
  return opaque(sum + select(rest, odd, ofRest != vec4f()));
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
  // Components below the last line repeat it, and are not stored.
  let ys = line + min(vec4u(0u, 1u, 2u, 3u), vec4u(kept - 1u));
  let first = job.pixels + ys * job.stepY;
  var red: vec4f;
  var green: vec4f;
  var blue: vec4f;
  for (var k = 0u; k < count; k++) {
    let at = first + tableAt(taps + 2u + 2u * k) * job.stepX;
    let weight = vec4f(bitcast<f32>(tableAt(taps + 3u + 2u * k)));
    let colors = vec4u(pixelAt(at.x), pixelAt(at.y), pixelAt(at.z), pixelAt(at.w));
    red = summed(valuesOf(colors, 0u, job.values), weight, red, k < roundedCount);
    green = summed(valuesOf(colors, 1u, job.values), weight, green, k < roundedCount);
    blue = summed(valuesOf(colors, 2u, job.values), weight, blue, k < roundedCount);
  }
  for (var l = 0u; l < kept; l++) {
    let to = job.lines + ((line + l) * job.columns + column) * job.stepPixel;
    lines[to] = bitcast<u32>(red[l]);
    lines[to + job.stepChannel] = bitcast<u32>(green[l]);
    lines[to + 2u * job.stepChannel] = bitcast<u32>(blue[l]);
  }
}
