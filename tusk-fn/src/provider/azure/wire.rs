//! The host's JSON, `{"Data": {"<binding>": value}, "Metadata": {…}}`, and the texts within texts that its values are
//! (`ScriptInvocationContextExtensions.GetHttpScriptInvocationContextValue`).
//!
//! | to the host the value is | in the JSON it is |
//! |---|---|
//! | a text, such as a message | a text that holds the text as JSON: `"\"hello\""` |
//! | several texts | a text that holds a list of them as JSON: `"[\"hello\"]"` |
//! | bytes (`dataType` `binary`) | a text of base64 |
//! | an object | the object |
//!
//! A message or a record is unwrapped exactly so far: what remains is the payload, which may be the JSON of a text
//! itself. What cannot be one, such as the documents of Cosmos DB, is unwrapped until it is no text any more.
//!
//! A text of base64 looks like any other, so that a binding's name says which it is: one that manifests give `dataType`
//! `binary` is called [`BYTES`]. Only so is a payload delivered that is no UTF-8, and none of it comes among the
//! metadata ([`metadata`](super::metadata)).

use std::borrow::Cow;
use std::collections::BTreeMap;

use base64::Engine as _;
use base64::prelude::BASE64_STANDARD;
use bytes::Bytes;
use serde::Deserialize;
use serde_json::value::RawValue;

use super::metadata::{Metadata, Shadow};
use crate::provider::field::{self, Fault, Raw};

/// The name of a trigger's binding that has `dataType` `binary`.
const BYTES: &str = "bytes";
/// How often a text may hold another one.
const DEEPEST: usize = 8;
/// How many items an invocation may bring.
const MOST: usize = 10_000;

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
struct Envelope<'a> {
    #[serde(borrow)]
    data: Raw<'a>,
    #[serde(borrow)]
    metadata: Raw<'a>,
}

/// What the host sent.
pub(super) struct Sent<'a> {
    /// The name of the trigger's binding.
    pub(super) binding: String,
    value: &'a RawValue,
    metadata: BTreeMap<String, &'a RawValue>,
}

/// Messages or records.
pub(super) struct Payloads<'a> {
    pub(super) bodies: Vec<Bytes>,
    /// Whether the function's binding takes several at once; metadata are lists then.
    pub(super) several: bool,
    pub(super) metadata: Metadata<'a>,
}

impl<'a> Sent<'a> {
    /// Reads it.
    ///
    /// # Errors
    /// It is not of that form.
    pub(super) fn read(text: &'a str) -> Result<Self, Fault> {
        let envelope: Envelope<'a> = field::object(text, "the invocation")?;
        let data: BTreeMap<String, &'a RawValue> = field::inner(envelope.data, "Data")?;
        let metadata = envelope.metadata.map(|metadata| field::inner(Some(metadata), "Metadata")).transpose()?;
        let names: Vec<&str> = data.keys().map(String::as_str).collect();
        let (1, Some((binding, value))) = (names.len(), data.first_key_value()) else {
            return Err(Fault(format!("`Data` has the values {names:?}, and must have one, of the trigger's binding")));
        };
        if value.get() == "null" {
            return Err(Fault(format!("`Data.{binding}` is missing")));
        }
        Ok(Self { binding: binding.clone(), value, metadata: metadata.unwrap_or_default() })
    }

    /// Whether the value is an object as it stands there, which no content of a blob and no message is.
    pub(super) fn is_object(&self) -> bool {
        self.value.get().starts_with('{')
    }

    /// The value's name, for a message.
    pub(super) fn named(&self) -> String {
        format!("Data.{}", self.binding)
    }

