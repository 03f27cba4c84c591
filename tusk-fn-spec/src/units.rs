//! Durations and sizes as an attribute writes them: `30s`, `1h30m`, `256MB`.
//!
//! ```text
//! duration = part *([blank] part)      part = number [blank] ("h" | "m" | "s" | "ms")
//! size     = number [blank] ("GB" | "MB" | "KB" | "B" | "GiB" | "MiB" | "KiB")
//! ```
//!
//! A unit is always written, because platforms disagree about what a bare number means (milliseconds or seconds, bytes
//! or megabytes). The parts of a duration come in falling order, each unit once, so that `1m30m` is found out. `KB`,
//! `MB` and `GB` count in steps of 1024, as clouds count memory, and mean the same as `KiB`, `MiB` and
//! `GiB`.

#[cfg(test)]
mod tests;

use std::ops::Range;
use std::time::Duration;

use crate::suggest::listed;

/// A unit, and how many milliseconds or bytes it is.
type Unit = (&'static str, u64);

/// The largest first, which is the order of the parts of a duration.
const DURATIONS: [Unit; 4] = [("h", 3_600_000), ("m", 60_000), ("s", 1000), ("ms", 1)];
/// The names that rendering uses come first, the largest unit before the others.
const SIZES: [Unit; 7] =
    [("GB", 1 << 30), ("MB", 1 << 20), ("KB", 1 << 10), ("B", 1), ("GiB", 1 << 30), ("MiB", 1 << 20), ("KiB", 1 << 10)];

/// A fault in the text of a duration or a size, and where it stands.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{}", self.message())]
pub struct UnitError {
    /// What is wrong.
    pub kind: UnitErrorKind,
    /// The bytes of the text that are at fault: inside it, on character boundaries, and empty only if the text is.
    pub range: Range<usize>,
    quantity: Quantity,
}

/// What is wrong with the text of a duration or a size.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum UnitErrorKind {
    /// Nothing but blanks.
    Empty,
    /// A number without a unit.
    MissingUnit {
        /// The number.
        number: String,
    },
    /// A unit, or something else, where a number must be.
    MissingNumber {
        /// What is there.
        found: String,
    },
    /// A unit that does not exist.
    UnknownUnit {
        /// The unit as it is written.
        unit: String,
        /// The unit that is meant.
        suggestion: Option<&'static str>,
    },
    /// Two units in rising order, or one unit twice.
    Order {
        /// The unit that comes too late.
        unit: &'static str,
    },
    /// Something behind the size.
    TextAfterSize {
        /// What is there.
        found: String,
    },
    /// A minus sign.
    Negative,
    /// A decimal point.
    Fraction,
    /// Zero.
    Zero,
    /// More than the program can count.
    TooLarge,
}

/// What a text measures.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Quantity {
    Duration,
    Size,
}

impl Quantity {
    const fn name(self) -> &'static str {
        match self {
            Self::Duration => "duration",
            Self::Size => "size",
        }
    }

    const fn example(self) -> &'static str {
        match self {
            Self::Duration => "30s",
            Self::Size => "256MB",
        }
    }

    const fn units(self) -> &'static [Unit] {
        match self {
            Self::Duration => &DURATIONS,
            Self::Size => &SIZES,
        }
    }
}

impl UnitError {
    /// What is wrong, in lower case and without a full stop.
    pub fn message(&self) -> String {
        let name = self.quantity.name();
        match &self.kind {
            UnitErrorKind::Empty => format!("the {name} is empty"),
            UnitErrorKind::MissingUnit { number } => format!("the {name} `{number}` has no unit"),
            UnitErrorKind::MissingNumber { found } => format!("a number is missing before `{}`", found.escape_debug()),
            UnitErrorKind::UnknownUnit { unit, .. } => format!("unknown unit `{}`", unit.escape_debug()),
            UnitErrorKind::Order { unit } => format!("the unit `{unit}` comes too late or twice"),
            UnitErrorKind::TextAfterSize { found } => {
                format!("nothing may follow the size, and `{}` does", found.escape_debug())
            }
            UnitErrorKind::Negative => format!("a {name} cannot be negative"),
            UnitErrorKind::Fraction => format!("a {name} has no fractions"),
            UnitErrorKind::Zero => format!("the {name} is zero"),
            UnitErrorKind::TooLarge => format!("the {name} is too large"),
        }
    }

