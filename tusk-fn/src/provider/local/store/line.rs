//! One queue's messages in memory: which can be received, which become visible later, and which are in flight.
//!
//! A message is at one of three places. In `ready` or `later` it is a candidate: the next receive may take it. Under a lease it
//! is in flight. Otherwise it waits for earlier ones of its group: where order is wanted only the first message of a group is a
//! candidate, and only while none of the group is in flight. So a receive looks at candidates alone, however long a blocked
//! group is.

use std::collections::{BTreeMap, BTreeSet, HashMap};
use std::sync::Arc;

use tokio::sync::Notify;

use super::message::{Count, Policy};

/// What is known of a message without reading it. Times are in microseconds.
#[derive(Clone, Debug)]
pub(super) struct Slot {
    pub(super) visible_at: i64,
    pub(super) attempts: u32,
    pub(super) group: Option<Arc<str>>,
}

/// A message in flight.
#[derive(Debug)]
struct Lease {
    /// Told to the receiver, and different for each lease.
    id: u64,
    until: i64,
    policy: Arc<Policy>,
    /// Whether its end is being written: nothing else may end it then.
    settling: bool,
}

#[derive(Debug, Default)]
struct Group {
    members: BTreeSet<u64>,
    in_flight: usize,
    /// The member that is a candidate, where order is wanted.
    candidate: Option<u64>,
}

/// A message whose lease is about to end.
#[derive(Clone, Debug)]
pub(super) struct Claim {
    pub(super) number: u64,
    pub(super) attempts: u32,
    pub(super) policy: Arc<Policy>,
}

/// When the next receive may give something.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Next {
    Now,
    At(i64),
    Unknown,
}

/// A queue.
#[derive(Debug, Default)]
pub(super) struct Line {
    messages: BTreeMap<u64, Slot>,
    groups: HashMap<Arc<str>, Group>,
    leases: HashMap<u64, Lease>,
    /// The leases that can expire, by their end.
    ends: BTreeSet<(i64, u64)>,
    ready: BTreeSet<u64>,
    later: BTreeSet<(i64, u64)>,
    ordered: bool,
    /// Told when a candidate appears.
    pub(super) changed: Arc<Notify>,
}

impl Line {
    pub(super) fn add(&mut self, number: u64, mut slot: Slot) {
        if let Some(name) = slot.group.take() {
            // All of a group share one name.
            let name = self.groups.get_key_value(&name).map_or(name, |(known, _)| Arc::clone(known));
            self.groups.entry(Arc::clone(&name)).or_default().members.insert(number);
            slot.group = Some(name);
        }
        self.messages.insert(number, slot);
        self.refresh(number);
    }

    pub(super) fn remove(&mut self, number: u64) -> Option<Slot> {
        self.end_lease(number);
        self.withdraw(number);
        let slot = self.messages.remove(&number)?;
        if let Some(name) = &slot.group
            && let Some(group) = self.groups.get_mut(name)
        {
            group.members.remove(&number);
            if group.members.is_empty() {
                self.groups.remove(name);
            } else {
                self.refresh_group(name);
            }
        }
        Some(slot)
    }

    /// Puts a message back after a failed attempt.
    pub(super) fn retry(&mut self, number: u64, attempts: u32, visible_at: i64) {
        self.end_lease(number);
        self.withdraw(number);
        if let Some(slot) = self.messages.get_mut(&number) {
            (slot.attempts, slot.visible_at) = (attempts, visible_at);
        }
        self.refresh(number);
    }

