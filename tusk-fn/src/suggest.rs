//! What the local server says of a path that no route matches.

use tusk_fn_spec::record::FunctionRecord;
use tusk_fn_spec::trigger::Trigger;

/// How many routes are listed.
const LISTED: usize = 3;

/// A sentence with the routes nearest to a path.
pub(crate) fn nearest_routes<'a>(path: &str, records: impl Iterator<Item = &'a FunctionRecord>) -> String {
    let path = path.trim_start_matches('/');
    let mut routes: Vec<(usize, String)> = records
        .filter_map(|record| match &record.trigger {
            Trigger::Http(http) => {
                let route = http.route.to_string();
                let shown = format!("{} /{}", http.methods.names().join("|"), route.trim_start_matches('/'));
                Some((distance(path, &route), shown))
            }
            Trigger::Timer(_)
            | Trigger::Blob(_)
            | Trigger::Queue(_)
            | Trigger::Topic(_)
            | Trigger::Database(_)
            | Trigger::Stream(_)
            | Trigger::Event(_) => None,
        })
        .collect();
    routes.sort();
    routes.truncate(LISTED);
    match routes.as_slice() {
        [] => "this program has no HTTP functions".to_owned(),
        routes => {
            let shown: Vec<&str> = routes.iter().map(|(_, route)| route.as_str()).collect();
            format!("no route matches; the nearest are {}", shown.join(", "))
        }
    }
}

/// How far a path is from a route: differing segments weigh most, and a parameter fits anything.
fn distance(path: &str, route: &str) -> usize {
    let path: Vec<&str> = path.split('/').collect();
    let route: Vec<&str> = route.split('/').collect();
    let differing: usize = path
        .iter()
        .zip(&route)
        .map(|(a, b)| if b.starts_with('<') { 1 } else { strsim::damerau_levenshtein(a, b).min(8) })
        .sum();
    differing + 4 * path.len().abs_diff(route.len())
}
