//! The command line of tusk-fn.

fn main() {}
