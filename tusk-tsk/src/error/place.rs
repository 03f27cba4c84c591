//! A place in a file, with the line that it is in.

use std::fmt;

use crate::source::{Source, Span};

/// Where in a file something is, with all that a person needs to see of it.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Place {
    /// The file's name; empty if it was read without one.
    pub file: String,
    /// The line, counted from 1.
    pub line: usize,
    /// The column in characters, counted from 1.
    pub column: usize,
    /// The line itself; what would be a secret in it is masked.
    pub text: String,
    /// How many characters are meant, in this line.
    pub width: usize,
}

/// The most of a line that is shown, in characters.
const LONGEST_SHOWN: usize = 120;
/// How much of a longer line stands before the place.
const BEFORE: usize = 60;

impl Place {
    pub(crate) fn of(sources: &[Source], span: Span) -> Option<Self> {
        let source = sources.get(span.source())?;
        let (line, column) = source.line_column(span.range().start);
        let (last, end) = source.line_column(span.range().end);
        let text = masked(source.line(line));
        let most = (text.chars().count() + 1).saturating_sub(column).max(1);
        let width = if last == line { end.saturating_sub(column) } else { most };
        Some(Self { file: source.name().to_owned(), line, column, text, width: width.clamp(1, most) })
    }

    /// The beginning of a file of which nothing can be shown.
    pub(crate) fn start_of(file: &str) -> Self {
        Self { file: file.to_owned(), line: 1, column: 1, text: String::new(), width: 1 }
    }

    /// The lines that follow a message: where, and the line with carets. They begin with a line end. For whoever checks
    /// what a file says beyond its types, and has a message of its own.
    ///
    /// ```
    /// let tree = tusk_tsk::Reader::new().name("peanut.tsk").read("[serverless]\nmemory: 64")?;
    /// let place = tree.get("serverless.memory").and_then(|node| tree.place(node.span)).expect("it is there");
    /// assert_eq!(
    ///     format!("error: AWS Lambda gives at least 128 MB{}", place.render()),
    ///     "error: AWS Lambda gives at least 128 MB
    ///  --> peanut.tsk:2:9
    ///   |
    /// 2 | memory: 64
    ///   |         ^^"
    /// );
    /// # Ok::<(), tusk_tsk::Error>(())
    /// ```
    pub fn render(&self) -> String {
        let margin = " ".repeat(self.line.to_string().len());
        if self.text.is_empty() {
            return format!("\n{margin}--> {self}");
        }
        let (text, column) = self.excerpt();
        // A tab is one character to us, and something else to each terminal; other control characters could be worse.
        let shown = |c: char| {
            if c == '\t' {
                ' '
            } else if c.is_control() {
                '\u{fffd}'
            } else {
                c
            }
        };
        let text: String = text.chars().map(shown).collect();
        let carets = "^".repeat(self.width.min(LONGEST_SHOWN));
        let line = format!("{} | {text}", self.line);
        let marks = format!("{margin} | {}{carets}", " ".repeat(column - 1));
        format!("\n{margin}--> {self}\n{margin} |\n{}\n{marks}", line.trim_end())
    }

    /// As much of the line as fits, and the column in it.
    fn excerpt(&self) -> (String, usize) {
        let length = self.text.chars().count();
        if length <= LONGEST_SHOWN {
            return (self.text.clone(), self.column);
        }
        let skipped = (self.column - 1).saturating_sub(BEFORE);
        let part: String = self.text.chars().skip(skipped).take(LONGEST_SHOWN).collect();
        let (lead, extra) = if skipped > 0 { ("…", 1) } else { ("", 0) };
        let tail = if length > skipped + LONGEST_SHOWN { "…" } else { "" };
        (format!("{lead}{part}{tail}"), self.column - skipped + extra)
    }
}

impl fmt::Display for Place {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if self.file.is_empty() {
            write!(f, "line {}, column {}", self.line, self.column)
        } else {
            write!(f, "{}:{}:{}", self.file, self.line, self.column)
        }
    }
}

/// The line with everything masked that somebody wrote beside the name of a secret: no error repeats it.
fn masked(line: &str) -> String {
    let Some(start) = line.find("env.secure") else { return line.to_owned() };
    let (before, call) = line.split_at(start);
    match call.find([',', ')']).map(|at| call.split_at(at)) {
        Some((name, rest)) if rest.starts_with(',') => {
            let hidden = rest.chars().skip(1).map(|c| if c.is_whitespace() { c } else { '*' });
            format!("{before}{name},{}", hidden.collect::<String>())
        }
        Some((name, rest)) => format!("{before}{name}{}", masked(rest)),
        None => line.to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_stands_beside_a_secret_is_masked() {
        assert_eq!(masked(r#"a: @env.secure("K", "pa ss")"#), r#"a: @env.secure("K", *** ****"#);
        let two = r#"[@env.secure("K"), @env.secure('L','x')]"#;
        assert_eq!(masked(two), r#"[@env.secure("K"), @env.secure('L',*****"#);
        assert_eq!(masked(r#"a: [@env.secure("K"), 1]"#), r#"a: [@env.secure("K"), 1]"#);
    }

    #[test]
    fn a_long_line_is_cut_around_the_place() {
        let text = format!("{}!{}", "a".repeat(300), "b".repeat(300));
        let sources = [Source::new("", text)];
        let place = Place::of(&sources, Span::new(0, 300, 301)).expect("it is in the file");
        let lines: Vec<String> = place.render().lines().map(str::to_owned).collect();
        assert_eq!(lines[3].chars().nth(lines[4].find('^').expect("a caret")), Some('!'));
        assert!(lines[3].chars().count() < 130);
    }
}
