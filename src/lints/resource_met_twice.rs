//! `resource-met-twice`: JS-002.

use crate::{
    lint::{Check, Facts, Level, Lint, Remark},
    model::Again,
};

pub(super) const LINT: Lint = Lint {
    id: "resource-met-twice",
    summary: "a group stands in several files of the run",
    page: include_str!("../../rules/lints/resource-met-twice.md"),
    level: Level::Note,
    since: "0.1.0",
    check: Check::Nsg(check),
};

fn check(facts: &Facts<'_>) -> Vec<Remark> {
    let nsg = facts.nsg();
    let Some(first) = nsg.again.first() else { return Vec::new() };
    let name = &nsg.name.value;
    let differs = nsg.again.iter().any(|it| !it.same);
    let message = if differs {
        format!(
            "`{name}` stands in other files, too, and does not say the same there: each is judged by itself"
        )
    } else {
        format!("`{name}` stands in other files, too, and says the same there: it is judged once")
    };
    let label = |it: &Again| if it.same { "the same here" } else { "it differs here" };
    let mut remark = Remark::on(nsg, "one of several", message).also(first.span, label(first));
    for other in nsg.again.iter().skip(1).take(9) {
        remark = remark.also(other.span, label(other));
    }
    vec![remark.help("keep one of them, or check them one at a time")]
}
