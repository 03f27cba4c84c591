//! Events of AWS, from their bytes to what is replied.
//!
//! - [`http`]: requests, both ways
//! - [`fixtures`]: all events of `aws_lambda_events`, each taken by the right trigger or refused by its name
//! - [`items`]: what is in an event, and in a message within it; [`broken`]: what is not as it must be
//! - [`outcomes`]: every outcome at every position, against the reply; [`sources`] has the ways for items to come, [`support`]
//!   functions and events
//! - [`selection`]: which function, and those that take an event as it is
//! - [`random`]: events that are not what they should be

mod broken;
mod fixtures;
mod http;
mod items;
mod outcomes;
mod random;
mod selection;
mod sources;
mod support;

use bytes::Bytes;
use serde::Deserialize;
use serde_json::value::RawValue;

/// The events of `aws_lambda_events`, one on each line.
const FIXTURES: &str = include_str!("fixtures.jsonl");

/// The fixtures, each with its name.
fn all_fixtures() -> impl Iterator<Item = (&'static str, Bytes)> {
    #[derive(Deserialize)]
    struct Fixture<'a> {
        name: &'a str,
        #[serde(borrow)]
        event: &'a RawValue,
    }
    FIXTURES.lines().map(|line| {
        let fixture: Fixture<'static> = serde_json::from_str(line).expect("a line is a fixture");
        (fixture.name, Bytes::from_static(fixture.event.get().as_bytes()))
    })
}

fn fixture(name: &str) -> Bytes {
    all_fixtures().find(|(it, _)| *it == name).unwrap_or_else(|| panic!("there is no fixture {name}")).1
}
