// Weighs lines of floats down columns: sums of products, each rounded as the reference rounds it.
//
//   tables  r32uint, 4096 texels wide
//           taps        [lineCount, 2 + 2 · tapsWidth]: as in weigh_across.wgsl, but of each a line
//           deviations  [3, 3] f32: three means, three deviations, three inverses of these
//   lines   [words] u32   for each job: [.., columns, 3] f32, made by weigh_across.wgsl
//   canvas  [words] u32   canvases, or a global view: three f32 a pixel, or packed RGB and 255 above it
//
// Grid: y over entries of the table of jobs, x over workgroups of an entry. A job has a workgroup for every
// 512 columns of every line. An invocation makes eight pixels of it, 64 apart, which share their taps.
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
  zero: u32,        // 0, which compilers do not know
}

@group(0) @binding(0) var<uniform> jobs: array<Job, 256>;
@group(0) @binding(1) var tables: texture_2d<u32>;
@group(0) @binding(2) var<storage, read> lines: array<u32>;
@group(0) @binding(3) var<storage, read_write> canvas: array<u32>;

const PIXELS = 8u; // of an invocation
const NO_TABLE = 0xffffffffu;

fn tableAt(word: u32) -> u32 {
  return textureLoad(tables, vec2u(word & 4095u, word >> 12u), 0).r;
}

// Three floats of the table of deviations.
fn deviationsAt(word: u32) -> vec3f {
  return bitcast<vec3f>(vec3u(tableAt(word), tableAt(word + 1u), tableAt(word + 2u)));
}

// A number as it is. WGSL lets compilers fuse a product with a sum, and put sums in another order; they do
// not see through this one, since the host alone knows that `zero` is 0.
fn opaque(number: vec3f) -> vec3f {
  return bitcast<vec3f>(bitcast<vec3u>(number) ^ vec3u(jobs[0].zero));
}

// A result, rounded to a float, and all that this leaves of it: that is a float, too.
struct Exact { rounded: vec3f, remainder: vec3f }

// Source: Knuth, "The Art of Computer Programming", volume 2, 4.2.2, theorem B.
fn sumOf(a: vec3f, b: vec3f) -> Exact {
  let sum = opaque(a + b);
  let ofB = opaque(sum - a);
  return Exact(sum, opaque(opaque(a - opaque(sum - ofB)) + opaque(b - ofB)));
}

// Halves of a mantissa have 12 bits each, so that products of them are exact.
// Source: Dekker, "A floating-point technique for extending the available precision", 1971.
fn productOf(a: vec3f, b: vec3f) -> Exact {
  let product = opaque(a * b);
  let highA = bitcast<vec3f>(bitcast<vec3u>(a) & vec3u(0xfffff000u));
  let highB = bitcast<vec3f>(bitcast<vec3u>(b) & vec3u(0xfffff000u));
  let lost = opaque(opaque(highA * highB - product) + highA * (b - highB));
  return Exact(product, opaque(opaque(lost + (a - highA) * highB) + (a - highA) * (b - highB)));
}

// `a · b + c`, rounded once. All that the product and two sums leave is rounded so that its last bit is 1
// where that is not exact; then the last sum is rounded as the whole would be.
// Source: Boldo and Melquiond, "Emulation of FMA and correctly rounded sums", 2008.
fn fused(a: vec3f, b: vec3f, c: vec3f) -> vec3f {
  if (FUSES) { return fma(a, b, c); }
  let product = productOf(a, b);
  let lower = sumOf(c, product.remainder);
  let upper = sumOf(product.rounded, lower.rounded);
  let rest = sumOf(lower.remainder, upper.remainder);
  let isBeyond = (rest.rounded > vec3f()) != (rest.remainder > vec3f()); // it is farther from 0 than the rest
  let odd = (bitcast<vec3u>(rest.rounded) - vec3u(isBeyond)) | vec3u(1u);
  return opaque(upper.rounded + select(rest.rounded, bitcast<vec3f>(odd), rest.remainder != vec3f()));
}

// `a / b`, rounded to the nearest float, which WGSL's division need not be; `inverse` is nearest to 1 / b.
// Source: Markstein, "Computation of elementary functions on the IBM RISC System/6000 processor", 1990.
fn quotientOf(a: vec3f, b: vec3f, inverse: vec3f) -> vec3f {
  let near = opaque(a * inverse);
  let nearer = fused(fused(-near, b, a), inverse, near);
  return fused(fused(-nearer, b, a), inverse, nearer);
}

@compute @workgroup_size(64)
fn main(@builtin(workgroup_id) id: vec3u, @builtin(local_invocation_index) lane: u32) {
  let job = jobs[id.y];
  let group = job.firstGroup + id.x;
  let strips = (job.columns + 511u) / 512u;
  let column = group % strips * 512u + lane;
  let line = group / strips;
  if (column >= job.columns || line >= job.lineCount) { return; }
  let kept = min(PIXELS, (job.columns - column + 63u) / 64u);
  let taps = job.taps + line * (2u + 2u * job.tapsWidth);
  let count = tableAt(taps);
  let roundedCount = tableAt(taps + 1u);
  var sums: array<vec3f, PIXELS>;
  for (var k = 0u; k < count; k++) {
    let first = job.lines + (tableAt(taps + 2u + 2u * k) * job.columns + column) * 3u;
    let weight = vec3f(bitcast<f32>(tableAt(taps + 3u + 2u * k)));
    for (var p = 0u; p < PIXELS; p++) {
      let at = first + min(p, kept - 1u) * 64u * 3u; // beyond the last pixel, that pixel's again
      let values = bitcast<vec3f>(vec3u(lines[at], lines[at + 1u], lines[at + 2u]));
      if (k < roundedCount) { sums[p] = opaque(sums[p] + opaque(values * weight)); }
      else { sums[p] = fused(values, weight, sums[p]); }
    }
  }
  for (var p = 0u; p < kept; p++) {
    let to = job.canvas + (column + p * 64u) * job.stepX + line * job.stepY;
    var floats = sums[p];
    if (job.deviations != NO_TABLE) {
      let fromMean = opaque(floats - deviationsAt(job.deviations));
      floats = quotientOf(fromMean, deviationsAt(job.deviations + 3u), deviationsAt(job.deviations + 6u));
    }
    if (job.stepChannel == 0u) {
      let color = vec3u(clamp(round(floats), vec3f(0.0), vec3f(255.0))); // round takes halves to even
      canvas[to] = color.r | (color.g << 8u) | (color.b << 16u) | 0xff000000u;
    } else {
      for (var c = 0u; c < 3u; c++) { canvas[to + c * job.stepChannel] = bitcast<u32>(floats[c]); }
    }
  }
}
