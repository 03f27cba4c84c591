//! The HTTP API, and what functions that answer requests add.

use tusk_fn_spec::record::FunctionRecord;
use tusk_fn_spec::trigger::http::{Auth, Http};

use super::cfn::{attribute, reference, substituted};
use super::function::{self, Additions, log_group};
use super::resource::Resources;
use super::routes::Route;
use super::{Part, id};
use crate::yaml::{Tree, map};

/// A line of the access log: JSON with API Gateway's own variables.
const ACCESS_LOG_FORMAT: [(&str, &str); 10] = [
    ("requestId", "$context.requestId"),
    ("time", "$context.requestTime"),
    ("ip", "$context.identity.sourceIp"),
    ("method", "$context.httpMethod"),
    ("path", "$context.path"),
    ("route", "$context.routeKey"),
    ("status", "$context.status"),
    ("responseLength", "$context.responseLength"),
    ("responseLatency", "$context.responseLatency"),
    ("error", "$context.error.message"),
];

/// The API, its access log and its URL. Callers need an IAM signature unless a route says otherwise.
pub(super) fn api() -> Part {
    let format: Vec<String> =
        ACCESS_LOG_FORMAT.iter().map(|(key, variable)| format!("\"{key}\":\"{variable}\"")).collect();
    let properties = map([
        ("StageName", "$default".into()),
        ("Auth", map([("EnableIamAuthorizer", true.into()), ("DefaultAuthorizer", "AWS_IAM".into())])),
        (
            "AccessLogSettings",
            map([
                ("DestinationArn", attribute(id::ACCESS_LOG, "Arn")),
                ("Format", format!("{{{}}}", format.join(",")).into()),
            ]),
        ),
        (
            "DefaultRouteSettings",
            map([("ThrottlingRateLimit", reference(id::RATE)), ("ThrottlingBurstLimit", reference(id::BURST))]),
        ),
    ]);
    let api = map([("Type", "AWS::Serverless::HttpApi".into()), ("Properties", properties)]);
    // The prefix is the one that log delivery is allowed to as a whole; others fill up a policy of limited length.
    let log = log_group("/aws/vendedlogs/${AWS::StackName}/api");
    let url = map([
        ("Description", "Where the API answers".into()),
        ("Value", substituted("https://${Api}.execute-api.${AWS::Region}.${AWS::URLSuffix}")),
    ]);
    Part {
        resources: vec![(id::API.to_owned(), api), (id::ACCESS_LOG.to_owned(), log)],
        outputs: vec![("ApiUrl".to_owned(), url)],
        expanded: 1, // the stage
    }
}

/// A function that answers requests.
pub(super) fn part(record: &FunctionRecord, http: &Http, routes: &[Route<'_>], resources: &Resources<'_>) -> Part {
    let events: Vec<(String, Tree)> = routes
        .iter()
        .filter(|route| route.function == record.name)
        .map(|route| (route.event_id(), event(route, http.auth)))
        .collect();
    let additions = Additions {
        // Each event becomes a permission for API Gateway.
        skipped: vec![(
            "CKV_AWS_116",
            "It is invoked synchronously: the caller sees the failure, and nothing is queued",
        )],
        properties: vec![("Events".to_owned(), Tree::Map(events.clone()))],
        ..Additions::default()
    };
    Part { expanded: events.len(), ..function::part(record, resources, additions) }
}

fn event(route: &Route<'_>, auth: Auth) -> Tree {
    let mut properties = vec![
        ("ApiId".to_owned(), reference(id::API)),
        ("Method".to_owned(), route.method.into()),
        ("Path".to_owned(), route.path.as_str().into()),
    ];
    match auth {
        // `admin` was refused: no level below the default is ever granted by omission.
        Auth::Platform | Auth::Admin => {}
        Auth::Public => properties.push(("Auth".to_owned(), map([("Authorizer", "NONE".into())]))),
    }
    map([("Type", "HttpApi".into()), ("Properties", Tree::Map(properties))])
}
