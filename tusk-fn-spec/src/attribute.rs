//! An attribute and a signature as the macro read them, and their check into a record.
//!
//! The macro hands over keys and values without interpreting one of them, and turns each [`Fault`]'s [`Location`] back into
//! a span. All faults of one function are reported at once.

use std::time::Duration;

use crate::azure::{self, Unservable};
use crate::fault::{Fault, FaultKind};
use crate::limits;
use crate::name;
use crate::output::{self, Output};
use crate::portability;
use crate::provider::Target;
use crate::reader::{Reader, Text};
use crate::record::{FunctionRecord, Idempotent, Source, VERSION};
use crate::suggest;
use crate::trigger::{self, Arity, Parameter, Trigger};
use crate::units;

/// The arguments of `#[tusk_fn(…)]`, in the order in which they are written.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct RawAttribute {
    /// `key = value`, each.
    pub pairs: Vec<RawPair>,
}

/// One `key = value`.
#[derive(Clone, Debug, PartialEq)]
pub struct RawPair {
    /// The word before `=`.
    pub key: String,
    /// What stands after it.
    pub value: RawValue,
}

/// A value as the macro read it.
#[derive(Clone, Debug, PartialEq)]
pub enum RawValue {
    /// A string literal, unescaped.
    Text(String),
    /// `[a, b]`.
    List(Vec<RawValue>),
    /// `true` or `false`.
    Bool(bool),
    /// An integer literal, as written.
    Integer(String),
    /// Anything else, as written.
    Other(String),
}

impl RawValue {
    /// What it is, for a message.
    pub(crate) fn describe(&self) -> String {
        match self {
            Self::Text(text) => format!("the text {text:?}"),
            Self::List(_) => "a list".to_owned(),
            Self::Bool(value) => format!("`{value}`"),
            Self::Integer(text) => format!("the number {text}"),
            Self::Other(text) => format!("the expression `{text}`"),
        }
    }
}

/// What the macro read of the function below the attribute.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct RawSignature {
    /// The function's identifier, without `r#`.
    pub name: String,
    /// The first paragraph of its documentation.
    pub doc: String,
    /// The arguments, in order.
    pub arguments: Vec<RawArgument>,
}

/// What the macro read of an argument.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct RawArgument {
    /// Its name without `r#`, if it is a plain one.
    pub name: Option<String>,
    /// Its attributes, without those that are rustc's ([`output::is_ours`]).
    pub outputs: Vec<RawOutput>,
}

/// An argument's attribute: `#[queue("orders")]`.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct RawOutput {
    /// The word.
    pub name: String,
    /// What stands between its brackets: values, each with its key if it has one.
    pub values: Vec<(Option<String>, RawValue)>,
}

/// Where a fault is.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Location {
    /// The attribute as a whole.
    Attribute,
    /// The key of the pair of that index.
    Key(usize),
    /// The value of the pair of that index.
    Value(usize),
    /// An element of the list that is the value of a pair.
    Element {
        /// The pair's index.
        pair: usize,
        /// The element's index.
        element: usize,
    },
    /// The value of a key, by the key's name; replaced by an index when the fault is reported.
    ValueOf(&'static str),
    /// The argument of that index.
    Argument(usize),
    /// The attribute of the argument of that index.
    OutputOf(usize),
    /// The function's name.
    Name,
    /// The return type.
    Output,
}

/// A key that an attribute may have.
#[derive(Clone, Copy, Debug)]
pub struct Key {
    /// The word.
    pub name: &'static str,
    /// Whether the attribute must have it.
    pub required: bool,
    /// A value, as one would write it.
    pub example: &'static str,
}

impl Key {
    pub(crate) const fn required(name: &'static str, example: &'static str) -> Self {
        Self { name, required: true, example }
    }

    pub(crate) const fn optional(name: &'static str, example: &'static str) -> Self {
        Self { name, required: false, example }
    }
}

/// The keys that every trigger shares.
pub const COMMON_KEYS: &[Key] = &[
    Key::required("trigger", "\"http\""),
    Key::optional("name", "\"get-user\""),
    Key::optional("timeout", "\"30s\""),
    Key::optional("memory", "\"256MB\""),
    Key::optional("targets", "[\"aws\"]"),
    Key::optional("idempotent", "true"),
];

/// How an argument of the function comes by its value.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Binding {
    /// From the parameter of that index in [`Trigger::parameters`].
    Parameter {
        /// The index.
        index: usize,
        /// The parameter's name.
        name: String,
        /// How often it occurs.
        arity: Arity,
    },
    /// It is an output.
    Output(Output),
    /// By its type.
    Type,
}

/// A function that passed all checks.
#[derive(Clone, Debug, PartialEq)]
pub struct Checked {
    /// Its record; [`FunctionRecord::source`] holds only what an attribute can know.
    pub record: FunctionRecord,
    /// For each argument how it comes by its value.
    pub bindings: Vec<Binding>,
}

