//! Fields that ask where a value stands, or what it refers to.

use std::fmt;
use std::marker::PhantomData;

use serde::de::{self, Deserialize, MapAccess, Visitor};

use super::marked::{SECRET, SPANNED, SYMBOLIC};

/// A value and where it stands.
///
/// Two are equal if their values are.
///
/// ```
/// use tusk_tsk::Spanned;
///
/// #[derive(serde::Deserialize)]
/// struct Server {
///     port: Spanned<u16>,
/// }
///
/// let server: Server = tusk_tsk::from_str("# where to listen\nport: 8080")?;
/// assert_eq!((server.port.line, server.port.column), (2, 7));
/// assert_eq!(*server.port, 8080);
/// # Ok::<(), tusk_tsk::Error>(())
/// ```
#[derive(Clone, Debug)]
#[non_exhaustive]
pub struct Spanned<T> {
    /// The value.
    pub value: T,
    /// The file's name; empty if it was read without one.
    pub file: String,
    /// The first byte in the file.
    pub start: usize,
    /// The byte behind the last.
    pub end: usize,
    /// The line, counted from 1.
    pub line: usize,
    /// The column in characters, counted from 1.
    pub column: usize,
}

impl<T: PartialEq> PartialEq for Spanned<T> {
    fn eq(&self, other: &Self) -> bool {
        self.value == other.value
    }
}

impl<T> std::ops::Deref for Spanned<T> {
    type Target = T;

    fn deref(&self) -> &T {
        &self.value
    }
}

/// The name of a secret, out of `@env.secure("NAME")`. Its value is never read.
///
/// ```
/// #[derive(serde::Deserialize)]
/// struct Payments {
///     key: tusk_tsk::Secret,
/// }
///
/// let payments: Payments = tusk_tsk::from_str(r#"key: @env.secure("STRIPE_KEY")"#)?;
/// assert_eq!(payments.key.name, "STRIPE_KEY");
///
/// let error = tusk_tsk::from_str::<Payments>(r#"key: @env.secure("STRIPE_KEY", "sk_live_1")"#).map(|_| ()).unwrap_err();
/// assert!(!error.render().contains("sk_live_1"));
/// # Ok::<(), tusk_tsk::Error>(())
/// ```
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub struct Secret {
    /// The name.
    pub name: String,
}

impl Secret {
    /// A secret of that name.
    pub fn new(name: impl Into<String>) -> Self {
        Self { name: name.into() }
    }
}

/// A value, or what it will be made of when the program runs.
///
/// ```
/// use tusk_tsk::{Mode, Reader, Symbolic};
///
/// #[derive(serde::Deserialize)]
/// struct Function {
///     memory_size: Symbolic<u32>,
/// }
///
/// let reader = Reader::new().mode(Mode::Symbolic);
/// let function: Function = reader.from_str(r#"memory_size: @env("LAMBDA_MEMORY_SIZE", "512")"#)?;
/// let parameter = Symbolic::Variable { name: "LAMBDA_MEMORY_SIZE".to_owned(), default: Some(512) };
/// assert_eq!(function.memory_size, parameter);
/// # Ok::<(), tusk_tsk::Error>(())
/// ```
#[derive(Clone, Debug, PartialEq)]
pub enum Symbolic<T> {
    /// A value.
    Value(T),
    /// An environment variable.
    Variable {
        /// Its name.
        name: String,
        /// What it is if the variable is not set.
        default: Option<T>,
    },
    /// A text with variables in it.
    Text(Vec<SymbolicPiece>),
    /// A secret.
    Secret(Secret),
}

/// A part of a text with variables in it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum SymbolicPiece {
    /// Text.
    Text(String),
    /// An environment variable.
    Variable {
        /// Its name.
        name: String,
        /// What it is if the variable is not set.
        default: Option<String>,
    },
}

