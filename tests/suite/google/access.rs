//! Identity and Access Management: which roles members have on what, and what they may do by them ("IAM basic and predefined roles
//! reference").

use super::{decoded, project_of};
use crate::server::Request;

/// The roles that were granted.
#[derive(Default)]
pub(crate) struct Grants(Vec<Grant>);

/// A member's role on a thing.
struct Grant {
    member: String,
    role: String,
    /// The command of gcloud that granted it.
    on: String,
    name: String,
    /// The resource below the thing that it is for, if it is for one alone.
    resource: Option<String>,
}

impl Grants {
    /// What the doubles of gcloud and curl wrote down.
    pub(super) fn read(bindings: &str, calls: &str) -> Self {
        let publishers = calls.lines().filter(|line| line.starts_with("curl\x1f")).flat_map(publishers);
        Self(bindings.lines().map(Grant::read).chain(publishers).collect())
    }

    /// The members that have a role on a thing.
    pub(crate) fn members(&self, role: &str, on: &str, name: &str) -> Vec<String> {
        let has = |grant: &&Grant| (&*grant.role, &*grant.on, &*grant.name) == (role, on, name);
        self.0.iter().filter(has).map(|grant| grant.member.clone()).collect()
    }

    /// Whether a member may do what it asks for. A request names the thing in its path.
    pub(super) fn admit(&self, member: &str, request: &Request) -> bool {
        let path = decoded(&request.target);
        let Some(path) = path.strip_prefix("/v1/") else {
            let bucket = path.split('/').nth(1).unwrap_or_default();
            let roles: &[&str] = match request.method.as_str() {
                "PUT" => &["roles/storage.objectUser", "roles/storage.legacyBucketWriter"],
                _ => &["roles/storage.objectUser", "roles/storage.objectViewer"],
            };
            return self.has(member, roles, "storage buckets", &format!("gs://{bucket}"), None);
        };
        let (resource, operation) = path.rsplit_once(':').unwrap_or((path, ""));
        let database = resource.strip_suffix("/documents");
        let project = project_of(resource);
        match operation {
            "publish" => self.has(member, &["roles/pubsub.publisher"], "pubsub topics", resource, None),
            "publishEvents" => self.has(member, &["roles/eventarc.publisher"], CHANNELS, resource, None),
            "access" => {
                let secret = resource.split("/versions/").next().unwrap_or_default();
                self.has(member, &["roles/secretmanager.secretAccessor"], "secrets", secret, None)
            }
            "batchGet" => {
                self.has(member, &["roles/datastore.user", "roles/datastore.viewer"], "projects", project, database)
            }
            "commit" => self.has(member, &["roles/datastore.user"], "projects", project, database),
            _ => false,
        }
    }

    fn has(&self, member: &str, roles: &[&str], on: &str, name: &str, resource: Option<&str>) -> bool {
        let fits = |grant: &Grant| grant.resource.is_none() || grant.resource.as_deref() == resource;
        self.0.iter().any(|grant| {
            let is_it = (&*grant.member, &*grant.on, &*grant.name) == (member, on, name);
            is_it && roles.contains(&&*grant.role) && fits(grant)
        })
    }
}

/// gcloud has no command for a channel's policy.
const CHANNELS: &str = "eventarc channels";

impl Grant {
    /// A line of the double of gcloud: the kind of thing, its name, and flags.
    fn read(line: &str) -> Self {
        let [on, name, flags] = line.splitn(3, '|').collect::<Vec<_>>()[..] else { panic!("no grant: {line}") };
        let flag = |start: &str| flags.split(' ').find_map(|flag| flag.strip_prefix(start)).unwrap().to_owned();
        let condition = flags.split_once("--condition=expression=resource.name == \"");
        let resource = condition.map(|(_, rest)| rest.split('"').next().unwrap().to_owned());
        assert_eq!(
            resource.is_some(),
            flags.contains("--condition=expression="),
            "this double reads no such condition: {line}"
        );
        Self { member: flag("--member="), role: flag("--role="), on: on.to_owned(), name: name.to_owned(), resource }
    }
}

/// The policy of a channel, which is set by curl.
fn publishers(call: &str) -> Vec<Grant> {
    let words: Vec<&str> = call.split('\x1f').collect();
    let data = words.iter().position(|word| *word == "--data").map(|at| words[at + 1]).unwrap();
    let policy: serde_json::Value = serde_json::from_str(data).unwrap();
    let channel = words.last().and_then(|url| url.strip_prefix("https://eventarc.googleapis.com/v1/"));
    let channel = channel.and_then(|channel| channel.strip_suffix(":setIamPolicy")).unwrap();
    let binding = &policy["policy"]["bindings"][0];
    let text = |value: &serde_json::Value| value.as_str().unwrap().to_owned();
    let grant = |member: &serde_json::Value| Grant {
        member: text(member),
        role: text(&binding["role"]),
        on: CHANNELS.to_owned(),
        name: channel.to_owned(),
        resource: None,
    };
    binding["members"].as_array().unwrap().iter().map(grant).collect()
}
