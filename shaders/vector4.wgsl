// What kernels that end with it move at once: four words.

const WIDTH = 4u;
alias Vector = vec4u;

// The i-th run of a group's words.
fn vectorOf(words: vec4u, i: u32) -> Vector {
  return words;
}
