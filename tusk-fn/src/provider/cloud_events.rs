//! `CloudEvents` over HTTP (the specification's "HTTP Protocol Binding" 1.0.2): binary, structured and batched. Events are sent, and
//! answered, in binary mode ([`write`]).

#[cfg(any(provider_google, provider_knative))]
pub(in crate::provider) mod write;

use std::collections::BTreeMap;

use bytes::Bytes;
use http::{HeaderMap, HeaderName, HeaderValue, header};
use jiff::Timestamp;
use percent_encoding::percent_decode;
use serde_json::value::RawValue;

use crate::event::EventItem;
use crate::provider::field::{self, Fault, Raw};

/// The prefix of the headers that hold attributes in binary mode.
pub(in crate::provider) const PREFIX: &str = "ce-";
/// The one version that there is.
const VERSION: &str = "1.0";
/// How many events a batch may have. More would not fit in the time of one request.
const MOST: usize = 10_000;

/// How a request holds events.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(in crate::provider) enum Mode {
    /// One event: its attributes are headers, its data the body.
    Binary,
    /// One event as JSON.
    Structured,
    /// Several events as JSON.
    Batched,
}

/// How a request holds events, if it does.
///
/// # Errors
/// The media type says that it does, in a format that is not JSON.
#[cfg_attr(
    not(any(provider_google, provider_knative)),
    expect(dead_code, reason = "Azure's host says itself how it sends them")
)]
pub(in crate::provider) fn mode(headers: &HeaderMap) -> Result<Option<Mode>, Fault> {
    let kind = headers.get(header::CONTENT_TYPE).and_then(|kind| kind.to_str().ok()).unwrap_or_default();
    let kind = kind.split(';').next().unwrap_or_default().trim().to_ascii_lowercase();
    // The longer prefix first: the other one is a prefix of it.
    for (prefix, mode) in
        [("application/cloudevents-batch", Mode::Batched), ("application/cloudevents", Mode::Structured)]
    {
        if let Some(format) = kind.strip_prefix(prefix) {
            return if format == "+json" {
                Ok(Some(mode))
            } else {
                Err(Fault(format!("the format of `{kind}` is not supported; send `{prefix}+json`")))
            };
        }
    }
    let binary = headers.keys().any(|name| name.as_str().starts_with(PREFIX));
    Ok(binary.then_some(Mode::Binary))
}

/// The events of a request.
///
/// # Errors
/// An attribute that every event has is missing, or something is not what the specification says.
pub(in crate::provider) fn read(mode: Mode, headers: &HeaderMap, body: &Bytes) -> Result<Vec<EventItem>, Fault> {
    match mode {
        Mode::Binary => binary(headers, body).map(|event| vec![event]),
        Mode::Structured => structured(body, field::utf8(body)?).map(|event| vec![event]),
        Mode::Batched => {
            let events: Vec<&RawValue> = field::object(field::utf8(body)?, "the batch of CloudEvents")?;
            if events.len() > MOST {
                return Err(Fault(format!("the batch has {} events, and {MOST} is the most", events.len())));
            }
            let one = |(index, event): (usize, &&RawValue)| {
                structured(body, event.get()).map_err(|Fault(why)| Fault(format!("event {index} of the batch: {why}")))
            };
            events.iter().enumerate().map(one).collect()
        }
    }
}

/// Takes what every event has, and says what of it is missing, all at once.
fn required(attributes: &mut BTreeMap<String, String>, prefix: &str) -> Result<EventItem, Fault> {
    let missing: Vec<String> = ["specversion", "id", "source", "type"]
        .into_iter()
        .filter(|name| attributes.get(*name).is_none_or(String::is_empty))
        .map(|name| format!("`{prefix}{name}`"))
        .collect();
    if !missing.is_empty() {
        let verb = if missing.len() == 1 { "is" } else { "are" };
        return Err(Fault(format!("this is no CloudEvent: {} {verb} missing or empty", missing.join(", "))));
    }
    let mut take = |name: &str| attributes.remove(name).unwrap_or_default();
    let version = take("specversion");
    if version != VERSION {
        return Err(Fault(format!("`{prefix}specversion` is {version:?}, and must be \"{VERSION}\"")));
    }
    Ok(EventItem { id: take("id"), source: take("source"), event_type: take("type"), ..EventItem::default() })
}

