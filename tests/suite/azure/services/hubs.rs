//! Event Hubs: records in the partitions of hubs, and how far groups of readers have read them.

use std::collections::BTreeMap;

/// A record. Its number is its place in the partition.
#[derive(Clone, Debug)]
pub(crate) struct Record {
    pub(crate) key: String,
    pub(crate) body: String,
}

#[derive(Default)]
struct Hub {
    partitions: Vec<Vec<Record>>,
    /// For each group, how many records of each partition it has read.
    groups: BTreeMap<String, Vec<usize>>,
}

/// The hubs of a namespace.
#[derive(Default)]
pub(crate) struct Hubs {
    hubs: BTreeMap<String, Hub>,
}

/// What a group reads next of a partition.
pub(crate) struct Batch {
    pub(crate) partition: usize,
    /// The number of the first record.
    pub(crate) first: usize,
    pub(crate) records: Vec<Record>,
}

impl Hubs {
    pub(crate) fn add(&mut self, name: &str, partitions: usize, groups: &[String]) {
        let groups = groups.iter().map(|group| (group.clone(), vec![0; partitions])).collect();
        self.hubs.insert(name.to_owned(), Hub { partitions: vec![Vec::new(); partitions], groups });
    }

    fn hub(&mut self, name: &str) -> &mut Hub {
        self.hubs.get_mut(name).unwrap_or_else(|| panic!("there is no hub {name}"))
    }

    /// Writes a record. Those of one key are in one partition.
    pub(crate) fn write(&mut self, hub: &str, key: &str, body: String) {
        let hub = self.hub(hub);
        let partition = key.bytes().map(usize::from).sum::<usize>() % hub.partitions.len();
        hub.partitions[partition].push(Record { key: key.to_owned(), body });
    }

    /// The next records of some partition, of which there are no more than `most`; none if all was read.
    pub(crate) fn read(&mut self, hub: &str, group: &str, most: usize) -> Option<Batch> {
        let hub = self.hub(hub);
        let read = hub.groups.get(group).unwrap_or_else(|| panic!("there is no group {group}"));
        let partition = (0..read.len()).find(|at| read[*at] < hub.partitions[*at].len())?;
        let first = read[partition];
        let records = hub.partitions[partition][first..].iter().take(most).cloned().collect();
        Some(Batch { partition, first, records })
    }

    /// A group is done with what it read.
    pub(crate) fn done(&mut self, hub: &str, group: &str, batch: &Batch) {
        let read = self.hub(hub).groups.get_mut(group).expect("it read");
        read[batch.partition] = batch.first + batch.records.len();
    }
}
