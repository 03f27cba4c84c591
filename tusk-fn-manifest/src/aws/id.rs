//! Logical ids: letters and digits only, made of function names so that two names never become one id.
//!
//! `get-user` becomes `GetUser`. That is unambiguous for names of small letters and digits in words that begin with a letter,
//! joined by single `-`: a capital stands for the beginning of a word. Every other name (`get_user`, `GetUser`, `v-2`) is
//! written character by character behind a small `n`, with a capital before what is no small letter or digit; no id of the
//! first kind begins with a small letter.
//!
//! What belongs to a function has that and a word behind it. No such word ends in another one, nor does an id that is fixed
//! or that SAM makes up end in one, so that `users` with `Role` and `users-scheduler` with something else stay apart.

/// The HTTP API.
pub(super) const API: &str = "Api";
/// The log group of the API's requests.
pub(super) const ACCESS_LOG: &str = "ApiAccessLog";
/// The parameter that says for how many days logs are kept.
pub(super) const RETENTION: &str = "LogRetentionDays";
/// The parameter that says how many requests a second the API lets through.
pub(super) const RATE: &str = "RequestsPerSecond";
/// The parameter that says how many requests the API lets through at once.
pub(super) const BURST: &str = "RequestBurst";

/// What belongs to a function.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Own {
    /// The function itself.
    Function,
    /// What the function may do.
    Role,
    /// What the function logs.
    Logs,
    /// What the scheduler may do.
    Invoker,
    /// The events that could not be handled.
    DeadLetters,
}

/// The logical id of something that belongs to a function.
pub(super) fn of(name: &str, own: Own) -> String {
    let word = match own {
        Own::Function => "Function",
        Own::Role => "Role",
        Own::Logs => "Logs",
        Own::Invoker => "Invoker",
        Own::DeadLetters => "DeadLetters",
    };
    stem(name) + word
}

fn stem(name: &str) -> String {
    if name.split('-').all(is_word) { name.split('-').map(capitalised).collect() } else { spelled(name) }
}

fn is_word(part: &str) -> bool {
    part.starts_with(|c: char| c.is_ascii_lowercase())
        && part.chars().all(|c| c.is_ascii_lowercase() || c.is_ascii_digit())
}

fn capitalised(word: &str) -> String {
    let (first, rest) = word.split_at(word.chars().next().map_or(0, char::len_utf8));
    first.to_ascii_uppercase() + rest
}

fn spelled(name: &str) -> String {
    let mut out = String::from("n");
    for c in name.chars() {
        match c {
            'a'..='z' | '0'..='9' => out.push(c),
            'A'..='Z' => out.extend(['C', c.to_ascii_lowercase()]),
            '-' => out.push('D'),
            '_' => out.push('U'),
            // No name has another character; if one did, its number would still tell it apart.
            other => out.extend(["X", &format!("{:x}", u32::from(other)), "X"]),
        }
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    const OWN: [Own; 5] = [Own::Function, Own::Role, Own::Logs, Own::Invoker, Own::DeadLetters];

    #[test]
    fn ordinary_names_read_well() {
        assert_eq!(of("users", Own::Function), "UsersFunction");
        assert_eq!(of("get-user2", Own::Role), "GetUser2Role");
        assert_eq!(of("get_user", Own::Logs), "ngetUuserLogs");
        assert_eq!(of("v-2", Own::Logs), "nvD2Logs");
    }

    #[test]
    fn no_word_ends_in_another() {
        let words = OWN.map(|own| of("", own).split_off(1));
        let fixed = [API, ACCESS_LOG, RETENTION, RATE, BURST].map(str::to_owned);
        let by_sam = ["Stage", "Permission", "Schedule", "Config"].map(str::to_owned);
        for word in &words {
            for other in words.iter().chain(&fixed).chain(&by_sam) {
                assert!(word == other || !other.ends_with(word.as_str()), "{other} ends in {word}");
            }
        }
    }

    proptest::proptest! {
        #[test]
        fn no_two_names_have_one_id(
            a in "[a-cA-C][a-cA-CU12_-]{0,5}", b in "[a-cA-C][a-cA-CU12_-]{0,5}", x in 0..5usize, y in 0..5usize
        ) {
            let (first, second) = (of(&a, OWN[x]), of(&b, OWN[y]));
            proptest::prop_assert!(first.bytes().all(|b| b.is_ascii_alphanumeric()));
            proptest::prop_assert_eq!(first == second, a == b && x == y, "{} {}", a, b);
        }
    }
}
