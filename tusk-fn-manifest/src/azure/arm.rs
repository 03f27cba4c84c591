//! The words of Azure Resource Manager: types of resources, their names and ids, expressions, and what is said of a resource
//! beside its properties.
//!
//! An expression is kept as text without the brackets around it, so that it can be put into longer ones; [`expression`] makes
//! a value of it.

use crate::yaml::{Tree, entries};

/// A type of resource, and the version of its API.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct Kind {
    pub(super) name: &'static str,
    version: &'static str,
}

macro_rules! kinds {
    ($($kind:ident $name:literal $version:literal,)*) => {
        /// The types that templates have.
        pub(super) mod kind {
            use super::Kind;

            $(pub(in crate::azure) const $kind: Kind = Kind { name: $name, version: $version };)*
        }
    };
}

kinds! {
    PLAN "Microsoft.Web/serverfarms" "2024-04-01",
    SITE "Microsoft.Web/sites" "2024-04-01",
    PUBLISHING "Microsoft.Web/sites/basicPublishingCredentialsPolicies" "2024-04-01",
    IDENTITY "Microsoft.ManagedIdentity/userAssignedIdentities" "2023-01-31",
    ROLE_ASSIGNMENT "Microsoft.Authorization/roleAssignments" "2022-04-01",
    STORAGE "Microsoft.Storage/storageAccounts" "2025-01-01",
    BLOBS "Microsoft.Storage/storageAccounts/blobServices" "2025-01-01",
    CONTAINER "Microsoft.Storage/storageAccounts/blobServices/containers" "2025-01-01",
    SERVICE_BUS "Microsoft.ServiceBus/namespaces" "2024-01-01",
    QUEUE "Microsoft.ServiceBus/namespaces/queues" "2024-01-01",
    TOPIC "Microsoft.ServiceBus/namespaces/topics" "2024-01-01",
    SUBSCRIPTION "Microsoft.ServiceBus/namespaces/topics/subscriptions" "2024-01-01",
    RULE "Microsoft.ServiceBus/namespaces/topics/subscriptions/rules" "2024-01-01",
    EVENT_HUBS "Microsoft.EventHub/namespaces" "2024-01-01",
    EVENT_HUB "Microsoft.EventHub/namespaces/eventhubs" "2024-01-01",
    CONSUMER_GROUP "Microsoft.EventHub/namespaces/eventhubs/consumergroups" "2024-01-01",
    SYSTEM_TOPIC "Microsoft.EventGrid/systemTopics" "2025-02-15",
    SYSTEM_TOPIC_SUBSCRIPTION "Microsoft.EventGrid/systemTopics/eventSubscriptions" "2025-02-15",
    EVENT_TOPIC "Microsoft.EventGrid/topics" "2025-02-15",
    EVENT_TOPIC_SUBSCRIPTION "Microsoft.EventGrid/topics/eventSubscriptions" "2025-02-15",
    COSMOS "Microsoft.DocumentDB/databaseAccounts" "2024-11-15",
    COSMOS_DATABASE "Microsoft.DocumentDB/databaseAccounts/sqlDatabases" "2024-11-15",
    COSMOS_CONTAINER "Microsoft.DocumentDB/databaseAccounts/sqlDatabases/containers" "2024-11-15",
    COSMOS_ROLE_ASSIGNMENT "Microsoft.DocumentDB/databaseAccounts/sqlRoleAssignments" "2024-11-15",
    INSIGHTS "Microsoft.Insights/components" "2020-02-02",
    WORKSPACE "Microsoft.OperationalInsights/workspaces" "2023-09-01",
    ALERT "Microsoft.Insights/metricAlerts" "2018-03-01",
    VAULT "Microsoft.KeyVault/vaults" "",
    SECRET "Microsoft.KeyVault/vaults/secrets" "",
}

/// A part of a resource's name.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
enum Segment {
    Expression(String),
    Literal(String),
}

impl Segment {
    fn expression(&self) -> String {
        match self {
            Self::Expression(text) => text.clone(),
            Self::Literal(text) => quoted(text),
        }
    }
}

/// A resource by its type and its name, which begins with those of its parents.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct Id {
    kind: Kind,
    path: Vec<Segment>,
    parent: Option<Box<Self>>,
    /// What it is about, if it is none that stands for itself.
    scope: Option<Box<Self>>,
}

impl Id {
    /// A resource without a parent, whose name is an expression.
    pub(super) fn new(kind: Kind, name: impl Into<String>) -> Self {
        Self { kind, path: vec![Segment::Expression(name.into())], parent: None, scope: None }
    }

