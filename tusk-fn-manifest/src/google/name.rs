//! What things are called in a Google project, so that two programs, and two things of one, never have one name.
//!
//! The program's name comes first, and then `--`, which is in no name of a resource and not in the program's: `shop--queue-orders`.
//! What belongs to a function has its name there, with a dot behind it where something follows, which is in no name of a function.
//! A name that would be too long is cut, and ends in a hash of the whole.
//!
//! | what | takes | says |
//! |---|---|---|
//! | a service | 49 letters, digits and `-` | "Deploying container images to Cloud Run" |
//! | a service account | 6 to 30 of these | "Create service accounts" |
//! | a topic, a subscription | 3 to 255 with `-_.~+%`, not beginning with `goog` | "Pub/Sub resource names" |
//! | a bucket | 3 to 63 without `google`, unique in the world | "About Cloud Storage buckets" |
//! | a trigger, a channel | 63 of them | "Eventarc API", triggers.create and channels.create |
//! | a job | 500 with `-` and `_` | "Cloud Scheduler API", Job.name |
//! | a label's value | 63 small letters, digits, `-` and `_` | "Labels overview" |

use crate::ResourceKind;
use crate::container::{Callers, label};

/// The longest name of a program: a service has 49 characters, and `-platform` behind it.
const LONGEST_PROGRAM: usize = 40;
/// The longest name of a trigger.
const LONGEST_TRIGGER: usize = 63;
/// The longest name of a bucket without the project's in front, which has 30 characters at most.
const LONGEST_BUCKET: usize = 63 - 30 - 1;
/// The longest name of a service account.
const LONGEST_ACCOUNT: usize = 30;

/// The names of one program's things. Values have `${…}` where deploying puts something in.
#[derive(Clone, Debug)]
pub(super) struct Names {
    /// The program's own, as a DNS label.
    pub(super) program: String,
}

impl Names {
    pub(super) fn of(program: &str) -> Self {
        Self { program: label(program) }
    }

    /// Whether all that a program needs can have its name.
    pub(super) fn are_sound(&self) -> bool {
        let program = &self.program;
        let words = || program.split('-');
        program.starts_with(|c: char| c.is_ascii_lowercase())
            && words()
                .all(|word| !word.is_empty() && word.bytes().all(|b| b.is_ascii_lowercase() || b.is_ascii_digit()))
            && program.len() <= LONGEST_PROGRAM
            && !program.contains("goog")
    }

    /// The resource that functions call by a logical name: what the running program is told.
    pub(super) fn physical(&self, kind: ResourceKind, name: &str) -> String {
        let program = &self.program;
        match kind {
            ResourceKind::Queue | ResourceKind::Topic | ResourceKind::Stream => {
                topic(&format!("{program}--{}-{name}", kind.name()))
            }
            ResourceKind::Bucket => {
                format!("${{PROJECT_ID}}-{}", fitted(&format!("{program}--{name}"), LONGEST_BUCKET))
            }
            ResourceKind::Table => {
                let (database, table) = name.split_once('/').unwrap_or((DEFAULT_DATABASE, name));
                collection(database, &format!("{program}--{table}"))
            }
            ResourceKind::Secret => format!("projects/${{PROJECT_ID}}/secrets/{program}--{name}"),
            ResourceKind::EventBus => format!("projects/${{PROJECT_ID}}/locations/${{REGION}}/channels/{program}"),
        }
    }

    /// Where handled deliveries are remembered.
    pub(super) fn idempotency(&self) -> String {
        // One `-`: no table is called that.
        collection(DEFAULT_DATABASE, &self.idempotency_collection())
    }

    pub(super) fn idempotency_collection(&self) -> String {
        format!("{}-idempotency", self.program)
    }

    /// The topic of what a function could not handle.
    pub(super) fn dead_letters(&self, function: &str) -> String {
        topic(&format!("{}--{function}.dead", self.program))
    }

    /// The subscription of a function.
    pub(super) fn subscription(&self, function: &str) -> String {
        subscription(&format!("{}--{function}", self.program))
    }

    /// The job of a timer.
    pub(super) fn job(&self, function: &str) -> String {
        format!("{}--{function}", self.program)
    }

    /// The trigger of a function for one kind of event, which is a word.
    pub(super) fn trigger(&self, function: &str, event: &str) -> String {
        let plain = format!("{}--{function}-{event}", self.program);
        let small = label(&plain);
        // A name that is written otherwise here could be another function's.
        if small == plain { fitted(&small, LONGEST_TRIGGER) } else { hashed(&small, &plain, LONGEST_TRIGGER) }
    }

    /// The service account of a service.
    pub(super) fn account(&self, callers: Callers) -> String {
        fitted(&format!("{}-{}", self.program, callers.suffix()), LONGEST_ACCOUNT)
    }

    /// The service account in whose name the platform calls.
    pub(super) fn invoker(&self) -> String {
        fitted(&format!("{}-invoker", self.program), LONGEST_ACCOUNT)
    }

