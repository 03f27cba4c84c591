//! The checks of one function: whatever its attribute says, faults are told and can be shown, and a record that passes is read
//! again as the same.
//!
//! The first line names the arguments; each other is `key=value`, with the value's kind before it: `"`, `#`, `[` or `?`.
#![no_main]

use tusk_fn_spec::attribute::{RawArgument, RawAttribute, RawPair, RawSignature, RawValue, check};
use tusk_fn_spec::record::FunctionRecord;

libfuzzer_sys::fuzz_target!(|text: &str| {
    let mut lines = text.lines();
    let arguments = lines.next().unwrap_or_default().split_whitespace();
    let arguments = arguments.map(|name| RawArgument { name: Some(name.to_owned()), outputs: Vec::new() }).collect();
    let signature = RawSignature { name: "f".to_owned(), doc: String::new(), arguments };
    let pair = |line: &str| {
        let (key, value) = line.split_once('=')?;
        Some(RawPair { key: key.to_owned(), value: read(value) })
    };
    let attribute = RawAttribute { pairs: lines.filter_map(pair).collect() };
    match check(&attribute, &signature) {
        Ok(checked) => {
            let json = serde_json::to_vec(&checked.record).expect("a record can be written");
            assert_eq!(FunctionRecord::from_json(&json).expect("it can be read"), checked.record);
        }
        Err(faults) => {
            assert!(!faults.is_empty());
            for fault in faults {
                if let Some((text, range)) = &fault.within {
                    assert!(text.get(range.clone()).is_some(), "{fault:?}");
                }
                assert!(!fault.render().is_empty());
            }
        }
    }
});

fn read(value: &str) -> RawValue {
    let (kind, rest) = value.split_at_checked(1).unwrap_or(("?", value));
    match kind {
        "\"" => RawValue::Text(rest.to_owned()),
        "#" => RawValue::Integer(rest.to_owned()),
        "[" => RawValue::List(rest.split(',').map(|element| RawValue::Text(element.to_owned())).collect()),
        "!" => RawValue::Bool(rest == "true"),
        _ => RawValue::Other(value.to_owned()),
    }
}