/// Checks one function.
///
/// # Errors
/// All faults that were found, in the order of the source as far as it is known.
pub fn check(attribute: &RawAttribute, signature: &RawSignature) -> Result<Checked, Vec<Fault>> {
    let mut reader = Reader::new(attribute);
    let kind = reader.required_text("trigger");
    reader.check_keys(kind.as_ref().map(|text| text.value.as_str()));
    let trigger = kind.and_then(|kind| trigger::read(&kind.value, &mut reader));
    let name = read_name(&mut reader, signature);
    let timeout = read_timeout(&mut reader);
    let memory = read_memory(&mut reader);
    let targets = read_targets(&mut reader);
    let idempotent = read_idempotent(&mut reader, trigger.as_ref());
    let outputs = read_outputs(&mut reader, signature);
    let bindings = match &trigger {
        Some(trigger) => check_bindings(&mut reader, trigger, signature, &outputs),
        None => Vec::new(),
    };
    let (Some(trigger), Some(name), Some(timeout), Some(memory), Some(targets), Some(idempotent)) =
        (trigger, name, timeout, memory, targets, idempotent)
    else {
        return Err(reader.faults);
    };
    let mut outputs: Vec<Output> = outputs.into_iter().flatten().collect();
    outputs.sort();
    outputs.dedup();
    let record = FunctionRecord {
        v: VERSION,
        name,
        trigger,
        timeout_ms: timeout.map(|timeout| u64::try_from(timeout.as_millis()).unwrap_or(u64::MAX)),
        memory,
        targets,
        idempotent,
        outputs,
        doc: signature.doc.clone(),
        source: Source {
            package: String::new(),
            module: String::new(),
            function: signature.name.clone(),
            file: String::new(),
            line: 0,
        },
    };
    for target in &record.targets {
        for limit in limits::exceeded(&record, *target) {
            reader.push(Fault::value(limit.key(), FaultKind::Limit(limit)));
        }
        let alone = |target: Target| match target {
            Target::Azure => azure::unservable(&[&record], azure::DEFAULT_PREFIX),
            Target::Aws | Target::Google | Target::Knative => Vec::new(),
        };
        let reasons = portability::impossible(&record, *target).into_iter();
        for reason in reasons.chain(alone(*target).iter().map(Unservable::reason)) {
            let unnamed = reason.key == "name" && reader.find("name").is_none();
            let at = if unnamed { Location::Name } else { Location::ValueOf(reason.key) };
            reader.push(Fault { at, within: None, kind: FaultKind::Impossible { target: *target, reason } });
        }
    }
    if reader.faults.is_empty() { Ok(Checked { record, bindings }) } else { Err(reader.faults) }
}

fn read_name(reader: &mut Reader<'_>, signature: &RawSignature) -> Option<String> {
    let Ok(text) = reader.text("name") else { return None };
    let Some(text) = text else {
        let name = name::from_identifier(&signature.name);
        if name::fault_at(&name).is_some() || name.len() > name::LONGEST {
            let kind = FaultKind::DefaultName { identifier: signature.name.clone(), name };
            reader.push(Fault { at: Location::Name, within: None, kind });
            return None;
        }
        return Some(name);
    };
    if let Some(at) = name::fault_at(&text.value) {
        let length = text.value[at..].chars().next().map_or(0, char::len_utf8);
        reader.push(text.fault_within(at..at + length, FaultKind::Name { found: text.value.clone() }));
        return None;
    }
    if text.value.len() > name::LONGEST {
        reader.push(text.fault(FaultKind::NameTooLong { length: text.value.len() }));
        return None;
    }
    Some(text.value)
}

/// `None` where a fault was reported, else the key's value, if it has one.
#[expect(clippy::option_option, reason = "a fault and an absent key differ")]
fn read_timeout(reader: &mut Reader<'_>) -> Option<Option<Duration>> {
    let Ok(text) = reader.text("timeout") else { return None };
    let Some(text) = text else { return Some(None) };
    match units::parse_duration(&text.value) {
        Ok(timeout) => Some(Some(timeout)),
        Err(error) => {
            reader.push(text.fault_within(error.range.clone(), FaultKind::Unit(error)));
            None
        }
    }
}

/// As [`read_timeout`].
#[expect(clippy::option_option, reason = "a fault and an absent key differ")]
fn read_memory(reader: &mut Reader<'_>) -> Option<Option<u64>> {
    let memory = reader.size("memory").ok()?;
    if memory.is_some_and(|bytes| bytes % limits::MEGABYTE != 0) {
        reader.push(Fault::value("memory", FaultKind::MemoryNotWhole));
        return None;
    }
    Some(memory)
}

