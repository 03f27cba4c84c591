//! The values of a document's fields, each of which comes with its type.
//!
//! | type | as JSON |
//! |---|---|
//! | `nullValue`, `booleanValue`, `stringValue`, `arrayValue`, `mapValue` | the same |
//! | `integerValue` | a number, whether it comes as a text or as one |
//! | `doubleValue` | a number, never a whole one; `"NaN"`, `"Infinity"` and `"-Infinity"` stay texts: JSON has no such numbers |
//! | `timestampValue`, `referenceValue`, `bytesValue` (in base64) | the text that comes |
//! | `geoPointValue` | `{"latitude", "longitude"}`; a coordinate that is missing is 0 |

use base64::Engine as _;
use base64::prelude::BASE64_STANDARD;
use serde_json::{Map, Value};

use crate::provider::field::Fault;

/// How deep values may be nested. Firestore itself takes 20 levels.
const DEEPEST: usize = 32;

/// Where in a document something is wrong, and what.
struct Wrong {
    /// The names from the inside to the outside.
    path: Vec<String>,
    why: String,
}

impl Wrong {
    fn because(why: impl Into<String>) -> Self {
        Self { path: Vec::new(), why: why.into() }
    }

    fn under(mut self, name: impl Into<String>) -> Self {
        self.path.push(name.into());
        self
    }
}

/// Fields without their types. `place` is where they stand, for an error.
pub(crate) fn plain(fields: Map<String, Value>, place: &str) -> Result<Map<String, Value>, Fault> {
    all(fields, 0).map_err(|Wrong { path, why }| {
        let inner: Vec<&str> = path.iter().rev().map(String::as_str).collect();
        Fault(format!("`{place}.{}` {why}", inner.join(".")))
    })
}

fn all(fields: Map<String, Value>, depth: usize) -> Result<Map<String, Value>, Wrong> {
    let one = |(name, typed): (String, Value)| match untyped(typed, depth) {
        Ok(value) => Ok((name, value)),
        Err(wrong) => Err(wrong.under(name)),
    };
    fields.into_iter().map(one).collect()
}

fn untyped(typed: Value, depth: usize) -> Result<Value, Wrong> {
    if depth > DEEPEST {
        return Err(Wrong::because(format!("is nested deeper than {DEEPEST} levels")));
    }
    let Value::Object(typed) = typed else {
        return Err(Wrong::because("must be a value with its type, as in {\"stringValue\": \"a\"}"));
    };
    let mut typed = typed.into_iter();
    let (Some((kind, value)), None) = (typed.next(), typed.next()) else {
        return Err(Wrong::because("must have exactly one type"));
    };
    let read = match &*kind {
        "nullValue" => matches!(&value, Value::Null).then_some(Value::Null).or_else(|| null_by_name(&value)),
        "booleanValue" => value.is_boolean().then_some(value),
        "stringValue" | "timestampValue" | "referenceValue" => value.is_string().then_some(value),
        "bytesValue" => value.as_str().is_some_and(|text| BASE64_STANDARD.decode(text).is_ok()).then_some(value),
        "integerValue" => integer(&value),
        "doubleValue" => double(value),
        "geoPointValue" => geo_point(&value),
        "arrayValue" => return list(value, depth).map_err(|wrong| wrong.under(kind)),
        "mapValue" => return map(value, depth).map_err(|wrong| wrong.under(kind)),
        _ => return Err(Wrong::because(format!("has the type `{kind}`, which Firestore does not have"))),
    };
    read.ok_or_else(|| Wrong::because("is no such value").under(kind))
}

/// The only value of `google.protobuf.NullValue`.
fn null_by_name(value: &Value) -> Option<Value> {
    (value == "NULL_VALUE").then_some(Value::Null)
}

fn integer(value: &Value) -> Option<Value> {
    let whole = match value {
        Value::String(text) => text.parse().ok(),
        value => value.as_i64(),
    };
    whole.map(|whole: i64| whole.into())
}

/// Google writes one that is whole without a point.
fn double(value: Value) -> Option<Value> {
    match &value {
        Value::Number(number) => number.as_f64().map(Value::from),
        Value::String(text) => matches!(text.as_str(), "NaN" | "Infinity" | "-Infinity").then_some(value),
        _ => None,
    }
}

/// Coordinates that are 0 are left out.
fn geo_point(value: &Value) -> Option<Value> {
    let point = value.as_object()?;
    let coordinate = |name: &str| match point.get(name) {
        None => Some(Value::from(0.0)),
        Some(value) => value.is_number().then(|| value.clone()),
    };
    Some(serde_json::json!({ "latitude": coordinate("latitude")?, "longitude": coordinate("longitude")? }))
}

/// The only field that such a value has; what is empty may lack it.
fn content(value: Value, name: &str) -> Result<Option<Value>, Wrong> {
    match value {
        Value::Object(mut object) => Ok(object.remove(name).filter(|content| !content.is_null())),
        _ => Err(Wrong::because("is no such value")),
    }
}