/// The event of these attributes and that data. `prefix` stands before the attributes' names in an error.
///
/// # Errors
/// An attribute that every event has is missing, or one is not what the specification says.
pub(in crate::provider) fn event(
    mut attributes: BTreeMap<String, String>,
    prefix: &str,
    content_type: Option<String>,
    data: Bytes,
) -> Result<EventItem, Fault> {
    let event = required(&mut attributes, prefix)?;
    let time = attributes.remove("time").map(|time| {
        let read = time.parse::<Timestamp>();
        read.map_err(|_| Fault(format!("`{prefix}time` is {time:?}, which is no moment as RFC 3339 has it")))
    });
    Ok(EventItem {
        time: time.transpose()?,
        subject: attributes.remove("subject").filter(|subject| !subject.is_empty()),
        data_schema: attributes.remove("dataschema"),
        data_content_type: content_type,
        extensions: attributes,
        data,
        ..event
    })
}

fn binary(headers: &HeaderMap, body: &Bytes) -> Result<EventItem, Fault> {
    let mut attributes = BTreeMap::new();
    for (name, value) in headers {
        let Some(attribute) = name.as_str().strip_prefix(PREFIX) else { continue };
        if attribute == "datacontenttype" {
            return Err(Fault(
                "`ce-datacontenttype` is no header: the media type of the data is `content-type`".to_owned(),
            ));
        }
        if attributes.insert(attribute.to_owned(), decoded(name, value)?).is_some() {
            return Err(Fault(format!("there are several headers `{name}`")));
        }
    }
    let kind = headers.get(header::CONTENT_TYPE).and_then(|kind| kind.to_str().ok()).map(str::to_owned);
    event(attributes, PREFIX, kind, body.clone())
}

/// The text of a header: without the quotes that may be around it, and percent-decoded once (section 3.1.3.2).
pub(in crate::provider) fn decoded(name: &HeaderName, value: &HeaderValue) -> Result<String, Fault> {
    let bytes = value.as_bytes();
    let quoted = bytes.strip_prefix(b"\"").and_then(|rest| rest.strip_suffix(b"\""));
    let mut plain = Vec::with_capacity(bytes.len());
    match quoted {
        None => plain.extend_from_slice(bytes),
        Some(quoted) => {
            let mut bytes = quoted.iter();
            while let Some(byte) = bytes.next() {
                plain.push(if *byte == b'\\' { *bytes.next().unwrap_or(byte) } else { *byte });
            }
        }
    }
    let text = percent_decode(&plain).decode_utf8();
    text.map(Into::into).map_err(|_| Fault(format!("the header `{name}` is not UTF-8")))
}

fn structured(body: &Bytes, text: &str) -> Result<EventItem, Fault> {
    let fields: BTreeMap<String, &RawValue> = field::object(text, "the CloudEvent")?;
    let mut attributes = BTreeMap::new();
    let (mut data, mut data_base64): (Raw<'_>, Raw<'_>) = (None, None);
    for (name, value) in fields {
        match &*name {
            // A `null` is as good as nothing.
            _ if value.get() == "null" => {}
            "data" => data = Some(value),
            "data_base64" => data_base64 = Some(value),
            _ => {
                let value = scalar(&name, value)?;
                attributes.insert(name, value);
            }
        }
    }
    let kind = attributes.remove("datacontenttype");
    let data = match (data, data_base64) {
        (Some(_), Some(_)) => return Err(Fault("an event has either `data` or `data_base64`, not both".to_owned())),
        (None, Some(encoded)) => field::base64(Some(encoded), "data_base64")?,
        // What is not JSON is a text in the JSON format.
        (Some(data), None) if kind.as_deref().is_some_and(|kind| !is_json(kind)) => {
            field::hint(Some(data)).map_or_else(|| field::shared(body, data.get()), |text| field::bytes_of(body, text))
        }
        (Some(data), None) => field::shared(body, data.get()),
        (None, None) => Bytes::new(),
    };
    let kind = kind.or_else(|| (!data.is_empty()).then(|| "application/json".to_owned()));
    event(attributes, "", kind, data)
}

