//! `tag-not-for-routes`: LINT-63, RT-028, TAG-014.

use super::routing::{on_route, on_table, table_of, title};
use crate::{
    lint::{Check, Level, Lint, Remark, Whole},
    model::RouteDestination,
    tags::{Special, special},
};

pub(super) const LINT: Lint = Lint {
    id: "tag-not-for-routes",
    summary: "a tag that routes don't take, or more than 25 tags in a table",
    page: include_str!("../../rules/lints/tag-not-for-routes.md"),
    level: Level::Error,
    since: "0.1.0",
    check: Check::Estate(check),
};

/// RT-028.
const MOST_TAGS: usize = 25;

fn check(facts: &Whole<'_>) -> Vec<Remark> {
    let estate = facts.estate;
    let mut remarks = Vec::new();
    let mut tagged = Vec::new();
    for route in &estate.table_routes {
        let RouteDestination::Tag(name) = &route.destination else { continue };
        tagged.extend(table_of(estate, route).map(|table| table.span));
        // The table of tags is silent on this one.
        let refused = special(name).filter(|it| *it != Special::AzureContainerAppsService);
        if refused.is_some() {
            let place = (route.destination_span, "not taken by Azure");
            let message = format!("{} is for `{name}`, a tag that routes don't take", title(route));
            let help =
                "write prefixes: 0.0.0.0/0 for the Internet, the address space for a network";
            remarks.push(on_route(estate, route, place, message).help(help));
        }
    }
    for table in &estate.route_tables {
        let count = tagged.iter().filter(|span| **span == table.span).count();
        if count > MOST_TAGS {
            let message = format!(
                "`{}` has {count} routes with service tags; Azure takes {MOST_TAGS}",
                table.name.value
            );
            let remark = on_table(table, "too many", message);
            remarks.push(remark.help("use prefixes, or tags that hold several others"));
        }
    }
    remarks
}