    /// Whom a token is for that the platform calls with.
    pub(super) fn audience(&self) -> String {
        format!("tusk-fn/${{PROJECT_ID}}/${{REGION}}/{}-{}", self.program, Callers::Platform.suffix())
    }
}

/// The database of a table that names none.
const DEFAULT_DATABASE: &str = "(default)";

fn topic(id: &str) -> String {
    format!("projects/${{PROJECT_ID}}/topics/{id}")
}

fn subscription(id: &str) -> String {
    format!("projects/${{PROJECT_ID}}/subscriptions/{id}")
}

fn collection(database: &str, id: &str) -> String {
    format!("projects/${{PROJECT_ID}}/databases/{database}/documents/{id}")
}

/// The email address of a service account.
pub(super) fn email(account: &str) -> String {
    format!("{account}@${{PROJECT_ID}}.iam.gserviceaccount.com")
}

/// The subscription that keeps the messages of a topic which nobody is called for.
pub(super) fn kept(topic: &str) -> String {
    let id = topic.rsplit('/').next().unwrap_or_default();
    // The topic of a function's dead letters has a name that no function's subscription has.
    let has_dot = id.contains('.');
    subscription(&if has_dot { id.to_owned() } else { format!("{id}.kept") })
}

/// The text, if it is no longer than that.
fn fitted(text: &str, most: usize) -> String {
    if text.len() <= most { text.to_owned() } else { hashed(text, text, most) }
}

/// The beginning of the text, and a hash of the whole that it stands for.
fn hashed(text: &str, whole: &str, most: usize) -> String {
    let hash = short_hash(whole);
    let beginning: String = text.chars().take(most - hash.len() - 1).collect();
    format!("{}-{hash}", beginning.trim_end_matches('-'))
}

/// Eight digits of FNV-1a: the same in every version of Rust.
pub(super) fn short_hash(text: &str) -> String {
    let step = |hash: u64, byte: u8| (hash ^ u64::from(byte)).wrapping_mul(0x0100_0000_01b3);
    let hash = text.bytes().fold(0xcbf2_9ce4_8422_2325, step);
    format!("{:08x}", (hash ^ (hash >> 32)) & 0xffff_ffff)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn shop() -> Names {
        Names::of("Shop_1")
    }

    #[test]
    fn a_program_has_a_name_that_all_services_take() {
        for name in ["shop", "Shop_1", "a", &"a".repeat(40)] {
            assert!(Names::of(name).are_sound(), "{name}");
        }
        for name in ["", "1a", "a--b", "a_", "googol", "my-google", "ä", "a.b", &"a".repeat(41)] {
            assert!(!Names::of(name).are_sound(), "{name}");
        }
    }

    #[test]
    fn names_tell_what_they_are() {
        let names = shop();
        let physical = |kind, name| names.physical(kind, name);
        assert_eq!(physical(ResourceKind::Queue, "orders"), "projects/${PROJECT_ID}/topics/shop-1--queue-orders");
        assert_eq!(physical(ResourceKind::Bucket, "in"), "${PROJECT_ID}-shop-1--in");
        assert_eq!(
            physical(ResourceKind::Table, "stock"),
            "projects/${PROJECT_ID}/databases/(default)/documents/shop-1--stock"
        );
        assert_eq!(
            physical(ResourceKind::Table, "main/stock"),
            "projects/${PROJECT_ID}/databases/main/documents/shop-1--stock"
        );
        assert_eq!(kept(&names.dead_letters("f")), "projects/${PROJECT_ID}/subscriptions/shop-1--f.dead");
        assert_eq!(
            kept(&physical(ResourceKind::Queue, "orders")),
            "projects/${PROJECT_ID}/subscriptions/shop-1--queue-orders.kept"
        );
        assert_eq!(names.trigger("mail", "created"), "shop-1--mail-created");
    }

    #[test]
    fn what_is_too_long_is_cut_and_stays_apart() {
        let names = Names::of(&"a".repeat(40));
        assert!(names.account(Callers::Platform).len() <= LONGEST_ACCOUNT);
        assert_ne!(names.account(Callers::Platform), names.account(Callers::Anyone));
        let bucket = |name: &str| names.physical(ResourceKind::Bucket, name);
        assert_eq!(bucket("b").len(), "${PROJECT_ID}-".len() + LONGEST_BUCKET);
        assert_ne!(bucket("b"), bucket("c"));
        let trigger = |function: &str| names.trigger(function, "created");
        assert_eq!(trigger(&"f".repeat(60)).len(), LONGEST_TRIGGER);
    }

    #[test]
    fn names_that_differ_only_in_case_stay_apart() {
        let triggers = ["report-2", "Report-2", "report_2", "Report_2"].map(|name| shop().trigger(name, "created"));
        let unlike: std::collections::BTreeSet<&String> = triggers.iter().collect();
        assert_eq!(unlike.len(), triggers.len(), "{triggers:?}");
        assert!(triggers.iter().all(|name| *name == label(name)));
    }
}
