//! The HTTP shapes of AWS, both ways.
//!
//! | shape | path | several values of a header | cookies |
//! |---|---|---|---|
//! | HTTP API (2.0) | decoded, stage before it | joined by commas | a list of their own |
//! | function URL (2.0) | encoded | joined by commas | a list of their own |
//! | REST API (1.0) | encoded | `multiValueHeaders` | a header |
//! | load balancer | encoded | `multiValueHeaders` if the target group says so | a header |

use std::borrow::Cow;
use std::fmt::Write as _;

use axum_core::body::Body;
use base64::Engine as _;
use base64::display::Base64Display;
use base64::prelude::BASE64_STANDARD;
use bytes::Bytes;
use http::request::Parts;
use http::response::Parts as ResponseParts;
use http::{HeaderMap, HeaderName, HeaderValue, Method, Uri, header};
use percent_encoding::{AsciiSet, CONTROLS, NON_ALPHANUMERIC, utf8_percent_encode};
use serde::de::{DeserializeSeed, MapAccess, SeqAccess, Visitor};
use serde::ser::SerializeMap;
use serde::{Deserialize, Serialize, Serializer};
use serde_json::value::RawValue;

use super::event::{Body as EventBody, Keys, Text};
use crate::context::Delivery;
use crate::error::Failure;
use crate::invocation::{DeferredHead, Delivered, Head, HttpInput, Input, MalformedEvent, RequestBody};
use crate::provider::field::shared;
use crate::router::PathForm;

/// The shape that an answer must have.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Shape {
    /// HTTP API and function URL.
    Version2,
    /// REST API, and HTTP API with the old payload.
    Version1,
    /// Load balancer.
    LoadBalancer {
        /// Whether headers go into `multiValueHeaders`.
        multi_value: bool,
    },
}

/// A request as an event brought it. Header and query texts are parsed when somebody asks for them.
#[derive(Debug)]
pub(super) struct HttpEvent {
    pub(super) method: Method,
    path: Box<str>,
    form: PathForm,
    body: Bytes,
    deferred: Box<Deferred>,
}

/// The parts of an event that the head is built of.
#[derive(Debug)]
struct Deferred {
    query: Query,
    headers: Option<Bytes>,
    cookies: Option<Bytes>,
}

/// A query, as the shape delivers it.
#[derive(Debug)]
enum Query {
    /// As the client sent it.
    Raw(Box<str>),
    /// An object of decoded texts, or of lists of them.
    Decoded(Bytes),
    /// An object of texts, or of lists of them, as the client sent them.
    Encoded(Bytes),
    None,
}

impl HttpEvent {
    pub(super) fn read(
        bytes: &Bytes,
        keys: &Keys<'_>,
        body: EventBody<'_>,
        (method, path, form): (&str, &str, PathForm),
    ) -> Result<Self, Failure> {
        let method: Method = method.parse().map_err(|_| malformed(format!("{method:?} is no HTTP method")))?;
        let slice = |raw: Option<&RawValue>| raw.map(|raw| bytes.slice_ref(raw.get().as_bytes()));
        let body = decode_body(bytes, body)?;
        let deferred = Box::new(Deferred {
            query: query(bytes, keys),
            headers: slice(keys.multi_value_headers.or(keys.headers)),
            cookies: slice(keys.cookies),
        });
        Ok(Self { method, path: path.into(), form, body, deferred })
    }
}

fn malformed(message: String) -> Failure {
    Failure::new("MalformedEvent", message)
}

fn decode_body(bytes: &Bytes, body: EventBody<'_>) -> Result<Bytes, Failure> {
    let Some(Text(text)) = body.text else { return Ok(Bytes::new()) };
    if body.base64 {
        let decoded = BASE64_STANDARD.decode(text.as_bytes());
        return decoded
            .map(Bytes::from)
            .map_err(|error| malformed(format!("the body is not base64, as the event says: {error}")));
    }
    Ok(match text {
        Cow::Borrowed(text) => bytes.slice_ref(text.as_bytes()),
        Cow::Owned(text) => text.into(),
    })
}

