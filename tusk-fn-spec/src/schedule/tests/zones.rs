//! Names of time zones.

use super::super::zone::WINDOWS;
use super::super::{ZoneMistake, zone};

#[test]
fn canonical_names_are_zones() {
    for name in ["UTC", "Europe/Berlin", "America/New_York", "America/Argentina/Buenos_Aires", "Etc/GMT+5", "EST5EDT"] {
        assert_eq!(zone(name).expect(name).iana_name(), Some(name));
    }
}

#[test]
fn other_texts_get_the_name_that_is_meant() {
    for (text, mistake, suggestions) in [
        ("Europe/Berln", ZoneMistake::Unknown, &["Europe/Berlin"][..]),
        ("europe/berlin", ZoneMistake::Case, &["Europe/Berlin"]),
        ("utc", ZoneMistake::Case, &["UTC"]),
        ("Berlin", ZoneMistake::Unknown, &["Europe/Berlin"]),
        ("New York", ZoneMistake::Unknown, &["America/New_York"]),
        ("America/New York", ZoneMistake::Unknown, &["America/New_York"]),
        ("W. Europe Standard Time", ZoneMistake::Windows, &["Europe/Berlin"]),
        ("Eastern Daylight Time", ZoneMistake::Windows, &["America/New_York"]),
        ("Myanmar Standard Time", ZoneMistake::Windows, &[]),
        ("CET+1", ZoneMistake::Offset, &[]),
        ("+02:00", ZoneMistake::Offset, &[]),
        ("UTC-05:30", ZoneMistake::Offset, &[]),
        ("EST5EDT4", ZoneMistake::Offset, &[]),
        ("CET-1CEST,M3.5.0,M10.5.0/3", ZoneMistake::Offset, &[]),
        ("PST", ZoneMistake::Abbreviation, &[]),
        ("CEST", ZoneMistake::Abbreviation, &[]),
        ("", ZoneMistake::Empty, &[]),
        ("Middle Earth", ZoneMistake::Unknown, &[]),
        ("Factory", ZoneMistake::Unknown, &[]),
    ] {
        let error = zone(text).expect_err(text);
        assert_eq!(error.mistake, mistake, "{text}");
        assert_eq!(error.suggestions, suggestions, "{text}");
        assert!(error.help().is_some_and(|help| help.starts_with("write `") || suggestions.is_empty()));
    }
}

#[test]
fn names_of_windows_lead_to_zones() {
    for (windows, name) in WINDOWS {
        assert!(zone(name).is_ok(), "{name}");
        assert_eq!(zone(windows).expect_err(windows).suggestions, [name]);
    }
}
