//! The same errors for whoever reports with miette.

use std::fmt;

use miette::{Diagnostic, LabeledSpan, MietteError, MietteSpanContents, SourceCode, SourceSpan, SpanContents};

use super::{Error, Place};

impl Diagnostic for Error {
    fn code<'a>(&'a self) -> Option<Box<dyn fmt::Display + 'a>> {
        Some(Box::new(format!("tusk_tsk::{}", self.kind().name())))
    }

    fn help<'a>(&'a self) -> Option<Box<dyn fmt::Display + 'a>> {
        Some(Box::new(Self::help(self)?))
    }

    fn source_code(&self) -> Option<&dyn SourceCode> {
        self.place().map(|place| place as &dyn SourceCode)
    }

    fn labels(&self) -> Option<Box<dyn Iterator<Item = LabeledSpan> + '_>> {
        let place = self.place()?;
        let byte = |characters| place.text.char_indices().nth(characters).map_or(place.text.len(), |(at, _)| at);
        let (start, end) = (byte(place.column - 1), byte(place.column - 1 + place.width));
        Some(Box::new(std::iter::once(LabeledSpan::underline(start..end))))
    }
}

/// The one line that an error keeps: nothing around it is shown, as nothing around it is masked.
impl SourceCode for Place {
    fn read_span<'a>(
        &'a self,
        _: &SourceSpan,
        _: usize,
        _: usize,
    ) -> Result<Box<dyn SpanContents<'a> + 'a>, MietteError> {
        let whole = SourceSpan::from((0, self.text.len()));
        let (text, line) = (self.text.as_bytes(), self.line - 1);
        Ok(Box::new(MietteSpanContents::new_named(self.file.clone(), text, whole, line, 0, 1)))
    }
}

#[cfg(test)]
mod tests {
    use miette::{Diagnostic, SourceSpan};

    #[test]
    fn the_label_stands_at_the_place() {
        let error = crate::Reader::new().name("peanut.tsk").read("a: 1\nb: $gone\n").unwrap_err();
        let labels: Vec<_> = error.labels().expect("a label").collect();
        assert_eq!((labels[0].offset(), labels[0].len()), (3, 5));
        let code = error.source_code().expect("a line");
        let contents = code.read_span(&SourceSpan::from((3, 5)), 0, 0).expect("the line");
        assert_eq!((contents.line(), contents.data()), (1, b"b: $gone".as_slice()));
        assert_eq!(contents.name(), Some("peanut.tsk"));
    }
}