fn query(bytes: &Bytes, keys: &Keys<'_>) -> Query {
    let elb = keys.request_context.as_ref().is_some_and(|context| context.http.is_none() && context.stage.is_none());
    let object = keys.multi_value_query_string_parameters.or(keys.query_string_parameters);
    match (&keys.raw_query_string, object) {
        (Some(raw), _) if raw.0.is_empty() => Query::None,
        (Some(raw), _) => Query::Raw((&*raw.0).into()),
        (None, Some(object)) if elb => Query::Encoded(bytes.slice_ref(object.get().as_bytes())),
        (None, Some(object)) => Query::Decoded(bytes.slice_ref(object.get().as_bytes())),
        (None, None) => Query::None,
    }
}

/// The request on its way to a function.
pub(super) fn incoming(event: HttpEvent, delivery: Delivery) -> Box<Delivered> {
    let HttpEvent { method, path, form, body, deferred } = event;
    let length = body.len() as u64;
    let head = Head::Event { method, path, form, event: deferred };
    let input = Input::Http(HttpInput::new(head, RequestBody::Body(Body::from(body)), Some(length)));
    Box::new(Delivered { input, delivery })
}

/// What a header's name and value take up in an event, about.
const HEADER_BYTES: usize = 80;

impl DeferredHead for Deferred {
    fn build(self: Box<Self>, method: Method, path: &str, form: PathForm) -> Result<Parts, MalformedEvent> {
        let mut headers = HeaderMap::new();
        if let Some(text) = &self.headers {
            headers = HeaderMap::with_capacity((text.len() / HEADER_BYTES).clamp(8, 128));
            each_value(text, &mut |name, value| insert_header(&mut headers, name, shared(text, value)))?;
        }
        if let Some(text) = &self.cookies {
            let cookies: Vec<Cow<'_, str>> =
                serde_json::from_slice(text).map_err(|error| MalformedEvent(format!("in `cookies`: {error}")))?;
            if !cookies.is_empty() {
                insert_header(&mut headers, header::COOKIE.as_str(), cookies.join("; ").into())?;
            }
        }
        let mut request = http::Request::new(());
        *request.uri_mut() = self.query.uri(path, form)?;
        *request.method_mut() = method;
        *request.headers_mut() = headers;
        Ok(request.into_parts().0)
    }
}

/// What a path may hold as it is; the rest is percent-encoded.
const IN_PATH: &AsciiSet =
    &CONTROLS.add(b' ').add(b'"').add(b'#').add(b'<').add(b'>').add(b'?').add(b'`').add(b'{').add(b'}').add(b'%');

impl Query {
    /// The request's target.
    fn uri(&self, path: &str, form: PathForm) -> Result<Uri, MalformedEvent> {
        let mut target = match form {
            PathForm::Encoded => path.to_owned(),
            PathForm::Decoded => utf8_percent_encode(path, IN_PATH).to_string(),
        };
        match self {
            Self::None => {}
            Self::Raw(query) => {
                target.push('?');
                target.push_str(query);
            }
            Self::Decoded(object) => append_query(&mut target, object, true)?,
            Self::Encoded(object) => append_query(&mut target, object, false)?,
        }
        let target = Bytes::from(target);
        Uri::from_maybe_shared(target.clone())
            .map_err(|error| MalformedEvent(format!("{target:?} is no request target: {error}")))
    }
}

fn append_query(target: &mut String, object: &[u8], encode: bool) -> Result<(), MalformedEvent> {
    let mut separator = '?';
    each_value(object, &mut |name, value| {
        target.push(separator);
        separator = '&';
        // Writing to a string does not fail.
        let _ = if encode {
            let [name, value] = [name, value].map(|text| utf8_percent_encode(text, NON_ALPHANUMERIC));
            write!(target, "{name}={value}")
        } else {
            write!(target, "{name}={value}")
        };
        Ok(())
    })
}

