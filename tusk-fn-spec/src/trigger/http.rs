//! `trigger = "http"`: a request.

use std::fmt;
use std::str::FromStr;

use serde::{Deserialize, Serialize};

use super::{Arity, Parameter, Unique};
use crate::attribute::Key;
use crate::fault::{Fault, FaultKind};
use crate::name;
use crate::reader::Reader;
use crate::route::{Route, Segment};

/// The largest body that is read when `body_limit` is not given, in bytes.
pub const DEFAULT_BODY_LIMIT: u64 = 1024 * 1024;

/// A function that answers requests.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Http {
    /// The paths that it answers.
    pub route: Route,
    /// The methods that it answers.
    pub methods: Methods,
    /// Who may call it.
    #[serde(default)]
    pub auth: Auth,
    /// The largest body that is read, in bytes.
    #[serde(default = "default_body_limit", skip_serializing_if = "is_default_body_limit")]
    pub body_limit: u64,
}

fn default_body_limit() -> u64 {
    DEFAULT_BODY_LIMIT
}

#[expect(clippy::trivially_copy_pass_by_ref, reason = "serde gives a reference")]
fn is_default_body_limit(limit: &u64) -> bool {
    *limit == DEFAULT_BODY_LIMIT
}

/// The methods that a function answers.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(untagged)]
pub enum Methods {
    /// These, in the order in which they are written.
    These(Vec<Method>),
    /// `"any"`: every method that no other function of the same route names.
    Any(Any),
}

/// The word `any`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Any {
    /// `"any"`.
    Any,
}

impl Methods {
    /// The names, for people and gateways; `ANY` for any.
    pub fn names(&self) -> Vec<&'static str> {
        match self {
            Self::These(methods) => methods.iter().map(|method| method.name()).collect(),
            Self::Any(_) => vec!["ANY"],
        }
    }
}

/// A method of HTTP.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "UPPERCASE")]
#[expect(missing_docs, reason = "the standard says what each means")]
pub enum Method {
    Get,
    Head,
    Post,
    Put,
    Patch,
    Delete,
    Options,
}

impl Method {
    /// Every method that a function may name.
    pub const ALL: [Self; 7] = [Self::Get, Self::Head, Self::Post, Self::Put, Self::Patch, Self::Delete, Self::Options];

    /// The name as a request has it.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Get => "GET",
            Self::Head => "HEAD",
            Self::Post => "POST",
            Self::Put => "PUT",
            Self::Patch => "PATCH",
            Self::Delete => "DELETE",
            Self::Options => "OPTIONS",
        }
    }
}

impl fmt::Display for Method {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name())
    }
}

impl FromStr for Method {
    type Err = ();

    fn from_str(text: &str) -> Result<Self, ()> {
        Self::ALL.into_iter().find(|method| method.name() == text).ok_or(())
    }
}

/// Who may call a function.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Auth {
    /// Whoever holds the platform's own credential.
    #[default]
    Platform,
    /// Anyone.
    Public,
    /// Whoever holds the Azure application's master key.
    Admin,
}

impl Auth {
    /// The words that `auth = "…"` takes, with the Azure names of the first two.
    pub const NAMES: [&str; 5] = ["platform", "public", "function", "anonymous", "admin"];

    /// The level of that name.
    pub fn from_name(name: &str) -> Option<Self> {
        Some(match name {
            "platform" | "function" => Self::Platform,
            "public" | "anonymous" => Self::Public,
            "admin" => Self::Admin,
            _ => return None,
        })
    }
}

impl Http {
    pub(super) const KEYS: &[Key] = &[
        Key::required("route", "\"users/<id>\""),
        Key::optional("methods", "[\"GET\", \"POST\"]"),
        Key::optional("auth", "\"public\""),
        Key::optional("body_limit", "\"1MB\""),
    ];

    pub(super) fn read(reader: &mut Reader<'_>) -> Option<Self> {
        let route = read_route(reader);
        let methods = read_methods(reader);
        let auth = read_auth(reader);
        let body_limit = match reader.size("body_limit") {
            Ok(limit) => Some(limit.unwrap_or(DEFAULT_BODY_LIMIT)),
            Err(()) => None,
        };
        Some(Self { route: route?, methods: methods?, auth: auth?, body_limit: body_limit? })
    }

    pub(super) fn what(&self) -> String {
        let path = self.route.to_string();
        let slash = if path.starts_with('/') { "" } else { "/" };
        format!("{} {slash}{path}", self.methods.names().join(","))
    }

    pub(super) fn parameters(&self) -> Vec<Parameter> {
        let arity = |segment: &Segment| match segment {
            Segment::Literal(_) | Segment::Parameter(_) => Arity::One,
            Segment::Optional(_) => Arity::Optional,
            Segment::Rest(_) => Arity::Rest,
        };
        self.route
            .segments()
            .iter()
            .filter_map(|segment| {
                segment.parameter().map(|name| Parameter { name: name.to_owned(), arity: arity(segment) })
            })
            .collect()
    }

    pub(super) fn uniques(&self) -> Vec<Unique> {
        let mut uniques = Vec::new();
        for variant in self.route.variants() {
            for method in self.methods.names() {
                let route = variant.normalised();
                uniques.push(Unique {
                    key: "route",
                    label: format!("{method} {}", if route.is_empty() { "/" } else { &route }),
                    identifier: format!("duplicate_route_{method}_{}", name::encode(&route)),
                });
            }
        }
        uniques
    }
}

fn read_route(reader: &mut Reader<'_>) -> Option<Route> {
    let text = reader.required_text("route")?;
    match text.value.parse() {
        Ok(route) => Some(route),
        Err(error) => {
            reader.push(text.fault_within(error.range.clone(), FaultKind::Route(error)));
            None
        }
    }
}

fn read_methods(reader: &mut Reader<'_>) -> Option<Methods> {
    let Ok(texts) = reader.texts("methods") else { return None };
    let Some(texts) = texts else { return Some(Methods::These(vec![Method::Get])) };
    if let [only] = texts.as_slice()
        && only.value.eq_ignore_ascii_case("any")
    {
        return Some(Methods::Any(Any::Any));
    }
    if texts.is_empty() {
        reader.push(Fault::value("methods", FaultKind::NoMethods));
        return None;
    }
    let mut methods: Vec<Method> = Vec::new();
    let mut faultless = true;
    for text in texts {
        let kind = match text.value.parse() {
            Ok(method) if methods.contains(&method) => FaultKind::DuplicateMethod { method: text.value.clone() },
            Ok(method) => {
                methods.push(method);
                continue;
            }
            Err(()) if text.value.eq_ignore_ascii_case("any") => FaultKind::AnyBesideMethods,
            Err(()) => FaultKind::UnknownMethod { found: text.value.clone() },
        };
        reader.push(text.fault(kind));
        faultless = false;
    }
    faultless.then_some(Methods::These(methods))
}

fn read_auth(reader: &mut Reader<'_>) -> Option<Auth> {
    let Ok(text) = reader.text("auth") else { return None };
    let Some(text) = text else { return Some(Auth::default()) };
    let Some(auth) = Auth::from_name(&text.value) else {
        reader.push(text.fault(FaultKind::UnknownAuth { found: text.value.clone() }));
        return None;
    };
    Some(auth)
}
