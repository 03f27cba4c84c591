//! Who may do what: roles, each assigned for one resource ("Azure built-in roles", and Cosmos DB's own).

use std::collections::BTreeSet;

/// A role, by the end of its definition's id.
pub(crate) type Role = &'static str;

pub(crate) const MESSAGE_RECEIVER: Role = "4f6d3b9b-027b-4f4c-9142-0e5a2a2247e0";
pub(crate) const MESSAGE_SENDER: Role = "69a216fc-b8fb-44d8-bc22-1f3c2cd27a39";
pub(crate) const RECORD_RECEIVER: Role = "a638d3c7-ab3a-418d-83e6-5f17a39d4fde";
pub(crate) const DOCUMENT_READER: Role = "00000000-0000-0000-0000-000000000001";
pub(crate) const DOCUMENT_CONTRIBUTOR: Role = "00000000-0000-0000-0000-000000000002";
const BLOB_CONTRIBUTOR: Role = "ba92f5b4-2d11-453d-a403-e96b0029c9fe";
const BLOB_READER: Role = "2a2b9908-6ea1-4ae2-8e65-a410df84e7d1";
const EVENT_SENDER: Role = "d5a91429-5739-47e2-a06b-3470a27159e7";
const SECRET_READER: Role = "4633458b-17de-408a-b874-0445c86b69e6";

/// A function app's identity, and what everybody may do.
pub(crate) struct Access {
    pub(crate) client_id: String,
    pub(crate) principal: String,
    /// Whom a role is assigned to, the role, and the resource.
    pub(crate) assigned: BTreeSet<(String, String, String)>,
}

impl Access {
    /// Whether somebody has one of these roles for a resource, whose id has that part.
    pub(crate) fn allows(&self, principal: &str, roles: &[Role], part: &str) -> bool {
        let part = format!("{part}/");
        self.assigned.iter().any(|(who, role, scope)| {
            who == principal && roles.contains(&role.as_str()) && format!("{scope}/").contains(&part)
        })
    }

    /// Whether the app may make a request.
    pub(super) fn admits(&self, method: &str, segments: &[&str]) -> bool {
        // Who may write may read; who reads needs no more than that.
        let fitting = if matches!(method, "GET" | "HEAD") { 2 } else { 1 };
        let (roles, parts): (&[Role], Vec<String>) = match segments {
            ["dbs", database, "colls", container, ..] => {
                let roles: &[Role] = &[DOCUMENT_CONTRIBUTOR, DOCUMENT_READER];
                (&roles[..fitting], vec![format!("/dbs/{database}/colls/{container}")])
            }
            ["secrets", name] => (&[SECRET_READER], vec![format!("/secrets/{name}")]),
            ["api", "events"] => (&[EVENT_SENDER], vec!["/Microsoft.EventGrid/topics".to_owned()]),
            [entity, "messages"] => (&[MESSAGE_SENDER], vec![format!("/queues/{entity}"), format!("/topics/{entity}")]),
            [account, container, ..] => {
                let roles: &[Role] = &[BLOB_CONTRIBUTOR, BLOB_READER];
                let part = format!("/storageAccounts/{account}/blobServices/default/containers/{container}");
                (&roles[..fitting], vec![part])
            }
            _ => return false,
        };
        parts.iter().any(|part| self.allows(&self.principal, roles, part))
    }
}
