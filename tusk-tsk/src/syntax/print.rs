//! The canonical form of a file.

use std::fmt;

use super::statement::bare_length;
use super::{Comment, Document, Element, Expression, ExpressionKind, Form, Item, Key, Pair, Piece, Section};

/// The most that a list or a table takes in one line, in bytes.
const WIDTH: usize = 80;
const INDENT: &str = "    ";

impl fmt::Display for Document<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mut printer = Printer { out: f, level: 0 };
        printer.items(&self.items)
    }
}

/// Writes a key, in quotes if it needs them.
fn write_key(out: &mut dyn fmt::Write, name: &str) -> fmt::Result {
    if !name.is_empty() && bare_length(name) == name.len() && !is_dash(name) {
        out.write_str(name)
    } else {
        write_text(out, name)
    }
}

/// A dash alone would read as an item of a list.
fn is_dash(name: &str) -> bool {
    name == "-"
}

/// Writes a text in double quotes. What would be filled in or called is written as an escape.
fn write_text(out: &mut dyn fmt::Write, text: &str) -> fmt::Result {
    out.write_char('"')?;
    write_start(out, text)?;
    out.write_char('"')
}

/// Writes the first text between double quotes, where a call of `@env` would be called.
fn write_start(out: &mut dyn fmt::Write, text: &str) -> fmt::Result {
    match text.strip_prefix("@env") {
        Some(rest) => {
            out.write_str("\\u{40}env")?;
            write_escaped(out, rest)
        }
        None => write_escaped(out, text),
    }
}

fn write_escaped(out: &mut dyn fmt::Write, text: &str) -> fmt::Result {
    let mut characters = text.chars().peekable();
    while let Some(c) = characters.next() {
        match c {
            '"' => out.write_str("\\\"")?,
            '\\' => out.write_str("\\\\")?,
            '\n' => out.write_str("\\n")?,
            '\t' => out.write_str("\\t")?,
            '\r' => out.write_str("\\r")?,
            '$' if characters.peek() == Some(&'{') => out.write_str("\\u{24}")?,
            c if c.is_control() => write!(out, "\\u{{{:x}}}", u32::from(c))?,
            c => out.write_char(c)?,
        }
    }
    Ok(())
}

fn write_comment(out: &mut dyn fmt::Write, comment: &Comment<'_>) -> fmt::Result {
    let text = comment.text.trim_end();
    if text.is_empty() { out.write_char('#') } else { write!(out, "# {text}") }
}

struct Printer<'w> {
    out: &'w mut dyn fmt::Write,
    level: usize,
}

