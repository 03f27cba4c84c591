//! An attribute and a signature as the macro read them, and their check into a record.
//!
//! The macro hands over keys and values without interpreting one of them, and turns each [`Fault`]'s [`Location`] back into
//! a span. All faults of one function are reported at once.

use std::ops::Range;
use std::time::Duration;

use crate::fault::{Fault, FaultKind};
use crate::limits;
use crate::name;
use crate::provider::Target;
use crate::record::{FunctionRecord, Source, VERSION};
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
    fn describe(&self) -> String {
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
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct RawSignature {
    /// The function's identifier, without `r#`.
    pub name: String,
    /// The first paragraph of its documentation.
    pub doc: String,
    /// For each argument its name without `r#`, if it is a plain one.
    pub arguments: Vec<Option<String>>,
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
    let bindings = match &trigger {
        Some(trigger) => check_bindings(&mut reader, trigger, signature),
        None => Vec::new(),
    };
    let (Some(trigger), Some(name), Some(timeout), Some(memory), Some(targets)) =
        (trigger, name, timeout, memory, targets)
    else {
        return Err(reader.faults);
    };
    let record = FunctionRecord {
        v: VERSION,
        name,
        trigger,
        timeout_ms: timeout.map(|timeout| u64::try_from(timeout.as_millis()).unwrap_or(u64::MAX)),
        memory,
        targets,
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

fn check_bindings(reader: &mut Reader<'_>, trigger: &Trigger, signature: &RawSignature) -> Vec<Binding> {
    let parameters = trigger.parameters();
    let named = |name: &str| parameters.iter().position(|parameter| parameter.name == name);
    let bindings: Vec<Binding> = signature
        .arguments
        .iter()
        .map(|argument| match argument.as_deref().and_then(named) {
            Some(index) => {
                Binding::Parameter { index, name: parameters[index].name.clone(), arity: parameters[index].arity }
            }
            None => Binding::Type,
        })
        .collect();
    let free: Vec<&str> = signature
        .arguments
        .iter()
        .zip(&bindings)
        .filter_map(|(argument, binding)| argument.as_deref().filter(|_| *binding == Binding::Type))
        .collect();
    for parameter in &parameters {
        if !signature.arguments.iter().flatten().any(|argument| *argument == parameter.name) {
            reader.push(unbound(parameter, &free, reader.pairs));
        }
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

/// A text of the attribute and where it stands.
#[derive(Clone, Debug)]
pub(crate) struct Text {
    pub(crate) value: String,
    at: Location,
}

impl Text {
    /// A fault of the whole text.
    pub(crate) fn fault(&self, kind: FaultKind) -> Fault {
        Fault { at: self.at.clone(), within: None, kind }
    }

    /// A fault of some bytes of the text.
    pub(crate) fn fault_within(&self, range: Range<usize>, kind: FaultKind) -> Fault {
        Fault { at: self.at.clone(), within: Some((self.value.clone(), range)), kind }
    }
}

/// Reads typed values out of an attribute and keeps all faults.
pub(crate) struct Reader<'a> {
    pairs: &'a [RawPair],
    faults: Vec<Fault>,
}

impl<'a> Reader<'a> {
    fn new(attribute: &'a RawAttribute) -> Self {
        Self { pairs: &attribute.pairs, faults: Vec::new() }
    }

    /// Reports a fault.
    pub(crate) fn push(&mut self, mut fault: Fault) {
        if let Location::ValueOf(key) = fault.at {
            fault.at = self.position(key).map_or(Location::Attribute, Location::Value);
        }
        self.faults.push(fault);
    }

    fn position(&self, key: &str) -> Option<usize> {
        self.pairs.iter().position(|pair| pair.key == key)
    }

    fn find(&self, key: &str) -> Option<(usize, &'a RawValue)> {
        self.position(key).map(|index| (index, &self.pairs[index].value))
    }

    /// Reports unknown keys, repeated keys and missing ones; `kind` is the trigger's word, if there is one.
    fn check_keys(&mut self, kind: Option<&str>) {
        let own = match kind {
            Some(kind) => match trigger::keys_of(kind) {
                Some(keys) => keys,
                // An unknown kind of trigger: which keys it would have cannot be known.
                None => return,
            },
            None => &[],
        };
        let known: Vec<&'static str> = COMMON_KEYS.iter().chain(own).map(|key| key.name).collect();
        for (index, pair) in self.pairs.iter().enumerate() {
            let fault = |kind| Fault { at: Location::Key(index), within: None, kind };
            if self.position(&pair.key) != Some(index) {
                self.faults.push(fault(FaultKind::DuplicateKey { key: pair.key.clone() }));
            } else if !known.contains(&pair.key.as_str()) {
                let others = trigger::kinds_with(&pair.key);
                // Without a trigger, the missing trigger is the fault to mend first.
                if kind.is_none() && !others.is_empty() {
                    continue;
                }
                self.faults.push(fault(FaultKind::UnknownKey {
                    found: pair.key.clone(),
                    trigger: kind.map(str::to_owned),
                    others,
                    known: known.clone(),
                }));
            }
        }
        // A misspelt key is not missing too.
        let meant = |name: &str| {
            self.pairs.iter().any(|pair| {
                !known.contains(&pair.key.as_str()) && suggest::nearest(&pair.key, known.iter().copied()) == Some(name)
            })
        };
        let missing = |key: &&Key| key.required && self.position(key.name).is_none() && !meant(key.name);
        let missing: Vec<&Key> = own.iter().filter(missing).collect();
        for key in missing {
            let trigger = kind.unwrap_or_default().to_owned();
            let kind = FaultKind::MissingKey { key: key.name, trigger, example: key.example };
            self.faults.push(Fault { at: Location::Attribute, within: None, kind });
        }
    }

    fn mistyped(&mut self, at: Location, key: &'static str, expected: &'static str, found: &RawValue) {
        let example = trigger::example_of(key);
        let kind = FaultKind::WrongType { key, expected, found: found.describe(), example };
        self.faults.push(Fault { at, within: None, kind });
    }

    /// The text of a key, if it is there. `Err` where a fault was reported.
    pub(crate) fn text(&mut self, key: &'static str) -> Result<Option<Text>, ()> {
        match self.find(key) {
            None => Ok(None),
            Some((index, RawValue::Text(value))) => Ok(Some(Text { value: value.clone(), at: Location::Value(index) })),
            Some((index, other)) => {
                self.mistyped(Location::Value(index), key, "a text in quotes", other);
                Err(())
            }
        }
    }

    /// The text of a key that must be there. [`Reader::check_keys`] reports the missing ones, but for `trigger`.
    pub(crate) fn required_text(&mut self, key: &'static str) -> Option<Text> {
        let text = self.text(key).ok()?;
        if text.is_none() && key == "trigger" {
            self.faults.push(Fault { at: Location::Attribute, within: None, kind: FaultKind::MissingTrigger });
        }
        text
    }

    /// The texts of a key that takes a list or one text. `Err` where a fault was reported.
    pub(crate) fn texts(&mut self, key: &'static str) -> Result<Option<Vec<Text>>, ()> {
        let (pair, elements) = match self.find(key) {
            None => return Ok(None),
            Some((index, RawValue::Text(value))) => {
                return Ok(Some(vec![Text { value: value.clone(), at: Location::Value(index) }]));
            }
            Some((index, RawValue::List(elements))) => (index, elements),
            Some((index, other)) => {
                self.mistyped(Location::Value(index), key, "a list of texts in quotes", other);
                return Err(());
            }
        };
        let mut texts = Vec::new();
        let mut faultless = true;
        for (element, value) in elements.iter().enumerate() {
            let at = Location::Element { pair, element };
            if let RawValue::Text(value) = value {
                texts.push(Text { value: value.clone(), at });
            } else {
                self.mistyped(at, key, "texts in quotes", value);
                faultless = false;
            }
        }
        if faultless { Ok(Some(texts)) } else { Err(()) }
    }

    /// The size in bytes that a key gives, if it is there. `Err` where a fault was reported.
    pub(crate) fn size(&mut self, key: &'static str) -> Result<Option<u64>, ()> {
        let Some(text) = self.text(key)? else { return Ok(None) };
        units::parse_size(&text.value).map(Some).map_err(|error| {
            self.push(text.fault_within(error.range.clone(), FaultKind::Unit(error)));
        })
    }
}
