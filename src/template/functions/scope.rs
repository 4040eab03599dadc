//! Functions that name what is deployed to, and the ids of resources in it.

use std::borrow::Cow;

use crate::template::evaluate::Outcome;
use crate::template::unknown::{
    RESOURCE_GROUP_NAME, Reason, SUBSCRIPTION_ID, Unknown, named, placeholder,
};

use super::text::Joined;
use super::{Arguments, Function, MANY};

pub(super) const FUNCTIONS: &[Function] = &[
    Function::of("extensionResourceId", 3..=MANY, extension_resource_id),
    Function::of("managementGroup", 0..=0, management_group),
    Function::of("managementGroupResourceId", 2..=MANY, management_group_resource_id),
    Function::of("resourceGroup", 0..=0, resource_group),
    Function::of("resourceId", 2..=MANY, resource_id),
    Function::of("subscription", 0..=0, subscription),
    Function::of("subscriptionResourceId", 2..=MANY, subscription_resource_id),
    Function::of("tenant", 0..=0, tenant),
    Function::of("tenantResourceId", 2..=MANY, |a| id_in(a, 0, |_, _| Joined::default())),
];

/// Stands for the name of the management group that is deployed to.
const MANAGEMENT_GROUP_NAME: &str = "{managementGroup().name}";

/// `resourceId([subscription,] [resource group,] type, name, …)`: a name for each segment of the
/// type after the provider.
fn resource_id<'d>(arguments: &Arguments<'_, '_, 'd>) -> Outcome<'d> {
    id_in(arguments, 2, group_id)
}

fn subscription_resource_id<'d>(arguments: &Arguments<'_, '_, 'd>) -> Outcome<'d> {
    id_in(arguments, 1, |arguments, mut given| {
        let subscription = given.pop();
        below("/subscriptions/", subscription.unwrap_or_else(|| subscription_name(arguments)))
    })
}

fn management_group_resource_id<'d>(arguments: &Arguments<'_, '_, 'd>) -> Outcome<'d> {
    id_in(arguments, 1, |arguments, mut given| {
        let group = given.pop();
        below(MANAGEMENT_GROUPS, group.unwrap_or_else(|| management_group_name(arguments)))
    })
}

/// `extensionResourceId(id of the resource that is extended, type, name, …)`
fn extension_resource_id<'d>(arguments: &Arguments<'_, '_, 'd>) -> Outcome<'d> {
    let mut texts = texts(arguments)?.into_iter();
    let base = texts.next().unwrap_or_default();
    let mut texts: Vec<Joined> = texts.collect();
    if texts.is_empty() {
        return Err(arguments.other(1));
    }
    let names = texts.split_off(1);
    let kind = texts.pop().unwrap_or_default();
    match kind.unknown {
        Some(unknown) => Err(arguments.absorbed(&unknown)),
        None => id_of(arguments, base, kind.text, names),
    }
}

const MANAGEMENT_GROUPS: &str = "/providers/Microsoft.Management/managementGroups/";

fn below(path: &str, name: Joined) -> Joined {
    Joined::new(format!("{path}{}", name.text), name.unknown)
}

/// The arguments as text.
fn texts(arguments: &Arguments<'_, '_, '_>) -> Result<Vec<Joined>, Unknown> {
    let mut texts = Vec::new();
    for (index, argument) in arguments.values.iter().enumerate() {
        let mut part = Joined::default();
        if !part.push(argument) {
            return Err(arguments.wrong(index, Some(argument)));
        }
        texts.push(part);
    }
    Ok(texts)
}

/// The id of a resource that `scope` is above; up to `most` arguments before the type say what
/// the scope is.
fn id_in<'d>(
    arguments: &Arguments<'_, '_, 'd>,
    most: usize,
    scope: fn(&Arguments<'_, '_, '_>, Vec<Joined>) -> Joined,
) -> Outcome<'d> {
    let mut texts = texts(arguments)?;
    // Neither the id of a subscription nor the name of a group has a slash in it.
    let is_type = |text: &Joined| text.unknown.is_none() && text.text.contains('/');
    let Some(place) = texts.iter().take(most + 1).position(is_type) else {
        let unknown = texts.iter().find_map(|text| text.unknown.as_ref());
        return Err(match unknown {
            Some(unknown) => arguments.absorbed(unknown),
            None => arguments.wrong(0, arguments.get(0)),
        });
    };
    let names = texts.split_off(place + 1);
    let resource_type = texts.pop().unwrap_or_default().text;
    id_of(arguments, scope(arguments, texts), resource_type, names)
}

