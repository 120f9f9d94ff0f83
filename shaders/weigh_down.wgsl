// Weighs lines of floats down columns: sums of products, each rounded as the reference rounds it.
//
//   tables  r32uint, 4096 texels wide
//           taps        [lineCount, 2 + 2 · tapsWidth]: as in weigh_across.wgsl, lines in place of pixels
//           deviations  [3, 3] f32: three means, three deviations, three inverses of these
//   lines   [words] u32   for each job: [.., columns, 3] f32, made by weigh_across.wgsl
//   canvas  [words] u32   canvases, or a global view: three f32 a pixel, or packed RGB and 255 above it
//
// Grid: y over entries of the table of jobs, x over workgroups of an entry. A job has a workgroup for every
// 256 columns of every line. An invocation makes four pixels, 64 columns apart, which share their taps: a
// component of its vectors for each. It writes as vertical.wgsl does.
// Reference twin: src/reference/resample_floats.ts and, of global views, src/reference/global_view.ts

override FUSES: bool = false; // the device's `fma` rounds once

struct Job {
  @align(16) firstGroup: u32, // of the job, with which this entry of the table begins
  lines: u32,       // word of the line 0, from which taps are counted; it may lie before the binding
  taps: u32, tapsWidth: u32, // word of the first line's, and the taps that each has room for
  columns: u32, lineCount: u32, // that are made
  canvas: u32,      // word of the first pixel
  stepX: u32, stepY: u32, // words from a pixel to the next one of its line, and from a line to the next one
  stepChannel: u32, // words from a channel to the next one; 0 where bytes are made
  deviations: u32,  // word of the table; NO_TABLE where sums stay as they are
  zero: u32,        // 0, which compilers do not know: see `opaque`
}

@group(0) @binding(0) var<uniform> jobs: array<Job, 256>;
@group(0) @binding(1) var tables: texture_2d<u32>;
@group(0) @binding(2) var<storage, read> lines: array<u32>;
@group(0) @binding(3) var<storage, read_write> canvas: array<u32>;

const PIXELS = 4u; // of an invocation
const NO_TABLE = 0xffffffffu;

fn tableAt(word: u32) -> u32 {
  return textureLoad(tables, vec2u(word & 4095u, word >> 12u), 0).r;
}

fn linesAt(words: vec4u) -> vec4f {
  return bitcast<vec4f>(vec4u(lines[words.x], lines[words.y], lines[words.z], lines[words.w]));
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

// Sums of a channel, normalised where the job has deviations. The quotient is rounded to the nearest float,
// which WGSL's division need not be.
// Source: Markstein, "Computation of elementary functions on the IBM RISC System/6000 processor", 1990.
fn normalised(sums: vec4f, channel: u32, deviations: u32) -> vec4f {
  if (deviations == NO_TABLE) { return sums; }
  let word = deviations + channel;
  let fromMean = opaque(sums - bitcast<f32>(tableAt(word)));
  let deviation = vec4f(bitcast<f32>(tableAt(word + 3u)));
  let inverse = vec4f(bitcast<f32>(tableAt(word + 6u))); // the float nearest to 1 / deviation
  let near = opaque(fromMean * inverse);
  let nearer = summed(summed(-near, deviation, fromMean, false), inverse, near, false);
  return summed(summed(-nearer, deviation, fromMean, false), inverse, nearer, false);
}

@compute @workgroup_size(64)
fn main(@builtin(workgroup_id) id: vec3u, @builtin(local_invocation_index) lane: u32) {
  let job = jobs[id.y];
  let group = job.firstGroup + id.x;
  let strips = (job.columns + 255u) / 256u;
  let column = group % strips * 256u + lane;
  let line = group / strips;
  if (column >= job.columns || line >= job.lineCount) { return; }
  let kept = min(PIXELS, (job.columns - column + 63u) / 64u);
  let taps = job.taps + line * (2u + 2u * job.tapsWidth);
  let count = tableAt(taps);
  let roundedCount = tableAt(taps + 1u);
  // Components beyond the last pixel repeat it, and are not stored.
  let xs = column + 64u * min(vec4u(0u, 1u, 2u, 3u), vec4u(kept - 1u));
  var red: vec4f;
  var green: vec4f;
  var blue: vec4f;
  for (var k = 0u; k < count; k++) {
    let at = job.lines + (tableAt(taps + 2u + 2u * k) * job.columns + xs) * 3u;
    let weight = vec4f(bitcast<f32>(tableAt(taps + 3u + 2u * k)));
    red = summed(linesAt(at), weight, red, k < roundedCount);
    green = summed(linesAt(at + 1u), weight, green, k < roundedCount);
    blue = summed(linesAt(at + 2u), weight, blue, k < roundedCount);
  }
  red = normalised(red, 0u, job.deviations);
  green = normalised(green, 1u, job.deviations);
  blue = normalised(blue, 2u, job.deviations);
  for (var p = 0u; p < kept; p++) {
    let to = job.canvas + (column + p * 64u) * job.stepX + line * job.stepY;
    let floats = vec3f(red[p], green[p], blue[p]);
    if (job.stepChannel == 0u) {
      let color = vec3u(clamp(round(floats), vec3f(0.0), vec3f(255.0))); // round takes halves to even
      canvas[to] = color.r | (color.g << 8u) | (color.b << 16u) | 0xff000000u;
    } else {
      canvas[to] = bitcast<u32>(floats.r);
      canvas[to + job.stepChannel] = bitcast<u32>(floats.g);
      canvas[to + 2u * job.stepChannel] = bitcast<u32>(floats.b);
    }
  }
}
