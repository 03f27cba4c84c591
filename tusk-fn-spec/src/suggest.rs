//! "Did you mean": the nearest of a few known words.

/// The candidate most like `word`, if one is near enough that a typing error explains the difference.
pub fn nearest<'a>(word: &str, candidates: impl IntoIterator<Item = &'a str>) -> Option<&'a str> {
    let lower = word.to_lowercase();
    let allowed = (word.chars().count() / 3).max(1);
    candidates
        .into_iter()
        .map(|candidate| (strsim::damerau_levenshtein(&lower, &candidate.to_lowercase()), candidate))
        .filter(|(distance, _)| *distance <= allowed)
        .min_by_key(|(distance, _)| *distance)
        .map(|(_, candidate)| candidate)
}

/// Words as a sentence lists them: "`a`", "`a` or `b`", "`a`, `b` or `c`".
pub fn listed<'a>(words: impl IntoIterator<Item = &'a str>, conjunction: &str) -> String {
    let quoted: Vec<String> = words.into_iter().map(|word| format!("`{word}`")).collect();
    match quoted.as_slice() {
        [] => String::new(),
        [one] => one.clone(),
        [first @ .., last] => format!("{} {conjunction} {last}", first.join(", ")),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn nearest_accepts_a_slip_and_refuses_another_word() {
        assert_eq!(nearest("rout", ["route", "methods"]), Some("route"));
        assert_eq!(nearest("shcedule", ["schedule"]), Some("schedule"));
        assert_eq!(nearest("Methods", ["methods"]), Some("methods"));
        assert_eq!(nearest("queue", ["route", "methods"]), None);
    }

    #[test]
    fn listed_reads_as_a_sentence() {
        assert_eq!(listed(["a"], "or"), "`a`");
        assert_eq!(listed(["a", "b", "c"], "or"), "`a`, `b` or `c`");
    }
}
