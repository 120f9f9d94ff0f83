// Ends the code of vertical.wgsl or rearrange.wgsl, which then moves two adjacent words at a time.

const WIDTH = 2u;
alias Vector = vec2u;

// The i-th pair of words of a group's four.
fn vectorOf(words: vec4u, i: u32) -> Vector {
  return select(words.xy, words.zw, i == 1u);
}
