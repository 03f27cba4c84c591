//! Time zones by their IANA names, and what else people write for them.
//!
//! The names are looked up in the bundled database, so that the same source means the same on every machine, and in
//! their exact case, because the platforms that the name is passed on to compare it so.

use jiff::tz::{TimeZone, TimeZoneDatabase};

use crate::suggest::listed;

/// How many names an error suggests at most.
const MOST_SUGGESTIONS: usize = 3;

/// Names of Windows that are written most often, with the zones that Unicode's table `windowsZones` gives for them.
pub(super) const WINDOWS: [(&str, &str); 16] = [
    ("AUS Eastern Standard Time", "Australia/Sydney"),
    ("Central Europe Standard Time", "Europe/Budapest"),
    ("Central European Standard Time", "Europe/Warsaw"),
    ("Central Standard Time", "America/Chicago"),
    ("China Standard Time", "Asia/Shanghai"),
    ("E. South America Standard Time", "America/Sao_Paulo"),
    ("Eastern Standard Time", "America/New_York"),
    ("FLE Standard Time", "Europe/Kyiv"),
    ("GMT Standard Time", "Europe/London"),
    ("India Standard Time", "Asia/Kolkata"),
    ("Mountain Standard Time", "America/Denver"),
    ("Pacific Standard Time", "America/Los_Angeles"),
    ("Romance Standard Time", "Europe/Paris"),
    ("Singapore Standard Time", "Asia/Singapore"),
    ("Tokyo Standard Time", "Asia/Tokyo"),
    ("W. Europe Standard Time", "Europe/Berlin"),
];

/// A text that is not the name of a time zone.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{}", self.message())]
pub struct UnknownZone {
    /// The text.
    pub name: String,
    /// What it looks like.
    pub mistake: ZoneMistake,
    /// Names of time zones that may be meant, the most likely first; at most three.
    pub suggestions: Vec<String>,
}

/// What a text looks like that is not the name of a time zone.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum ZoneMistake {
    /// Nothing.
    Empty,
    /// A name in another case.
    Case,
    /// A name of Windows: `W. Europe Standard Time`.
    Windows,
    /// A distance from UTC, or a POSIX rule: `CET+1`, `+02:00`, `EST5EDT4`.
    Offset,
    /// An abbreviation: `PST`.
    Abbreviation,
    /// Any other text.
    Unknown,
}

impl UnknownZone {
    /// What is wrong, in lower case and without a full stop.
    pub fn message(&self) -> String {
        let name = self.name.escape_debug();
        match self.mistake {
            ZoneMistake::Empty => "the name of the time zone is empty".to_owned(),
            ZoneMistake::Case => format!("the time zone `{name}` is not written like that"),
            ZoneMistake::Windows => format!("`{name}` is a name of Windows, not an IANA time zone"),
            ZoneMistake::Offset => {
                format!("`{name}` is a fixed rule, not an IANA time zone, and would not follow changes of the law")
            }
            ZoneMistake::Abbreviation => format!("`{name}` is an abbreviation, not an IANA time zone"),
            ZoneMistake::Unknown => format!("unknown time zone `{name}`"),
        }
    }

    /// What to type instead.
    pub fn help(&self) -> Option<String> {
        Some(match self.suggestions.as_slice() {
            [] => "write the IANA name of a place, such as `Europe/Berlin`, or `UTC`".to_owned(),
            names => format!("write {}", listed(names.iter().map(String::as_str), "or")),
        })
    }
}

/// The time zone of an IANA name: `Europe/Berlin`, `UTC`.
///
/// # Errors
///
/// Every other text, names in another case included, with the names that may be meant.
///
/// ```
/// # use tusk_fn_spec::schedule::zone;
/// assert!(zone("Europe/Berlin").is_ok());
/// assert_eq!(zone("Europe/Berln").unwrap_err().suggestions, ["Europe/Berlin"]);
/// ```
pub fn zone(name: &str) -> Result<TimeZone, UnknownZone> {
    let database = TimeZoneDatabase::bundled();
    // `Factory` stands for a machine whose zone was never set.
    let names: Vec<String> =
        database.available().map(|known| known.as_str().to_owned()).filter(|known| known != "Factory").collect();
    if names.iter().any(|known| known == name)
        && let Ok(zone) = database.get(name)
    {
        return Ok(zone);
    }
    Err(unknown(name, &names))
}

fn unknown(name: &str, names: &[String]) -> UnknownZone {
    let (mistake, suggestions) = if name.trim().is_empty() {
        (ZoneMistake::Empty, Vec::new())
    } else if let Some(known) = names.iter().find(|known| known.eq_ignore_ascii_case(name)) {
        (ZoneMistake::Case, vec![known.clone()])
    } else if is_windows(name) {
        (ZoneMistake::Windows, from_windows(name).into_iter().collect())
    } else if is_offset(name) {
        (ZoneMistake::Offset, Vec::new())
    } else {
        similar(name, names)
    };
    UnknownZone { name: name.to_owned(), mistake, suggestions }
}

fn is_windows(name: &str) -> bool {
    let lower = name.to_ascii_lowercase();
    lower.ends_with(" standard time") || lower.ends_with(" daylight time")
}

/// The zone for a frequent name of Windows.
fn from_windows(name: &str) -> Option<String> {
    let standard = name.to_ascii_lowercase().replace("daylight", "standard");
    WINDOWS.iter().find(|(windows, _)| windows.eq_ignore_ascii_case(&standard)).map(|(_, zone)| (*zone).to_owned())
}

/// `CET+1`, `UTC-05:30`, `+02:00`, `EST5EDT4`, `CET-1CEST,M3.5.0,M10.5.0/3`.
fn is_offset(name: &str) -> bool {
    let rule = name.trim_start_matches(|character: char| character.is_ascii_alphabetic());
    let is_short = name.len() - rule.len() <= 5;
    let hours = rule.trim_start_matches(['+', '-']);
    is_short && rule.len() - hours.len() <= 1 && hours.starts_with(|character: char| character.is_ascii_digit())
}

/// The nearest names, by the whole or by the place alone: `Europe/Berln`, `Berlin`, `New York`.
fn similar(name: &str, names: &[String]) -> (ZoneMistake, Vec<String>) {
    let wanted = name.trim().replace(' ', "_").to_lowercase();
    let length = wanted.chars().count();
    // Of a letter or two, every short name is near.
    let allowed = if length < 3 { 0 } else { (length / 4).max(1) };
    let mut ranked: Vec<(usize, &String)> = names
        .iter()
        .map(|known| (distance(&wanted, &known.to_lowercase()), known))
        .filter(|(distance, _)| *distance <= allowed)
        .collect();
    ranked.sort_unstable();
    let best = ranked.first().map_or(0, |(distance, _)| *distance);
    let is_abbreviation = (2..=5).contains(&name.len()) && name.bytes().all(|byte| byte.is_ascii_uppercase());
    if is_abbreviation && (best > 0 || ranked.is_empty()) {
        return (ZoneMistake::Abbreviation, Vec::new());
    }
    let near = ranked.into_iter().filter(|(distance, _)| *distance <= best + 1).take(MOST_SUGGESTIONS);
    (ZoneMistake::Unknown, near.map(|(_, known)| known.clone()).collect())
}

/// How far a text is from a known name, or from the place at its end if the text names no region.
fn distance(wanted: &str, known: &str) -> usize {
    let whole = strsim::damerau_levenshtein(wanted, known);
    match known.rsplit_once('/') {
        Some((_, place)) if !wanted.contains('/') => whole.min(strsim::damerau_levenshtein(wanted, place)),
        _ => whole,
    }
}
