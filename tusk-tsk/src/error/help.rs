//! What to type instead, for each kind of error.

use super::ErrorKind;
use super::kind::one_of;

impl ErrorKind {
    /// What to type instead.
    pub fn help(&self) -> Option<String> {
        Some(match self {
            Self::FileTooLarge { .. }
            | Self::TooManyValues { .. }
            | Self::TooMuchText { .. }
            | Self::TooManyFiles { .. } => "divide it, or raise the limit of the reader".to_owned(),
            Self::TooDeep { .. } => "write it with fewer levels".to_owned(),
            Self::KeyTooLong { .. } => "choose a shorter one".to_owned(),
            Self::Unclosed { closer, .. } => format!("add `{closer}`"),
            Self::Unopened { opener, .. } => format!("remove it, or write `{opener}` where the block begins"),
            Self::ExpectedKey { .. } => "write `key: value`, `[section]` or a comment".to_owned(),
            Self::ExpectedAssignment { key } => {
                format!("write `{key}: …`, or `{key} {{` for a block")
            }
            Self::MissingValue { key } => {
                format!("write `{key}: \"\"` or `{key}: null`, or indent the lines that belong to it with spaces")
            }
            Self::MissingElement => "remove the separator, or write a value".to_owned(),
            Self::MissingComma => "write `,`, and quotes around a text that holds blanks".to_owned(),
            Self::UnquotedBlanks { text } => format!("write `{text:?}`"),
            Self::UnexpectedText { .. } => {
                "write each pair in a line of its own, and quotes around other text".to_owned()
            }
            Self::CommentAfterValue => "write `#`, or put the comment in a line of its own".to_owned(),
            Self::HashWithoutBlank => "write a blank before a comment, and quotes around a text".to_owned(),
            Self::TabIndentation => "indent with spaces".to_owned(),
            Self::Indentation { expected, .. } => format!("indent it by {expected}, like the first line of the block"),
            Self::ListItem => "write items below a key, deeper than the key, and no other lines among them".to_owned(),
            Self::DuplicateKey { .. } | Self::FieldTwice { .. } => "remove one of them".to_owned(),
            Self::UnknownGlobal { near: Some(near), .. } => format!("did you mean `${near}`?"),
            Self::UnknownGlobal { name, near: None } => format!("define it above: `${name}: …`"),
            Self::GlobalBeforeDefinition { .. } => "move the definition up".to_owned(),
            Self::UnknownPath { near: Some(near), .. } => format!("did you mean `{near}`?"),
            Self::UnknownPath { file: None, .. } => "write the path from the top, as in `section.key`".to_owned(),
            Self::UnknownPath { .. } => "write the path from the top of that file, as in `section.key`".to_owned(),
            Self::MissingVariable { name } => format!("set it, or write a default: `@env(\"{name}\", …)`"),
            _ => return self.help_of_values().or_else(|| self.help_of_types()),
        })
    }

