//! `Sender<T>`: to a queue, to a topic, or as events.

use std::collections::{BTreeMap, HashSet};
use std::fmt;
use std::marker::PhantomData;
use std::time::Duration;

use bytes::Bytes;
use serde::Serialize;
use tusk_fn_spec::output::OutputKind;

use super::{Link, OutputError, OutputErrorKind, Parcel, fit};
use crate::event::Raw;

/// Sends messages of one type to a queue or a topic, or events of one type.
///
/// What is sent is JSON; a `Sender<Raw>` sends text as it is. An event's data is an object: a struct or a map. What the
/// platforms do not take (an empty message, characters that XML 1.0 has not, more than ten attributes) is refused on
/// each of them alike, as [`OutputErrorKind::Unfit`]. It is sent when `send` ends well, and not before: a message of a
/// function that fails afterwards has been sent all the same.
///
/// ```
/// use tusk_fn::prelude::*;
/// # tusk_fn::library!();
/// # fn main() {}
///
/// #[derive(serde::Deserialize, serde::Serialize)]
/// struct Order {
///     item: String,
/// }
///
/// #[tusk_fn(trigger = "http", route = "orders", methods = ["POST"])]
/// async fn place(
///     #[queue("orders")] orders: Sender<Order>,
///     Json(order): Json<Order>,
/// ) -> Result<StatusCode, HttpError> {
///     orders.send(order).await?;
///     Ok(StatusCode::ACCEPTED)
/// }
/// ```
pub struct Sender<T> {
    link: Link,
    of: PhantomData<fn(T)>,
}

impl<T> Clone for Sender<T> {
    fn clone(&self) -> Self {
        Self { link: self.link.clone(), of: PhantomData }
    }
}

impl<T> fmt::Debug for Sender<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_tuple("Sender").field(&self.link).finish()
    }
}

/// Types that can be sent: what implements `serde::Serialize`, as JSON, and [`Raw`], which is text, as it is.
#[diagnostic::on_unimplemented(
    message = "`{Self}` cannot be sent",
    label = "does not implement `serde::Serialize`",
    note = "what is sent is JSON: derive `serde::Serialize`, or send `Raw` for bytes as they are"
)]
pub trait Encode {
    /// As bytes.
    ///
    /// # Errors
    /// It cannot be written as JSON.
    fn encode(&self) -> Result<Bytes, String>;
}

#[diagnostic::do_not_recommend]
impl<T: Serialize> Encode for T {
    fn encode(&self) -> Result<Bytes, String> {
        serde_json::to_vec(self).map(Bytes::from).map_err(|error| format!("it cannot be written as JSON: {error}"))
    }
}

impl Encode for Raw {
    fn encode(&self) -> Result<Bytes, String> {
        Ok(self.0.clone())
    }
}

/// What is sent, and what is said about it. A value alone converts into one.
#[derive(Clone, Debug, PartialEq, Eq)]
#[must_use = "it is sent by `Sender::send`"]
pub struct Outgoing<T> {
    body: T,
    attributes: BTreeMap<String, String>,
    group: Option<String>,
    deduplication: Option<String>,
    delay: Option<Duration>,
    subject: Option<String>,
}

impl<T> Outgoing<T> {
    /// With nothing said about it.
    pub fn new(body: T) -> Self {
        Self { body, attributes: BTreeMap::new(), group: None, deduplication: None, delay: None, subject: None }
    }

    /// With an attribute, which those who receive can filter by. An event has none. On Knative a name has 1 to 20 small letters
    /// and digits.
    pub fn attribute(mut self, name: impl Into<String>, value: impl Into<String>) -> Self {
        self.attributes.insert(name.into(), value.into());
        self
    }

    /// In a group, within which an ordered queue keeps the order.
    pub fn group(mut self, group: impl Into<String>) -> Self {
        self.group = Some(group.into());
        self
    }