fn list(value: Value, depth: usize) -> Result<Value, Wrong> {
    let values = match content(value, "values")? {
        None => return Ok(Value::Array(Vec::new())),
        Some(Value::Array(values)) => values,
        Some(_) => return Err(Wrong::because("is no list").under("values")),
    };
    let one = |(index, value)| {
        untyped(value, depth + 1).map_err(|wrong: Wrong| wrong.under(format!("{index}")).under("values"))
    };
    values.into_iter().enumerate().map(one).collect::<Result<Vec<_>, _>>().map(Value::Array)
}

fn map(value: Value, depth: usize) -> Result<Value, Wrong> {
    match content(value, "fields")? {
        None => Ok(Value::Object(Map::new())),
        Some(Value::Object(fields)) => all(fields, depth + 1).map(Value::Object).map_err(|wrong| wrong.under("fields")),
        Some(_) => Err(Wrong::because("is no object").under("fields")),
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn plain(value: Value) -> Result<Value, String> {
        let fields = Map::from_iter([("x".to_owned(), value)]);
        super::plain(fields, "fields").map(|mut fields| fields.remove("x").unwrap()).map_err(|Fault(why)| why)
    }

    #[test]
    fn each_type_is_the_value_that_json_has_for_it() {
        for (typed, value) in [
            (json!({"nullValue": null}), json!(null)),
            (json!({"nullValue": "NULL_VALUE"}), json!(null)),
            (json!({"booleanValue": true}), json!(true)),
            (json!({"integerValue": "9223372036854775807"}), json!(i64::MAX)),
            (json!({"integerValue": -5}), json!(-5)),
            (json!({"doubleValue": 5.5}), json!(5.5)),
            (json!({"doubleValue": 5}), json!(5.0)),
            (json!({"doubleValue": "NaN"}), json!("NaN")),
            (json!({"doubleValue": "-Infinity"}), json!("-Infinity")),
            (json!({"timestampValue": "2026-01-31T12:00:00Z"}), json!("2026-01-31T12:00:00Z")),
            (json!({"stringValue": ""}), json!("")),
            (json!({"bytesValue": "aGk="}), json!("aGk=")),
            (json!({"referenceValue": "projects/p"}), json!("projects/p")),
            (json!({"geoPointValue": {"latitude": 51.5}}), json!({"latitude": 51.5, "longitude": 0.0})),
            (json!({"arrayValue": {}}), json!([])),
            (json!({"arrayValue": {"values": [{"integerValue": "1"}, {"mapValue": {}}]}}), json!([1, {}])),
            (json!({"mapValue": {"fields": {"a": {"stringValue": "b"}}}}), json!({"a": "b"})),
        ] {
            assert_eq!(plain(typed.clone()), Ok(value), "{typed}");
        }
    }

    #[test]
    fn what_is_no_such_value_is_located() {
        for (typed, why) in [
            (json!("a"), "`fields.x` must be a value with its type"),
            (json!({}), "`fields.x` must have exactly one type"),
            (json!({"stringValue": "a", "nullValue": null}), "`fields.x` must have exactly one type"),
            (json!({"moneyValue": 1}), "`fields.x` has the type `moneyValue`, which Firestore does not have"),
            (json!({"nullValue": 0}), "`fields.x.nullValue` is no such value"),
            (json!({"booleanValue": "true"}), "`fields.x.booleanValue` is no such value"),
            (json!({"integerValue": "1.5"}), "`fields.x.integerValue` is no such value"),
            (json!({"integerValue": "9223372036854775808"}), "`fields.x.integerValue` is no such value"),
            (json!({"integerValue": "\"1\""}), "`fields.x.integerValue` is no such value"),
            (json!({"doubleValue": "1.5"}), "`fields.x.doubleValue` is no such value"),
            (json!({"timestampValue": 1}), "`fields.x.timestampValue` is no such value"),
            (json!({"stringValue": null}), "`fields.x.stringValue` is no such value"),
            (json!({"bytesValue": "hi!"}), "`fields.x.bytesValue` is no such value"),
            (json!({"referenceValue": {}}), "`fields.x.referenceValue` is no such value"),
            (json!({"geoPointValue": {"latitude": "1"}}), "`fields.x.geoPointValue` is no such value"),
            (json!({"arrayValue": []}), "`fields.x.arrayValue` is no such value"),
            (json!({"arrayValue": {"values": {}}}), "`fields.x.arrayValue.values` is no list"),
            (json!({"arrayValue": {"values": [1]}}), "`fields.x.arrayValue.values.0` must be a value with its type"),
            (json!({"mapValue": {"fields": []}}), "`fields.x.mapValue.fields` is no object"),
            (
                json!({"mapValue": {"fields": {"a": {"integerValue": true}}}}),
                "`fields.x.mapValue.fields.a.integerValue` is no such value",
            ),
        ] {
            let error = plain(typed).unwrap_err();
            assert!(error.contains(why), "{error}");
        }
    }

    #[test]
    fn what_is_nested_too_deep_is_refused() {
        let nested = |levels| {
            (0..levels).fold(json!({"nullValue": null}), |inner, _| json!({"arrayValue": {"values": [inner]}}))
        };
        assert!(plain(nested(DEEPEST)).is_ok());
        assert!(plain(nested(DEEPEST + 1)).unwrap_err().ends_with("is nested deeper than 32 levels"));
    }
}