    /// Leases up to `most` messages, the oldest first, and gives each with its attempts so far.
    pub(super) fn take(&mut self, take: &Take<'_>, mut id: impl FnMut() -> u64) -> Vec<(u64, u64, u32)> {
        self.sort_by(take.ordered);
        while let Some((at, number)) = self.later.first().copied().filter(|(at, _)| *at <= take.now) {
            self.later.remove(&(at, number));
            self.ready.insert(number);
        }
        let mut taken = Vec::new();
        // Those that may be taken only because the one before them in their group was taken just now.
        let mut following = BTreeSet::new();
        while taken.len() < take.most
            && let Some(number) = self.ready.pop_first()
        {
            following.remove(&number);
            let Some(slot) = self.messages.get(&number) else { continue };
            let (attempts, group) = (slot.attempts, slot.group.clone());
            let lease = id();
            self.lease(number, lease, take.until, take.policy);
            taken.push((number, lease, attempts));
            if let Some(next) = group.filter(|_| self.ordered).and_then(|group| self.after(&group, number))
                && self.messages.get(&next).is_some_and(|next| next.visible_at <= take.now)
            {
                self.ready.insert(next);
                following.insert(next);
            }
        }
        for number in following {
            self.ready.remove(&number);
        }
        taken
    }

    fn after(&self, group: &str, number: u64) -> Option<u64> {
        self.groups.get(group)?.members.range(number + 1..).next().copied()
    }

    fn lease(&mut self, number: u64, id: u64, until: i64, policy: &Arc<Policy>) {
        self.withdraw(number);
        self.leases.insert(number, Lease { id, until, policy: Arc::clone(policy), settling: false });
        self.ends.insert((until, number));
        if let Some(group) = self.group_of(number) {
            group.in_flight += 1;
        }
    }

    fn end_lease(&mut self, number: u64) {
        if let Some(lease) = self.leases.remove(&number) {
            self.ends.remove(&(lease.until, number));
            if let Some(group) = self.group_of(number) {
                group.in_flight -= 1;
            }
        }
    }

    fn group_of(&mut self, number: u64) -> Option<&mut Group> {
        let name = self.messages.get(&number)?.group.as_ref()?;
        self.groups.get_mut(name)
    }

    /// Begins to end a lease, if the receipt is not stale.
    pub(super) fn claim(&mut self, number: u64, id: u64) -> Option<Claim> {
        let lease = self.leases.get_mut(&number).filter(|lease| lease.id == id && !lease.settling)?;
        lease.settling = true;
        self.ends.remove(&(lease.until, number));
        let attempts = self.messages.get(&number)?.attempts;
        Some(Claim { number, attempts, policy: Arc::clone(&lease.policy) })
    }

    /// Begins to end the leases whose time has passed.
    pub(super) fn claim_expired(&mut self, now: i64) -> Vec<Claim> {
        let mut claims = Vec::new();
        while let Some((_, number)) = self.ends.first().copied().filter(|(until, _)| *until <= now) {
            self.ends.pop_first();
            let id = self.leases.get(&number).map(|lease| lease.id);
            claims.extend(id.and_then(|id| self.claim(number, id)));
        }
        claims
    }

    /// Puts a lease on a message that is not in flight, so that nobody receives it while it is moved.
    pub(super) fn hold(&mut self, number: u64, id: u64, policy: &Arc<Policy>) -> bool {
        let free = self.messages.contains_key(&number) && !self.leases.contains_key(&number);
        if free {
            self.lease(number, id, i64::MAX, policy);
            self.claim(number, id);
        }
        free
    }

    /// Ends a lease as if it had not been.
    pub(super) fn release(&mut self, number: u64, id: u64) -> bool {
        let released = self.claim(number, id).is_some();
        if released {
            self.unhold(number, id);
        }
        released
    }

    /// Ends what [`hold`](Self::hold) began, where the message stayed.
    pub(super) fn unhold(&mut self, number: u64, id: u64) {
        if self.leases.get(&number).is_some_and(|lease| lease.id == id) {
            self.end_lease(number);
            self.refresh(number);
        }
    }

    /// Ends a lease as if it had not been, but the message is visible only later. In memory: a restart makes it visible at once.
    pub(super) fn postpone(&mut self, number: u64, id: u64, visible_at: i64) -> bool {
        let claim = self.claim(number, id);
        if let Some(claim) = &claim {
            self.retry(number, claim.attempts, visible_at);
        }
        claim.is_some()
    }

