//! The grammars within an attribute, and records: what is read is written and read again as the same.
#![no_main]

use tusk_fn_spec::filter::{Condition, Wildcard};
use tusk_fn_spec::pattern::BlobPath;
use tusk_fn_spec::record::FunctionRecord;
use tusk_fn_spec::route::Route;
use tusk_fn_spec::schedule::Schedule;

libfuzzer_sys::fuzz_target!(|bytes: &[u8]| {
    let _ = FunctionRecord::from_json(bytes);
    let Ok(text) = std::str::from_utf8(bytes) else { return };
    if let Ok(route) = text.parse::<Route>() {
        assert_eq!(route.to_string(), text);
    }
    if let Ok(path) = text.parse::<BlobPath>() {
        assert_eq!(path.to_string(), text);
        let _ = path.captures(text);
    }
    if let Ok(condition) = text.parse::<Condition>() {
        assert_eq!(condition.to_string().parse::<Condition>().expect("it was written"), condition);
    }
    if let Ok(wildcard) = text.parse::<Wildcard>() {
        assert_eq!(wildcard.to_string(), text);
    }
    let _ = Schedule::parse(text, None);
    let _ = tusk_fn_spec::units::parse_duration(text);
    let _ = tusk_fn_spec::units::parse_size(text);
});
