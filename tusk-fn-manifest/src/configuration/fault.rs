//! What can be wrong with a configuration, and every word of it.

use tusk_fn_spec::limits::Limit;
use tusk_fn_spec::suggest::listed;
use tusk_tsk::value::Node;
use tusk_tsk::{Place, Span, Tree};

/// Something wrong with a configuration.
#[derive(Clone, Debug, thiserror::Error)]
#[error("{}{}", self.place.as_ref().map(|place| format!("{place}: ")).unwrap_or_default(), self.kind.message())]
#[non_exhaustive]
pub struct ConfigurationError {
    /// Where it is.
    pub place: Option<Place>,
    /// What it is.
    pub kind: ConfigurationErrorKind,
}

impl ConfigurationError {
    /// The whole message: what is wrong, the line with a caret, and the help.
    pub fn render(&self) -> String {
        let place = self.place.as_ref().map(Place::render).unwrap_or_default();
        format!("error: {}{place}\nhelp: {}", self.kind.message(), self.kind.help())
    }
}

/// What can be wrong with a configuration.
#[derive(Clone, Debug, PartialEq)]
#[non_exhaustive]
#[expect(missing_docs, reason = "each variant's message is its documentation")]
pub enum ConfigurationErrorKind {
    UnknownSection { found: String, near: Option<String> },
    UnknownKey { found: String, section: String, near: Option<String>, known: Vec<&'static str> },
    UnknownFunction { found: String, near: Option<String> },
    GivenTwice { key: &'static str },
    WrongValue { found: &'static str, wanted: &'static str },
    UnknownProvider { found: String },
    RustCode { section: String },
    Limit(Limit),
}

impl ConfigurationErrorKind {
    /// What is wrong.
    pub fn message(&self) -> String {
        match self {
            Self::UnknownSection { found, .. } => format!("there is no section and no function `{found}`"),
            Self::UnknownKey { found, section, .. } => format!("`[{section}]` has no key `{found}`"),
            Self::UnknownFunction { found, .. } => format!("there is no function `{found}`"),
            Self::GivenTwice { key } => format!("`{key}` is given twice, by two of its names"),
            Self::WrongValue { found, wanted } => format!("this is {found}, where {wanted} is wanted"),
            Self::UnknownProvider { found } => format!("there is no provider `{found}`"),
            Self::RustCode { section } => format!("`[{section}]` holds Rust code, and is no configuration"),
            Self::Limit(limit) => limit.message(),
        }
    }

    /// What to write instead.
    pub fn help(&self) -> String {
        match self {
            Self::UnknownSection { near: Some(near), .. }
            | Self::UnknownKey { near: Some(near), .. }
            | Self::UnknownFunction { near: Some(near), .. } => format!("did you mean `{near}`?"),
            Self::UnknownSection { near: None, .. } => {
                "name a section like a function (`fn get_user` is `[get_user]`), or write `[serverless]` for all"
                    .to_owned()
            }
            Self::UnknownKey { known, near: None, .. } => {
                format!("its keys are {}", listed(known.iter().copied(), "and"))
            }
            Self::UnknownFunction { near: None, .. } => "write the function's own name, as in `fn get_user`".to_owned(),
            Self::GivenTwice { .. } => "remove one of them".to_owned(),
            Self::WrongValue { wanted, .. } => format!("write {wanted}"),
            Self::UnknownProvider { .. } => "write `aws`, `azure`, `google` or `knative`".to_owned(),
            Self::RustCode { .. } => "move the code into the program, and remove the section".to_owned(),
            Self::Limit(Limit::TooSmall { quota, .. } | Limit::TooLarge { quota, .. }) => {
                format!("write a value within the limit; it is that of \"{}\", read {}", quota.source, quota.read)
            }
            Self::Limit(limit) => limit.help(),
        }
    }
}

/// A fault whose place is still a span.
pub(super) struct Fault {
    pub(super) span: Span,
    pub(super) kind: ConfigurationErrorKind,
}

/// All that is wrong, in the order in which it was found.
#[derive(Default)]
pub(super) struct Faults(Vec<Fault>);

impl Faults {
    pub(super) fn push(&mut self, span: Span, kind: ConfigurationErrorKind) {
        self.0.push(Fault { span, kind });
    }

    /// A value that is not what is wanted.
    pub(super) fn wrong(&mut self, node: &Node<'_>, wanted: &'static str) {
        let found = node.value.describe();
        self.push(node.span, ConfigurationErrorKind::WrongValue { found, wanted });
    }

    pub(super) fn extend(&mut self, faults: impl IntoIterator<Item = Fault>) {
        for fault in faults {
            // One value may be too much for several functions.
            if !self.0.iter().any(|other| other.span == fault.span && other.kind == fault.kind) {
                self.0.push(fault);
            }
        }
    }

    pub(super) fn into_result(self, tree: &Tree<'_>) -> Result<(), Vec<ConfigurationError>> {
        let located = |fault: Fault| ConfigurationError { place: tree.place(fault.span), kind: fault.kind };
        if self.0.is_empty() { Ok(()) } else { Err(self.0.into_iter().map(located).collect()) }
    }
}