    /// What the host says about it, where the value is none that could have come among it.
    pub(super) fn metadata(&self) -> Metadata<'a> {
        Metadata::new(self.metadata.clone(), Shadow::None)
    }

    /// The value as JSON that is no text, however often it was wrapped.
    pub(super) fn json(&self) -> Result<Cow<'a, str>, Fault> {
        unwrapped(self.value.get(), &self.named())
    }

    /// The messages or records that the value is.
    pub(super) fn payloads(&self) -> Result<Payloads<'a>, Fault> {
        let name = self.named();
        let text = field::text(Some(self.value), &name)?;
        let (bodies, several, shadow) = if self.binding == BYTES {
            // No base64 begins with a bracket.
            let several = text.starts_with('[');
            let bodies = if several {
                let each = |(index, value): (usize, &RawValue)| field::base64(Some(value), &format!("{name}[{index}]"));
                list(&text, &name)?.into_iter().enumerate().map(each).collect::<Result<_, _>>()?
            } else {
                vec![field::base64(Some(self.value), &name)?]
            };
            (bodies, several, Shadow::None)
        } else {
            match text.trim_start().as_bytes().first() {
                Some(b'"') => {
                    let payload: String = field::object(&text, &format!("the text in `{name}`"))?;
                    let shadow = Shadow::of(&payload);
                    (vec![payload.into()], false, shadow)
                }
                Some(b'[') => {
                    let bodies = list(&text, &name)?.into_iter().map(body).collect::<Result<_, _>>()?;
                    (bodies, true, Shadow::None)
                }
                _ => return Err(unencoded(&name, &text)),
            }
        };
        Ok(Payloads { bodies, several, metadata: Metadata::new(self.metadata.clone(), shadow) })
    }

    /// What the host says about a value that nobody needs, such as a blob's content. It may have come among that.
    pub(super) fn metadata_beside_content(&self) -> Result<Metadata<'a>, Fault> {
        let name = self.named();
        let text = field::text(Some(self.value), &name)?;
        let shadow = match text.trim_start().as_bytes().first() {
            Some(b'"') if self.binding != BYTES => {
                Shadow::of(&field::object::<String>(&text, &format!("the text in `{name}`"))?)
            }
            // The host calls bytes base64 also where the binding says nothing of them.
            _ if BASE64_STANDARD.decode(text.as_bytes()).is_ok() => Shadow::None,
            _ => return Err(unencoded(&name, &text)),
        };
        Ok(Metadata::new(self.metadata.clone(), shadow))
    }
}

fn unencoded(name: &str, text: &str) -> Fault {
    let found: String = text.chars().take(40).collect();
    Fault(format!(
        "`{name}` is the text {found:?}, and must be one that holds a text or a list as JSON (or, in a binding named \
         `{BYTES}`, base64)"
    ))
}

/// A message or a record of several: a text, or JSON as it stands there.
fn body(value: &RawValue) -> Result<Bytes, Fault> {
    if value.get().starts_with('"') {
        return Ok(Bytes::from(field::text(Some(value), "a value of the list")?.into_owned()));
    }
    Ok(Bytes::copy_from_slice(value.get().as_bytes()))
}

/// A list as JSON.
pub(super) fn list<'t>(text: &'t str, name: &str) -> Result<Vec<&'t RawValue>, Fault> {
    let values: Vec<&RawValue> = field::object(text, &format!("the list in `{name}`"))?;
    if values.len() > MOST {
        return Err(Fault(format!("`{name}` has {} values, and {MOST} is the most", values.len())));
    }
    Ok(values)
}

/// JSON that is no text, out of the texts that hold it.
pub(super) fn unwrapped<'t>(text: &'t str, name: &str) -> Result<Cow<'t, str>, Fault> {
    let mut text = Cow::Borrowed(text);
    for _ in 0..=DEEPEST {
        if !text.trim_start().starts_with('"') {
            let _: &RawValue = field::object(&text, &format!("`{name}`"))?;
            return Ok(text);
        }
        text = Cow::Owned(field::object(&text, &format!("`{name}`"))?);
    }
    Err(Fault(format!("`{name}` is a text within a text more than {DEEPEST} times")))
}

#[cfg(test)]
#[allow(clippy::unwrap_used, reason = "a failed expectation is a failed test")]
mod tests {
    use super::*;
    use serde_json::{Value, json};

    fn sent(data: &Value) -> String {
        json!({"Data": data, "Metadata": {}}).to_string()
    }

    fn payloads(data: &Value) -> Result<(Vec<String>, bool), String> {
        let sent = sent(data);
        let read = || Sent::read(&sent)?.payloads();
        let text = |body: &Bytes| String::from_utf8(body.to_vec()).unwrap();
        read().map(|it| (it.bodies.iter().map(text).collect(), it.several)).map_err(|Fault(why)| why)
    }

