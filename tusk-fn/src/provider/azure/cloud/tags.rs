//! The tags of documents that this process read or wrote, by their version: what is written on the condition of a version needs no
//! other request for its tag, and a claim of an `idempotent` function can be settled even where reads are late.

use std::collections::{HashMap, VecDeque};
use std::sync::{Mutex, PoisonError};

use super::Place;

/// How many are kept, the latest: as many as a process has in work, many times over.
const MOST: usize = 4096;

/// A document in one version: its container's URL, its id, its version.
type Name = (String, String, u64);

#[derive(Default)]
pub(super) struct Tags {
    kept: Mutex<Kept>,
}

#[derive(Default)]
struct Kept {
    tags: HashMap<Name, String>,
    /// From the oldest on.
    order: VecDeque<Name>,
}

impl Tags {
    pub(super) fn keep(&self, place: &Place, id: &str, version: u64, tag: String) {
        let name: Name = (place.url(), id.to_owned(), version);
        let mut kept = self.kept.lock().unwrap_or_else(PoisonError::into_inner);
        if kept.tags.insert(name.clone(), tag).is_none() {
            kept.order.push_back(name);
        }
        if kept.order.len() > MOST
            && let Some(oldest) = kept.order.pop_front()
        {
            kept.tags.remove(&oldest);
        }
    }

    pub(super) fn of(&self, place: &Place, id: &str, version: u64) -> Option<String> {
        let kept = self.kept.lock().unwrap_or_else(PoisonError::into_inner);
        kept.tags.get(&(place.url(), id.to_owned(), version)).cloned()
    }
}

#[cfg(test)]
mod tests {
    use super::super::Kind;
    use super::*;

    #[test]
    fn the_latest_are_kept() {
        let place = |name: &str| {
            let url = format!("https://a.documents.azure.com/dbs/shop/colls/{name}");
            Place::of(&url, Kind::Documents).expect("a place")
        };
        let (stock, orders, tags) = (place("stock"), place("orders"), Tags::default());
        tags.keep(&stock, "a", 1, "first".to_owned());
        tags.keep(&stock, "a", 1, "again".to_owned());
        let of = |place: &Place, id: &str, version: u64| tags.of(place, id, version);
        assert_eq!(of(&stock, "a", 1).as_deref(), Some("again"));
        assert_eq!((of(&stock, "a", 2), of(&stock, "b", 1), of(&orders, "a", 1)), (None, None, None));
        for version in 2..=MOST as u64 {
            tags.keep(&stock, "a", version, version.to_string());
        }
        assert_eq!(of(&stock, "a", 1).as_deref(), Some("again"));
        tags.keep(&orders, "a", 1, "one too many".to_owned());
        assert_eq!((of(&stock, "a", 1), of(&stock, "a", 2).as_deref()), (None, Some("2")));
        assert_eq!(of(&orders, "a", 1).as_deref(), Some("one too many"));
    }
}
