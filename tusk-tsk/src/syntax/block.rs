//! Tables and lists between brackets, and blocks.

use super::cursor::Parser;
use super::statement::Within;
use super::{Comment, Element, Expression, ExpressionKind};
use crate::error::{ErrorKind, Fault, Outcome};

impl<'s> Parser<'s, '_> {
    /// Reads `{` … `}`, and the comment behind the opening brace.
    pub(super) fn block(&mut self) -> Outcome<(Expression<'s>, Option<Comment<'s>>)> {
        let start = self.at;
        self.at += 1;
        self.deeper(start, |parser| {
            let comment = parser.comment_behind()?;
            let items = parser.items(Within::Braces)?;
            if !parser.eat(b'}') {
                let opener = parser.span(start, start + 1);
                return Err(Fault::new(opener, ErrorKind::Unclosed { opener: "{", closer: "}" }));
            }
            Ok((Expression::new(ExpressionKind::Table(items), parser.span_from(start)), comment))
        })
    }

    /// Reads `>` … `<`, and the comment behind the opening one.
    pub(super) fn angles(&mut self) -> Outcome<(Expression<'s>, Option<Comment<'s>>)> {
        let start = self.at;
        self.at += 1;
        self.deeper(start, |parser| {
            let comment = parser.comment_behind()?;
            if !parser.at_line_end() {
                return Err(parser.fault_here(ErrorKind::UnexpectedText { found: parser.found() }));
            }
            let items = parser.items(Within::Angles)?;
            if !parser.eat(b'<') {
                let opener = parser.span(start, start + 1);
                return Err(Fault::new(opener, ErrorKind::Unclosed { opener: ">", closer: "<" }));
            }
            Ok((Expression::new(ExpressionKind::Table(items), parser.span_from(start)), comment))
        })
    }

    /// Reads `[` … `]`: values with commas or line ends between.
    pub(super) fn list(&mut self) -> Outcome<Expression<'s>> {
        let start = self.at;
        self.at += 1;
        self.deeper(start, |parser| {
            let mut elements = Vec::new();
            // Whether a value may come next, and whether a comma just came.
            let (mut open, mut comma) = (true, false);
            loop {
                parser.skip_blanks();
                match parser.peek() {
                    None => {
                        let opener = parser.span(start, start + 1);
                        return Err(Fault::new(opener, ErrorKind::Unclosed { opener: "[", closer: "]" }));
                    }
                    Some(b']') => {
                        parser.at += 1;
                        let span = parser.span_from(start);
                        return Ok(Expression::new(ExpressionKind::List(elements), span));
                    }
                    Some(b'\n' | b'\r') if parser.at_line_end() => {
                        parser.eat_line_end();
                        open = true;
                    }
                    Some(b',') if comma || elements.iter().all(|it| matches!(it, Element::Comment(_))) => {
                        return Err(parser.fault_here(ErrorKind::MissingElement));
                    }
                    Some(b',') => {
                        parser.at += 1;
                        (open, comma) = (true, true);
                    }
                    Some(b'#') => {
                        let own_line = parser.slice(parser.line_start(parser.at), parser.at).trim().is_empty();
                        let Some(comment) = parser.comment_behind()? else { continue };
                        put(&mut elements, comment, own_line);
                    }
                    Some(b'/') if parser.starts_with("//") => {
                        if !parser.slice(parser.line_start(parser.at), parser.at).trim().is_empty() {
                            return Err(parser.fault_here(ErrorKind::CommentAfterValue));
                        }
                        elements.push(Element::Comment(parser.comment(2)?));
                    }
                    Some(_) if !open && parser.is_behind_key(&elements) => {
                        let opener = parser.span(start, start + 1);
                        return Err(Fault::new(opener, ErrorKind::Unclosed { opener: "[", closer: "]" }));
                    }
                    Some(_) if !open => return Err(parser.fault_here(ErrorKind::MissingComma)),
                    Some(b'[') => {
                        elements.push(Element::Value(parser.list()?, None));
                        (open, comma) = (false, false);
                    }
                    Some(_) => {
                        elements.push(Element::Value(parser.expression()?, None));
                        (open, comma) = (false, false);
                    }
                }
            }
        })
    }
    /// Whether the last element looks like a key: then the list was to end before it.
    fn is_behind_key(&self, elements: &[Element<'s>]) -> bool {
        let assigned = matches!(self.peek(), Some(b':' | b'='));
        match elements.last() {
            Some(Element::Value(Expression { kind: ExpressionKind::Word(word), .. }, _)) => {
                assigned || word.ends_with(':')
            }
            _ => assigned,
        }
    }
}

/// Puts a comment behind the last value if it stands in its line.
fn put<'s>(elements: &mut Vec<Element<'s>>, comment: Comment<'s>, own_line: bool) {
    match elements.last_mut() {
        Some(Element::Value(_, behind @ None)) if !own_line => *behind = Some(comment),
        _ => elements.push(Element::Comment(comment)),
    }
}
