//! Every decoder of AWS's events, with a function of every kind.
#![no_main]

libfuzzer_sys::fuzz_target!(|bytes: &[u8]| {
    let items = tusk_fn::fuzzing::decode_aws(bytes);
    // Each item has some bytes of its own in the event, for each of the seven functions.
    assert!(items <= 7 * bytes.len(), "{items} items of {} bytes", bytes.len());
});
