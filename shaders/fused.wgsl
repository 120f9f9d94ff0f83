// Ends the code of kernels whose products and sums are torch's to the last bit: standard_across.wgsl,
// standard_down.wgsl. WGSL lets a compiler fuse a product and a sum, or not, so both are made of whole
// numbers. Numbers are normal or 0, and their products, too.
//
// Reference twin: src/reference/standard_planes.ts

const IMPLICIT = 0x800000u;

// 64 bits: the upper word, the lower one.
fn leftBy(value: vec2u, by: u32) -> vec2u {
  if (by == 0u) { return value; }
  if (by >= 32u) { return vec2u(value.y << (by - 32u), 0u); }
  return vec2u((value.x << by) | (value.y >> (32u - by)), value.y << by);
}

// Shifts right; whatever falls off leaves a 1 in the last place.
fn rightBy(value: vec2u, by: u32) -> vec2u {
  if (by == 0u) { return value; }
  if (by >= 64u) { return vec2u(0u, select(0u, 1u, any(value != vec2u()))); }
  var kept: vec2u;
  if (by >= 32u) { kept = vec2u(0u, value.x >> (by - 32u)); }
  else { kept = vec2u(value.x >> by, (value.x << (32u - by)) | (value.y >> by)); }
  if (by == 32u) { kept = vec2u(0u, value.x); }
  let lost = any(leftBy(kept, by) != value);
  return vec2u(kept.x, kept.y | select(0u, 1u, lost));
}

fn sumOf(a: vec2u, b: vec2u) -> vec2u {
  let lower = a.y + b.y;
  return vec2u(a.x + b.x + select(0u, 1u, lower < a.y), lower);
}

fn differenceOf(a: vec2u, b: vec2u) -> vec2u {
  return vec2u(a.x - b.x - select(0u, 1u, a.y < b.y), a.y - b.y);
}

fn isLess(a: vec2u, b: vec2u) -> bool {
  return a.x < b.x || (a.x == b.x && a.y < b.y);
}

// The 48 bits of a product of two mantissas of 24.
fn productOf(a: u32, b: u32) -> vec2u {
  let middle = (a >> 12u) * (b & 0xfffu) + (a & 0xfffu) * (b >> 12u);
  let lower = (a & 0xfffu) * (b & 0xfffu);
  let upper = (a >> 12u) * (b >> 12u);
  return sumOf(sumOf(leftBy(vec2u(0u, middle), 12u), leftBy(vec2u(0u, upper), 24u)), vec2u(0u, lower));
}

// `a · b + c`, rounded once, to nearest even.
fn fused(a: f32, b: f32, c: f32) -> f32 {
  let bits = vec3u(bitcast<u32>(a), bitcast<u32>(b), bitcast<u32>(c));
  let magnitudes = bits & vec3u(0x7fffffffu);
  if (magnitudes.x == 0u || magnitudes.y == 0u) { return c; }
  let mantissas = (bits & vec3u(0x7fffffu)) | vec3u(IMPLICIT);
  let exponents = vec3i(magnitudes >> vec3u(23u));
  var sign = (bits.x ^ bits.y) & 0x80000000u;
  // Both summands with their first bit at 61 or 60, and the exponents of their last bits.
  var sum = leftBy(productOf(mantissas.x, mantissas.y), 14u);
  var exponent = exponents.x + exponents.y - 150 - 150 - 14;
  if (magnitudes.z != 0u) {
    var other = leftBy(vec2u(0u, mantissas.z), 38u);
    let otherExponent = exponents.z - 150 - 38;
    let by = u32(abs(exponent - otherExponent));
    if (exponent < otherExponent) {
      sum = rightBy(sum, by);
      exponent = otherExponent;
    } else {
      other = rightBy(other, by);
    }
    let otherSign = bits.z & 0x80000000u;
    if (sign == otherSign) {
      sum = sumOf(sum, other);
    } else if (isLess(sum, other)) {
      sum = differenceOf(other, sum);
      sign = otherSign;
    } else {
      sum = differenceOf(sum, other);
    }
  }
  if (all(sum == vec2u())) { return 0.0; }
  // The first bit at 63, 24 bits in front, and whatever is behind them decides the rounding.
  let zeros = select(countLeadingZeros(sum.x), 32u + countLeadingZeros(sum.y), sum.x == 0u);
  sum = leftBy(sum, zeros);
  var mantissa = sum.x >> 8u;
  let rest = vec2u(sum.x & 0xffu, sum.y);
  let half = vec2u(0x80u, 0u);
  if (isLess(half, rest) || (all(rest == half) && (mantissa & 1u) == 1u)) { mantissa += 1u; }
  let biased = exponent - i32(zeros) + 40 + 150; // of the mantissa's last bit
  // A mantissa that was rounded up to 2²⁴ carries into the exponent, as it should.
  return bitcast<f32>(sign | ((u32(biased) - 1u) * IMPLICIT + mantissa));
}

// `sum + a · b`: the product is rounded, or it is fused with the sum.
fn plusProduct(sum: f32, a: f32, b: f32, isRounded: bool) -> f32 {
  if (isRounded) { return sum + fused(a, b, 0.0); }
  return fused(a, b, sum);
}

// The taps, of `count`, whose products are rounded before they are added.
fn roundedOf(count: u32, unrolled: u32) -> u32 {
  if (unrolled == 0u) { return 1u; }
  return count - (count - 1u) % unrolled;
}