    /// With an id that makes it one with another message of the same id, sent within five minutes to an ordered queue. On Azure
    /// the queue must detect duplicates, and says for how long. On Google and Knative both are delivered, as one delivery: a
    /// function with `idempotent = true` runs for the first.
    pub fn deduplication_id(mut self, id: impl Into<String>) -> Self {
        self.deduplication = Some(id.into());
        self
    }

    /// To be delivered only after a while, at most 15 minutes. Only a queue that is not ordered does this, and none of Google
    /// and Knative.
    pub fn delay(mut self, delay: Duration) -> Self {
        self.delay = Some(delay);
        self
    }

    /// As an event that happened to this.
    pub fn subject(mut self, subject: impl Into<String>) -> Self {
        self.subject = Some(subject.into());
        self
    }
}

impl<T> From<T> for Outgoing<T> {
    fn from(body: T) -> Self {
        Self::new(body)
    }
}

/// Some of what was to be sent could not be; the rest was.
#[derive(Clone, Debug, thiserror::Error)]
#[error("{} of {total} could not be sent, the first: {}", failed.len(), first(failed))]
#[non_exhaustive]
pub struct SendAllError {
    /// What could not be sent, by its position, and why.
    pub failed: Vec<(usize, OutputError)>,
    /// How many were to be sent.
    pub total: usize,
}

fn first(failed: &[(usize, OutputError)]) -> String {
    failed.first().map(|(_, error)| error.to_string()).unwrap_or_default()
}

/// SQS, the strictest: 900 s (`DelaySeconds`).
const LONGEST_DELAY: Duration = Duration::from_mins(15);

impl<T: Encode> Sender<T> {
    pub(crate) fn new(link: Link) -> Self {
        Self { link, of: PhantomData }
    }

    /// Sends one, and gives the id that the platform gave it.
    ///
    /// # Errors
    /// It cannot be encoded, says what its place does not take, or was not accepted after several tries.
    pub async fn send(&self, message: impl Into<Outgoing<T>>) -> Result<String, OutputError> {
        let parcel = self.parcel(message.into())?;
        let sent = self.link.cloud.send(&self.link.output, vec![parcel]).await;
        let nothing =
            || Err(self.link.error(OutputErrorKind::Other("the platform did not say whether it was sent".to_owned())));
        sent.into_iter().next().unwrap_or_else(nothing)
    }

    /// Sends several, as many at once as the platform takes, and gives their ids.
    ///
    /// Of a group, nothing is sent after a message that failed ([`OutputErrorKind::NotSent`]), so that its order stays
    /// if the failed ones are sent again.
    ///
    /// # Errors
    /// Some could not be sent; the error says which. All others were.
    pub async fn send_all<M: Into<Outgoing<T>>>(
        &self,
        messages: impl IntoIterator<Item = M>,
    ) -> Result<Vec<String>, SendAllError> {
        let mut failed = Vec::new();
        let mut parcels = Vec::new();
        let mut positions = Vec::new();
        let mut total = 0;
        let mut stopped = HashSet::new();
        for (position, message) in messages.into_iter().enumerate() {
            total = position + 1;
            let message = message.into();
            let group = message.group.clone();
            let parcel = match &group {
                Some(group) if stopped.contains(group) => Err(self.link.error(OutputErrorKind::NotSent)),
                _ => self.parcel(message),
            };
            match parcel {
                Ok(parcel) => {
                    parcels.push(parcel);
                    positions.push(position);
                }
                Err(error) => {
                    stopped.extend(group);
                    failed.push((position, error));
                }
            }
        }
        let mut ids = Vec::with_capacity(parcels.len());
        let sent = if parcels.is_empty() { Vec::new() } else { self.link.cloud.send(&self.link.output, parcels).await };
        for (position, sent) in positions.into_iter().zip(sent) {
            match sent {
                Ok(id) => ids.push(id),
                Err(error) => failed.push((position, error)),
            }
        }
        if failed.is_empty() && ids.len() == total {
            return Ok(ids);
        }
        failed.sort_by_key(|(position, _)| *position);
        Err(SendAllError { failed, total })
    }

