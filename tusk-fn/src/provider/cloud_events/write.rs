//! `CloudEvents` as they are sent: in binary mode, with attributes in headers and the data as the body.

use http::{HeaderMap, HeaderName, HeaderValue, header};
use percent_encoding::{AsciiSet, CONTROLS, utf8_percent_encode};

use super::{PREFIX, VERSION};
use crate::event::EventItem;

/// What a header's text cannot have as it is: beside what is no printable ASCII, a blank, `"` and `%` (section 3.1.3.2).
const ENCODED: &AsciiSet = &CONTROLS.add(b' ').add(b'"').add(b'%');
/// The headers of an event. What cannot be a header's name is left out: whoever made the event has looked before.
pub(in crate::provider) fn headers(event: &EventItem) -> HeaderMap {
    let mut headers = HeaderMap::with_capacity(8 + event.extensions.len());
    let mut add = |name: &str, value: &str| {
        let name = HeaderName::from_bytes(format!("{PREFIX}{name}").as_bytes());
        let value = HeaderValue::try_from(utf8_percent_encode(value, ENCODED).to_string());
        if let (Ok(name), Ok(value)) = (name, value) {
            headers.insert(name, value);
        }
    };
    add("specversion", VERSION);
    add("id", &event.id);
    add("source", &event.source);
    add("type", &event.event_type);
    let time = event.time.map(|time| time.to_string());
    for (name, value) in [("subject", &event.subject), ("time", &time), ("dataschema", &event.data_schema)] {
        if let Some(value) = value {
            add(name, value);
        }
    }
    for (name, value) in &event.extensions {
        add(name, value);
    }
    let kind = event.data_content_type.as_deref().map(HeaderValue::from_str);
    if let Some(Ok(kind)) = kind {
        headers.insert(header::CONTENT_TYPE, kind);
    }
    headers
}

#[cfg(test)]
#[allow(clippy::unwrap_used, reason = "a failed expectation is a failed test")]
mod tests {
    use std::collections::BTreeMap;

    use bytes::Bytes;
    use proptest::prelude::*;

    use super::super::{Mode, mode, read};
    use super::*;

    #[test]
    fn a_header_has_printable_ascii_only() {
        let event = EventItem {
            id: "1".to_owned(),
            source: "/s".to_owned(),
            event_type: "t".to_owned(),
            subject: Some("100% \"gr\u{fc}n\"\u{7f}".to_owned()),
            time: Some("2026-01-31T12:00:00.5Z".parse().unwrap()),
            data_content_type: Some("text/plain".to_owned()),
            ..EventItem::default()
        };
        let headers = headers(&event);
        let text = |name: &str| headers[name].to_str().unwrap();
        assert_eq!(text("ce-subject"), "100%25%20%22gr%C3%BCn%22%7F");
        assert_eq!(text("ce-time"), "2026-01-31T12:00:00.5Z");
        assert_eq!((text("ce-specversion"), text("content-type")), ("1.0", "text/plain"));
        assert_eq!(headers.len(), 7);
    }

    proptest! {
        #[test]
        fn what_is_written_is_read_again(
            id in "\\PC+", source in "[!-~]+", subject in proptest::option::of(".+"), value in ".*", name in "[a-z0-9]{1,20}",
        ) {
            prop_assume!(EventItem::names_extension(&name));
            let event = EventItem {
                id,
                source,
                event_type: "com.example.\u{e4}".to_owned(),
                subject,
                time: Some("2026-01-31T12:00:00Z".parse().unwrap()),
                data_content_type: Some("application/json".to_owned()),
                extensions: BTreeMap::from([(name, value)]),
                data: Bytes::from_static(b"{}"),
                ..EventItem::default()
            };
            let headers = headers(&event);
            prop_assert_eq!(mode(&headers).ok().flatten(), Some(Mode::Binary));
            let read = read(Mode::Binary, &headers, &event.data).map_err(|fault| fault.0);
            prop_assert_eq!(read, Ok(vec![event]));
        }
    }
}