    /// What to type instead.
    pub fn help(&self) -> Option<String> {
        let (example, units) = (self.quantity.example(), self.quantity.units());
        Some(match &self.kind {
            UnitErrorKind::MissingUnit { number } => {
                // The example's own number says nothing about this one.
                let unit = example.trim_start_matches(|character: char| character.is_ascii_digit());
                format!("write `\"{number}{unit}\"`")
            }
            UnitErrorKind::UnknownUnit { suggestion: Some(unit), .. } => format!("write `{unit}`"),
            UnitErrorKind::UnknownUnit { suggestion: None, .. } => {
                format!("write one of the units {}", listed(units.iter().map(|(unit, _)| *unit), "or"))
            }
            UnitErrorKind::Order { .. } => "write each unit once, the largest first, such as `\"1h30m\"`".to_owned(),
            UnitErrorKind::TextAfterSize { .. } => format!("write one number and one unit, such as `\"{example}\"`"),
            UnitErrorKind::Fraction => match self.quantity {
                Quantity::Duration => "write a smaller unit, such as `\"1m30s\"` or `\"1500ms\"`".to_owned(),
                Quantity::Size => "write a smaller unit, such as `\"1536MB\"`".to_owned(),
            },
            UnitErrorKind::Zero | UnitErrorKind::Negative => {
                format!("write a number above zero, such as `\"{example}\"`")
            }
            UnitErrorKind::Empty | UnitErrorKind::MissingNumber { .. } | UnitErrorKind::TooLarge => {
                format!("write a number and a unit, such as `\"{example}\"`")
            }
        })
    }
}

/// Reads a duration: `500ms`, `30s`, `1h30m`, `1h 30m`.
///
/// # Errors
///
/// A text without units, with unknown ones, or with them out of order; zero; and what exceeds `u64::MAX` milliseconds.
///
/// ```
/// # use std::time::Duration;
/// # use tusk_fn_spec::units::parse_duration;
/// assert_eq!(parse_duration("1h30m")?, Duration::from_secs(5400));
/// assert_eq!(parse_duration("30").unwrap_err().to_string(), "the duration `30` has no unit");
/// # Ok::<(), tusk_fn_spec::units::UnitError>(())
/// ```
pub fn parse_duration(text: &str) -> Result<Duration, UnitError> {
    let mut reader = Reader::new(text, Quantity::Duration)?;
    let mut milliseconds = 0_u64;
    let mut last = u64::MAX;
    while !reader.rest().is_empty() {
        let part = reader.part()?;
        if part.factor >= last {
            return Err(reader.fault(UnitErrorKind::Order { unit: part.unit }, part.unit_range));
        }
        last = part.factor;
        milliseconds = (part.number.checked_mul(part.factor))
            .and_then(|part| milliseconds.checked_add(part))
            .ok_or_else(|| reader.whole(UnitErrorKind::TooLarge))?;
    }
    if milliseconds == 0 { Err(reader.whole(UnitErrorKind::Zero)) } else { Ok(Duration::from_millis(milliseconds)) }
}

/// Reads a size in bytes: `256MB`, `1GB`, `512KB`, `100B`, `256MiB`. One `MB` is 1024 × 1024 bytes, as one `MiB` is.
///
/// # Errors
///
/// A text without a unit, with an unknown one, or with several; zero; and what exceeds `u64::MAX` bytes.
///
/// ```
/// # use tusk_fn_spec::units::parse_size;
/// assert_eq!(parse_size("256MB")?, 256 * 1024 * 1024);
/// assert_eq!(parse_size("256MB")?, parse_size("256MiB")?);
/// # Ok::<(), tusk_fn_spec::units::UnitError>(())
/// ```
pub fn parse_size(text: &str) -> Result<u64, UnitError> {
    let mut reader = Reader::new(text, Quantity::Size)?;
    let part = reader.part()?;
    if !reader.rest().is_empty() {
        let found = reader.rest().to_owned();
        return Err(reader.fault(UnitErrorKind::TextAfterSize { found }, reader.position..reader.end));
    }
    match part.number.checked_mul(part.factor) {
        None => Err(reader.whole(UnitErrorKind::TooLarge)),
        Some(0) => Err(reader.whole(UnitErrorKind::Zero)),
        Some(bytes) => Ok(bytes),
    }
}

/// The shortest text that [`parse_duration`] reads as this duration, in whole milliseconds; what is less is cut off.
///
/// A duration below a millisecond becomes `0ms`, which does not parse, as no attribute can say it.
pub fn render_duration(duration: Duration) -> String {
    let mut rest = duration.as_millis();
    let mut parts = Vec::new();
    for (unit, factor) in DURATIONS {
        let factor = u128::from(factor);
        if rest >= factor {
            parts.push(format!("{}{unit}", rest / factor));
            rest %= factor;
        }
    }
    if parts.is_empty() { "0ms".to_owned() } else { parts.concat() }
}

/// The text that [`parse_size`] reads as this number of bytes, in the largest unit that leaves no fraction.
pub fn render_size(bytes: u64) -> String {
    let divides = |(_, factor): &&Unit| bytes != 0 && bytes.is_multiple_of(*factor);
    match SIZES.iter().find(divides) {
        Some((unit, factor)) => format!("{}{unit}", bytes / factor),
        None => format!("{bytes}B"),
    }
}

