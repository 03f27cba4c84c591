//! What is printed on standard error, in the manner of cargo. Colours only where somebody can see them.

use std::fmt::Display;

use anstyle::{AnsiColor, Style};

use crate::error::{Error, Problem};

const ERROR: Style = AnsiColor::Red.on_default().bold();
const NOTE: Style = AnsiColor::Green.on_default().bold();
const HELP: Style = AnsiColor::Cyan.on_default().bold();
const PLACE: Style = AnsiColor::Blue.on_default().bold();
const STATUS: Style = AnsiColor::Green.on_default().bold();

/// Prints every problem that an error is made of.
pub(crate) fn print_error(error: &Error) {
    for problem in error.problems() {
        print("error", ERROR, &problem);
    }
}

/// Prints something worth knowing that is no error.
pub(crate) fn print_note(note: &Problem) {
    print("note", NOTE, note);
}

fn print(word: &str, style: Style, problem: &Problem) {
    anstream::eprintln!("{style}{word}{style:#}: {}", problem.message);
    if let Some(place) = &problem.place {
        anstream::eprintln!("  {PLACE}-->{PLACE:#} {place}");
    }
    if let Some(help) = &problem.help {
        anstream::eprintln!("{HELP}help{HELP:#}: {help}");
    }
}

/// Prints what is being done: a verb and its object.
pub(crate) fn print_status(verb: &str, object: impl Display) {
    anstream::eprintln!("{STATUS}{verb:>12}{STATUS:#} {object}");
}