/// The id of the resource below `id` with a name for each segment of its type.
fn id_of<'d>(
    arguments: &Arguments<'_, '_, 'd>,
    mut id: Joined,
    mut resource_type: String,
    names: Vec<Joined>,
) -> Outcome<'d> {
    // Templates that work in Azure have a slash at the end of the type now and then.
    resource_type.truncate(resource_type.trim_end_matches('/').len());
    let mut segments = resource_type.split('/');
    id.text.push_str("/providers/");
    id.text.push_str(segments.next().unwrap_or_default());
    let segments: Vec<&str> = segments.collect();
    if segments.len() != names.len() {
        let (needed, count) = (segments.len(), names.len());
        let reason = Reason::ResourceId { resource_type: named(&resource_type), needed, count };
        return Err(arguments.fault(None, reason));
    }
    for (segment, name) in segments.iter().zip(names) {
        id.text.push('/');
        id.text.push_str(segment);
        id.text.push('/');
        id.text.push_str(&name.text);
        id.unknown = id.unknown.or(name.unknown);
        id.grown(arguments)?;
    }
    Ok(id.value())
}

/// What stands for `text`, which only the deployment knows.
fn deployed(arguments: &Arguments<'_, '_, '_>, what: &'static str, text: &str) -> Joined {
    let (evaluator, range) = (arguments.evaluator, &arguments.call.range);
    let unknown = evaluator.unknown(Reason::Deployment(what), range, text.to_owned());
    Joined::new(text.to_owned(), Some(unknown))
}

fn subscription_name(arguments: &Arguments<'_, '_, '_>) -> Joined {
    deployed(arguments, "subscription", SUBSCRIPTION_ID)
}

fn management_group_name(arguments: &Arguments<'_, '_, '_>) -> Joined {
    deployed(arguments, "management group", MANAGEMENT_GROUP_NAME)
}

/// The id of the resource group that `given` (subscription and group, group, or nothing) names.
fn group_id(arguments: &Arguments<'_, '_, '_>, mut given: Vec<Joined>) -> Joined {
    let group = given.pop();
    let group = group.unwrap_or_else(|| deployed(arguments, "resource group", RESOURCE_GROUP_NAME));
    let subscription = given.pop().unwrap_or_else(|| subscription_name(arguments));
    let text = format!("/subscriptions/{}/resourceGroups/{}", subscription.text, group.text);
    // What the template itself leaves open tells more than what every template does.
    Joined::new(text, group.unknown.or(subscription.unknown))
}

fn resource_group<'d>(arguments: &Arguments<'_, '_, 'd>) -> Outcome<'d> {
    let id = group_id(arguments, Vec::new());
    place(arguments, ("resource group", "resourceGroup()"), Some(id))
}

fn subscription<'d>(arguments: &Arguments<'_, '_, 'd>) -> Outcome<'d> {
    let id = below("/subscriptions/", subscription_name(arguments));
    place(arguments, ("subscription", "subscription()"), Some(id))
}

fn management_group<'d>(arguments: &Arguments<'_, '_, 'd>) -> Outcome<'d> {
    let id = below(MANAGEMENT_GROUPS, management_group_name(arguments));
    place(arguments, ("management group", "managementGroup()"), Some(id))
}

fn tenant<'d>(arguments: &Arguments<'_, '_, 'd>) -> Outcome<'d> {
    place(arguments, ("tenant", "tenant()"), None)
}

/// Something that is deployed to: what it is, how it is written, and its id, so that an id put
/// together by hand equals that of `resourceId`. All else is unknown.
fn place<'d>(
    arguments: &Arguments<'_, '_, 'd>,
    (what, written): (&'static str, &str),
    id: Option<Joined>,
) -> Outcome<'d> {
    let (evaluator, range) = (arguments.evaluator, &arguments.call.range);
    let rest = evaluator.unknown(Reason::Deployment(what), range, placeholder(written));
    let id = id.map(|id| (Cow::Borrowed("id"), arguments.reading(Joined::value(id))));
    arguments.object_of(id.into_iter().collect(), Some(rest))
}
