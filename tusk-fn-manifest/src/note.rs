//! What is worth saying about a manifest that was rendered, and every word of it.

use tusk_fn_spec::provider::Target;
use tusk_fn_spec::record::FunctionRecord;
use tusk_fn_spec::suggest::listed;

use crate::{Place, ResourceKind};

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
    /// A secret that has to be in a vault before the program is deployed.
    VaultSecret {
        /// The secret's logical name.
        secret: String,
    },
    /// An app whose functions may all do what any of them may.
    SharedIdentity {
        /// How many functions there are.
        functions: usize,
    },
    /// A queue that is there already, and has to be set up for the function.
    ExistingQueue {
        /// The queue's logical name.
        queue: String,
        /// For how many seconds a message has to stay hidden that is being handled.
        hidden: u64,
        /// How often a message is to be tried.
        attempts: u32,
        /// For how many seconds a message has to be kept.
        kept: u64,
    },
    /// A bucket that is there already, and has to tell of its objects.
    ExistingBucket {
        /// The bucket's logical name.
        bucket: String,
    },
    /// A bucket that is there already, in a region that nobody named.
    BucketRegion {
        /// The bucket's logical name.
        bucket: String,
    },
    /// The region that the stack has to be deployed to.
    Region {
        /// The kind of the resource that is there.
        kind: ResourceKind,
        /// Its logical name.
        name: String,
        /// The region.
        region: String,
    },
    /// The accounts of what is there already.
    Accounts {
        /// Their numbers.
        accounts: Vec<String>,
    },
    /// What is there already and may be encrypted with keys that nobody named.
    UnknownKeys {
        /// The kinds and logical names of the resources.
        resources: Vec<(ResourceKind, String)>,
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
    /// A secret of Google's Secret Manager whose value is to be put in.
    SecretVersion {
        /// What Secret Manager calls it.
        secret: String,
    },
    /// A database of Firestore, which nobody makes here: where it is cannot be changed later.
    Firestore {
        /// Its name.
        database: String,
    },
    /// A bucket of Google's that is there already, and may keep old versions.
    Versions {
        /// The bucket's logical name.
        bucket: String,
    },
    /// The project that has to be deployed to.
    SameProject {
        /// The kind of the resource that is there.
        kind: ResourceKind,
        /// Its logical name.
        name: String,
        /// The project.
        project: String,
    },
    /// Messages that a filter should let through, and does not.
    NoAttributes {
        /// The topic's logical name.
        topic: String,
        /// A condition of the filter.
        condition: String,
    },
    /// A Secret of Kubernetes that somebody has to make.
    SecretObject {
        /// The secret's logical name.
        secret: String,
        /// The Secret's name.
        object: String,
    },
    /// Functions whose dead letters go where the broker's own setting says.
    DeadLettersLost {
        /// Their names.
        functions: Vec<String>,
    },
    /// Functions whose Triggers have filters that not every broker understands.
    Filters {
        /// Their names.
        functions: Vec<String>,
    },
    /// Services that everybody in the cluster can call.
    InCluster {
        /// Their names.
        services: Vec<String>,
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
            NoteKind::SecretValue { secret } | NoteKind::SecretVersion { secret } => {
                format!("the secret `{secret}` is made without a value")
            }
            NoteKind::VaultSecret { secret } => {
                format!("the secret `{secret}` is read from a Key Vault that has to be there already")
            }
            NoteKind::SharedIdentity { functions } => format!(
                "the {functions} functions are one app with one identity: each may do what any of them asks for"
            ),
            NoteKind::ExistingQueue { queue, .. } => {
                format!("the queue `{queue}` is there already, and stays as it is set up")
            }
            NoteKind::ExistingBucket { bucket } => {
                format!("the bucket `{bucket}` is there already, and stays as it is set up")
            }
            NoteKind::BucketRegion { bucket } => {
                format!("the bucket `{bucket}` is there already, and its ARN does not say where")
            }
            NoteKind::Region { kind, name, region } => {
                format!("the stack has to be deployed to `{region}`, where the {kind} `{name}` is")
            }
            NoteKind::Accounts { accounts } => {
                format!("what is there already belongs to {}", listed(accounts.iter().map(String::as_str), "and"))
            }
            NoteKind::UnknownKeys { resources } => {
                let named: Vec<String> = resources.iter().map(|(kind, name)| format!("{kind} {name}")).collect();
                let named = listed(named.iter().map(String::as_str), "and");
                format!("functions may use no key of yours that encrypts what is there already: {named}")
            }
            NoteKind::Readers { table, readers, most } => format!(
                "{readers} functions read the changes of the table `{table}`, and DynamoDB slows down more than {most}"
            ),
            NoteKind::Firestore { database } => {
                format!("the Firestore database `{database}` is not made, since its place cannot be changed later")
            }
            NoteKind::Versions { bucket } => format!(
                "the bucket `{bucket}` is there already; if it keeps old versions, Cloud Storage tells of a deletion as `archived`, \
                 and of the end of a version as `deleted`"
            ),
            NoteKind::SameProject { kind, name, project } => {
                format!("it can only be deployed to the project `{project}`, where the {kind} `{name}` is")
            }
            NoteKind::NoAttributes { topic, condition } => format!(
                "SNS gives a message of `{topic}` that has no attributes at all to nobody with a filter, although \
                 `{condition}` holds for it"
            ),
            NoteKind::SecretObject { secret, object } => {
                format!("the secret `{secret}` is the key `value` of the Secret `{object}`, which is not made here")
            }
            NoteKind::DeadLettersLost { functions } => {
                format!("what {} cannot handle is lost: the broker has no dead-letter sink", names(functions))
            }
            NoteKind::Filters { functions } => format!(
                "only the channel-based broker and Kafka's understand the `filters` of the Triggers of {}",
                names(functions)
            ),
            NoteKind::InCluster { services } => {
                format!("whatever runs in the cluster can call {}: no credential is asked for", names(services))
            }
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
            NoteKind::VaultSecret { secret } => Some(format!(
                "before the first deployment, make a vault in the resource group (`az keyvault create --name VAULT \
                 --resource-group GROUP`) and put it in: `az keyvault secret set --vault-name VAULT --name {secret} --file VALUE`"
            )),
            NoteKind::SharedIdentity { .. } => {
                Some("deploy what is to be kept apart as another program".to_owned())
            }
            NoteKind::ExistingQueue { hidden, attempts, kept, .. } => Some(format!(
                "give it a visibility timeout of {hidden} seconds or more, a retention of {kept} seconds or more, and \
                 a dead-letter queue after {attempts} receives"
            )),
            NoteKind::ExistingBucket { .. } => Some(
                "turn on its notifications to EventBridge, and deploy to its region: else the function never runs"
                    .to_owned(),
            ),
            NoteKind::BucketRegion { .. } => Some("deploy the stack to its region".to_owned()),
            NoteKind::Region { region, .. } => Some(format!("add `--region {region}` to `sam deploy`")),
            NoteKind::Accounts { .. } => Some(
                "from a stack of another account it is of use only if its own policy lets the roles of the functions in"
                    .to_owned(),
            ),
            NoteKind::UnknownKeys { resources } => resources.first().map(|(kind, name)| {
                let word = kind.name().replace(' ', "-");
                format!("name each such key: `--key {word}/{name}=ARN`; what AWS's own keys encrypt needs none")
            }),
            NoteKind::Readers { .. } => {
                Some("let one function receive the changes, and publish them to a topic for the others".to_owned())
            }
            NoteKind::SecretVersion { secret } => Some(format!(
                "after the first deployment, put it in: `gcloud secrets versions add {secret} --data-file=VALUE`"
            )),
            NoteKind::Firestore { database } => Some(format!(
                "before the first deployment: `gcloud firestore databases create --database='{database}' --location=REGION`"
            )),
            NoteKind::Versions { .. } => Some(
                "turn its versions off: else the function is told when a version ends, and not when the object is deleted"
                    .to_owned(),
            ),
            NoteKind::SameProject { project, .. } => Some(format!("set `PROJECT_ID={project}`")),
            NoteKind::NoAttributes { .. } => Some("publish each message with an attribute".to_owned()),
            NoteKind::SecretObject { object, .. } => Some(format!(
                "before the first deployment: `kubectl create secret generic {object} --from-file=value=FILE`, in the namespace \
                 of the program"
            )),
            NoteKind::DeadLettersLost { .. } => Some(
                "give the Broker a `delivery.deadLetterSink` by a patch of your own, and a queue's function a `dead_letter`"
                    .to_owned(),
            ),
            NoteKind::Filters { .. } => {
                Some("with another broker, write whole texts, and for one kind of event only".to_owned())
            }
            NoteKind::InCluster { .. } => {
                Some("let a NetworkPolicy or a service mesh say who may".to_owned())
            }
        }
    }
}

/// Names as a list.
fn names(all: &[String]) -> String {
    listed(all.iter().map(String::as_str), "and")
}