fn insert_header(headers: &mut HeaderMap, name: &str, value: Bytes) -> Result<(), MalformedEvent> {
    let fault = |what: &str| MalformedEvent(format!("{what} of the header {name:?} cannot stand in a request"));
    let key = HeaderName::from_bytes(name.as_bytes()).map_err(|_| fault("the name"))?;
    let value = HeaderValue::from_maybe_shared(value).map_err(|_| fault("the value"))?;
    headers.append(key, value);
    Ok(())
}

/// Calls `each` with every name and value of an object of texts, or of lists of texts. A null is passed over.
fn each_value(
    object: &[u8],
    each: &mut dyn FnMut(&str, &str) -> Result<(), MalformedEvent>,
) -> Result<(), MalformedEvent> {
    let mut fault = None;
    let text = std::str::from_utf8(object).map_err(|_| MalformedEvent("the event is not UTF-8".to_owned()))?;
    let mut deserializer = serde_json::Deserializer::from_str(text);
    let read = EachEntry { each, fault: &mut fault }.deserialize(&mut deserializer);
    match (fault, read) {
        (Some(fault), _) => Err(fault),
        (None, Err(error)) => Err(MalformedEvent(format!("in headers or query: {error}"))),
        (None, Ok(())) => Ok(()),
    }
}

type Each<'e> = &'e mut dyn FnMut(&str, &str) -> Result<(), MalformedEvent>;

struct EachEntry<'e> {
    each: Each<'e>,
    fault: &'e mut Option<MalformedEvent>,
}

impl<'de> DeserializeSeed<'de> for EachEntry<'_> {
    type Value = ();

    fn deserialize<D: serde::Deserializer<'de>>(self, deserializer: D) -> Result<(), D::Error> {
        deserializer.deserialize_any(self)
    }
}

impl<'de> Visitor<'de> for EachEntry<'_> {
    type Value = ();

    fn expecting(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("an object of texts")
    }

    fn visit_unit<E>(self) -> Result<(), E> {
        Ok(())
    }

    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<(), A::Error> {
        while let Some(name) = map.next_key::<KeyText<'de>>()? {
            let seed = EachValue { name: &name.0, each: &mut *self.each, fault: &mut *self.fault };
            map.next_value_seed(seed)?;
        }
        Ok(())
    }
}

#[derive(Deserialize)]
#[serde(transparent)]
struct KeyText<'a>(#[serde(borrow)] Cow<'a, str>);

struct EachValue<'e> {
    name: &'e str,
    each: Each<'e>,
    fault: &'e mut Option<MalformedEvent>,
}

impl<'de> DeserializeSeed<'de> for EachValue<'_> {
    type Value = ();

    fn deserialize<D: serde::Deserializer<'de>>(self, deserializer: D) -> Result<(), D::Error> {
        deserializer.deserialize_any(self)
    }
}

impl<'de> Visitor<'de> for EachValue<'_> {
    type Value = ();

    fn expecting(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("a text or a list of texts")
    }

    fn visit_unit<E>(self) -> Result<(), E> {
        Ok(())
    }

    fn visit_str<E: serde::de::Error>(self, value: &str) -> Result<(), E> {
        (self.each)(self.name, value).map_err(|fault| {
            *self.fault = Some(fault);
            E::custom("see the fault")
        })
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut values: A) -> Result<(), A::Error> {
        loop {
            let seed = EachElement(EachValue { name: self.name, each: &mut *self.each, fault: &mut *self.fault });
            if values.next_element_seed(seed)?.is_none() {
                return Ok(());
            }
        }
    }
}

/// An element of a list of values: a text, and no list again.
struct EachElement<'e>(EachValue<'e>);

impl<'de> DeserializeSeed<'de> for EachElement<'_> {
    type Value = ();

    fn deserialize<D: serde::Deserializer<'de>>(self, deserializer: D) -> Result<(), D::Error> {
        deserializer.deserialize_str(self)
    }
}

impl Visitor<'_> for EachElement<'_> {
    type Value = ();

    fn expecting(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("a text")
    }

    fn visit_str<E: serde::de::Error>(self, value: &str) -> Result<(), E> {
        self.0.visit_str(value)
    }
}

/// A response in the shape of its request.
#[derive(Debug)]
pub(super) struct Encoded {
    shape: Shape,
    parts: ResponseParts,
    body: Bytes,
    base64: bool,
}

