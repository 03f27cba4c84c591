//! Parameters of routes and of blobs' names: which types they may be, and how they are read.

use std::borrow::Cow;
use std::future::{Ready, ready};
use std::marker::PhantomData;
use std::str::FromStr;

use http::StatusCode;

use super::http::http_input;
use crate::error::{Failure, problem};
use crate::event::Item;
use crate::invocation::{Input, Invocation};
use crate::private::kind;
use crate::private::output::Rejection;

/// Types that a parameter can be.
#[diagnostic::on_unimplemented(
    message = "`{Self}` cannot be read from a parameter",
    label = "does not implement `FromStr`",
    note = "take a `String`, a number, a `bool`, or a type of your own that implements `std::str::FromStr`",
    note = "`Option<T>` is for a parameter of a route that may be left out: write it `<name?>`"
)]
pub trait Parameter: Sized {
    /// Parses it.
    fn parse(text: &str) -> Option<Self>;
}

#[diagnostic::do_not_recommend]
impl<T: FromStr> Parameter for T {
    fn parse(text: &str) -> Option<Self> {
        text.parse().ok()
    }
}

/// Types that the rest of a path can be.
#[diagnostic::on_unimplemented(
    message = "`{Self}` cannot be read from the rest of a path",
    label = "does not implement `FromStr`",
    note = "the parameter `<name..>` is one text with its slashes, empty where nothing remains: take a `String`"
)]
pub trait RestParameter: Sized {
    /// Parses it.
    fn parse(text: &str) -> Option<Self>;
}

#[diagnostic::do_not_recommend]
impl<T: FromStr> RestParameter for T {
    fn parse(text: &str) -> Option<Self> {
        text.parse().ok()
    }
}

/// Types that an optional parameter can be.
#[diagnostic::on_unimplemented(
    message = "`{Self}` cannot be read from an optional parameter of the route",
    label = "must be an `Option<T>` whose `T` implements `FromStr`",
    note = "a request may leave out the parameter `<name?>`; write `<name>` in the route if it must be there"
)]
pub trait OptionalParameter: Sized {
    /// Parses it.
    fn parse(text: Option<&str>) -> Option<Self>;
}

#[diagnostic::do_not_recommend]
impl<T: FromStr> OptionalParameter for Option<T> {
    fn parse(text: Option<&str>) -> Option<Self> {
        text.map_or(Some(None), |text| text.parse().ok().map(Some))
    }
}

/// That a `T` can be read from the parameter of that index and name.
#[derive(Debug)]
pub struct ParameterProof<K, T> {
    index: usize,
    name: &'static str,
    parse: fn(Option<&str>) -> Option<T>,
    kind: PhantomData<fn() -> K>,
}

/// Of a parameter that is always there.
pub fn parameter<K, T: Parameter>(index: usize, name: &'static str) -> ParameterProof<K, T> {
    ParameterProof { index, name, parse: |text| text.and_then(T::parse), kind: PhantomData }
}

/// Of one that may be left out.
pub fn optional_parameter<K, T: OptionalParameter>(index: usize, name: &'static str) -> ParameterProof<K, T> {
    ParameterProof { index, name, parse: T::parse, kind: PhantomData }
}

/// Of the rest of a path.
pub fn rest_parameter<K, T: RestParameter>(index: usize, name: &'static str) -> ParameterProof<K, T> {
    ParameterProof { index, name, parse: |text| text.and_then(T::parse), kind: PhantomData }
}

impl<T> ParameterProof<kind::Blob, T> {
    /// Takes it. A name that is none of the kind that the function takes is never one: the blob is rejected.
    pub fn take(self, invocation: &mut Invocation) -> Ready<Result<T, Rejection>> {
        ready(self.parse_key(invocation))
    }

    fn parse_key(&self, invocation: &Invocation) -> Result<T, Rejection> {
        let text = match &invocation.delivered.input {
            Input::Item(Item::Blob(blob)) => blob.capture(self.index),
            other => return Err(other.mistaken_for("a function for blobs")),
        };
        (self.parse)(text).ok_or_else(|| {
            let message = format!("`<{}>` of the path cannot be {:?}", self.name, shortened(text.unwrap_or_default()));
            Rejection::Failure(Failure::new("UndecodableKey", message).rejecting())
        })
    }
}

impl<T> ParameterProof<kind::Http, T> {
    /// Takes it.
    pub fn take(self, invocation: &mut Invocation) -> Ready<Result<T, Rejection>> {
        ready(self.parse(invocation))
    }

    fn parse(&self, invocation: &mut Invocation) -> Result<T, Rejection> {
        let text = match http_input(invocation)?.capture(self.index) {
            Some(Ok(text)) => Some(text),
            Some(Err(_)) => return Err(self.refused("is not UTF-8")),
            None => None,
        };
        let parsed = (self.parse)(text.as_deref());
        parsed.ok_or_else(|| {
            let found = text.unwrap_or(Cow::Borrowed(""));
            self.refused(&format!("cannot be {:?}", shortened(&found)))
        })
    }

    fn refused(&self, why: &str) -> Rejection {
        Rejection::answer(problem(StatusCode::BAD_REQUEST, &format!("the path parameter `{}` {why}", self.name)))
    }
}

/// A caller's text for a message, at most 64 characters of it.
fn shortened(text: &str) -> String {
    match text.char_indices().nth(64) {
        Some((at, _)) => format!("{}…", &text[..at]),
        None => text.to_owned(),
    }
}
