//! What may be done with what, and by whom.
//!
//! A role is always assigned for one resource: for a queue, a container or a secret, never for what holds several of them.
//! Only the storage account that the host keeps its own state in is assigned as a whole; functions have nothing there.

use std::collections::BTreeSet;

use super::arm::{Id, Resource, expression, kind, quoted};
use crate::yaml::entries;

/// What Azure lets a principal do ("Azure built-in roles").
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Role {
    /// Storage Blob Data Owner.
    BlobOwner,
    /// Storage Blob Data Contributor.
    BlobContributor,
    /// Storage Blob Data Reader.
    BlobReader,
    /// Azure Service Bus Data Receiver.
    MessageReceiver,
    /// Azure Service Bus Data Sender.
    MessageSender,
    /// Azure Event Hubs Data Receiver.
    RecordReceiver,
    /// `EventGrid` Data Sender.
    EventSender,
    /// Key Vault Secrets User.
    SecretReader,
    /// Monitoring Metrics Publisher.
    MetricsPublisher,
}

impl Role {
    const fn id(self) -> &'static str {
        match self {
            Self::BlobOwner => "b7e6dc6d-f1e8-4753-8033-0f276bb0955b",
            Self::BlobContributor => "ba92f5b4-2d11-453d-a403-e96b0029c9fe",
            Self::BlobReader => "2a2b9908-6ea1-4ae2-8e65-a410df84e7d1",
            Self::MessageReceiver => "4f6d3b9b-027b-4f4c-9142-0e5a2a2247e0",
            Self::MessageSender => "69a216fc-b8fb-44d8-bc22-1f3c2cd27a39",
            Self::RecordReceiver => "a638d3c7-ab3a-418d-83e6-5f17a39d4fde",
            Self::EventSender => "d5a91429-5739-47e2-a06b-3470a27159e7",
            Self::SecretReader => "4633458b-17de-408a-b874-0445c86b69e6",
            Self::MetricsPublisher => "3913510d-42f4-4e42-8a64-420c390055eb",
        }
    }
}

/// Roles of one identity, each for one resource.
#[derive(Clone, Debug)]
pub(super) struct Grants {
    identity: Id,
    granted: BTreeSet<(Id, Role)>,
}

impl Grants {
    pub(super) fn of(identity: Id) -> Self {
        Self { identity, granted: BTreeSet::new() }
    }

    pub(super) fn grant(&mut self, role: Role, on: &Id) {
        self.granted.insert((on.clone(), role));
    }

    /// The assignments, each made after what it is for.
    pub(super) fn resources(&self) -> Vec<Resource> {
        self.granted.iter().map(|(on, role)| self.assignment(*role, on)).collect()
    }

    /// The id of an assignment, for what has to wait for it.
    pub(super) fn assignment_id(&self, role: Role, on: &Id) -> Id {
        let name = format!("guid({}, {}, {})", on.expression(), self.identity.expression(), quoted(role.id()));
        on.about(kind::ROLE_ASSIGNMENT, name)
    }

    fn assignment(&self, role: Role, on: &Id) -> Resource {
        let definition =
            format!("subscriptionResourceId('Microsoft.Authorization/roleDefinitions', {})", quoted(role.id()));
        Resource::new(self.assignment_id(role, on)).after(&self.identity).properties(entries([
            ("roleDefinitionId", expression(&definition)),
            ("principalId", expression(&format!("{}.principalId", self.identity.reference()))),
            ("principalType", "ServicePrincipal".into()),
        ]))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn no_two_roles_are_one() {
        let all = [
            Role::BlobOwner,
            Role::BlobContributor,
            Role::BlobReader,
            Role::MessageReceiver,
            Role::MessageSender,
            Role::RecordReceiver,
            Role::EventSender,
            Role::SecretReader,
            Role::MetricsPublisher,
        ];
        let ids: BTreeSet<&str> = all.iter().map(|role| role.id()).collect();
        assert_eq!(ids.len(), all.len());
        assert!(ids.iter().all(|id| id.len() == 36));
    }
}
