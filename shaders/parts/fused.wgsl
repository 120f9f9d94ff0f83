// A part of kernels whose products and sums are the reference's to the last bit. WGSL lets `fma` round its
// product, and lets a compiler fuse products and sums that are written one by one, or put them in another
// order. So a product is made of whole numbers, and so is its sum unless the device's `fma` rounds once.
//
// Numbers are normal or 0, and so are products.
//
// Reference twin: src/plan/tables/fused.ts

override FUSES: bool = false; // the device's `fma` rounds once

const IMPLICIT = 0x800000u; // a mantissa's first bit, which a float leaves out
const SIGN = 0x80000000u;

// `a · b + c`, rounded once, to nearest even.
fn fused(a: f32, b: f32, c: f32) -> f32 {
  if (FUSES) { return fma(a, b, c); }
  return fusedBits(a, b, c);
}

// `a · b`, rounded to nearest even before it is added to anything.
fn product(a: f32, b: f32) -> f32 {
  let bits = vec2u(bitcast<u32>(a), bitcast<u32>(b));
  let isZero = (bits & vec2u(~SIGN)) == vec2u();
  let exponents = vec2i((bits >> vec2u(23u)) & vec2u(0xffu));
  let mantissas = (bits & vec2u(IMPLICIT - 1u)) | vec2u(IMPLICIT);
  let term = productOf(mantissas.x, mantissas.y);
  let shift = select(2u, 3u, (term.x >> 29u) == 0u); // its first bit is at 61 or 60
  let first = (term.x << shift) | (term.y >> (32u - shift));
  let made = nearest(first, term.y << shift, exponents.x + exponents.y - 124 - i32(shift), bits.x ^ bits.y);
  return select(made, 0.0, isZero.x || isZero.y);
}

// `sums + values · weight`, each rounded once.
fn plusFused(sums: vec3f, values: vec3f, weight: f32) -> vec3f {
  return vec3f(
    fused(values.r, weight, sums.r),
    fused(values.g, weight, sums.g),
    fused(values.b, weight, sums.b),
  );
}

// `sums + values · weight`, of products that are rounded first.
fn plusRounded(sums: vec3f, values: vec3f, weight: f32) -> vec3f {
  return sums + vec3f(product(values.r, weight), product(values.g, weight), product(values.b, weight));
}

// The taps, of `count`, whose products are rounded first: one, and after it whole groups of `unrolled`.
fn roundedOf(count: u32, unrolled: u32) -> u32 {
  if (unrolled == 0u) { return 1u; }
  return count - (count - 1u) % unrolled;
}

// The result of `fused`, by whole numbers alone.
fn fusedBits(a: f32, b: f32, c: f32) -> f32 {
  let bits = vec3u(bitcast<u32>(a), bitcast<u32>(b), bitcast<u32>(c));
  let isZero = (bits & vec3u(~SIGN)) == vec3u();
  let mantissas = select((bits & vec3u(IMPLICIT - 1u)) | vec3u(IMPLICIT), vec3u(), isZero);
  let exponents = vec3i((bits >> vec3u(23u)) & vec3u(0xffu));
  // 64 bits each, in two words, the first bit at 61 or 60; and the exponents of the last bits.
  let term = productOf(mantissas.x, mantissas.y);
  let addend = vec2u(mantissas.z << 6u, 0u);
  let termExponent = exponents.x + exponents.y - 150 - 150 - 14;
  let gap = termExponent - (exponents.z - 150 - 38);
  let isHigher = gap >= 0;
  let high = select(addend, term, isHigher);
  let low = rightBy(select(term, addend, isHigher), u32(min(abs(gap), 63)));
  let isMixed = ((bits.x ^ bits.y ^ bits.z) & SIGN) != 0u;
  let total = sumOf(high, select(low, negative(low), isMixed));
  let isBelow = (total.x & SIGN) != 0u;
  let sum = select(total, negative(total), isBelow);
  let sign = select(bits.z, bits.x ^ bits.y, isHigher);
  let value = floatOf(sum, termExponent - min(gap, 0), select(sign, sign ^ SIGN, isBelow));
  return select(value, c, isZero.x || isZero.y);
}

// A product of two mantissas of 24 bits, 14 bits up.
fn productOf(a: u32, b: u32) -> vec2u {
  let outer = (a >> 12u) * (b >> 12u);
  let middle = (a >> 12u) * (b & 0xfffu) + (a & 0xfffu) * (b >> 12u);
  let inner = (a & 0xfffu) * (b & 0xfffu) + ((middle & 0xfffu) << 12u);
  let upper = outer + (middle >> 12u) + (inner >> 24u);
  let lower = inner & 0xffffffu;
  return vec2u((upper << 6u) | (lower >> 18u), lower << 14u);
}

// Shifts right by 0 to 63; whatever falls off leaves a 1 in the last place.
fn rightBy(value: vec2u, by: u32) -> vec2u {
  let isWhole = by >= 32u; // a word falls off
  let words = select(value, vec2u(0u, value.x), isWhole);
  let shift = by & 31u;
  let fallen = (words.y & ((1u << shift) - 1u)) | select(0u, value.y, isWhole);
  let carried = (words.x << 1u) << (31u - shift);
  return vec2u(words.x >> shift, (words.y >> shift) | carried | select(0u, 1u, fallen != 0u));
}

fn negative(value: vec2u) -> vec2u {
  return vec2u(~value.x + select(0u, 1u, value.y == 0u), ~value.y + 1u);
}

fn sumOf(a: vec2u, b: vec2u) -> vec2u {
  let lower = a.y + b.y;
  return vec2u(a.x + b.x + select(0u, 1u, lower < a.y), lower);
}

// The float nearest to a whole number, whose last bit has an exponent.
fn floatOf(value: vec2u, exponent: i32, sign: u32) -> f32 {
  let isLow = value.x == 0u;
  let words = select(value, vec2u(value.y, 0u), isLow);
  let shift = countLeadingZeros(words.x) & 31u;
  let first = (words.x << shift) | ((words.y >> 1u) >> (31u - shift));
  let made = nearest(first, words.y << shift, exponent + 190 - i32(shift) - select(0, 32, isLow), sign);
  return select(made, 0.0, words.x == 0u);
}

// The float nearest to 64 bits that begin with a 1, of an exponent as floats have it. Its sign is the first
// bit of `sign`.
fn nearest(first: u32, rest: u32, exponent: i32, sign: u32) -> f32 {
  let mantissa = first >> 8u;
  let isMore = ((first & 0x7fu) | rest | (mantissa & 1u)) != 0u; // than half a unit in the last place
  let rounded = mantissa + select(0u, 1u, (first & 0x80u) != 0u && isMore);
  // A mantissa that was rounded up to 2²⁴ carries into the exponent, as it should.
  return bitcast<f32>((sign & SIGN) | ((u32(exponent) - 1u) * IMPLICIT + rounded));
}
