//! What can be wrong with a file, and every word said about it.

use std::fmt;

use serde::de::Unexpected;

/// What is wrong with a file.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
#[expect(missing_docs, reason = "each variant's message is its documentation")]
pub enum ErrorKind {
    FileTooLarge { size: usize, most: usize },
    TooDeep { most: usize },
    KeyTooLong { length: usize, most: usize },
    TooManyValues { most: usize },
    TooMuchText { most: usize },
    TooManyFiles { most: usize },
    Unclosed { opener: &'static str, closer: &'static str },
    Unopened { closer: char, opener: &'static str },
    ExpectedKey { found: String },
    ExpectedAssignment { key: String },
    MissingValue { key: String },
    MissingElement,
    MissingComma,
    UnquotedBlanks { text: String },
    UnexpectedText { found: String },
    CommentAfterValue,
    HashWithoutBlank,
    TabIndentation,
    Indentation { found: usize, expected: usize },
    ListItem,
    DuplicateKey { key: String, line: usize },
    UnknownGlobal { name: String, near: Option<String> },
    GlobalBeforeDefinition { name: String, line: usize },
    UnknownPath { path: String, file: Option<String>, near: Option<String> },
    MissingVariable { name: String },
    DynamicOperator { name: String },
    Call { name: String },
    Directive { word: String },
    UnknownEscape { found: char },
    UnicodeEscape,
    Interpolation,
    ControlCharacter { code: u32 },
    NumberOutside { found: String },
    LeadingZero { found: String },
    RangeBackwards { from: u64, to: u64 },
    BareOperand { word: String },
    Join { found: &'static str },
    JoinWithoutText,
    Comparison { left: &'static str, right: &'static str },
    LoneComparison,
    Condition { found: &'static str },
    ChoiceWithoutElse,
    SecretInText { name: String },
    SecretDefault,
    Arguments { operator: String, expected: &'static str },
    SectionInBlock,
    DoubleSection,
    UnreadableFile { file: String, reason: String },
    NoFiles { file: String },
    FileCycle { files: Vec<String> },
    TwoFiles { directory: String },
    WrongType { found: String, expected: String },
    WrongValue { found: String, expected: String },
    WrongLength { length: usize, expected: String },
    BooleanWord { word: String },
    VariableType { name: String, expected: &'static str },
    UnknownVariant { found: String, expected: &'static [&'static str] },
    UnknownKey { found: String, expected: &'static [&'static str] },
    MissingKey { key: &'static str },
    FieldTwice { field: &'static str },
    Refused { message: String },
    Reference { name: String },
    SecretAsValue { name: String },
    SecretAsText,
}

impl ErrorKind {
    /// The kind's name: its variant's, in snake case.
    pub fn name(&self) -> String {
        let debug = format!("{self:?}");
        let variant = debug.split(|c: char| !c.is_alphanumeric()).next().unwrap_or_default();
        let mut name = String::new();
        for c in variant.chars() {
            if c.is_uppercase() && !name.is_empty() {
                name.push('_');
            }
            name.extend(c.to_lowercase());
        }
        name
    }

    /// The same without a text that came out of an environment variable.
    pub(crate) fn without(self, text: &str, variable: &str) -> Self {
        let instead = if variable.is_empty() {
            "text out of the environment".to_owned()
        } else {
            format!("the text of `{variable}`")
        };
        match self {
            Self::WrongType { expected, .. } => Self::WrongType { found: instead, expected },
            Self::WrongValue { expected, .. } => Self::WrongValue { found: instead, expected },
            Self::UnknownVariant { expected, .. } => Self::WrongValue { found: instead, expected: one_of(expected) },
            Self::Refused { message } if text.is_empty() => Self::Refused { message },
            Self::Refused { message } => Self::Refused { message: message.replace(text, &instead) },
            Self::BooleanWord { .. } => Self::VariableType { name: variable.to_owned(), expected: "`true` or `false`" },
            other => other,
        }
    }
}

impl fmt::Display for ErrorKind {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::FileTooLarge { size, most } => write!(f, "the file has {size} bytes, and {most} is the most"),
            Self::TooDeep { most } => write!(f, "this is nested more than {most} deep"),
            Self::KeyTooLong { length, most } => write!(f, "this key has {length} bytes, and {most} is the most"),
            Self::TooManyValues { most } => {
                write!(f, "with its globals filled in, the file has more than {most} values")
            }
            Self::TooMuchText { most } => write!(f, "the joined texts of the file have more than {most} bytes"),
            Self::TooManyFiles { most } => write!(f, "more than {most} files would be read"),
            Self::Unclosed { opener, .. } => write!(f, "this `{opener}` is never closed"),
            Self::Unopened { closer, .. } => write!(f, "this `{closer}` closes nothing"),
            Self::ExpectedKey { found } => write!(f, "a key must stand here, not `{found}`"),
            Self::ExpectedAssignment { key } => write!(f, "`:` and a value must follow the key `{key}`"),
            Self::MissingValue { key } => write!(f, "the key `{key}` has no value"),
            Self::MissingElement => f.write_str("a value must stand here"),
            Self::MissingComma => f.write_str("a comma or a line end must stand before this"),
            Self::UnquotedBlanks { .. } => f.write_str("a value that holds blanks is written in quotes"),
            Self::UnexpectedText { found } => write!(f, "`{found}` cannot stand here"),
            Self::CommentAfterValue => f.write_str("after a value, `//` begins no comment"),
            Self::HashWithoutBlank => f.write_str("a `#` within a value is neither text nor a comment"),
            Self::TabIndentation => f.write_str("a tab indents this line, and only spaces have a known width"),
            Self::Indentation { found, expected } => {
                write!(f, "this line is indented by {found}, and the lines of its block by {expected}")
            }
            Self::ListItem => f.write_str("a `-` item cannot stand here"),
            Self::DuplicateKey { key, line } => write!(f, "the key `{key}` is given twice, first in line {line}"),
            Self::UnknownGlobal { name, .. } => write!(f, "the global `${name}` is not defined"),
            Self::GlobalBeforeDefinition { name, line } => {
                write!(f, "the global `${name}` is used before line {line} defines it")
            }
            Self::UnknownPath { path, file: None, .. } => write!(f, "there is no `{path}` above this line"),
            Self::UnknownPath { path, file: Some(file), .. } => write!(f, "`{file}` has no `{path}`"),
            Self::MissingVariable { name } => write!(f, "the environment variable `{name}` is not set"),
            Self::DynamicOperator { name } => write!(f, "dynamic operator `@{name}` is not supported"),
            Self::Call { name } => write!(f, "`{name}(…)` is code, and is not supported"),
            Self::Directive { word } => write!(f, "the directive `#{word}` is not supported"),
            Self::UnknownEscape { found } => write!(f, "there is no escape `\\{}`", found.escape_default()),
            Self::UnicodeEscape => f.write_str("this escape names no character"),
            Self::Interpolation => f.write_str("`${` must be followed by a name and `}`"),
            Self::ControlCharacter { code } => write!(f, "the control character U+{code:04X} cannot stand in a file"),
            Self::NumberOutside { found } => {
                write!(f, "the number {found} is beyond what 64 bits hold")
            }
            Self::LeadingZero { found } => {
                write!(f, "`{found}` could be a number or a text: a number has no leading zero")
            }
            Self::RangeBackwards { from, to } => write!(f, "the range {from}-{to} ends before it begins"),
            Self::BareOperand { word } => write!(f, "`{word}` could be a text or a key's name here"),
            Self::Join { found } => write!(f, "`+` joins texts, and this is {found}"),
            Self::JoinWithoutText => f.write_str("`+` joins texts, and none of these is a text"),
            Self::Comparison { left, right } => write!(f, "{left} cannot be compared with {right} in this way"),
            Self::LoneComparison => f.write_str("a comparison is no value"),
            Self::Condition { found } => write!(f, "a condition is `true` or `false`, and this is {found}"),
            Self::ChoiceWithoutElse => f.write_str("`?` must be followed by two values with ` : ` between them"),
            Self::SecretInText { name } => write!(f, "the secret `{name}` cannot be a part of anything else"),
            Self::SecretDefault => f.write_str("a secret has no default: it would stand in the file"),
            Self::Arguments { operator, expected } => write!(f, "`{operator}` takes {expected}"),
            Self::SectionInBlock => f.write_str("a section cannot begin within a block"),
            Self::DoubleSection => f.write_str("there are no sections in double brackets"),
            Self::UnreadableFile { file, reason } => write!(f, "`{file}` cannot be read: {reason}"),
            Self::NoFiles { file } => write!(f, "`{file}` is another file, and this reader was given none"),
            Self::FileCycle { files } => write!(f, "these files read each other: {}", files.join(" → ")),
            Self::TwoFiles { directory } => {
                write!(f, "`{directory}` has both `peanut.tsk` and `peanu.tsk`")
            }
            Self::WrongType { found, expected } | Self::WrongValue { found, expected } => {
                write!(f, "this is {found}, where {expected} is wanted")
            }
            Self::WrongLength { length, expected } => {
                write!(f, "this has {length} elements, where {expected} is wanted")
            }
            Self::BooleanWord { word } => write!(f, "`{word}` is a text, where `true` or `false` is wanted"),
            Self::VariableType { name, expected } => {
                write!(f, "the environment variable `{name}` does not hold {expected}")
            }
            Self::UnknownVariant { found, .. } => write!(f, "there is no choice `{found}`"),
            Self::UnknownKey { found, .. } => write!(f, "there is no key `{found}`"),
            Self::MissingKey { key } => write!(f, "the key `{key}` is missing"),
            Self::FieldTwice { field } => write!(f, "`{field}` is given twice, by two of its names"),
            Self::Refused { message } => f.write_str(message),
            Self::Reference { name } => {
                write!(f, "this is known only when the program runs: it depends on the variable `{name}`")
            }
            Self::SecretAsValue { name } => write!(f, "the secret `{name}` is a reference, and its value is not read"),
            Self::SecretAsText => f.write_str("a secret is given by reference, never by its value"),
        }
    }
}

/// What serde found, in the words of a file.
pub(super) fn described(found: Unexpected<'_>) -> String {
    match found {
        Unexpected::Bool(value) => format!("`{value}`"),
        Unexpected::Unsigned(value) => format!("the number `{value}`"),
        Unexpected::Signed(value) => format!("the number `{value}`"),
        Unexpected::Float(value) => format!("the number `{value:?}`"),
        Unexpected::Str(text) => format!("the text `{}`", shortened(text)),
        Unexpected::Char(c) => format!("the text `{c}`"),
        Unexpected::Unit | Unexpected::Option => "`null`".to_owned(),
        Unexpected::Seq => "a list".to_owned(),
        Unexpected::Map | Unexpected::NewtypeStruct => "a table".to_owned(),
        other => other.to_string(),
    }
}

/// What serde wants, in the words of a file.
pub(super) fn wanted(expected: &str) -> String {
    let known = match expected {
        "i8" => "a whole number from -128 to 127",
        "i16" => "a whole number from -32768 to 32767",
        "i32" => "a whole number from -2147483648 to 2147483647",
        "u8" => "a whole number from 0 to 255",
        "u16" => "a whole number from 0 to 65535",
        "u32" => "a whole number from 0 to 4294967295",
        "i64" | "i128" | "isize" => "a whole number",
        "u64" | "u128" | "usize" => "a whole number from 0 on",
        "f32" | "f64" => "a number",
        "a boolean" => "`true` or `false`",
        "a string" | "a borrowed string" | "string" => "a text",
        "a character" => "a text of one character",
        "a sequence" => "a list",
        "a map" => "a table",
        "unit" => "`null`",
        other if other.starts_with("struct ") => "a table",
        other if other.starts_with("enum ") || other.starts_with("string or ") => "the name of a choice",
        other => other,
    };
    known.to_owned()
}

/// As much of a text as a message can bear.
pub(crate) fn shortened(text: &str) -> String {
    const MOST: usize = 40;
    let mut shown: String = text.chars().take(MOST).flat_map(char::escape_debug).collect();
    if text.chars().count() > MOST {
        shown.push('…');
    }
    shown
}

pub(super) fn one_of(words: &[&str]) -> String {
    let quoted: Vec<String> = words.iter().map(|word| format!("`{word}`")).collect();
    match quoted.as_slice() {
        [] => "nothing".to_owned(),
        [one] => one.clone(),
        [first @ .., last] => format!("{} or {last}", first.join(", ")),
    }
}
