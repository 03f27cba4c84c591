//! The services as a template sets them up. A property that is not known here may be left out of sight only where it does not change
//! what is delivered to whom.

use std::collections::BTreeSet;

use serde_json::Value;

use super::services::Held;
use super::services::access::{Access, MESSAGE_SENDER};
use super::services::bus::Rules;
use super::services::grid::Subscription;
use super::template::{Resource, Template, state};

/// What the services hold when a template was deployed: nothing, in everything that it makes.
pub(crate) fn deploy(template: &Template) -> Held {
    let access = access(template);
    let mut held = Held::default();
    for queue in template.resources("Microsoft.ServiceBus/namespaces/queues") {
        held.bus.add_queue(queue.name(), rules(&queue.properties));
    }
    for topic in template.resources("Microsoft.ServiceBus/namespaces/topics") {
        held.bus.add_topic(topic.name());
    }
    let rules_of_all = template.resources("Microsoft.ServiceBus/namespaces/topics/subscriptions/rules");
    for subscription in template.resources("Microsoft.ServiceBus/namespaces/topics/subscriptions") {
        let own: Vec<&Resource> = rules_of_all.iter().filter(|rule| rule.is_in(&subscription)).collect();
        // One of another name would stand beside the one that lets everything through.
        let [rule] = own[..] else { panic!("{} has other than one rule", subscription.id) };
        assert_eq!((rule.name(), &rule.properties["filterType"]), ("$Default", &Value::from("SqlFilter")));
        let sql = rule.properties["sqlFilter"]["sqlExpression"].as_str().unwrap();
        let [.., topic, name] = &subscription.names[..] else { panic!("{}", subscription.id) };
        held.bus.subscribe(topic, name, rules(&subscription.properties), sql);
    }
    for container in template.resources("Microsoft.Storage/storageAccounts/blobServices/containers") {
        held.storage.add(&format!("{}/{}", container.names[0], container.name()));
    }
    for container in template.resources("Microsoft.DocumentDB/databaseAccounts/sqlDatabases/containers") {
        let [_, database, name] = &container.names[..] else { panic!("{}", container.id) };
        let key = &container.properties["resource"]["partitionKey"]["paths"];
        assert_eq!(key, &Value::from(vec!["/id"]), "{}", container.id);
        held.cosmos.add(&format!("dbs/{database}/colls/{name}"));
    }
    let groups = template.resources("Microsoft.EventHub/namespaces/eventhubs/consumergroups");
    for hub in template.resources("Microsoft.EventHub/namespaces/eventhubs") {
        let groups: Vec<String> =
            groups.iter().filter(|group| group.is_in(&hub)).map(|group| group.name().to_owned()).collect();
        held.hubs.add(hub.name(), number(&hub.properties["partitionCount"]), &groups);
    }
    let own = subscriptions(template, &access, "Microsoft.EventGrid/topics");
    held.grid.own = own.into_iter().map(|(_, subscription)| subscription).collect();
    for (topic, subscription) in subscriptions(template, &access, "Microsoft.EventGrid/systemTopics") {
        let source = topic.properties["source"].as_str().unwrap();
        let account = source.rsplit_once("/storageAccounts/").expect("an account").1.to_owned();
        held.grid.of_accounts.entry(account).or_default().push(subscription);
    }
    held.access = Some(access);
    held
}

/// The one identity that the app acts as, and what is granted to whom.
fn access(template: &Template) -> Access {
    let [site] = &template.resources("Microsoft.Web/sites")[..] else { panic!("not one app") };
    let [identity] = &site.identities[..] else { panic!("{:?}", site.identities) };
    let text = |value: &Value| value.as_str().expect("a text").to_owned();
    let said = |name: &str| text(&state(identity)[name]);
    let mut assigned = BTreeSet::new();
    let assignments = template.resources("Microsoft.Authorization/roleAssignments");
    for it in
        assignments.into_iter().chain(template.resources("Microsoft.DocumentDB/databaseAccounts/sqlRoleAssignments"))
    {
        let scope = it.scope.unwrap_or_else(|| text(&it.properties["scope"]));
        let role = text(&it.properties["roleDefinitionId"]);
        let role = role.rsplit_once('/').expect("an id").1.to_owned();
        assigned.insert((text(&it.properties["principalId"]), role, scope));
    }
    Access { client_id: said("clientId"), principal: said("principalId"), assigned }
}

fn number(value: &Value) -> usize {
    usize::try_from(value.as_u64().expect("a number")).unwrap()
}

fn rules(properties: &Value) -> Rules {
    Rules {
        most_deliveries: u32::try_from(number(&properties["maxDeliveryCount"])).unwrap(),
        sessions: properties["requiresSession"] == true,
        detects_duplicates: properties["requiresDuplicateDetection"] == true,
        forwards_to: properties["forwardDeadLetteredMessagesTo"].as_str().map(str::to_owned),
    }
}

/// The subscriptions of topics of a type, each with its topic.
fn subscriptions(template: &Template, access: &Access, topics: &str) -> Vec<(Resource, Subscription)> {
    let queues = template.resources("Microsoft.ServiceBus/namespaces/queues");
    let mut found = Vec::new();
    for subscription in template.resources(&format!("{topics}/eventSubscriptions")) {
        let mut all = template.resources(topics);
        all.retain(|topic| subscription.is_in(topic));
        let topic = all.pop().unwrap_or_else(|| panic!("{} has no topic", subscription.id));
        let delivery = &subscription.properties["deliveryWithResourceIdentity"];
        let destination = &delivery["destination"];
        assert_eq!(destination["endpointType"], "ServiceBusQueue");
        let id = destination["properties"]["resourceId"].as_str().unwrap();
        let queue = queues.iter().find(|queue| queue.id == id).unwrap_or_else(|| panic!("there is no {id}"));
        assert_eq!(subscription.properties["eventDeliverySchema"], "CloudEventSchemaV1_0");
        let own = delivery["identity"]["userAssignedIdentity"].as_str().unwrap().to_owned();
        assert!(topic.identities.contains(&own), "{} does not act as {own}", topic.id);
        let principal = state(&own)["principalId"].as_str().unwrap().to_owned();
        assert!(access.allows(&principal, &[MESSAGE_SENDER], id), "{own} may not send to {id}");
        found.push((topic, filtered(&subscription, queue.name())));
    }
    found
}

fn filtered(subscription: &Resource, queue: &str) -> Subscription {
    const KNOWN: [&str; 4] = ["includedEventTypes", "isSubjectCaseSensitive", "subjectBeginsWith", "subjectEndsWith"];
    let filter = subscription.properties["filter"].as_object().expect("a filter");
    assert!(filter.keys().all(|key| KNOWN.contains(&key.as_str())), "{filter:?}");
    assert_eq!(filter["isSubjectCaseSensitive"], true);
    let text = |name: &str| filter.get(name).map(|it| it.as_str().unwrap().to_owned()).unwrap_or_default();
    let types = filter.get("includedEventTypes").and_then(Value::as_array);
    Subscription {
        name: subscription.name().to_owned(),
        types: types.map(|types| types.iter().map(|it| it.as_str().unwrap().to_owned()).collect()),
        begins: text("subjectBeginsWith"),
        ends: text("subjectEndsWith"),
        queue: queue.to_owned(),
    }
}