impl Encoded {
    pub(super) fn new(shape: Shape, parts: ResponseParts, body: Bytes) -> Self {
        let base64 = !is_text(&parts.headers) || std::str::from_utf8(&body).is_err();
        Self { shape, parts, body, base64 }
    }
}

/// Whether a body of that type may travel as text. Without a type it may, if it is UTF-8.
fn is_text(headers: &HeaderMap) -> bool {
    if headers.get(header::CONTENT_ENCODING).is_some_and(|encoding| encoding != "identity") {
        return false;
    }
    let Some(kind) = headers.get(header::CONTENT_TYPE).and_then(|value| value.to_str().ok()) else { return true };
    let kind = kind.split(';').next().unwrap_or_default().trim().to_ascii_lowercase();
    kind.starts_with("text/")
        || kind.ends_with("+json")
        || kind.ends_with("+xml")
        || matches!(
            &*kind,
            "application/json"
                | "application/xml"
                | "application/javascript"
                | "application/x-www-form-urlencoded"
                | "application/yaml"
        )
}

impl Serialize for Encoded {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let mut map = serializer.serialize_map(None)?;
        map.serialize_entry("statusCode", &self.parts.status.as_u16())?;
        let headers = &self.parts.headers;
        match self.shape {
            Shape::Version2 => {
                map.serialize_entry("headers", &Joined { headers, cookies: false })?;
                if headers.contains_key(header::SET_COOKIE) {
                    map.serialize_entry("cookies", &Values(headers, &header::SET_COOKIE))?;
                }
            }
            Shape::Version1 => map.serialize_entry("multiValueHeaders", &Lists(headers))?,
            Shape::LoadBalancer { multi_value } => {
                let status = self.parts.status;
                let reason = status.canonical_reason().unwrap_or("Unknown");
                map.serialize_entry("statusDescription", &format_args!("{} {reason}", status.as_u16()))?;
                if multi_value {
                    map.serialize_entry("multiValueHeaders", &Lists(headers))?;
                } else {
                    map.serialize_entry("headers", &Joined { headers, cookies: true })?;
                }
            }
        }
        if self.base64 {
            map.serialize_entry("body", &format_args!("{}", Base64Display::new(&self.body, &BASE64_STANDARD)))?;
        } else {
            map.serialize_entry("body", std::str::from_utf8(&self.body).unwrap_or_default())?;
        }
        map.serialize_entry("isBase64Encoded", &self.base64)?;
        map.end()
    }
}

/// A header's value as text; bytes beyond ASCII are taken as UTF-8 as far as they are.
fn text(value: &HeaderValue) -> Cow<'_, str> {
    String::from_utf8_lossy(value.as_bytes())
}

/// Each header with its values joined. Cookies cannot be joined: of several, one remains where they have no other place.
struct Joined<'a> {
    headers: &'a HeaderMap,
    cookies: bool,
}

impl Serialize for Joined<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let mut map = serializer.serialize_map(None)?;
        for name in self.headers.keys() {
            let mut values = self.headers.get_all(name).iter();
            if name == header::SET_COOKIE {
                if let (true, Some(last)) = (self.cookies, values.next_back()) {
                    map.serialize_entry(name.as_str(), &text(last))?;
                }
                continue;
            }
            if let (Some(only), None) = (values.next(), values.next()) {
                map.serialize_entry(name.as_str(), &text(only))?;
            } else {
                let all: Vec<_> = self.headers.get_all(name).iter().map(text).collect();
                map.serialize_entry(name.as_str(), &all.join(","))?;
            }
        }
        map.end()
    }
}

/// Each header with the list of its values.
struct Lists<'a>(&'a HeaderMap);

impl Serialize for Lists<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_map(self.0.keys().map(|name| (name.as_str(), Values(self.0, name))))
    }
}

/// The values of one header.
struct Values<'a>(&'a HeaderMap, &'a HeaderName);

impl Serialize for Values<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_seq(self.0.get_all(self.1).iter().map(text))
    }
}
