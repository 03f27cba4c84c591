//! Application Insights, the workspace that its lines are kept in, and alerts.
//!
//! Whom an alert is told is for whoever deploys to decide, with the parameter `alertActionGroupId`. Without it the alerts are
//! there, and silent.

use super::arm::{Id, Kind, Resource, expression, kind, parameter, quoted, variable};
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
    resources.extend(alerts(program).iter().map(Alert::resource));
    resources
}

pub(super) fn grant(grants: &mut Grants) {
    grants.grant(Role::MetricsPublisher, &insights());
}

/// What somebody is told of.
struct Alert {
    /// What it is called, in the template and behind the app's name.
    name: &'static str,
    description: &'static str,
    of: Id,
    namespace: Kind,
    metric: &'static str,
    aggregation: &'static str,
    /// Only for the queues and topics of these names.
    entities: Vec<String>,
}

/// Whether there are alerts.
pub(super) fn has_alerts(program: &Program<'_>) -> bool {
    service_bus::is_needed(program)
}

fn alerts(program: &Program<'_>) -> Vec<Alert> {
    if !has_alerts(program) {
        return Vec::new();
    }
    let messages = |name, description, metric, entities| Alert {
        name,
        description,
        of: service_bus::namespace(),
        namespace: kind::SERVICE_BUS,
        metric,
        aggregation: "Maximum",
        entities,
    };
    let mut alerts = vec![messages(
        "dead-letters",
        "A function could not handle a message: it is among the dead letters of its queue or subscription",
        "DeadletteredMessages",
        vec!["*".to_owned()],
    )];
    let given_up_to: Vec<String> = program
        .resources(ResourceKind::Queue)
        .filter(|(_, used)| used.given_up_by().next().is_some())
        .map(|(name, _)| name.to_owned())
        .collect();
    if !given_up_to.is_empty() {
        let description = "A queue has messages that could not be handled";
        alerts.push(messages("given-up", description, "ActiveMessages", given_up_to));
    }
    let made = event_grid::resources(program);
    for (name, of, namespace) in [
        ("undelivered-bucket-events", event_grid::bucket_topic(), kind::SYSTEM_TOPIC),
        ("undelivered-events", event_grid::topic(), kind::EVENT_TOPIC),
    ] {
        if made.iter().any(|resource| resource.kind() == namespace) {
            alerts.push(Alert {
                name,
                description: "Event Grid could not deliver an event",
                of,
                namespace,
                metric: "DeadLetteredCount",
                aggregation: "Total",
                entities: Vec::new(),
            });
        }
    }
    alerts
}

/// The variable with what alerts ask for. In place, the schema takes no name of a type in it.
pub(super) fn criteria(program: &Program<'_>) -> Option<Tree> {
    let criteria: Vec<(String, Tree)> =
        alerts(program).iter().map(|alert| (alert.name.to_owned(), alert.criteria())).collect();
    (!criteria.is_empty()).then_some(Tree::Map(criteria))
}

impl Alert {
    fn criteria(&self) -> Tree {
        let mut criterion = entries([
            ("criterionType", "StaticThresholdCriterion".into()),
            ("name", self.name.into()),
            ("metricNamespace", self.namespace.name.into()),
            ("metricName", self.metric.into()),
        ]);
        if !self.entities.is_empty() {
            let values = Tree::List(self.entities.iter().map(|it| it.as_str().into()).collect());
            let dimension = map([("name", "EntityName".into()), ("operator", "Include".into()), ("values", values)]);
            criterion.push(("dimensions".to_owned(), [dimension].into()));
        }
        criterion.extend(entries([
            ("operator", "GreaterThan".into()),
            ("threshold", 0_u64.into()),
            ("timeAggregation", self.aggregation.into()),
        ]));
        map([
            ("odata.type", "Microsoft.Azure.Monitor.SingleResourceMultipleMetricCriteria".into()),
            ("allOf", [Tree::Map(criterion)].into()),
        ])
    }

    fn resource(&self) -> Resource {
        let group = parameter("alertActionGroupId");
        let told = format!("if(empty({group}), createArray(), createArray(createObject('actionGroupId', {group})))");
        let name = format!("concat({}, {})", variable("name"), quoted(&format!("-{}", self.name)));
        let criteria = format!("{}[{}]", variable("criteria"), quoted(self.name));
        Resource::new(Id::new(kind::ALERT, name)).with("location", "global".into()).after(&self.of).properties(entries(
            [
                ("description", self.description.into()),
                ("severity", 2.into()),
                ("enabled", true.into()),
                ("scopes", [self.of.value()].into()),
                ("evaluationFrequency", PERIOD.into()),
                ("windowSize", PERIOD.into()),
                ("criteria", expression(&criteria)),
                ("autoMitigate", true.into()),
                ("actions", expression(&told)),
            ],
        ))
    }
}