    fn parcel(&self, message: Outgoing<T>) -> Result<Parcel, OutputError> {
        let unfit = |why: &str| self.link.error(OutputErrorKind::Unfit(why.to_owned()));
        let kind = self.link.output.kind;
        let is_event = kind == OutputKind::Event;
        if message.subject.is_some() && !is_event {
            return Err(unfit("only an event has a subject; give it as an attribute"));
        }
        if !message.attributes.is_empty() && is_event {
            return Err(unfit("an event has no attributes; put them into its data"));
        }
        if (message.group.is_some() || message.deduplication.is_some()) && kind != OutputKind::Queue {
            return Err(unfit("only a message of a queue has a group or a deduplication id"));
        }
        match message.delay {
            Some(_) if kind != OutputKind::Queue => return Err(unfit("only a message of a queue can be delayed")),
            Some(delay) if delay > LONGEST_DELAY => {
                return Err(unfit("a message can be delayed by at most 15 minutes"));
            }
            _ => {}
        }
        let body = message.body.encode().map_err(|why| unfit(&why))?;
        if is_event { fit::data(&body) } else { fit::body(&body) }.map_err(|why| unfit(&why))?;
        fit::attributes(&message.attributes).map_err(|why| unfit(&why))?;
        for (what, id) in [("a group", &message.group), ("a deduplication id", &message.deduplication)] {
            id.iter().try_for_each(|id| fit::id(what, id)).map_err(|why| unfit(&why))?;
        }
        Ok(Parcel {
            body,
            attributes: message.attributes,
            group: message.group,
            deduplication: message.deduplication,
            delay: message.delay,
            subject: message.subject,
            source: format!("/functions/{}", self.link.function),
        })
    }
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;

    use super::*;
    use crate::testing::Outbox;

    fn sender<T: Encode>(outbox: &Outbox, kind: OutputKind) -> Sender<T> {
        let cloud = Arc::new(outbox.clone());
        Sender::new(Link::new(cloud, Arc::from("send"), kind, "orders", (false, true)))
    }

    #[tokio::test]
    async fn what_a_platform_would_refuse_is_refused_everywhere() {
        let outbox = Outbox::new();
        let unfit = |sent: Result<String, OutputError>| {
            matches!(sent, Err(OutputError { kind: OutputErrorKind::Unfit(_), .. }))
        };
        for kind in [OutputKind::Queue, OutputKind::Topic] {
            assert!(unfit(sender::<Raw>(&outbox, kind).send(Raw::default()).await));
            assert!(unfit(sender::<u32>(&outbox, kind).send(Outgoing::new(7).attribute("a b", "c")).await));
            assert!(sender::<u32>(&outbox, kind).send(7).await.is_ok());
        }
        let orders = sender::<u32>(&outbox, OutputKind::Queue);
        assert!(unfit(orders.send(Outgoing::new(7).group("a b")).await));
        assert!(unfit(orders.send(Outgoing::new(7).deduplication_id("")).await));
        assert!(unfit(sender::<u32>(&outbox, OutputKind::Event).send(7).await));
        let events = sender::<BTreeMap<String, u32>>(&outbox, OutputKind::Event);
        assert!(events.send(BTreeMap::new()).await.is_ok());
        assert_eq!(outbox.all().len(), 3);
    }

    #[tokio::test]
    async fn of_a_group_nothing_is_sent_after_a_failure() {
        let outbox = Outbox::new();
        let message = |(group, body): (&str, &'static str)| Outgoing::new(Raw::from(body)).group(group);
        let messages = [("a", "1"), ("a", ""), ("b", "2"), ("a", "3")].map(message);
        let error = sender::<Raw>(&outbox, OutputKind::Queue).send_all(messages).await.expect_err("one is empty");
        let failed: Vec<_> = error.failed.iter().map(|(position, error)| (*position, &error.kind)).collect();
        assert!(matches!(failed[..], [(1, OutputErrorKind::Unfit(_)), (3, OutputErrorKind::NotSent)]), "{failed:?}");
        let sent: Vec<_> = outbox.all().into_iter().map(|sent| sent.body).collect();
        assert_eq!(sent, ["1", "2"]);
    }
}