    /// Something about this resource.
    pub(super) fn about(&self, kind: Kind, name: impl Into<String>) -> Self {
        Self { scope: Some(Box::new(self.clone())), ..Self::new(kind, name) }
    }

    /// Whether the template makes it; else it is there already.
    pub(super) const fn is_made(&self) -> bool {
        !self.kind.version.is_empty()
    }

    /// A resource within this one.
    pub(super) fn child(&self, kind: Kind, name: impl Into<String>) -> Self {
        self.within(kind, Segment::Literal(name.into()))
    }

    /// A resource within this one, whose name is an expression.
    pub(super) fn named(&self, kind: Kind, name: impl Into<String>) -> Self {
        self.within(kind, Segment::Expression(name.into()))
    }

    fn within(&self, kind: Kind, name: Segment) -> Self {
        let path = self.path.iter().cloned().chain([name]).collect();
        Self { kind, path, parent: Some(Box::new(self.clone())), scope: None }
    }

    /// The expression of the resource's id.
    pub(super) fn expression(&self) -> String {
        let names: Vec<String> = self.path.iter().map(Segment::expression).collect();
        let (kind, names) = (self.kind.name, names.join(", "));
        match &self.scope {
            None => format!("resourceId('{kind}', {names})"),
            Some(scope) => format!("extensionResourceId({}, '{kind}', {names})", scope.expression()),
        }
    }

    /// The expression of what the resource says of itself once it is there.
    pub(super) fn reference(&self) -> String {
        format!("reference({}, '{}')", self.expression(), self.kind.version)
    }

    /// The id as a value.
    pub(super) fn value(&self) -> Tree {
        expression(&self.expression())
    }

    fn name(&self) -> Tree {
        let mut parts: Vec<String> = Vec::new();
        let mut text = String::new();
        for (at, segment) in self.path.iter().enumerate() {
            text.push_str(if at == 0 { "" } else { "/" });
            match segment {
                Segment::Literal(name) => text.push_str(name),
                Segment::Expression(name) => {
                    parts.extend((!text.is_empty()).then(|| quoted(&text)));
                    text.clear();
                    parts.push(name.clone());
                }
            }
        }
        parts.extend((!text.is_empty()).then(|| quoted(&text)));
        match parts.as_slice() {
            [only] => expression(only),
            several => expression(&format!("concat({})", several.join(", "))),
        }
    }
}

/// A resource of the template.
#[derive(Clone, Debug)]
pub(super) struct Resource {
    id: Id,
    head: Vec<(String, Tree)>,
    after: Vec<Id>,
    properties: Option<Tree>,
    /// What is written within it, which is named without its parents.
    held: Vec<Self>,
}

impl Resource {
    pub(super) fn new(id: Id) -> Self {
        let before = id.parent.iter().chain(&id.scope).filter(|it| it.is_made());
        let after = before.map(|it| (**it).clone()).collect();
        let head = id.scope.iter().map(|scope| ("scope".to_owned(), scope.value())).collect();
        Self { id, head, after, properties: None, held: Vec::new() }
    }

    /// One that is somewhere: where the template says.
    pub(super) fn located(id: Id) -> Self {
        Self::new(id).with("location", expression("parameters('location')"))
    }

    /// The same, with something beside its properties.
    pub(super) fn with(mut self, key: &str, value: Tree) -> Self {
        self.head.push((key.to_owned(), value));
        self
    }

    /// The same, made after another one.
    pub(super) fn after(mut self, other: &Id) -> Self {
        if !self.after.contains(other) {
            self.after.push(other.clone());
        }
        self
    }

    pub(super) fn properties(self, properties: Vec<(String, Tree)>) -> Self {
        Self { properties: Some(Tree::Map(properties)), ..self }
    }

    /// The type of the resource.
    pub(super) const fn kind(&self) -> Kind {
        self.id.kind
    }

    /// The same with one of its children in it. Schemas know how long a child's name may be only there.
    pub(super) fn holding(mut self, child: Self) -> Self {
        self.held.push(child);
        self
    }

    /// How many resources it is, with those in it.
    pub(super) fn count(&self) -> usize {
        1 + self.held.iter().map(Self::count).sum::<usize>()
    }

    pub(super) fn tree(self) -> Tree {
        let (kind, name) = (self.id.kind.name, self.id.name());
        self.named(kind, name)
    }

