//! Values of JSON as a document's fields have them, each with its type, and how many bytes they have.
//!
//! | as JSON | type |
//! |---|---|
//! | null, a truth value, a text, an object | `nullValue`, `booleanValue`, `stringValue`, `mapValue` |
//! | a list | `arrayValue`; none may be directly in another one |
//! | a whole number of 64 bits, with its sign | `integerValue` |
//! | another number | `doubleValue` |
//!
//! The limits are those of "Usage and limits", the sizes those of "Understand storage size calculations".

use serde_json::{Map, Value, json};

/// How deep values may be nested.
const DEEPEST: usize = 20;
/// The longest name of a field, in bytes.
const LONGEST_NAME: usize = 1_500;

/// Fields with their types, and their size.
pub(crate) fn typed(fields: Map<String, Value>) -> Result<(Map<String, Value>, usize), String> {
    let mut typed = Typed { path: Vec::new(), size: 0 };
    let fields = typed.fields(fields, 0)?;
    Ok((fields, typed.size))
}

/// How many bytes a text counts for.
pub(crate) const fn size_of_text(text: &str) -> usize {
    text.len() + 1
}

struct Typed {
    /// The names on the way to where it is.
    path: Vec<String>,
    size: usize,
}

impl Typed {
    fn wrong(&self, why: &str) -> String {
        format!("the field `{}` {why}", self.path.join("."))
    }

    fn fields(&mut self, fields: Map<String, Value>, depth: usize) -> Result<Map<String, Value>, String> {
        let mut all = Map::new();
        for (name, value) in fields {
            self.path.push(name.clone());
            if name.is_empty() {
                return Err(self.wrong("has an empty name, and Firestore takes none"));
            }
            if name.len() > LONGEST_NAME {
                return Err(self.wrong(&format!("has a name of more than {LONGEST_NAME} bytes")));
            }
            if name.len() >= 4 && name.starts_with("__") && name.ends_with("__") {
                return Err(self.wrong("has a name that Firestore keeps for itself, as all with `__` at both ends"));
            }
            self.size += size_of_text(&name);
            all.insert(name, self.value(value, depth)?);
            self.path.pop();
        }
        Ok(all)
    }

    fn value(&mut self, value: Value, depth: usize) -> Result<Value, String> {
        if depth > DEEPEST {
            return Err(self.wrong(&format!("is nested deeper than {DEEPEST} levels, and Firestore takes no more")));
        }
        self.size += match &value {
            Value::Null | Value::Bool(_) => 1,
            Value::Number(_) => 8,
            Value::String(text) => size_of_text(text),
            Value::Array(_) | Value::Object(_) => 0,
        };
        Ok(match value {
            Value::Null => json!({ "nullValue": null }),
            Value::Bool(truth) => json!({ "booleanValue": truth }),
            Value::String(text) => json!({ "stringValue": text }),
            Value::Number(number) => match (number.as_i64(), number.as_f64()) {
                (Some(whole), _) => json!({ "integerValue": whole.to_string() }),
                (None, Some(other)) if !number.is_u64() => json!({ "doubleValue": other }),
                _ => {
                    return Err(
                        self.wrong(&format!("is larger than {}, the largest whole number of Firestore", i64::MAX))
                    );
                }
            },
            Value::Array(values) => json!({ "arrayValue": { "values": self.list(values, depth + 1)? } }),
            Value::Object(fields) => json!({ "mapValue": { "fields": self.fields(fields, depth + 1)? } }),
        })
    }

    fn list(&mut self, values: Vec<Value>, depth: usize) -> Result<Vec<Value>, String> {
        let mut all = Vec::with_capacity(values.len());
        for (index, value) in values.into_iter().enumerate() {
            self.path.push(index.to_string());
            if value.is_array() {
                return Err(
                    self.wrong("is a list directly in a list, and Firestore takes none: put a struct or a map between")
                );
            }
            all.push(self.value(value, depth)?);
            self.path.pop();
        }
        Ok(all)
    }
}
