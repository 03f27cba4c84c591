//! What the local cloud's store and its admin API read.
#![no_main]

libfuzzer_sys::fuzz_target!(|bytes: &[u8]| tusk_fn::fuzzing::decode_local(bytes));
