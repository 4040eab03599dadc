//! ARM resources in the words of ARM: `azapi_resource`, whose `body` is JSON, as an object or in a
//! string.

use super::arm::{Arm, body};
use super::assembly::{Assembly, terms};
use super::identity::{Place, parts};
use super::plan::Resource;
use crate::load::estate::link;
use crate::load::lists::{last_part, split_last};
use crate::load::resources::{self, is_rule};
use crate::source::Spanned;
use crate::template::{Reading, Text, Value};

/// What is told of changes to resources that are managed elsewhere.
const UPDATE: &str = "`azapi_update_resource` may change its rules";

impl<'d> Assembly<'_, 'd, '_, '_> {
    pub(super) fn azapi(&mut self, at: usize, resource: &Resource<'d>, is_update: bool) {
        let values = &resource.values;
        let written = self.identities.text(at, "type");
        let written = written.text.split('@').next().unwrap_or_default();
        let kind = resources::kind_of(written);
        if matches!(kind, resources::Kind::Other | resources::Kind::Deployment) {
            return;
        }
        let span = resource.node.span();
        let id = match values.get("resource_id").filter(|_| is_update) {
            Some(id) => id.text().map(|text| text.text.into_owned()).unwrap_or_default(),
            None => self.identities.id(at),
        };
        let inner = values.get("body").map(|it| body(&it));
        let inner = inner.and_then(|it| {
            it.get("properties").or_else(|| matches!(it.value(), Value::Unknown(_)).then_some(it))
        });
        let name = last_part(&id).to_owned();
        let is_known = self.identities.known_id(at).is_some() || is_update;
        let arm = |name: &str| {
            Arm::at(span)
                .with("id", is_known.then(|| made(&id, span)))
                .with("name", Some(made(name, span)))
                .with("location", values.get("location"))
                .with("properties", inner.clone())
                .made()
        };
        let place = Place::of_id(&id);
        let terms = place.map(terms).unwrap_or_default();
        match kind {
            resources::Kind::Rule => {
                let group = split_last(&id).and_then(|(rest, _)| split_last(rest));
                let group = group.map(|(group, _)| last_part(group).to_owned());
                let group = group.map(|group| Spanned::new(group, span));
                let is_whole = !is_update || inner.as_ref().is_some_and(is_rule);
                if is_whole {
                    self.resources.child(&arm(&name), group.as_ref(), &terms);
                } else {
                    self.resources.perhaps(UPDATE, &arm(&name), group.as_ref(), &terms);
                }
            }
            resources::Kind::Group if is_update => {
                let has_rules = inner.as_ref().is_some_and(|it| it.get("securityRules").is_some());
                if has_rules && self.identities.of_id(&id).is_none() {
                    self.resources.take(kind, &arm(&name), &terms);
                } else if has_rules {
                    let group = Spanned::new(name.clone(), span);
                    self.resources.perhaps(UPDATE, &arm(&name), Some(&group), &terms);
                }
            }
            resources::Kind::Subnet if is_update => {
                let holder = Spanned::new(id.clone(), span);
                let style = self.resources.style;
                self.resources.link(link(&arm(&name), holder, true, style), &terms);
            }
            _ if is_update => {}
            resources::Kind::Subnet
            | resources::Kind::Peering
            | resources::Kind::Route
            | resources::Kind::RuleCollectionGroup { .. } => {
                let names: Vec<&str> = parts(&id).into_iter().rev().step_by(2).take(2).collect();
                let path = match names.as_slice() {
                    [part, whole] => format!("{whole}/{part}"),
                    _ => name,
                };
                self.resources.take(kind, &arm(&path), &terms);
            }
            _ => self.resources.take(kind, &arm(&name), &terms),
        }
    }
}

fn made<'d>(text: &str, span: crate::source::Span) -> Reading<'d> {
    super::arm::text(Text::known(text.to_owned()), span)
}