    fn within(self, parent: &Id) -> Tree {
        let kind = self.id.kind.name;
        let own = kind.strip_prefix(parent.kind.name).map_or(kind, |own| own.trim_start_matches('/'));
        let names = self.id.path.iter().skip(parent.path.len()).map(|segment| match segment {
            Segment::Literal(name) | Segment::Expression(name) => name.as_str(),
        });
        let name = names.collect::<Vec<_>>().join("/");
        self.named(own, name.into())
    }

    fn named(self, kind: &str, name: Tree) -> Tree {
        let version = self.id.kind.version;
        let mut out = entries([("type", kind.into()), ("apiVersion", version.into()), ("name", name)]);
        out.extend(self.head);
        if !self.after.is_empty() {
            out.push(("dependsOn".to_owned(), Tree::List(self.after.iter().map(Id::value).collect())));
        }
        out.extend(self.properties.map(|properties| ("properties".to_owned(), properties)));
        if !self.held.is_empty() {
            let held = self.held.into_iter().map(|child| child.within(&self.id)).collect();
            out.push(("resources".to_owned(), Tree::List(held)));
        }
        Tree::Map(out)
    }
}

/// An expression as a value.
pub(super) fn expression(text: &str) -> Tree {
    format!("[{text}]").into()
}

/// A text within an expression.
pub(super) fn quoted(text: &str) -> String {
    format!("'{}'", text.replace('\'', "''"))
}

/// A text that is none of ours as a value. One between brackets would be an expression ("Escape characters").
pub(super) fn literal(text: &str) -> Tree {
    if text.starts_with('[') && text.ends_with(']') { format!("[{text}").into() } else { text.into() }
}

/// A variable of the template.
pub(super) fn variable(name: &str) -> String {
    format!("variables('{name}')")
}

/// A parameter of the template.
pub(super) fn parameter(name: &str) -> String {
    format!("parameters('{name}')")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_resource_is_named_behind_its_parents() {
        let namespace = Id::new(kind::SERVICE_BUS, variable("name"));
        let queue = namespace.child(kind::QUEUE, "orders");
        assert_eq!(namespace.name(), Tree::from("[variables('name')]"));
        assert_eq!(queue.name(), Tree::from("[concat(variables('name'), '/orders')]"));
        let expected = "resourceId('Microsoft.ServiceBus/namespaces/queues', variables('name'), 'orders')";
        assert_eq!(queue.expression(), expected);
        assert_eq!(queue.reference(), format!("reference({expected}, '2024-01-01')"));
        let account = Id::new(kind::STORAGE, variable("name"));
        let container = account.child(kind::BLOBS, "default").child(kind::CONTAINER, "it's");
        assert_eq!(container.name(), Tree::from("[concat(variables('name'), '/default/it''s')]"));
        let random = account.named(kind::QUEUE, "guid('x')");
        assert_eq!(random.name(), Tree::from("[concat(variables('name'), '/', guid('x'))]"));
        let resource = Resource::new(container).after(&account).tree();
        let Tree::Map(resource) = resource else { panic!("{resource:?}") };
        let blobs = account.child(kind::BLOBS, "default");
        assert_eq!(resource[3], ("dependsOn".to_owned(), [blobs.value(), account.value()].into()));
    }

    #[test]
    fn what_a_resource_holds_is_named_within_it() {
        let topic = Id::new(kind::SERVICE_BUS, variable("name")).child(kind::TOPIC, "paid.topic");
        let subscription = topic.child(kind::SUBSCRIPTION, "tell");
        let held = Resource::new(topic.clone()).holding(Resource::new(subscription));
        assert_eq!(held.count(), 2);
        let Tree::Map(entries) = held.tree() else { panic!("a map") };
        let Some(("resources", Tree::List(children))) = entries.last().map(|(key, value)| (key.as_str(), value)) else {
            panic!("{entries:?}")
        };
        let expected = crate::yaml::map([
            ("type", "subscriptions".into()),
            ("apiVersion", "2024-01-01".into()),
            ("name", "tell".into()),
            ("dependsOn", [topic.value()].into()),
        ]);
        assert_eq!(children, &[expected]);
    }

    #[test]
    fn what_others_write_is_no_expression() {
        assert_eq!(literal("[resourceGroup().id]"), Tree::from("[[resourceGroup().id]"));
        for text in ["", "a", "[a", "a]", "a[b]"] {
            assert_eq!(literal(text), Tree::from(text));
        }
    }
}
