//! Application Insights, the workspace that its lines are kept in, and alerts.
//!
//! Whom an alert is told is for whoever deploys to decide, with the parameter `alertActionGroupId`. Without it the alerts are
//! there, and silent.

use super::arm::{Id, Kind, Resource, expression, kind, parameter, variable};
use super::program::Program;
use super::role::{Grants, Role};
use super::{event_grid, service_bus};
use crate::ResourceKind;
use crate::yaml::{Tree, entries, map};

/// How often an alert is looked at.
const PERIOD: &str = "PT5M";

pub(super) fn insights() -> Id {
    Id::new(kind::INSIGHTS, variable("name"))
}

fn workspace() -> Id {
    Id::new(kind::WORKSPACE, variable("name"))
}

pub(super) fn resources(program: &Program<'_>) -> Vec<Resource> {
    let workspace_properties = entries([
        ("sku", map([("name", "PerGB2018".into())])),
        ("retentionInDays", expression(&parameter("logRetentionDays"))),
        ("features", map([("disableLocalAuth", true.into())])),
    ]);
    let insights_properties = entries([
        ("Application_Type", "web".into()),
        ("IngestionMode", "LogAnalytics".into()),
        ("WorkspaceResourceId", workspace().value()),
        ("DisableLocalAuth", true.into()),
    ]);
    let mut resources = vec![
        Resource::located(workspace()).properties(workspace_properties),
        Resource::located(insights()).with("kind", "web".into()).after(&workspace()).properties(insights_properties),
    ];
    resources.extend(alerts(program));
    resources
}

pub(super) fn grant(grants: &mut Grants) {
    grants.grant(Role::MetricsPublisher, &insights());
}

/// What is counted.
struct Metric<'a> {
    of: Id,
    namespace: Kind,
    name: &'static str,
    aggregation: &'static str,
    /// Only for the queues and topics of these names.
    entities: &'a [String],
}

/// Whether there are alerts.
pub(super) fn has_alerts(program: &Program<'_>) -> bool {
    service_bus::is_needed(program)
}

fn alerts(program: &Program<'_>) -> Vec<Resource> {
    if !has_alerts(program) {
        return Vec::new();
    }
    let messages = |name, aggregation, entities| Metric {
        of: service_bus::namespace(),
        namespace: kind::SERVICE_BUS,
        name,
        aggregation,
        entities,
    };
    let all = ["*".to_owned()];
    let mut alerts = vec![alert(
        "dead-letters",
        "A function could not handle a message: it is among the dead letters of its queue or subscription",
        messages("DeadletteredMessages", "Maximum", &all),
    )];
    let given_up_to: Vec<String> = program
        .resources(ResourceKind::Queue)
        .filter(|(_, used)| used.given_up_by().next().is_some())
        .map(|(name, _)| name.to_owned())
        .collect();
    if !given_up_to.is_empty() {
        let metric = messages("ActiveMessages", "Maximum", &given_up_to);
        alerts.push(alert("given-up", "A queue has messages that could not be handled", metric));
    }
    let topics = [
        (event_grid::bucket_topic(), kind::SYSTEM_TOPIC, "undelivered-bucket-events"),
        (event_grid::topic(), kind::EVENT_TOPIC, "undelivered-events"),
    ];
    let made = event_grid::resources(program);
    for (of, kind, name) in topics {
        if made.iter().any(|resource| resource.kind() == kind) {
            let metric = Metric { of, namespace: kind, name: "DeadLetteredCount", aggregation: "Total", entities: &[] };
            alerts.push(alert(name, "Event Grid could not deliver an event", metric));
        }
    }
    alerts
}

fn alert(name: &str, description: &str, metric: Metric<'_>) -> Resource {
    let Metric { of, namespace, name: counted, aggregation, entities } = metric;
    let mut criterion = entries([
        ("criterionType", "StaticThresholdCriterion".into()),
        ("name", name.into()),
        ("metricNamespace", namespace.name.into()),
        ("metricName", counted.into()),
    ]);
    if !entities.is_empty() {
        let values = Tree::List(entities.iter().map(|it| it.as_str().into()).collect());
        let dimension = map([("name", "EntityName".into()), ("operator", "Include".into()), ("values", values)]);
        criterion.push(("dimensions".to_owned(), [dimension].into()));
    }
    criterion.extend(entries([
        ("operator", "GreaterThan".into()),
        ("threshold", 0_u64.into()),
        ("timeAggregation", aggregation.into()),
    ]));
    let group = parameter("alertActionGroupId");
    let told = format!("if(empty({group}), createArray(), createArray(createObject('actionGroupId', {group})))");
    let criteria = map([
        ("odata.type", "Microsoft.Azure.Monitor.SingleResourceMultipleMetricCriteria".into()),
        ("allOf", [Tree::Map(criterion)].into()),
    ]);
    Resource::new(Id::new(kind::ALERT, format!("concat({}, '-{name}')", variable("name"))))
        .with("location", "global".into())
        .after(&of)
        .properties(entries([
            ("description", description.into()),
            ("severity", 2.into()),
            ("enabled", true.into()),
            ("scopes", [of.value()].into()),
            ("evaluationFrequency", PERIOD.into()),
            ("windowSize", PERIOD.into()),
            ("criteria", criteria),
            ("autoMitigate", true.into()),
            ("actions", expression(&told)),
        ]))
}
