// What kernels that end with it move at once: two words.

const WIDTH = 2u;
alias Vector = vec2u;

// The i-th run of a group's words.
fn vectorOf(words: vec4u, i: u32) -> Vector {
  return select(words.xy, words.zw, i == 1u);
}