/// A number and its unit.
struct Part {
    number: u64,
    unit: &'static str,
    factor: u64,
    unit_range: Range<usize>,
}

/// Reads parts from left to right.
struct Reader<'a> {
    text: &'a str,
    quantity: Quantity,
    position: usize,
    end: usize,
}

impl<'a> Reader<'a> {
    fn new(text: &'a str, quantity: Quantity) -> Result<Self, UnitError> {
        let mut reader = Self { text, quantity, position: 0, end: text.trim_end().len() };
        reader.skip(char::is_whitespace);
        if reader.rest().is_empty() {
            return Err(reader.fault(UnitErrorKind::Empty, 0..text.len()));
        }
        Ok(reader)
    }

    fn rest(&self) -> &'a str {
        self.text.get(self.position..self.end).unwrap_or_default()
    }

    /// Goes on as long as the characters fit, and returns them.
    fn skip(&mut self, fits: impl Fn(char) -> bool) -> &'a str {
        let rest = self.rest();
        let (taken, _) = rest.split_at(rest.find(|character| !fits(character)).unwrap_or(rest.len()));
        self.position += taken.len();
        taken
    }

    fn fault(&self, kind: UnitErrorKind, range: Range<usize>) -> UnitError {
        UnitError { kind, range, quantity: self.quantity }
    }

    /// A fault of all that is written.
    fn whole(&self, kind: UnitErrorKind) -> UnitError {
        let start = self.text.len() - self.text.trim_start().len();
        self.fault(kind, start..self.end)
    }

    /// Reads a number, its unit, and the blanks behind it.
    fn part(&mut self) -> Result<Part, UnitError> {
        let number_start = self.position;
        let number = self.number()?;
        let number_range = number_start..self.position;
        self.skip(char::is_whitespace);
        let start = self.position;
        let written = self.skip(|character| !character.is_ascii_digit() && !character.is_whitespace());
        let unit_range = start..self.position;
        if written.is_empty() {
            return Err(self.fault(UnitErrorKind::MissingUnit { number: number.to_string() }, number_range));
        }
        let Some((unit, factor)) = self.quantity.units().iter().find(|(unit, _)| *unit == written).copied() else {
            let suggestion = meant(written, self.quantity);
            return Err(self.fault(UnitErrorKind::UnknownUnit { unit: written.to_owned(), suggestion }, unit_range));
        };
        self.skip(char::is_whitespace);
        Ok(Part { number, unit, factor, unit_range })
    }

    fn number(&mut self) -> Result<u64, UnitError> {
        let start = self.position;
        let digits = self.skip(|character| character.is_ascii_digit());
        let next = self.rest().chars().next();
        let here = self.position..self.position + next.map_or(0, char::len_utf8);
        match next {
            Some('-' | '\u{2212}') if digits.is_empty() => return Err(self.fault(UnitErrorKind::Negative, here)),
            Some('.' | ',') => return Err(self.fault(UnitErrorKind::Fraction, here)),
            Some(_) if digits.is_empty() => {
                let found = self.skip(|character| !character.is_ascii_digit() && !character.is_whitespace()).to_owned();
                return Err(self.fault(UnitErrorKind::MissingNumber { found }, start..self.position));
            }
            None => {
                let number = digits.to_owned();
                return Err(self.fault(UnitErrorKind::MissingUnit { number }, start..self.position));
            }
            Some(_) => {}
        }
        digits.parse().map_err(|_| self.fault(UnitErrorKind::TooLarge, start..self.position))
    }
}

/// The unit that somebody means who writes it longer or in another case.
fn meant(written: &str, quantity: Quantity) -> Option<&'static str> {
    if let Some((unit, _)) = quantity.units().iter().find(|(unit, _)| unit.eq_ignore_ascii_case(written)) {
        return Some(unit);
    }
    match (quantity, written.to_lowercase().as_str()) {
        (Quantity::Duration, "hr" | "hrs" | "hour" | "hours") => Some("h"),
        (Quantity::Duration, "min" | "mins" | "minute" | "minutes") => Some("m"),
        (Quantity::Duration, "sec" | "secs" | "second" | "seconds") => Some("s"),
        (Quantity::Duration, "msec" | "msecs" | "millis" | "millisecond" | "milliseconds") => Some("ms"),
        (Quantity::Size, "g" | "gi" | "gig" | "gigabyte" | "gigabytes") => Some("GB"),
        (Quantity::Size, "m" | "mi" | "meg" | "megabyte" | "megabytes") => Some("MB"),
        (Quantity::Size, "k" | "ki" | "kilobyte" | "kilobytes") => Some("KB"),
        (Quantity::Size, "byte" | "bytes") => Some("B"),
        _ => None,
    }
}
