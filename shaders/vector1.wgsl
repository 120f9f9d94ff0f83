// What kernels that end with it move at once: a word.

const WIDTH = 1u;
alias Vector = u32;

// The i-th run of a group's words.
fn vectorOf(words: vec4u, i: u32) -> Vector {
  return words[i];
}
