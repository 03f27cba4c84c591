//! Names of resources that are there already, as Google writes them.
//!
//! The charset of each part is narrow: a name goes into a script, and nothing in it may mean something there.

use crate::ResourceKind;

/// Whether a text is the name of such a resource.
pub(super) fn is_name(kind: ResourceKind, text: &str) -> bool {
    let parts: Vec<&str> = text.split('/').collect();
    match (kind, parts.as_slice()) {
        (ResourceKind::Queue | ResourceKind::Topic | ResourceKind::Stream, ["projects", project, "topics", id]) => {
            is_project(project) && is_made_of(id, 3..=255, "-_.~+%")
        }
        (ResourceKind::Bucket, [name]) => {
            is_made_of(name, 3..=222, "-_.") && !name.bytes().any(|b| b.is_ascii_uppercase())
        }
        (ResourceKind::Table, ["projects", project, "databases", database, "documents", collection]) => {
            let is_database = *database == "(default)" || is_made_of(database, 4..=63, "-");
            is_project(project) && is_database && is_made_of(collection, 1..=1500, "-_.~")
        }
        (ResourceKind::Secret, ["projects", project, "secrets", id]) => {
            is_project(project) && is_made_of(id, 1..=255, "-_")
        }
        (ResourceKind::EventBus, ["projects", project, "locations", location, "channels", id]) => {
            is_project(project) && is_made_of(location, 1..=63, "-") && is_made_of(id, 1..=63, "-")
        }
        _ => false,
    }
}

/// What such a name looks like.
pub(super) const fn example(kind: ResourceKind) -> &'static str {
    match kind {
        ResourceKind::Queue => "projects/my-project/topics/orders",
        ResourceKind::Topic => "projects/my-project/topics/paid",
        ResourceKind::Stream => "projects/my-project/topics/clicks",
        ResourceKind::Bucket => "my-project-invoices",
        ResourceKind::Table => "projects/my-project/databases/(default)/documents/stock",
        ResourceKind::Secret => "projects/my-project/secrets/stripe-key",
        ResourceKind::EventBus => "projects/my-project/locations/europe-west1/channels/shop",
    }
}

/// The project of a resource; none of a bucket, whose name does not say.
pub(super) fn project(physical: &str) -> Option<&str> {
    physical.strip_prefix("projects/")?.split('/').next()
}

/// The part behind that word.
pub(super) fn part<'a>(physical: &'a str, word: &str) -> &'a str {
    physical.split('/').skip_while(|part| *part != word).nth(1).unwrap_or_default()
}

fn is_project(text: &str) -> bool {
    is_made_of(text, 6..=30, "-")
}

fn is_made_of(text: &str, lengths: std::ops::RangeInclusive<usize>, punctuation: &str) -> bool {
    lengths.contains(&text.len())
        && text.starts_with(|c: char| c.is_ascii_alphanumeric())
        && text.chars().all(|c| c.is_ascii_alphanumeric() || punctuation.contains(c))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_kind_has_names_of_its_own() {
        for kind in ResourceKind::ALL {
            assert!(is_name(kind, example(kind)), "{kind}");
            for text in ["", "a b", "projects/p", "$(rm -rf /)", "projects/my-project/topics/\"; ls", "`ls`", "../../x"]
            {
                assert!(!is_name(kind, text), "{kind} {text}");
            }
            let others = ResourceKind::ALL.iter().filter(|other| is_name(kind, example(**other))).count();
            let alike =
                if matches!(kind, ResourceKind::Queue | ResourceKind::Topic | ResourceKind::Stream) { 3 } else { 1 };
            assert_eq!(others, alike, "{kind}");
        }
    }

    #[test]
    fn a_name_has_parts() {
        let table = example(ResourceKind::Table);
        assert_eq!((project(table), part(table, "databases")), (Some("my-project"), "(default)"));
        assert_eq!(part(table, "documents"), "stock");
        assert_eq!(project("my-bucket"), None);
    }
}
