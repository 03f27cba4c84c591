//! Sets as text: `*`, `*/n`, ranges, lists.

use super::field::Field;

/// The canonical text of one field.
pub(super) fn field(bits: u64, field: Field) -> String {
    if bits == field.full() {
        return "*".to_owned();
    }
    match stepping(bits, field) {
        Some(step) => format!("*/{step}"),
        None => list(bits, |value| value.to_string()),
    }
}

/// Ranges for runs of three values or more, single values otherwise, never wrapping, joined by commas.
pub(super) fn list(bits: u64, name: impl Fn(u8) -> String) -> String {
    let mut parts = Vec::new();
    for (first, last) in runs(bits) {
        match last - first {
            0 => parts.push(name(first)),
            1 => parts.extend([name(first), name(last)]),
            _ => parts.push(format!("{}-{}", name(first), name(last))),
        }
    }
    parts.join(",")
}

/// The first and last value of each unbroken run in the set, ascending.
fn runs(bits: u64) -> Vec<(u8, u8)> {
    let mut runs: Vec<(u8, u8)> = Vec::new();
    for value in (0..64).filter(|value| bits >> value & 1 == 1) {
        match runs.last_mut() {
            Some((_, last)) if *last + 1 == value => *last = value,
            _ => runs.push((value, value)),
        }
    }
    runs
}

/// The `n` of the `*/n` that is exactly this set.
///
/// Two values count only where they part the field evenly: `0,45` as `*/45` would read as "every 45 minutes".
fn stepping(bits: u64, field: Field) -> Option<u8> {
    let step = (2..=(field.largest() - field.smallest()).div_ceil(2))
        .find(|step| stepped(field.smallest(), field.largest(), *step) == bits)?;
    let count = bits.count_ones();
    (count > 2 || count * u32::from(step) == field.full().count_ones()).then_some(step)
}

/// The set of every `step`th value from `first` to `last`.
pub(super) fn stepped(first: u8, last: u8, step: u8) -> u64 {
    (first..=last).step_by(usize::from(step.max(1))).fold(0, |bits, value| bits | 1_u64 << value.min(63))
}
