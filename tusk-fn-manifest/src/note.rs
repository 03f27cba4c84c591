//! What is worth saying about a manifest that was rendered, and every word of it.

use tusk_fn_spec::provider::Target;
use tusk_fn_spec::record::FunctionRecord;

use crate::Place;

/// Something worth knowing about a manifest that was rendered.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Note {
    /// The function that it is about.
    pub place: Place,
    /// What it is.
    pub kind: NoteKind,
}

/// What is worth knowing.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum NoteKind {
    /// The function is not for this provider and was left out.
    LeftOut {
        /// The provider.
        target: Target,
    },
    /// A path that another function's route matches too, where only the order on one's own machine is known.
    Order {
        /// This function's route.
        route: String,
        /// The other function's route.
        other: String,
        /// The other function's name.
        function: String,
    },
    /// A route with characters that the provider says nothing about.
    Characters {
        /// The route.
        route: String,
    },
    /// A secret whose value is to be put in.
    SecretValue {
        /// The secret's logical name.
        secret: String,
    },
    /// A queue that is there already, and has to be set up for the function.
    ExistingQueue {
        /// The queue's logical name.
        queue: String,
        /// For how many seconds a message has to stay hidden that is being handled.
        hidden: u64,
        /// How often a message is to be tried.
        attempts: u32,
    },
    /// A bucket that is there already, and has to tell of its objects.
    ExistingBucket {
        /// The bucket's logical name.
        bucket: String,
    },
    /// More functions for the changes of a table than can read them at the same time.
    Readers {
        /// The table's logical name.
        table: String,
        /// How many functions there are.
        readers: usize,
        /// How many can read well.
        most: usize,
    },
    /// Messages that a filter should let through, and does not.
    NoAttributes {
        /// The topic's logical name.
        topic: String,
        /// A condition of the filter.
        condition: String,
    },
}

impl Note {
    pub(crate) fn of(record: &FunctionRecord, kind: NoteKind) -> Self {
        Self { place: Place::of(record), kind }
    }

    /// What is to be known.
    pub fn message(&self) -> String {
        match &self.kind {
            NoteKind::LeftOut { target } => {
                format!("`{}` is not for `{}` (`targets`) and was left out", self.place.function, target.name())
            }
            NoteKind::Order { route, other, function } => format!(
                "a path can match `{route}` and `{other}` (`{function}`), and API Gateway does not document which it prefers \
                 of two such routes"
            ),
            NoteKind::Characters { route } => format!(
                "API Gateway does not document how it matches letters beyond ASCII, which the route `{route}` has"
            ),
            NoteKind::SecretValue { secret } => format!("the secret `{secret}` is made without a value"),
            NoteKind::ExistingQueue { queue, .. } => {
                format!("the queue `{queue}` is there already, and stays as it is set up")
            }
            NoteKind::ExistingBucket { bucket } => {
                format!("the bucket `{bucket}` is there already, and stays as it is set up")
            }
            NoteKind::Readers { table, readers, most } => format!(
                "{readers} functions read the changes of the table `{table}`, and DynamoDB slows down more than {most}"
            ),
            NoteKind::NoAttributes { topic, condition } => format!(
                "SNS gives a message of `{topic}` that has no attributes at all to nobody with a filter, although \
                 `{condition}` holds for it"
            ),
        }
    }

    /// What to do about it, if there is something.
    pub fn help(&self) -> Option<String> {
        match &self.kind {
            NoteKind::LeftOut { .. } => None,
            NoteKind::Order { .. } => Some("make the routes differ in a literal segment".to_owned()),
            NoteKind::Characters { .. } => Some("write the segment in ASCII, or try the deployed route".to_owned()),
            NoteKind::SecretValue { secret } => Some(format!(
                "after the first deployment, put it in: `aws secretsmanager put-secret-value --secret-id STACK/{secret} \
                 --secret-string file://VALUE`"
            )),
            NoteKind::ExistingQueue { hidden, attempts, .. } => Some(format!(
                "give it a visibility timeout of {hidden} seconds or more, and a dead-letter queue after {attempts} receives"
            )),
            NoteKind::ExistingBucket { .. } => {
                Some("turn on its notifications to EventBridge: without them the function never runs".to_owned())
            }
            NoteKind::Readers { .. } => {
                Some("let one function receive the changes, and publish them to a topic for the others".to_owned())
            }
            NoteKind::NoAttributes { .. } => Some("publish each message with an attribute".to_owned()),
        }
    }
}
