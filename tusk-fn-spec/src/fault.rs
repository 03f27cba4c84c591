//! Every fault that the checks of one function can find, and every word said about it.
//!
//! One voice: what is wrong, then `help:` with what to type instead, then the alternatives where they are few. The macro
//! and the command line print the same text.

use std::ops::Range;

use crate::attribute::{COMMON_KEYS, Location};
use crate::filter::FilterError;
use crate::limits::Limit;
use crate::name;
use crate::output::{Access, OutputKind};
use crate::pattern::PatternError;
use crate::portability::Reason;
use crate::provider::Target;
use crate::route::RouteError;
use crate::schedule::{ScheduleError, UnknownZone};
use crate::suggest::{listed, meant};
use crate::trigger::http::{Auth, Method};
use crate::trigger::timer::DAY_MATCH_NAMES;
use crate::trigger::{Arity, NAMES, example_of};
use crate::units::UnitError;

/// One fault of one function.
#[derive(Clone, Debug, PartialEq)]
pub struct Fault {
    /// Where it is.
    pub at: Location,
    /// The text it is in and the bytes of it, where it is inside a text.
    pub within: Option<(String, Range<usize>)>,
    /// What it is.
    pub kind: FaultKind,
}

impl Fault {
    /// A fault of a key's whole value.
    pub(crate) fn value(key: &'static str, kind: FaultKind) -> Self {
        Self { at: Location::ValueOf(key), within: None, kind }
    }

    /// A fault at an argument.
    pub fn argument(index: usize, kind: FaultKind) -> Self {
        Self { at: Location::Argument(index), within: None, kind }
    }

    /// A fault at the function's name.
    pub fn name(kind: FaultKind) -> Self {
        Self { at: Location::Name, within: None, kind }
    }

    /// The whole message: what is wrong, the place within the text, and the help.
    pub fn render(&self) -> String {
        let mut out = self.kind.message();
        // A text that is too long would bury the message.
        if let Some((text, range)) = self.within.as_ref().filter(|(text, _)| text.len() <= LONGEST_SHOWN) {
            out.push_str(&caret(text, range));
        }
        if let Some(help) = self.kind.help() {
            out.push_str("\nhelp: ");
            out.push_str(&help);
        }
        out
    }
}

/// The longest text that a message repeats, in bytes.
const LONGEST_SHOWN: usize = 160;

/// The text as a literal, with carets below some of its bytes.
fn caret(text: &str, range: &Range<usize>) -> String {
    let columns = |part: Option<&str>| part.unwrap_or_default().escape_debug().count();
    let before = columns(text.get(..range.start));
    let marked = columns(text.get(range.clone())).max(1);
    format!("\n\n  \"{}\"\n   {}{}\n", text.escape_debug(), " ".repeat(before), "^".repeat(marked))
}

