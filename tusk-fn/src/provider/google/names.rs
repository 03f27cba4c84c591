//! What Google's names of resources look like, as manifests give them.

use tusk_fn_spec::output::OutputKind;

use super::client::Collection;

/// What the name of such a resource looks like; each `*` is anything but nothing.
pub(super) const fn shape(kind: OutputKind) -> &'static str {
    match kind {
        OutputKind::Queue | OutputKind::Topic => "projects/*/topics/*",
        OutputKind::Event => "projects/*/locations/*/channels/*",
        OutputKind::Table => "projects/*/databases/*/documents/*",
        OutputKind::Secret => "projects/*/secrets/*",
        OutputKind::Bucket => "*",
    }
}

/// Whether it is the name of such a resource.
pub(super) fn is_of(kind: OutputKind, name: &str) -> bool {
    let mut wanted = shape(kind).split('/');
    let fits = |segment: &str| match wanted.next() {
        Some("*") => !segment.is_empty(),
        wanted => wanted == Some(segment),
    };
    name.split('/').all(fits) && name.split('/').count() == shape(kind).split('/').count()
}

/// The collection of that name.
pub(super) fn collection(name: &str) -> Option<Collection<'_>> {
    let (database, _) = name.split_once("/documents/")?;
    is_of(OutputKind::Table, name).then_some(Collection { name, database })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_name_says_what_it_is_of() {
        for (kind, name, fits) in [
            (OutputKind::Queue, "projects/p/topics/t", true),
            (OutputKind::Topic, "projects/example.com:p/topics/t", true),
            (OutputKind::Queue, "projects/p/topics/", false),
            (OutputKind::Queue, "projects/p/topics/t/x", false),
            (OutputKind::Queue, "projects/p/topics", false),
            (OutputKind::Queue, "projects/p/subscriptions/t", false),
            (OutputKind::Queue, "t", false),
            (OutputKind::Event, "projects/p/locations/l/channels/c", true),
            (OutputKind::Secret, "projects/p/secrets/s", true),
            (OutputKind::Secret, "projects/p/secrets/s/versions/1", false),
            (OutputKind::Table, "projects/p/databases/(default)/documents/stock", true),
            (OutputKind::Table, "projects/p/databases/(default)/documents/stock/1/parts", false),
            (OutputKind::Bucket, "files", true),
            (OutputKind::Bucket, "a/b", false),
        ] {
            assert_eq!(is_of(kind, name), fits, "{name}");
        }
        let stock = collection("projects/p/databases/(default)/documents/stock").expect("a collection");
        assert_eq!(stock.database, "projects/p/databases/(default)");
        assert_eq!(collection("stock"), None);
    }
}