impl Printer<'_> {
    fn indent(&mut self) -> fmt::Result {
        (0..self.level).try_for_each(|_| self.out.write_str(INDENT))
    }

    fn items(&mut self, items: &[Item<'_>]) -> fmt::Result {
        let mut blank = false;
        let mut before: Option<&Item<'_>> = None;
        for item in items {
            if let Item::Blank = item {
                blank = before.is_some();
                continue;
            }
            // A comment right above a section is about it.
            let apart = match (before, item) {
                (None | Some(Item::Comment(_)), Item::Section(_)) | (None, _) => false,
                (Some(_), Item::Section(_)) | (Some(Item::Section(_)), _) => true,
                _ => false,
            };
            if std::mem::take(&mut blank) || apart {
                self.out.write_char('\n')?;
            }
            before = Some(item);
            match item {
                Item::Blank => {}
                Item::Comment(comment) => {
                    self.indent()?;
                    write_comment(self.out, comment)?;
                    self.out.write_char('\n')?;
                }
                Item::Section(section) => self.section(section)?,
                Item::Pair(pair) => self.pair(pair)?,
            }
        }
        Ok(())
    }

    fn section(&mut self, section: &Section<'_>) -> fmt::Result {
        self.out.write_char('[')?;
        write_path(self.out, &section.key)?;
        self.out.write_char(']')?;
        self.behind(section.comment.as_ref())?;
        self.items(&section.items)
    }

    /// The comment behind something, and the end of the line.
    fn behind(&mut self, comment: Option<&Comment<'_>>) -> fmt::Result {
        if let Some(comment) = comment {
            self.out.write_char(' ')?;
            write_comment(self.out, comment)?;
        }
        self.out.write_char('\n')
    }

    fn pair(&mut self, pair: &Pair<'_>) -> fmt::Result {
        self.indent()?;
        if pair.form == Form::Global {
            self.out.write_char('$')?;
        }
        write_path(self.out, &pair.key)?;
        self.out.write_str(if pair.form == Form::Block { " " } else { ": " })?;
        let inline = if pair.form == Form::Block { None } else { in_line(&pair.value) };
        match (&pair.value.kind, inline) {
            (_, Some(text)) => {
                self.out.write_str(&text)?;
                self.behind(pair.comment.as_ref())
            }
            (ExpressionKind::Table(items), None) => {
                // Behind the brace is where a comment is read again as one of the whole.
                self.table(items, pair.comment.as_ref())?;
                self.out.write_char('\n')
            }
            _ => {
                self.lines(&pair.value)?;
                self.behind(pair.comment.as_ref())
            }
        }
    }

    /// A value that does not fit into a line.
    fn lines(&mut self, value: &Expression<'_>) -> fmt::Result {
        match &value.kind {
            ExpressionKind::Table(items) => self.table(items, None),
            ExpressionKind::List(elements) => self.list(elements),
            _ => write_value(self.out, value),
        }
    }

    fn table(&mut self, items: &[Item<'_>], comment: Option<&Comment<'_>>) -> fmt::Result {
        self.out.write_char('{')?;
        if items.is_empty() && comment.is_none() {
            return self.out.write_char('}');
        }
        self.behind(comment)?;
        self.level += 1;
        self.items(items)?;
        self.level -= 1;
        self.indent()?;
        self.out.write_char('}')
    }

    fn list(&mut self, elements: &[Element<'_>]) -> fmt::Result {
        self.out.write_str("[\n")?;
        self.level += 1;
        for element in elements {
            self.indent()?;
            match element {
                Element::Comment(comment) => {
                    write_comment(self.out, comment)?;
                    self.out.write_char('\n')?;
                }
                Element::Value(value, comment) => {
                    match in_line(value) {
                        Some(text) => self.out.write_str(&text)?,
                        None => self.lines(value)?,
                    }
                    self.out.write_char(',')?;
                    self.behind(comment.as_ref())?;
                }
            }
        }
        self.level -= 1;
        self.indent()?;
        self.out.write_char(']')
    }
}

/// A value as one line, if it has no comments and is short; what is neither list nor table always is one.
fn in_line(value: &Expression<'_>) -> Option<String> {
    let mut text = String::new();
    let compound = matches!(value.kind, ExpressionKind::List(_) | ExpressionKind::Table(_));
    if !is_plain(value) {
        return None;
    }
    write_value(&mut Bounded { text: &mut text, most: if compound { WIDTH } else { usize::MAX } }, value).ok()?;
    Some(text)
}

/// Stops writing where a line is full, so that nothing long is written at each of its levels.
struct Bounded<'t> {
    text: &'t mut String,
    most: usize,
}

impl fmt::Write for Bounded<'_> {
    fn write_str(&mut self, part: &str) -> fmt::Result {
        if self.text.len() + part.len() > self.most {
            return Err(fmt::Error);
        }
        self.text.push_str(part);
        Ok(())
    }
}

/// Whether a value has no comments, and no blocks, which have lines of their own.
fn is_plain(value: &Expression<'_>) -> bool {
    match &value.kind {
        ExpressionKind::List(elements) => {
            elements.iter().all(|element| matches!(element, Element::Value(value, None) if is_plain(value)))
        }
        ExpressionKind::Table(items) => items.iter().all(|item| match item {
            Item::Blank => true,
            Item::Pair(pair) => pair.form == Form::Value && pair.comment.is_none() && is_plain(&pair.value),
            Item::Comment(_) | Item::Section(_) => false,
        }),
        _ => true,
    }
}

fn write_path(out: &mut dyn fmt::Write, key: &Key<'_>) -> fmt::Result {
    for (at, part) in key.parts().enumerate() {
        if at > 0 {
            out.write_char('.')?;
        }
        write_key(out, &part.name)?;
    }
    Ok(())
}