/// An attribute's value as text: a text, a number or a truth value.
fn scalar(name: &str, value: &RawValue) -> Result<String, Fault> {
    match serde_json::from_str(value.get()) {
        Ok(serde_json::Value::String(text)) => Ok(text),
        Ok(value @ (serde_json::Value::Number(_) | serde_json::Value::Bool(_))) => Ok(value.to_string()),
        _ => Err(Fault(format!(
            "the attribute `{name}` is a list or an object, and must be a text, a number or a truth value"
        ))),
    }
}

/// Whether a media type is one of JSON.
pub(in crate::provider) fn is_json(kind: &str) -> bool {
    let kind = kind.split(';').next().unwrap_or_default().trim().to_ascii_lowercase();
    kind == "application/json" || kind == "text/json" || kind.ends_with("+json")
}

#[cfg(test)]
#[allow(clippy::unwrap_used, reason = "a failed expectation is a failed test")]
mod tests {
    use super::*;

    fn headers(pairs: &[(&str, &str)]) -> HeaderMap {
        pairs.iter().map(|(name, value)| (name.parse::<HeaderName>().unwrap(), value.parse().unwrap())).collect()
    }

    const LEAST: [(&str, &str); 4] = [("ce-specversion", "1.0"), ("ce-id", "1"), ("ce-source", "/s"), ("ce-type", "t")];

    fn read_all(headers: &HeaderMap, body: &'static str) -> Result<Vec<EventItem>, String> {
        let read = || read(mode(headers)?.unwrap(), headers, &Bytes::from_static(body.as_bytes()));
        read().map_err(|Fault(why)| why)
    }

    fn structured(body: &'static str) -> Result<EventItem, String> {
        read_all(&headers(&[("content-type", "Application/CloudEvents+json; charset=utf-8")]), body)
            .map(|mut events| events.remove(0))
    }

    #[test]
    fn the_mode_is_told_by_the_media_type_first() {
        let of = |kind: &str| {
            let mut all = headers(&LEAST);
            all.insert(header::CONTENT_TYPE, kind.parse().unwrap());
            mode(&all).map_err(|Fault(why)| why)
        };
        assert_eq!(of("application/cloudevents-batch+json"), Ok(Some(Mode::Batched)));
        assert_eq!(of("APPLICATION/CloudEvents+JSON;charset=UTF-8"), Ok(Some(Mode::Structured)));
        assert_eq!(of("application/json"), Ok(Some(Mode::Binary)));
        assert!(of("application/cloudevents+avro").unwrap_err().contains("send `application/cloudevents+json`"));
        assert_eq!(mode(&headers(&[("content-type", "application/json")])), Ok(None));
    }

    #[test]
    fn a_binary_event_is_its_headers_and_the_body() {
        let mut all = headers(&LEAST);
        for (name, value) in [
            ("ce-time", "2026-01-31T12:00:00.5Z"),
            ("ce-subject", "\"with \\\"quotes\\\" and %E2%82%AC\""),
            ("ce-color", "blue"),
            ("content-type", "text/plain"),
        ] {
            all.insert(name.parse::<HeaderName>().unwrap(), value.parse().unwrap());
        }
        let event = read_all(&all, "hello").unwrap().remove(0);
        assert_eq!((&*event.id, &*event.source, &*event.event_type), ("1", "/s", "t"));
        assert_eq!(event.subject.as_deref(), Some("with \"quotes\" and €"));
        assert_eq!(event.time, Some("2026-01-31T12:00:00.5Z".parse().unwrap()));
        assert_eq!(event.extensions, BTreeMap::from([("color".to_owned(), "blue".to_owned())]));
        assert_eq!((event.data_content_type.as_deref(), &*event.data), (Some("text/plain"), b"hello".as_slice()));
    }