/// A struct's fields in the order in which [`Marked::give`] gives them.
#[derive(serde::Deserialize)]
struct VariableFields<T> {
    name: String,
    #[serde(default = "Option::default")]
    default: Option<T>,
}

/// The one field by which a reference says what it is.
#[derive(serde::Deserialize)]
#[serde(field_identifier, rename_all = "lowercase")]
enum Kind {
    Value,
    Variable,
    Text,
    Secret,
}

const OUTSIDE: &str = "this type is read from TuskLang only";

impl<'de, T: Deserialize<'de>> Deserialize<'de> for Spanned<T> {
    fn deserialize<D: de::Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct Visit<T>(PhantomData<T>);

        impl<'de, T: Deserialize<'de>> Visitor<'de> for Visit<T> {
            type Value = Spanned<T>;

            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str(OUTSIDE)
            }

            fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Spanned<T>, A::Error> {
                let (mut file, mut start, mut end, mut line, mut column) = (String::new(), 0, 0, 1, 1);
                while let Some(key) = map.next_key::<String>()? {
                    match key.as_str() {
                        "file" => file = map.next_value()?,
                        "start" => start = map.next_value()?,
                        "end" => end = map.next_value()?,
                        "line" => line = map.next_value()?,
                        "column" => column = map.next_value()?,
                        "value" => return Ok(Spanned { value: map.next_value()?, file, start, end, line, column }),
                        _ => break,
                    }
                }
                Err(de::Error::custom(OUTSIDE))
            }
        }

        let fields = &["file", "start", "end", "line", "column", "value"];
        deserializer.deserialize_struct(SPANNED, fields, Visit(PhantomData))
    }
}

impl<'de> Deserialize<'de> for Secret {
    fn deserialize<D: de::Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct Visit;

        impl<'de> Visitor<'de> for Visit {
            type Value = Secret;

            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("a secret, by reference")
            }

            fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Secret, A::Error> {
                match map.next_entry::<String, String>()? {
                    Some((key, name)) if key == "name" => Ok(Secret { name }),
                    _ => Err(de::Error::custom(OUTSIDE)),
                }
            }
        }

        deserializer.deserialize_struct(SECRET, &["name"], Visit)
    }
}

impl<'de, T: Deserialize<'de>> Deserialize<'de> for Symbolic<T> {
    fn deserialize<D: de::Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct Visit<T>(PhantomData<T>);

        impl<'de, T: Deserialize<'de>> Visitor<'de> for Visit<T> {
            type Value = Symbolic<T>;

            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str(OUTSIDE)
            }

            fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Symbolic<T>, A::Error> {
                match map.next_key()? {
                    Some(Kind::Value) => map.next_value().map(Symbolic::Value),
                    Some(Kind::Variable) => {
                        let VariableFields { name, default } = map.next_value()?;
                        Ok(Symbolic::Variable { name, default })
                    }
                    Some(Kind::Text) => map.next_value().map(Symbolic::Text),
                    Some(Kind::Secret) => map.next_value().map(|name| Symbolic::Secret(Secret { name })),
                    None => Err(de::Error::custom(OUTSIDE)),
                }
            }
        }

        deserializer.deserialize_struct(SYMBOLIC, &["value", "variable", "text", "secret"], Visit(PhantomData))
    }
}

impl<'de> Deserialize<'de> for SymbolicPiece {
    fn deserialize<D: de::Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct Visit;

        impl<'de> Visitor<'de> for Visit {
            type Value = SymbolicPiece;

            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str(OUTSIDE)
            }

            fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<SymbolicPiece, A::Error> {
                match map.next_key()? {
                    Some(Kind::Text) => map.next_value().map(SymbolicPiece::Text),
                    Some(Kind::Variable) => {
                        let VariableFields { name, default } = map.next_value()?;
                        Ok(SymbolicPiece::Variable { name, default })
                    }
                    _ => Err(de::Error::custom(OUTSIDE)),
                }
            }
        }

        deserializer.deserialize_map(Visit)
    }
}