fn read_targets(reader: &mut Reader<'_>) -> Option<Vec<Target>> {
    let Ok(texts) = reader.texts("targets") else { return None };
    let Some(texts) = texts else { return Some(Vec::new()) };
    if texts.is_empty() {
        reader.push(Fault::value("targets", FaultKind::NoTargets));
        return None;
    }
    let mut targets = Vec::new();
    let mut faultless = true;
    for text in texts {
        let kind = match Target::from_name(&text.value) {
            Some(target) if targets.contains(&target) => FaultKind::DuplicateTarget { found: text.value.clone() },
            Some(target) => {
                targets.push(target);
                continue;
            }
            None => FaultKind::UnknownTarget { found: text.value.clone() },
        };
        reader.push(text.fault(kind));
        faultless = false;
    }
    faultless.then_some(targets)
}

/// `None` where a fault was reported, else the key's value, if it has one.
#[expect(clippy::option_option, reason = "a fault and an absent key differ")]
fn read_idempotent(reader: &mut Reader<'_>, trigger: Option<&Trigger>) -> Option<Option<Idempotent>> {
    let idempotent = match reader.find("idempotent") {
        None | Some((_, RawValue::Bool(false))) => return Some(None),
        Some((_, RawValue::Bool(true))) => Idempotent::Delivery,
        Some((index, RawValue::Text(value))) => {
            let text = Text { value: value.clone(), at: Location::Value(index) };
            match Idempotent::parse_path(value) {
                Ok(path) => path,
                Err(range) => {
                    reader.push(text.fault_within(range, FaultKind::IdempotentPath));
                    return None;
                }
            }
        }
        Some((index, other)) => {
            reader.mistyped(Location::Value(index), "idempotent", "`true` or a path in the payload", other);
            return None;
        }
    };
    match (trigger, &idempotent) {
        (Some(Trigger::Http(_)), _) => {
            reader.push(Fault::value("idempotent", FaultKind::IdempotentRequest));
            None
        }
        (Some(Trigger::Timer(_) | Trigger::Blob(_)), Idempotent::Payload(_)) => {
            let trigger = if matches!(trigger, Some(Trigger::Blob(_))) { "blob" } else { "timer" };
            reader.push(Fault::value("idempotent", FaultKind::IdempotentWithoutPayload { trigger }));
            None
        }
        _ => Some(Some(idempotent)),
    }
}

/// The output of each argument that is one.
fn read_outputs(reader: &mut Reader<'_>, signature: &RawSignature) -> Vec<Option<Output>> {
    let read = |(index, argument): (usize, &RawArgument)| match argument.outputs.as_slice() {
        [] => None,
        [only] => output::read(only, index, reader),
        [_, ..] => {
            reader.push(Fault { at: Location::OutputOf(index), within: None, kind: FaultKind::SeveralOutputs });
            None
        }
    };
    signature.arguments.iter().enumerate().map(read).collect()
}

fn check_bindings(
    reader: &mut Reader<'_>,
    trigger: &Trigger,
    signature: &RawSignature,
    outputs: &[Option<Output>],
) -> Vec<Binding> {
    let parameters = trigger.parameters();
    let mut bindings = Vec::new();
    for (argument, output) in signature.arguments.iter().zip(outputs) {
        let index = parameters.iter().position(|parameter| argument.name.as_ref() == Some(&parameter.name));
        bindings.push(match (output, index) {
            // An output that is at fault was reported.
            (Some(output), _) => Binding::Output(output.clone()),
            (None, Some(index)) if argument.outputs.is_empty() => {
                Binding::Parameter { index, name: parameters[index].name.clone(), arity: parameters[index].arity }
            }
            (None, _) => Binding::Type,
        });
    }
    let bound = |name: &str| {
        bindings.iter().any(|binding| matches!(binding, Binding::Parameter { name: bound, .. } if bound == name))
    };
    let free: Vec<&str> = signature
        .arguments
        .iter()
        .zip(&bindings)
        .filter(|(_, binding)| **binding == Binding::Type)
        .filter_map(|(argument, _)| argument.name.as_deref())
        .collect();
    for parameter in parameters.iter().filter(|parameter| !bound(&parameter.name)) {
        reader.push(unbound(parameter, &free, reader.pairs));
    }
    bindings
}

/// The fault of a parameter that no argument takes, at the parameter itself if it can be found in a value.
fn unbound(parameter: &Parameter, free: &[&str], pairs: &[RawPair]) -> Fault {
    let kind = FaultKind::UnboundParameter {
        name: parameter.name.clone(),
        arity: parameter.arity,
        near: suggest::nearest(&parameter.name, free.iter().copied()).map(str::to_owned),
    };
    let opening = format!("<{}", parameter.name);
    for (index, pair) in pairs.iter().enumerate() {
        let RawValue::Text(value) = &pair.value else { continue };
        let Some(start) = value.find(&opening) else { continue };
        let end = value[start..].find('>').map_or(value.len(), |length| start + length + 1);
        let text = Text { value: value.clone(), at: Location::Value(index) };
        return text.fault_within(start..end, kind);
    }
    Fault { at: Location::Attribute, within: None, kind }
}