    #[test]
    fn everything_that_is_missing_is_said_at_once() {
        let why = read_all(&headers(&[("ce-id", "1"), ("ce-type", "")]), "").unwrap_err();
        assert_eq!(why, "this is no CloudEvent: `ce-specversion`, `ce-source`, `ce-type` are missing or empty");
        let why = structured(r#"{"specversion": "1.0", "id": "1", "source": "s", "type": null}"#).unwrap_err();
        assert_eq!(why, "this is no CloudEvent: `type` is missing or empty");
    }

    #[test]
    fn what_the_specification_forbids_is_refused() {
        for (name, value, why) in [
            ("ce-specversion", "0.3", "`ce-specversion` is \"0.3\", and must be \"1.0\""),
            ("ce-time", "today", "`ce-time` is \"today\", which is no moment as RFC 3339 has it"),
            (
                "ce-datacontenttype",
                "a/b",
                "`ce-datacontenttype` is no header: the media type of the data is `content-type`",
            ),
            ("ce-subject", "%FF", "the header `ce-subject` is not UTF-8"),
        ] {
            let mut all = headers(&LEAST);
            all.insert(name.parse::<HeaderName>().unwrap(), value.parse().unwrap());
            assert_eq!(read_all(&all, "").unwrap_err(), why);
        }
        let mut twice = headers(&LEAST);
        twice.append("ce-id", "2".parse().unwrap());
        assert_eq!(read_all(&twice, "").unwrap_err(), "there are several headers `ce-id`");
        for (body, why) in [
            (r#"{"specversion":"1.0","id":"1","source":"s","type":"t","data":1,"data_base64":"AA=="}"#, "not both"),
            (r#"{"specversion":"1.0","id":"1","source":"s","type":"t","data_base64":"?"}"#, "is no base64"),
            (
                r#"{"specversion":"1.0","id":"1","source":"s","type":"t","x":{}}"#,
                "the attribute `x` is a list or an object",
            ),
            (r#"{"specversion":"1.0","id":["1"],"source":"s","type":"t"}"#, "the attribute `id`"),
            ("\"{}\"", "the CloudEvent cannot be read"),
            ("", "the CloudEvent cannot be read"),
        ] {
            assert!(structured(body).unwrap_err().contains(why), "{body}");
        }
    }

    #[test]
    fn structured_data_is_what_its_media_type_says() {
        let data = |rest: &'static str| {
            let event: &'static str = Box::leak(
                format!(r#"{{"specversion":"1.0","id":"1","source":"s","type":"t","number":7,{rest}}}"#)
                    .into_boxed_str(),
            );
            let event = structured(event).unwrap();
            assert_eq!(event.extensions, BTreeMap::from([("number".to_owned(), "7".to_owned())]));
            (event.data_content_type.unwrap_or_default(), String::from_utf8(event.data.into()).unwrap())
        };
        let json = || "application/json".to_owned();
        assert_eq!(data(r#""data": {"a": 1}"#), (json(), r#"{"a": 1}"#.to_owned()));
        assert_eq!(data(r#""data": "x""#), (json(), "\"x\"".to_owned()), "a text of JSON stays one");
        assert_eq!(
            data(r#""datacontenttype":"text/xml","data":"<a\n/>""#),
            ("text/xml".to_owned(), "<a\n/>".to_owned())
        );
        assert_eq!(data(r#""data_base64":"aGk=""#), (json(), "hi".to_owned()));
        assert_eq!(data(r#""subject":"x""#), (String::new(), String::new()));
    }

    #[test]
    fn a_batch_is_a_list_and_a_fault_in_it_is_located() {
        let kind = headers(&[("content-type", "application/cloudevents-batch+json")]);
        let two = r#"[{"specversion":"1.0","id":"1","source":"s","type":"t"},{"specversion":"1.0","id":"2","source":"s","type":"t"}]"#;
        let ids: Vec<String> = read_all(&kind, two).unwrap().into_iter().map(|event| event.id).collect();
        assert_eq!(ids, ["1", "2"]);
        assert_eq!(read_all(&kind, "[]").unwrap(), []);
        assert!(read_all(&kind, "[{}]").unwrap_err().starts_with("event 0 of the batch: this is no CloudEvent"));
        assert!(read_all(&kind, "{}").unwrap_err().contains("the batch of CloudEvents cannot be read"));
    }
}
