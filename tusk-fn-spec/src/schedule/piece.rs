//! A part of a text that knows where it stands, so that every fault can say so.

use std::ops::Range;

/// A part of a text, and the byte at which it starts.
#[derive(Clone, Copy)]
pub(super) struct Piece<'a> {
    pub(super) text: &'a str,
    start: usize,
}

impl<'a> Piece<'a> {
    /// A whole text without the blanks around it.
    pub(super) fn trimmed(text: &'a str) -> Self {
        let without_left = text.trim_start_matches(is_blank);
        Self { text: without_left.trim_end_matches(is_blank), start: text.len() - without_left.len() }
    }

    /// The bytes at which the piece stands.
    pub(super) fn range(self) -> Range<usize> {
        self.start..self.start + self.text.len()
    }

    /// The parts between blanks, none of them empty.
    pub(super) fn words(self) -> Vec<Self> {
        self.parts(is_blank).filter(|word| !word.text.is_empty()).collect()
    }

    /// The parts between separators, maybe empty.
    pub(super) fn parts(self, separator: impl Fn(char) -> bool) -> impl Iterator<Item = Self> {
        let mut start = self.start;
        self.text.split(separator).map(move |text| {
            let part = Self { text, start };
            // Every separator is one ASCII character.
            start += text.len() + 1;
            part
        })
    }

    /// What stands before the first separator, and what behind it if there is one.
    pub(super) fn split(self, separator: char) -> (Self, Option<Self>) {
        match self.text.split_once(separator) {
            None => (self, None),
            Some((left, right)) => {
                let right = Self { text: right, start: self.start + left.len() + separator.len_utf8() };
                (Self { text: left, start: self.start }, Some(right))
            }
        }
    }
}

/// What may stand between fields: a blank, a tab, a line end.
pub(super) fn is_blank(character: char) -> bool {
    character.is_ascii_whitespace()
}
