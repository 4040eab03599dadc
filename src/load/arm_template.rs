//! ARM templates (JS-010 to JS-015): alone, exported, compiled from Bicep, nested, and inside of
//! blueprint artifacts and policy definitions.
//!
//! A template can hold rules that nobody can see in it. What stands in the file as an expression
//! (a resource, all resources, a nested template, a type that may be that of a rule) may be a rule
//! of every group in it whose name it does not rule out, and their verdicts are at most `unknown`.
//! A linked template is only noted: every larger template links some, they take names of groups
//! mostly to attach them, and a warning at each would teach people to look away.

use super::Intake;
use super::lists::split_last;
use super::parameters::{Files, Used};
use super::resources::{GROUP, Kind, RULE, Resources, Terms, is_rule};
use super::scalar::{Style, name};
use super::walk::{Found, Parent, Resource, Visitor, find, walk};
use crate::document::Node;
use crate::model::Shape;
use crate::model::names::{Same, compare, normal};
use crate::source::Spanned;
use crate::template::{Budget, Given, Reading, Scope};

pub(super) fn recognizes(root: &Node<'_>) -> bool {
    find(*root).is_some()
}

pub(super) fn read(root: Node<'_>, intake: &mut Intake<'_>) {
    let (budget, parameters) = (intake.budget.clone(), intake.parameters);
    in_template(root, &budget, parameters, |template, used| {
        intake.loaded.deployed_with.extend(used.files);
        intake.loaded.declared.extend(used.declared);
        let mut resources = Resources::new(intake, Style::of(Shape::Template));
        walk(template, &mut resources);
        resources.finish();
    });
}

/// Does something with the template in `root`, with the values for its parameters, and the
/// parameters files that they are from; `None` if there is no template.
pub(super) fn in_template<'d, T>(
    root: Node<'d>,
    budget: &Budget,
    parameters: &Files<'d>,
    then: impl FnOnce(&Reading<'d>, Used) -> T,
) -> Option<T> {
    let Found { template, given, policy } = find(root)?;
    // What stands around the template has parameters of its own, which nobody gave us.
    let outside = match policy {
        Some(policy) => Scope::of_policy(policy, Given::default(), budget),
        None => Scope::with_parameters(root, Given::around(root.span()), budget),
    };
    let (given, used) = match (given, policy) {
        (Some(given), _) => {
            (Given::by_deployment(&Reading::in_scope(given, &outside)), Used::default())
        }
        (None, Some(_)) => (Given::default(), Used::default()),
        (None, None) => parameters.given(template),
    };
    let scope = match policy {
        Some(_) => Scope::of_policy(template, given, budget),
        None => Scope::with_parameters(template, given, budget),
    };
    let scope = scope.linked(parameters.links);
    Some(then(&Reading::in_scope(template, &scope), used))
}

impl Visitor for Resources<'_, '_> {
    const TAKES_ALL: bool = false;

    fn resource(&mut self, resource: &Resource<'_, '_>) {
        let Resource { reading, kind, written_type, parent, terms } = *resource;
        match kind {
            Kind::Deployment => self.deploys(reading),
            Kind::Rule => {
                let is_below = written_type.text.eq_ignore_ascii_case("securityRules");
                let group = match parent {
                    Parent::Group(name) if is_below => name,
                    Parent::Group(_) | Parent::Template | Parent::Of(_) | Parent::Other => None,
                };
                self.child(reading, group, terms);
            }
            Kind::Other if written_type.unknown.is_some() => {
                open_type(self, reading, (&written_type.text, parent), terms);
            }
            kind => self.take(kind, reading, terms),
        }
    }

    fn idle(&mut self, resource: &Resource<'_, '_>, _condition: &str) {
        self.idle(resource.kind, resource.reading);
    }

    /// What an expression makes may well be rules, of the group that it stands in or of any.
    fn expression(
        &mut self,
        what: &'static str,
        reading: &Reading<'_>,
        parent: Parent<'_>,
        terms: &Terms,
    ) {
        self.unchecked(what, reading);
        let group = match parent {
            Parent::Of(_) | Parent::Other => return,
            Parent::Group(name) => name,
            Parent::Template => None,
        };
        let reason = format!("{what} may hold rules of it");
        self.perhaps(&reason, reading, group, terms);
    }

    fn linked(&mut self, deployment: &Reading<'_>, _terms: &Terms) {
        self.unchecked("a linked template", deployment);
    }
}

/// A resource whose type has unknown parts, and so may be a group or a rule of one.
fn open_type(
    resources: &mut Resources<'_, '_>,
    resource: &Reading<'_>,
    (written, parent): (&str, Parent<'_>),
    terms: &Terms,
) {
    let what = "a resource whose type is an expression";
    let written = normal(written);
    let may_be = |kind: &str| compare(&written, &normal(kind)) != Same::No;
    let may_be_group = matches!(parent, Parent::Template) && may_be(GROUP);
    // No rule goes without these properties.
    let inner = resource.get("properties");
    let may_be_rule = inner.is_some_and(|inner| is_rule(&inner))
        && match parent {
            Parent::Template => may_be(RULE),
            Parent::Group(_) => may_be("securityRules"),
            Parent::Of(_) | Parent::Other => false,
        };
    if may_be_group || may_be_rule {
        resources.unchecked(what, resource);
    }
    if !may_be_rule {
        return;
    }
    let style = resources.style;
    let own_name = resource.get("name").and_then(|reading| name(&reading, style));
    let of_name = own_name.as_ref().and_then(|name| {
        let (group, _) = split_last(&name.value)?;
        Some(Spanned::new(group.to_owned(), name.span))
    });
    let group = match parent {
        Parent::Group(name) => name,
        Parent::Template | Parent::Of(_) | Parent::Other => of_name.as_ref(),
    };
    resources.perhaps(&format!("{what} may be a rule of it"), resource, group, terms);
}
