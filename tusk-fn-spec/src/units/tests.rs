#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, reason = "a test fails by panicking")]

use super::*;

/// The message, the help, and the part of the text that the error points at.
fn shown(error: UnitError, text: &str) -> (String, String, String) {
    (error.message(), error.help().unwrap_or_default(), text[error.range].to_owned())
}

fn duration_refusal(text: &str) -> (String, String, String) {
    shown(parse_duration(text).expect_err(text), text)
}

fn size_refusal(text: &str) -> (String, String, String) {
    shown(parse_size(text).expect_err(text), text)
}

fn owned(message: &str, help: &str, at: &str) -> (String, String, String) {
    (message.to_owned(), help.to_owned(), at.to_owned())
}

#[test]
fn durations_have_units() {
    for (text, milliseconds) in [
        ("500ms", 500),
        ("30s", 30_000),
        ("2m", 120_000),
        ("15m", 900_000),
        ("1h", 3_600_000),
        ("1h30m", 5_400_000),
        (" 1h 30 m ", 5_400_000),
        ("1h0m5s7ms", 3_605_007),
        ("90m", 5_400_000),
    ] {
        assert_eq!(parse_duration(text), Ok(Duration::from_millis(milliseconds)), "{text}");
    }
}

#[test]
fn sizes_count_in_steps_of_1024() {
    for (text, bytes) in [
        ("100B", 100),
        ("512KB", 512 << 10),
        ("256MB", 256 << 20),
        ("1GB", 1 << 30),
        ("256 MiB", 256 << 20),
        ("1GiB", 1 << 30),
        (" 4KiB", 4096),
    ] {
        assert_eq!(parse_size(text), Ok(bytes), "{text}");
    }
}

#[test]
fn faults_of_durations() {
    let positive = "write a number above zero, such as `\"30s\"`";
    let order = "write each unit once, the largest first, such as `\"1h30m\"`";
    for (text, refusal) in [
        ("30", owned("the duration `30` has no unit", "write `\"30s\"`", "30")),
        ("1h30", owned("the duration `30` has no unit", "write `\"30s\"`", "30")),
        ("30 30", owned("the duration `30` has no unit", "write `\"30s\"`", "30")),
        ("", owned("the duration is empty", "write a number and a unit, such as `\"30s\"`", "")),
        ("  ", owned("the duration is empty", "write a number and a unit, such as `\"30s\"`", "  ")),
        ("0s", owned("the duration is zero", positive, "0s")),
        (" 0h0m ", owned("the duration is zero", positive, "0h0m")),
        ("-5s", owned("a duration cannot be negative", positive, "-")),
        ("5d", owned("unknown unit `d`", "write one of the units `h`, `m`, `s` or `ms`", "d")),
        ("5min", owned("unknown unit `min`", "write `m`", "min")),
        ("5 Minutes", owned("unknown unit `Minutes`", "write `m`", "Minutes")),
        ("5S", owned("unknown unit `S`", "write `s`", "S")),
        ("30m1h", owned("the unit `h` comes too late or twice", order, "h")),
        ("1m1m", owned("the unit `m` comes too late or twice", order, "m")),
        ("s", owned("a number is missing before `s`", "write a number and a unit, such as `\"30s\"`", "s")),
    ] {
        assert_eq!(duration_refusal(text), refusal, "{text}");
    }
    assert_eq!(duration_refusal("1.5h").2, ".");
    assert_eq!(duration_refusal("99999999999999999999s").0, "the duration is too large");
    assert_eq!(duration_refusal("18446744073709551615h").0, "the duration is too large");
}

#[test]
fn faults_of_sizes() {
    assert_eq!(size_refusal("256"), owned("the size `256` has no unit", "write `\"256MB\"`", "256"));
    assert_eq!(size_refusal("256M"), owned("unknown unit `M`", "write `MB`", "M"));
    assert_eq!(size_refusal("256mb"), owned("unknown unit `mb`", "write `MB`", "mb"));
    assert_eq!(size_refusal("1GB 512MB").2, "512MB");
    assert_eq!(size_refusal("1.5GB").1, "write a smaller unit, such as `\"1536MB\"`");
    assert_eq!(size_refusal("0MB").0, "the size is zero");
    assert_eq!(size_refusal("-1MB").0, "a size cannot be negative");
    assert_eq!(size_refusal("18446744073709551615KB").0, "the size is too large");
    assert_eq!(size_refusal("MB").0, "a number is missing before `MB`");
}

/// Numbers of every magnitude, round ones and others.
fn numbers() -> impl Iterator<Item = u64> {
    let round = (0..64).map(|shift| 1_u64 << shift);
    let decimal = (0..20).map(|power| 10_u64.pow(power));
    let neighbours =
        round.chain(decimal).flat_map(|number| [number.saturating_sub(1).max(1), number, number.saturating_add(1)]);
    neighbours.chain((1..5000).map(|number| number * 1_237)).chain((1..5000).map(|number| number * 60_000))
}

#[test]
fn rendering_parses_to_the_same_value() {
    for number in numbers().chain([u64::MAX]) {
        let duration = Duration::from_millis(number);
        assert_eq!(parse_duration(&render_duration(duration)), Ok(duration));
        assert_eq!(parse_size(&render_size(number)), Ok(number));
    }
    assert_eq!(render_duration(Duration::from_millis(5_400_500)), "1h30m500ms");
    assert_eq!(render_size(1536 << 20), "1536MB");
    assert_eq!(render_duration(Duration::ZERO), "0ms");
    assert_eq!(render_size(0), "0B");
}

#[test]
fn no_text_panics_and_every_range_can_be_shown() {
    let alphabet =
        ["0", "7", "99999999999", "h", "m", "s", "ms", "MB", "-", ".", ",", " ", "é", "\u{2212}", "\u{a0}", "+", "\n"];
    let mut state = 1_u64;
    for _ in 0..50_000 {
        let mut text = String::new();
        for _ in 0..state % 7 {
            state = state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
            text.push_str(alphabet[usize::try_from(state >> 33).unwrap() % alphabet.len()]);
        }
        state = state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        state ^= state >> 29;
        for error in [parse_duration(&text).err(), parse_size(&text).err()].into_iter().flatten() {
            let shown = text.get(error.range.clone()).unwrap_or_else(|| panic!("{text:?} has a range outside"));
            assert_eq!(shown.is_empty(), text.is_empty(), "{text:?} {error:?}");
        }
    }
}
