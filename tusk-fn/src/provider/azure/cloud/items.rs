//! What an item of a table is for Cosmos DB, beside its id.

use jiff::Timestamp;
use serde_json::{Map, Value};

use crate::idempotency::TableStore;
use crate::output::{OutputErrorKind, VERSION};
use crate::provider::azure::document;

/// The version of an item; nought if another program wrote it, which gives it none.
pub(super) fn version_of(fields: &Map<String, Value>) -> u64 {
    fields.get(VERSION).and_then(Value::as_u64).unwrap_or(0)
}

/// Whether Cosmos DB gives an item back as it was.
pub(super) fn fit(fields: &Map<String, Value>) -> Result<(), OutputErrorKind> {
    if let Some(name) = document::SYSTEM.iter().find(|name| fields.contains_key(**name)) {
        return Err(OutputErrorKind::Unfit(format!("the field `{name}` is Cosmos DB's own; give yours another name")));
    }
    match fields.iter().find(|(_, value)| !is_exact(value)) {
        Some((name, _)) => Err(OutputErrorKind::Unfit(format!(
            "the field `{name}` has a whole number beyond 2^53, which Cosmos DB would round; write it as text"
        ))),
        None => Ok(()),
    }
}

/// Whether a value's whole numbers are such that a `double` has them exactly.
fn is_exact(value: &Value) -> bool {
    const LARGEST: u64 = 1 << 53;
    match value {
        Value::Number(number) => match (number.as_u64(), number.as_i64()) {
            (Some(number), _) => number <= LARGEST,
            (None, Some(number)) => number.unsigned_abs() <= LARGEST,
            (None, None) => true,
        },
        Value::Array(values) => values.iter().all(is_exact),
        Value::Object(fields) => fields.values().all(is_exact),
        Value::Null | Value::Bool(_) | Value::String(_) => true,
    }
}

/// Cosmos DB deletes a document so many seconds after it was written, if its container has a time to live.
pub(super) fn live_until_expiry(fields: &mut Map<String, Value>, now: Timestamp) {
    const LONGEST: i64 = i32::MAX as i64;
    if let Some(expiry) = fields.get(TableStore::EXPIRES).and_then(Value::as_i64) {
        fields.insert("ttl".to_owned(), expiry.saturating_sub(now.as_second()).clamp(1, LONGEST).into());
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn fields(value: Value) -> Map<String, Value> {
        let Value::Object(fields) = value else { panic!("an object") };
        fields
    }

    #[test]
    fn what_would_come_back_as_something_else_is_refused() {
        let said = |value: Value| fit(&fields(value)).err().map(|kind| kind.to_string()).unwrap_or_default();
        for fits in [
            json!({}),
            json!({ "a": 9_007_199_254_740_992_u64, "b": -9_007_199_254_740_992_i64, "c": 1e300, "d": 0.1, "ttl": 7 }),
            json!({ "a": [{ "b": null }], "c": { "_ts": 1, "id": "x" } }),
        ] {
            assert_eq!(said(fits.clone()), "", "{fits}");
        }
        for beyond in
            [json!(9_007_199_254_740_993_u64), json!(-9_007_199_254_740_993_i64), json!(u64::MAX), json!(i64::MIN)]
        {
            let why = "the field `total` has a whole number beyond 2^53, which Cosmos DB would round; write it as text";
            assert_eq!(said(json!({ "a": 1, "total": beyond })), why);
            assert_eq!(said(json!({ "total": [{ "of": beyond }] })), why);
        }
        for name in document::SYSTEM {
            let why = format!("the field `{name}` is Cosmos DB's own; give yours another name");
            assert_eq!(said(json!({ name: 1 })), why);
        }
    }

    #[test]
    fn a_claim_lives_until_it_expires() {
        let now = Timestamp::from_second(1_800_000_000).expect("a moment");
        let ttl = |value: Value| {
            let mut fields = fields(value);
            live_until_expiry(&mut fields, now);
            fields.remove("ttl")
        };
        assert_eq!(ttl(json!({ "expires_at": 1_800_003_600 })), Some(json!(3600)));
        assert_eq!(ttl(json!({ "expires_at": 1_700_000_000 })), Some(json!(1)), "less than a second is none at all");
        assert_eq!(ttl(json!({ "expires_at": i64::MAX })), Some(json!(i32::MAX)));
        assert_eq!(ttl(json!({})), None);
    }
}