/// Writes a value in one line, without its comments.
fn write_value(out: &mut dyn fmt::Write, value: &Expression<'_>) -> fmt::Result {
    match &value.kind {
        ExpressionKind::Null => out.write_str("null"),
        ExpressionKind::Boolean(value) => write!(out, "{value}"),
        ExpressionKind::Integer(value) => write!(out, "{value}"),
        ExpressionKind::Float(value) => write_float(out, *value),
        ExpressionKind::Range(from, to) => write!(out, "{from}-{to}"),
        ExpressionKind::Text(text) | ExpressionKind::Word(text) => write_text(out, text),
        ExpressionKind::Template(pieces) => write_template(out, pieces),
        ExpressionKind::Global(name) => write!(out, "${name}"),
        ExpressionKind::Variable { name, default } => {
            out.write_str("@env(")?;
            write_argument(out, name)?;
            if let Some(default) = default {
                out.write_str(", ")?;
                write_value(out, default)?;
            }
            out.write_char(')')
        }
        ExpressionKind::Secret(name) => {
            out.write_str("@env.secure(")?;
            write_argument(out, name)?;
            out.write_char(')')
        }
        ExpressionKind::Other { file, path } => {
            write!(out, "@{file}.tsk.get(")?;
            write_argument(out, path)?;
            out.write_char(')')
        }
        ExpressionKind::Join(operands) => write_separated(out, operands, " + "),
        ExpressionKind::Choice(choice) => {
            out.write_str("@if(")?;
            write_value(out, &choice.condition)?;
            out.write_str(", ")?;
            write_value(out, &choice.value)?;
            out.write_str(", ")?;
            write_value(out, &choice.other)?;
            out.write_char(')')
        }
        ExpressionKind::Comparison(comparison) => {
            write_value(out, &comparison.left)?;
            write!(out, " {} ", comparison.operator.symbol())?;
            write_value(out, &comparison.right)
        }
        ExpressionKind::List(elements) => {
            out.write_char('[')?;
            let values = elements.iter().filter_map(|element| match element {
                Element::Value(value, _) => Some(value),
                Element::Comment(_) => None,
            });
            write_separated(out, values, ", ")?;
            out.write_char(']')
        }
        ExpressionKind::Table(items) => {
            out.write_char('{')?;
            let pairs = items.iter().filter_map(|item| if let Item::Pair(pair) = item { Some(pair) } else { None });
            for (at, pair) in pairs.enumerate() {
                out.write_str(if at > 0 { ", " } else { "" })?;
                out.write_str(if pair.form == Form::Global { "$" } else { "" })?;
                write_path(out, &pair.key)?;
                out.write_str(if pair.form == Form::Block { " " } else { ": " })?;
                write_value(out, &pair.value)?;
            }
            out.write_char('}')
        }
    }
}

fn write_separated<'v, 's: 'v>(
    out: &mut dyn fmt::Write,
    values: impl IntoIterator<Item = &'v Expression<'s>>,
    separator: &str,
) -> fmt::Result {
    for (at, value) in values.into_iter().enumerate() {
        if at > 0 {
            out.write_str(separator)?;
        }
        write_value(out, value)?;
    }
    Ok(())
}

/// An argument has no escapes: it is a name or a path. One with a quote in it stands in the quotes of the other kind.
fn write_argument(out: &mut dyn fmt::Write, name: &str) -> fmt::Result {
    let quote = if name.contains('"') { '\'' } else { '"' };
    write!(out, "{quote}{name}{quote}")
}

/// A number always has a point, which tells it from an integer, and never an exponent.
pub(crate) fn write_float(out: &mut dyn fmt::Write, value: f64) -> fmt::Result {
    let digits = value.to_string();
    out.write_str(&digits)?;
    if digits.contains('.') { Ok(()) } else { out.write_str(".0") }
}

fn write_template(out: &mut dyn fmt::Write, pieces: &[Piece<'_>]) -> fmt::Result {
    out.write_char('"')?;
    for (at, piece) in pieces.iter().enumerate() {
        match piece {
            Piece::Text(text) if at == 0 => write_start(out, text)?,
            Piece::Text(text) => write_escaped(out, text)?,
            Piece::Name { name, default, .. } => {
                write!(out, "${{{name}")?;
                if let Some(default) = default {
                    out.write_str(":-")?;
                    write_escaped(out, default)?;
                }
                out.write_char('}')?;
            }
        }
    }
    out.write_char('"')
}
