//! The tests that need a whole program, in one binary: linking is what takes time.

mod local;
mod ui;
