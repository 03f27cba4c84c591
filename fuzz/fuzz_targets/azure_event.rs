//! What Azure's host sends, with a function of every kind.
#![no_main]

libfuzzer_sys::fuzz_target!(|bytes: &[u8]| {
    let items = tusk_fn::fuzzing::decode_azure(bytes);
    assert!(items <= 8 * bytes.len().max(1), "{items} items of {} bytes", bytes.len());
});
