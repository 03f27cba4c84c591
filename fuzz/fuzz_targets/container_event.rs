//! What Google and Knative send, with a function of every kind.
#![no_main]

libfuzzer_sys::fuzz_target!(|bytes: &[u8]| {
    let items = tusk_fn::fuzzing::decode_container(bytes);
    // Two platforms, eight functions, named or not; each item has some bytes of its own.
    assert!(items <= 32 * bytes.len().max(1), "{items} items of {} bytes", bytes.len());
});