    /// What to type instead, where a value says what cannot be said.
    fn help_of_values(&self) -> Option<String> {
        Some(match self {
            Self::DynamicOperator { name } if name.starts_with("env.") => {
                format!("write `@env(\"{}\")`", name.trim_start_matches("env."))
            }
            Self::DynamicOperator { .. } => {
                "write the value itself; what can be computed is `@env`, `@env.secure`, `@if` and `@other.tsk.get`"
                    .to_owned()
            }
            Self::Call { .. } => "write the value itself, in quotes if it is a text".to_owned(),
            Self::Directive { .. } => "remove it, or write a blank after `#` for a comment".to_owned(),
            Self::UnknownEscape { found: '$' } => r"write `\u{24}`, or single quotes".to_owned(),
            Self::UnknownEscape { .. } => {
                r#"write `\\` for a backslash, or single quotes; the escapes are `\"`, `\\`, `\n`, `\t`, `\r` and `\u{…}`"#
                    .to_owned()
            }
            Self::UnicodeEscape => r"write the character's number in hexadecimal, as in `\u{e9}`".to_owned(),
            Self::Interpolation => {
                r"write `${name}`, `${section.key}` or `${NAME:-default}`, and `\u{24}{` for the text itself".to_owned()
            }
            Self::ControlCharacter { code: 13 } => "end each line with LF, or with CR and LF".to_owned(),
            Self::ControlCharacter { code } => format!("write `\\u{{{code:x}}}` in double quotes"),
            Self::NumberOutside { found } | Self::LeadingZero { found } => format!("write `\"{found}\"` for a text"),
            Self::RangeBackwards { from, to } => {
                format!("write `\"{from}-{to}\"` for a text, or `{to}-{from}` for a range")
            }
            Self::BareOperand { word } => format!("write `\"{word}\"`, or `\"${{section.key}}\"` for the value of a key"),
            Self::Join { .. } => "join texts, numbers, `true` and `false` only".to_owned(),
            Self::JoinWithoutText => "write the value itself; nothing is computed with numbers".to_owned(),
            Self::Comparison { .. } => {
                "compare two numbers, two texts, or for `==` and `!=` two of `true`, `false` and `null`".to_owned()
            }
            Self::LoneComparison => "write `… ? true : false`".to_owned(),
            Self::Condition { .. } => "compare it, as in `$stage == \"production\"`".to_owned(),
            Self::ChoiceWithoutElse => "write `condition ? value : other`".to_owned(),
            Self::SecretInText { .. } => "give it a key of its own, and join it in the program".to_owned(),
            Self::SecretDefault => "write `@env.secure(\"NAME\")`".to_owned(),
            Self::Arguments { operator, .. } if operator == "@if" => "write `@if(condition, value, other)`".to_owned(),
            Self::Arguments { operator, .. } if operator == "@env.secure" => format!("write `{operator}(\"NAME\")`"),
            Self::Arguments { operator, .. } if operator.contains(".tsk.") => {
                format!("write `{operator}(\"section.key\")`")
            }
            Self::Arguments { operator, .. } => {
                format!("write `{operator}(\"NAME\")` or `{operator}(\"NAME\", default)`")
            }
            Self::SectionInBlock => "close the block first, or write `name {` here".to_owned(),
            Self::DoubleSection => "write a list of tables: `name: [{key: value}, {key: value}]`".to_owned(),
            Self::UnreadableFile { .. } => "files are looked for beside the one that names them".to_owned(),
            Self::NoFiles { .. } => "write the value itself here".to_owned(),
            Self::FileCycle { .. } => "move what they share into a file that reads none".to_owned(),
            Self::TwoFiles { .. } => "remove one of them".to_owned(),
            _ => return None,
        })
    }

    /// What to type instead, where a type wants something else.
    fn help_of_types(&self) -> Option<String> {
        Some(match self {
            Self::WrongType { found, expected } if expected == "a text" => {
                format!("write it in quotes: `\"{}\"`", found.split('`').nth(1)?)
            }
            Self::WrongType { found, .. } if found.starts_with("the text `") => {
                let word = found.split('`').nth(1)?;
                word.parse::<f64>().ok()?;
                format!("write it without quotes: `{word}`")
            }
            Self::BooleanWord { word } => {
                let yes = matches!(word.to_ascii_lowercase().as_str(), "yes" | "on" | "true" | "y" | "1" | "enabled");
                format!("write `{yes}`")
            }
            Self::VariableType { expected, .. } => format!("set it to {expected}"),
            Self::UnknownVariant { found, expected } | Self::UnknownKey { found, expected } => {
                match nearest(found, expected.iter().copied()) {
                    Some(near) => format!("did you mean `{near}`?"),
                    None if expected.is_empty() => "remove it: none is known here".to_owned(),
                    None => format!("write {}", one_of(expected)),
                }
            }
            Self::MissingKey { key } => format!("write `{key}: …`"),
            Self::Reference { .. } => {
                "write the value itself: this decides something that is decided before".to_owned()
            }
            Self::SecretAsValue { .. } => "let the program take a `Secret`, and fetch it by its name".to_owned(),
            Self::SecretAsText => "write `@env.secure(\"NAME\")`".to_owned(),
            _ => return None,
        })
    }
}

/// The candidate most like a word, if a typing error explains the difference.
pub(crate) fn nearest<'a>(word: &str, candidates: impl IntoIterator<Item = &'a str>) -> Option<&'a str> {
    // Nobody types a longer word by mistake, and comparing takes time with the product of the lengths.
    const LONGEST: usize = 64;
    let lower = word.to_lowercase();
    let allowed = (word.chars().count() / 3).max(1);
    candidates
        .into_iter()
        .filter(|candidate| word.len().max(candidate.len()) <= LONGEST)
        .map(|candidate| (strsim::damerau_levenshtein(&lower, &candidate.to_lowercase()), candidate))
        .filter(|(distance, _)| *distance <= allowed)
        .min_by_key(|(distance, _)| *distance)
        .map(|(_, candidate)| candidate)
}
