//! "Did you mean": the nearest of a few known words.

/// What other platforms and tools call something, and what it is called here.
const SYNONYMS: &[(&str, &str)] = &[
    ("amazon", "aws"),
    ("and", "all"),
    ("anyone", "public"),
    ("api", "http"),
    ("batch", "batch_size"),
    ("beginning", "oldest"),
    ("both", "all"),
    ("bucket", "path"),
    ("changed", "modify"),
    ("created", "insert"),
    ("cron", "schedule"),
    ("cron", "timer"),
    ("delete", "deleted"),
    ("delete", "remove"),
    ("deleted", "remove"),
    ("dlq", "dead_letter"),
    ("dynamodb", "database"),
    ("earliest", "oldest"),
    ("either", "any"),
    ("end", "latest"),
    ("eventbridge", "event"),
    ("eventgrid", "event"),
    ("eventhub", "stream"),
    ("fifo", "ordered"),
    ("firestore", "database"),
    ("function_name", "name"),
    ("gcp", "google"),
    ("iam", "platform"),
    ("kinesis", "stream"),
    ("kubernetes", "knative"),
    ("lambda", "aws"),
    ("max_receive_count", "max_attempts"),
    ("microsoft", "azure"),
    ("newest", "latest"),
    ("none", "public"),
    ("open", "public"),
    ("or", "any"),
    ("parallelism", "concurrency"),
    ("path", "route"),
    ("put", "created"),
    ("ram", "memory"),
    ("removed", "deleted"),
    ("retries", "max_attempts"),
    ("s3", "blob"),
    ("schedule", "timer"),
    ("servicebus", "queue"),
    ("sns", "topic"),
    ("sqs", "queue"),
    ("start", "oldest"),
    ("storage", "blob"),
    ("time_zone", "tz"),
    ("timezone", "tz"),
    ("trim_horizon", "oldest"),
    ("update", "modify"),
    ("updated", "modify"),
    ("uri", "route"),
    ("url", "route"),
    ("verbs", "methods"),
];

/// The candidate that is meant by `word`: by another's word for it, or else by a slip.
pub fn meant<'a>(word: &str, candidates: impl IntoIterator<Item = &'a str> + Clone) -> Option<&'a str> {
    let lower = word.to_lowercase();
    let mut ours = SYNONYMS.iter().filter(|(theirs, _)| *theirs == lower);
    let named = ours.find_map(|(_, ours)| candidates.clone().into_iter().find(|candidate| candidate == ours));
    named.or_else(|| nearest(word, candidates))
}

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
    fn meant_knows_what_others_call_it() {
        assert_eq!(meant("cron", ["http", "timer"]), Some("timer"));
        assert_eq!(meant("cron", ["schedule", "tz"]), Some("schedule"));
        assert_eq!(meant("and", ["any", "all"]), Some("all"), "and not the word that looks like it");
        assert_eq!(meant("GCP", ["aws", "google"]), Some("google"));
        assert_eq!(meant("htpp", ["http", "timer"]), Some("http"));
        assert_eq!(meant("sqs", ["http", "timer"]), None);
    }

    #[test]
    fn synonyms_are_sorted() {
        assert!(SYNONYMS.is_sorted());
    }

    #[test]
    fn listed_reads_as_a_sentence() {
        assert_eq!(listed(["a"], "or"), "`a`");
        assert_eq!(listed(["a", "b", "c"], "or"), "`a`, `b` or `c`");
    }
}