/// What can be wrong with one function.
#[derive(Clone, Debug, PartialEq)]
#[non_exhaustive]
#[expect(missing_docs, reason = "each variant's message is its documentation")]
pub enum FaultKind {
    NoKey,
    ValueWithoutKey { value: String },
    KeyWithoutValue { key: String },
    KeyWithoutEquals { key: String, value: Option<String> },
    UnreadableValue { key: String, reason: String },
    MissingComma,
    MissingTrigger,
    UnknownTrigger { found: String },
    UnknownKey { found: String, trigger: Option<String>, others: Vec<&'static str>, known: Vec<&'static str> },
    DuplicateKey { key: String },
    MissingKey { key: &'static str, trigger: String, example: &'static str },
    WrongType { key: &'static str, expected: &'static str, found: String, example: String },
    Name { found: String },
    NameTooLong { length: usize },
    DefaultName { identifier: String, name: String },
    Unit(UnitError),
    MemoryNotWhole,
    NoTargets,
    UnknownTarget { found: String },
    DuplicateTarget { found: String },
    Limit(Limit),
    Impossible { target: Target, reason: Reason },
    Route(RouteError),
    NoMethods,
    UnknownMethod { found: String },
    DuplicateMethod { method: String },
    AnyBesideMethods,
    UnknownAuth { found: String },
    Schedule(ScheduleError),
    UnknownZone(UnknownZone),
    UnknownDayMatch { found: String },
    UnboundParameter { name: String, arity: Arity, near: Option<String> },
    NumberOutside { key: &'static str, found: String, least: u32, most: u32 },
    UnknownChoice { key: &'static str, found: String, known: Vec<&'static str> },
    DuplicateChoice { key: &'static str, found: String },
    NoChoice { key: &'static str, example: &'static str },
    ResourceName { found: String, near: Option<String> },
    DeadLetterItself,
    Pattern(PatternError),
    Filter(FilterError),
    ConditionTwice { attribute: String },
    IdempotentPath,
    IdempotentRequest,
    IdempotentWithoutPayload { trigger: &'static str },
    UnknownOutput { found: String },
    OutputWithoutName { kind: OutputKind },
    OutputArguments { kind: OutputKind, access: bool },
    UnknownAccess { found: String },
    SeveralOutputs,
    NotAFunction { found: &'static str },
    NotAsync { name: String },
    Generic,
    UnsafeFunction,
    ExternFunction,
    ConstFunction,
    Receiver,
    LifetimeParameter,
    BorrowedArgument { owned: String },
    ImplArgument,
    ConditionalArgument,
    NeverOutput,
    InitArgumentsOfAttribute,
    InitWithoutOutput,
    InitImplOutput,
}

impl FaultKind {
    /// What is wrong.
    pub fn message(&self) -> String {
        match self {
            Self::NoKey => "a key must stand here".to_owned(),
            Self::ValueWithoutKey { value } => format!("the value {value:?} has no key"),
            Self::KeyWithoutValue { key } => format!("the key `{key}` has no value"),
            Self::KeyWithoutEquals { key, .. } => format!("`=` and a value must follow the key `{key}`"),
            Self::UnreadableValue { key, reason } => format!("the value of `{key}` cannot be read: {reason}"),
            Self::MissingComma => "a comma is missing before this".to_owned(),
            Self::MissingTrigger => "`#[tusk_fn]` does not say what invokes this function".to_owned(),
            Self::UnknownTrigger { found } => format!("there is no trigger `{found}`"),
            Self::UnknownKey { found, trigger: None, .. } => format!("`#[tusk_fn]` has no key `{found}`"),
            Self::UnknownKey { found, trigger: Some(trigger), .. } => {
                format!("a trigger of kind `{trigger}` has no key `{found}`")
            }
            Self::DuplicateKey { key } => format!("the key `{key}` is given twice"),
            Self::MissingKey { key, trigger, .. } => format!("a trigger of kind `{trigger}` needs the key `{key}`"),
            Self::WrongType { key, expected, found, .. } => format!("`{key}` takes {expected}, not {found}"),
            Self::Name { found } if found.is_empty() => "a function's name cannot be empty".to_owned(),
            Self::Name { found } => format!("`{found}` cannot be a function's name"),
            Self::NameTooLong { length } => {
                format!("this name has {length} characters, and {} is the most", name::LONGEST)
            }
            Self::DefaultName { name, .. } if name.len() > name::LONGEST => {
                let (length, most) = (name.chars().count(), name::LONGEST);
                format!("this gives the function a name of {length} characters, and {most} is the most")
            }
            Self::DefaultName { identifier, name } => {
                format!("`{identifier}` gives the function the name `{name}`, which no provider takes")
            }
            Self::Unit(error) => error.message(),
            Self::MemoryNotWhole => "memory is given in whole megabytes".to_owned(),
            Self::NoTargets => "this function could be deployed nowhere".to_owned(),
            Self::UnknownTarget { found } => format!("there is no target `{found}`"),
            Self::DuplicateTarget { found } => format!("the target `{found}` is given twice"),
            Self::Limit(limit) => limit.message(),
            Self::Impossible { target, reason } => {
                format!("`{}` cannot run this function: {}", target.name(), reason.text)
            }
            Self::Route(error) => error.kind.message(),
            Self::NoMethods => "this function would answer no method".to_owned(),
            Self::UnknownMethod { found } => format!("there is no method `{found}`"),
            Self::DuplicateMethod { method } => format!("the method `{method}` is given twice"),
            Self::AnyBesideMethods => "`any` includes the other methods".to_owned(),
            Self::UnknownAuth { found } => format!("`auth` has no level `{found}`"),
            Self::Schedule(error) => error.kind.message(),
            Self::UnknownZone(error) => error.message(),
            Self::UnknownDayMatch { found } => format!("`day_match` has no value `{found}`"),
            Self::UnboundParameter { name, .. } => format!("no argument takes the parameter `{name}`"),
            Self::NumberOutside { key, found, least, most } => {
                format!("`{key}` is a number from {least} to {most}, not {found}")
            }
            Self::UnknownChoice { key, found, .. } => format!("`{key}` has no value `{found}`"),
            Self::DuplicateChoice { key, found } => format!("`{key}` has the value `{found}` twice"),
            Self::NoChoice { key, .. } => format!("with no `{key}`, nothing would invoke this function"),
            Self::ResourceName { found, .. } if found.is_empty() => "the name is empty".to_owned(),
            Self::ResourceName { found, .. } if found.len() > name::LONGEST_RESOURCE => {
                format!(
                    "this name has {} characters, and {} is the most",
                    found.chars().count(),
                    name::LONGEST_RESOURCE
                )
            }
            Self::ResourceName { found, .. } => format!("`{found}` cannot be the name of a resource"),
            Self::DeadLetterItself => "a queue cannot be its own dead-letter queue".to_owned(),
            Self::Pattern(error) => error.kind.message(),
            Self::Filter(error) => error.kind.message(),
            Self::ConditionTwice { attribute } => format!("there are two conditions on the attribute `{attribute}`"),
            Self::IdempotentPath => "this is no path in a payload".to_owned(),
            Self::IdempotentRequest => "a request is delivered once, so there is nothing to tell apart".to_owned(),
            Self::IdempotentWithoutPayload { trigger } => format!("a {trigger} has no payload"),
            _ => self.signature_message(),
        }
    }

    /// What is wrong with a signature.
    fn signature_message(&self) -> String {
        match self {
            Self::UnknownOutput { found } => format!("there is no output `{found}`"),
            Self::OutputWithoutName { kind } => format!("`#[{}]` does not say which one is meant", kind.name()),
            Self::OutputArguments { kind, .. } => {
                format!("`#[{}]` takes a name, and nothing like this", kind.name())
            }
            Self::UnknownAccess { found } => format!("`access` has no value `{found}`"),
            Self::SeveralOutputs => "an argument can be one output only".to_owned(),
            Self::NotAFunction { found } => format!("this attribute stands on a function, not on {found}"),
            Self::NotAsync { .. } => "the function must be `async`".to_owned(),
            Self::Generic => "the function cannot be generic: nobody could say for which type it is called".to_owned(),
            Self::LifetimeParameter => {
                "the function cannot have a lifetime parameter: nothing that it could borrow outlives the call"
                    .to_owned()
            }
            Self::UnsafeFunction => "the function cannot be `unsafe`".to_owned(),
            Self::ExternFunction => "the function cannot be `extern`".to_owned(),
            Self::ConstFunction => "the function cannot be `const`".to_owned(),
            Self::Receiver => "the function cannot have a `self`: there is no value to call it on".to_owned(),
            Self::BorrowedArgument { .. } => "an argument must be owned: there is nothing to borrow it from".to_owned(),
            Self::ImplArgument => "the type of an argument must be written out, without `impl`".to_owned(),
            Self::ConditionalArgument => "an argument cannot be there under a condition".to_owned(),
            Self::NeverOutput => "the function must end: its end is the end of the invocation".to_owned(),
            Self::InitArgumentsOfAttribute => "`#[tusk_fn::init]` takes no keys".to_owned(),
            Self::InitWithoutOutput => "an init must return the state that it makes".to_owned(),
            Self::InitImplOutput => {
                "the type of a state must be written out: functions ask for it by its type".to_owned()
            }
            _ => String::new(),
        }
    }

    /// What to type instead.
    pub fn help(&self) -> Option<String> {
        Some(match self {
            Self::NoKey => "write `key = value`, such as `trigger = \"http\"`".to_owned(),
            Self::ValueWithoutKey { value } => format!("write `{} = {value:?}`", key_for(value)),
            Self::KeyWithoutEquals { key, value: Some(value) } => format!("write `{key} = {value}`"),
            Self::KeyWithoutValue { key } if NAMES.contains(&key.as_str()) => format!("write `trigger = \"{key}\"`"),
            Self::KeyWithoutValue { key } | Self::KeyWithoutEquals { key, .. } | Self::UnreadableValue { key, .. } => {
                format!("write `{key} = {}`", example_of(key))
            }
            Self::MissingComma => "write a comma between two keys, and between two elements of a list".to_owned(),
            Self::MissingTrigger => {
                format!("add `trigger = \"…\"`, with one of {}", listed(NAMES.iter().copied(), "or"))
            }
            Self::UnknownTrigger { found } => did_you_mean(found, NAMES.iter().copied()),
            Self::UnknownKey { found, others, known, .. } => unknown_key_help(found, others, known),
            Self::DuplicateKey { .. } | Self::DuplicateTarget { .. } | Self::DuplicateMethod { .. } => {
                "remove one of them".to_owned()
            }
            Self::MissingKey { key, example, .. } => format!("write `{key} = {example}`"),
            Self::WrongType { key, example, .. } => format!("write `{key} = {example}`"),
            Self::Name { found } => match name_like(found) {
                Some(name) => format!("write `\"{name}\"`: {NAME_RULE}"),
                None => NAME_RULE.to_owned(),
            },
            Self::NameTooLong { .. } => "choose a shorter one: a Knative service is a DNS label".to_owned(),
            Self::DefaultName { name, .. } => {
                let like = name_like(name).unwrap_or_else(|| "…".to_owned());
                format!("give it a name: `name = \"{like}\"`")
            }
            Self::Unit(error) => return error.help(),
            Self::MemoryNotWhole => "write it as `memory = \"256MB\"`".to_owned(),
            Self::NoTargets => "list at least one target, or remove the key: then it is for all".to_owned(),
            Self::UnknownTarget { found } => did_you_mean(found, Target::ALL.map(Target::name)),
            Self::Limit(limit) => limit.help(),
            Self::Impossible { reason, .. } => return reason.help.clone(),
            Self::Route(error) => return error.kind.help(),
            Self::NoMethods => "list at least one, or remove the key: then it is `GET`".to_owned(),
            Self::UnknownMethod { found } => unknown_method_help(found),
            Self::AnyBesideMethods => "write `methods = \"any\"`".to_owned(),
            Self::UnknownAuth { found } if found == "jwt" => {
                "this version checks no tokens: write `auth = \"platform\"` or `auth = \"public\"`".to_owned()
            }
            Self::UnknownAuth { found } => did_you_mean(found, Auth::NAMES),
            Self::Schedule(error) => return error.kind.help(),
            Self::UnknownZone(error) => return error.help(),
            Self::UnknownDayMatch { found } => did_you_mean(found, DAY_MATCH_NAMES),
            Self::UnboundParameter { name, arity, near } => unbound_help(name, *arity, near.as_deref()),
            Self::NumberOutside { key, found, least, most } => {
                let nearest = if found.parse::<u32>().is_ok_and(|found| found < *least) { least } else { most };
                format!("write `{key} = {nearest}`")
            }
            Self::UnknownChoice { found, known, .. } => did_you_mean(found, known.iter().copied()),
            Self::DuplicateChoice { .. } => "remove one of them".to_owned(),
            Self::NoChoice { key, example } => {
                format!("list at least one, as in `{key} = {example}`, or remove the key")
            }
            Self::ResourceName { near: Some(near), .. } => format!("write `\"{near}\"`: {}", name::RESOURCE_RULE),
            Self::ResourceName { near: None, .. } => name::RESOURCE_RULE.to_owned(),
            Self::DeadLetterItself => {
                "name another one, or remove the key: then the queue has one of its own".to_owned()
            }
            Self::Pattern(error) => return error.kind.help(),
            Self::Filter(error) => return error.kind.help(),
            Self::ConditionTwice { .. } => "write one condition with both values: `\"region = eu | us\"`".to_owned(),
            Self::IdempotentPath => {
                "write names joined by dots, such as `idempotent = \"order.id\"`, or `true`".to_owned()
            }
            Self::IdempotentRequest => {
                "remove the key, and let the client send a key of its own that the function checks".to_owned()
            }
            Self::IdempotentWithoutPayload { trigger } => {
                let key = if *trigger == "blob" { "that change of the object" } else { "the scheduled instant" };
                format!("write `idempotent = true`: its key is {key}")
            }
            _ => return self.signature_help(),
        })
    }

    /// What to type instead in a signature.
    fn signature_help(&self) -> Option<String> {
        Some(match self {
            Self::UnknownOutput { found } => did_you_mean(found, OutputKind::ALL.iter().map(|kind| kind.name())),
            Self::OutputWithoutName { kind } | Self::OutputArguments { kind, access: false } => {
                format!("write `#[{}({:?})]`", kind.name(), kind.example())
            }
            Self::OutputArguments { kind, access: true } => {
                format!("write `#[{}({:?}, access = \"read\")]`", kind.name(), kind.example())
            }
            Self::UnknownAccess { found } => did_you_mean(found, Access::NAMES),
            Self::SeveralOutputs => "write an argument for each".to_owned(),
            Self::NotAFunction { .. } => "put it on an `async fn`".to_owned(),
            Self::NotAsync { name } => format!("write `async fn {name}`"),
            Self::Generic => "write the types out, or call the generic function from this one".to_owned(),
            Self::LifetimeParameter => "return an owned value, such as `String`, or `&'static str`".to_owned(),
            Self::UnsafeFunction => "remove `unsafe`, and put `unsafe { … }` around what needs it".to_owned(),
            Self::ExternFunction => "remove `extern`, or call that function from an `async fn`".to_owned(),
            Self::ConstFunction => "write `async` in its place, or call that function from an `async fn`".to_owned(),
            Self::Receiver => {
                "move it out of the `impl` block, and take what it needs of `self` as `State<T>`".to_owned()
            }
            Self::BorrowedArgument { owned } => format!("write `{owned}`"),
            Self::ImplArgument => "write a type, such as `String`".to_owned(),
            Self::ConditionalArgument => "put the `#[cfg]` on the function, and write one for each case".to_owned(),
            Self::NeverOutput => "write the type of what it returns, or nothing, in place of `!`".to_owned(),
            Self::InitArgumentsOfAttribute => "write `#[tusk_fn::init]`".to_owned(),
            Self::InitWithoutOutput => "write `-> T`, or `-> Result<T, E>` if it can fail".to_owned(),
            Self::InitImplOutput => "write the type's name, or put the value into a type of your own".to_owned(),
            _ => return None,
        })
    }
}

/// What a name is made of.
const NAME_RULE: &str =
    "a name begins with a letter, goes on with letters, digits, `-` and `_`, and ends with a letter or digit";

/// A name that is as much as possible like a text that is none.
fn name_like(text: &str) -> Option<String> {
    let name: String = text.chars().map(|c| if c.is_ascii_alphanumeric() || c == '_' { c } else { '-' }).collect();
    let words: Vec<&str> = name.split('-').filter(|word| !word.is_empty()).collect();
    let name = words.join("-");
    let name = name.trim_matches(['-', '_']);
    (name::fault_at(name).is_none() && name.len() <= name::LONGEST).then(|| name.to_owned())
}

/// The key that a value without one is likely meant for.
fn key_for(value: &str) -> &'static str {
    if NAMES.contains(&value) {
        "trigger"
    } else if value.starts_with('@') || value.contains('*') {
        "schedule"
    } else if value.contains(['/', '<', '{']) {
        "route"
    } else {
        "name"
    }
}

fn did_you_mean<'a, I: IntoIterator<Item = &'a str> + Clone>(found: &str, known: I) -> String {
    match meant(found, known.clone()) {
        Some(near) => format!("did you mean `{near}`?"),
        None => format!("write one of {}", listed(known, "or")),
    }
}

fn unknown_key_help(found: &str, others: &[&str], known: &[&str]) -> String {
    if let Some(near) = meant(found, known.iter().copied()) {
        return format!("did you mean `{near}`?");
    }
    if !others.is_empty() {
        return format!("`{found}` belongs to {}", listed(others.iter().copied(), "and"));
    }
    let common = COMMON_KEYS.iter().map(|key| key.name);
    let own: Vec<&str> = known.iter().copied().filter(|key| !common.clone().any(|it| it == *key)).collect();
    match own.as_slice() {
        [] => format!("the keys are {}", listed(known.iter().copied(), "and")),
        own => format!(
            "its own keys are {}; all triggers have {}",
            listed(own.iter().copied(), "and"),
            listed(common, "and")
        ),
    }
}

fn unknown_method_help(found: &str) -> String {
    let upper = found.to_uppercase();
    let several: Vec<&str> = upper.split([',', '|', ' ', '/']).filter(|word| !word.is_empty()).collect();
    if several.len() > 1 && several.iter().all(|word| word.parse::<Method>().is_ok()) {
        return format!("write `methods = {several:?}`");
    }
    if found == "*" || upper == "ALL" {
        return "write `methods = \"any\"`".to_owned();
    }
    match upper.parse::<Method>() {
        Ok(method) => format!("methods are written in capitals: `{method}`"),
        Err(()) => did_you_mean(&upper, Method::ALL.map(Method::name)),
    }
}

fn unbound_help(name: &str, arity: Arity, near: Option<&str>) -> String {
    if let Some(near) = near {
        return format!("rename the argument `{near}` to `{name}`: parameters bind by name");
    }
    let raw = if name::is_keyword(name) { "r#" } else { "" };
    match arity {
        Arity::One => format!("add the argument `{raw}{name}: String`, or any type that implements `FromStr`"),
        Arity::Optional => format!("add the argument `{raw}{name}: Option<String>`"),
        Arity::Rest => format!("add the argument `{raw}{name}: String`"),
    }
}