    #[test]
    fn a_payload_is_unwrapped_exactly_as_far_as_the_host_wrapped_it() {
        for (data, bodies, several) in [
            (json!({"m": "\"hello\""}), vec!["hello"], false),
            (json!({"m": "\"\""}), vec![""], false),
            (json!({"m": "\"{\\\"id\\\":7}\""}), vec!["{\"id\":7}"], false),
            (json!({"m": "\"\\\"red\\\"\""}), vec!["\"red\""], false),
            (json!({"m": "\"[1,2]\""}), vec!["[1,2]"], false),
            (json!({"m": "[\"a\",\"{\\\"b\\\":1}\",\"\\\"c\\\"\"]"}), vec!["a", "{\"b\":1}", "\"c\""], true),
            (json!({"m": "[{\"a\": 1},2]"}), vec!["{\"a\": 1}", "2"], true),
            (json!({"m": "[]"}), vec![], true),
            (json!({"bytes": "aGk="}), vec!["hi"], false),
            (json!({"bytes": "[\"aGk=\",\"\"]"}), vec!["hi", ""], true),
        ] {
            let bodies: Vec<String> = bodies.into_iter().map(str::to_owned).collect();
            assert_eq!(payloads(&data), Ok((bodies, several)), "{data}");
        }
    }

    #[test]
    fn what_is_wrapped_otherwise_is_refused_by_its_name() {
        for (data, why) in [
            (json!({"m": "hello"}), "`Data.m` is the text \"hello\", and must be one that holds"),
            (json!({"m": "{\"id\":7}"}), "`Data.m` is the text \"{\\\"id\\\":7}\", and must be one that holds"),
            (json!({"m": "aGk="}), "`Data.m` is the text \"aGk=\", and must be one that holds"),
            (json!({"m": "7"}), "`Data.m` is the text \"7\""),
            (json!({"m": ""}), "`Data.m` is the text \"\""),
            (json!({"m": "null"}), "`Data.m` is the text \"null\""),
            (json!({"m": "\"open"}), "the text in `Data.m` cannot be read: "),
            (json!({"m": "[\"open"}), "the list in `Data.m` cannot be read: "),
            (json!({"m": {"id": 7}}), "`Data.m` is no text: "),
            (json!({"m": 7}), "`Data.m` is no text: "),
            (json!({"m": null}), "`Data.m` is missing"),
            (json!({"bytes": "\"hello\""}), "`Data.bytes` is no base64: "),
            (json!({"bytes": "[\"?\"]"}), "`Data.bytes[0]` is no base64: "),
            (json!({"bytes": "[7]"}), "`Data.bytes[0]` is no text: "),
            (json!({}), "`Data` has the values [], and must have one"),
            (json!({"a": "", "b": ""}), "`Data` has the values [\"a\", \"b\"], and must have one"),
            (json!(null), "`Data` is missing"),
            (json!([]), "`Data` cannot be read: "),
            (json!("{}"), "`Data` cannot be read: "),
        ] {
            let found = payloads(&data).unwrap_err();
            assert!(found.starts_with(why), "{data}: {found}");
        }
        for text in ["", "[]", "{", "\"{}\"", "{\"Data\":{\"m\":1},\"Metadata\":7}", "{\"Data\":{},\"Data\":{}}"] {
            assert!(Sent::read(text).is_err(), "{text}");
        }
    }

    fn wrapped(times: usize) -> String {
        (0..times).fold("[{}]".to_owned(), |text, _| Value::String(text).to_string())
    }

    #[test]
    fn json_may_be_wrapped_a_few_times_and_no_more() {
        for times in 0..=DEEPEST {
            assert_eq!(unwrapped(&wrapped(times), "x").map_err(|Fault(why)| why).as_deref(), Ok("[{}]"));
        }
        let Fault(why) = unwrapped(&wrapped(DEEPEST + 1), "x").unwrap_err();
        assert_eq!(why, "`x` is a text within a text more than 8 times");
        assert!(unwrapped("\"{\"", "x").is_err());
        assert!(unwrapped("\"hello\"", "x").is_err());
    }

    #[test]
    fn a_payload_as_deep_as_it_likes_is_only_bytes() {
        let deep = "[".repeat(200_000) + &"]".repeat(200_000);
        assert_eq!(payloads(&json!({"m": Value::String(deep.clone()).to_string()})), Ok((vec![deep], false)));
    }
}