    /// Makes a message visible at another time. One in flight stays so.
    pub(super) fn reschedule(&mut self, number: u64, visible_at: i64) {
        self.withdraw(number);
        if let Some(slot) = self.messages.get_mut(&number) {
            slot.visible_at = visible_at;
        }
        self.refresh(number);
    }

    /// The messages that are to become visible after a time.
    pub(super) fn later_than(&self, time: i64) -> impl Iterator<Item = u64> {
        self.messages.iter().filter(move |(_, slot)| slot.visible_at > time).map(|(number, _)| *number)
    }

    pub(super) fn next(&self, now: i64) -> Next {
        let later = self.later.first().map(|(at, _)| *at);
        let end = self.ends.first().map(|(until, _)| *until);
        match later.into_iter().chain(end).min() {
            _ if !self.ready.is_empty() => Next::Now,
            Some(at) if at <= now => Next::Now,
            Some(at) => Next::At(at),
            None => Next::Unknown,
        }
    }

    pub(super) fn count(&self, now: i64) -> Count {
        let in_flight = self.leases.len();
        let delayed = |(number, slot): &(&u64, &Slot)| slot.visible_at > now && !self.leases.contains_key(number);
        let delayed = self.messages.iter().filter(delayed).count();
        Count { visible: self.messages.len() - in_flight - delayed, in_flight, delayed }
    }

    /// The numbers from `from` on, in order, each with whether it is in flight.
    pub(super) fn numbers(&self, from: u64) -> impl Iterator<Item = (u64, bool)> {
        self.messages.range(from..).map(|(number, _)| (*number, self.leases.contains_key(number)))
    }

    fn sort_by(&mut self, ordered: bool) {
        if self.ordered == ordered {
            return;
        }
        self.ordered = ordered;
        self.ready.clear();
        self.later.clear();
        for group in self.groups.values_mut() {
            group.candidate = None;
        }
        let numbers: Vec<u64> = self.messages.keys().copied().collect();
        for number in numbers {
            self.refresh(number);
        }
    }

    /// Makes a message a candidate, or the right one of its group, if it may be one now.
    fn refresh(&mut self, number: u64) {
        match self.messages.get(&number) {
            Some(Slot { group: Some(group), .. }) if self.ordered => {
                let group = Arc::clone(group);
                self.refresh_group(&group);
            }
            Some(_) if !self.leases.contains_key(&number) => self.offer(number),
            _ => {}
        }
    }

    fn refresh_group(&mut self, name: &Arc<str>) {
        let Some(group) = self.groups.get_mut(name).filter(|_| self.ordered) else { return };
        let wanted = group.members.first().copied().filter(|_| group.in_flight == 0);
        let former = group.candidate;
        if former != wanted {
            if let Some(former) = former {
                self.withdraw(former);
            }
            if let Some(wanted) = wanted {
                self.offer(wanted);
            }
        }
    }

    fn offer(&mut self, number: u64) {
        let Some(slot) = self.messages.get(&number) else { return };
        if !self.ready.contains(&number) {
            self.later.insert((slot.visible_at, number));
        }
        if self.ordered
            && let Some(group) = self.group_of(number)
        {
            group.candidate = Some(number);
        }
        self.changed.notify_waiters();
    }

    fn withdraw(&mut self, number: u64) {
        let Some(slot) = self.messages.get(&number) else { return };
        self.ready.remove(&number);
        self.later.remove(&(slot.visible_at, number));
        if let Some(group) = self.group_of(number)
            && group.candidate == Some(number)
        {
            group.candidate = None;
        }
    }
}

/// What a receive asks of a queue. Times are in microseconds.
#[derive(Debug)]
pub(super) struct Take<'a> {
    pub(super) most: usize,
    pub(super) ordered: bool,
    pub(super) now: i64,
    pub(super) until: i64,
    pub(super) policy: &'a Arc<Policy>,
}
