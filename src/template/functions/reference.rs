//! What a template can ask of its own resources: `reference`, `references`, `resourceInfo`. Known is
//! what the template itself says and Azure gives back as it was written: the outputs of
//! deployments, address spaces, ids. All that Azure computes, fills in or writes in its own way is
//! unknown, with the name of the resource.

use std::borrow::Cow;

use crate::template::deployments::{Decided, decided};
use crate::template::evaluate::Outcome;
use crate::template::loops;
use crate::template::reading::Reading;
use crate::template::resources::{Catalogue, Found, Known};
use crate::template::types::Type;
use crate::template::unknown::{Reason, Unknown, named};
use crate::template::value::{Text, Value};

use super::arguments::List;
use super::{Arguments, Function};

pub(super) const FUNCTIONS: &[Function] = &[
    Function::of("reference", 1..=3, reference),
    Function::of("references", 1..=2, references),
    Function::of("resourceInfo", 1..=1, resource_info),
];

type Members<'d> = Vec<(Cow<'d, str>, Reading<'d>)>;

const NETWORK: &str = "Microsoft.Network/virtualNetworks";
const SUBNET: &str = "Microsoft.Network/virtualNetworks/subnets";
const INTERFACE: &str = "Microsoft.Network/networkInterfaces";

fn reference<'d>(arguments: &Arguments<'_, '_, 'd>) -> Outcome<'d> {
    let is_full = is_full(arguments, 2)?;
    let key = key(arguments)?;
    let Some(catalogue) = arguments.evaluator.scope.catalogue() else {
        return Err(asked(arguments, key, Reason::Reference)?);
    };
    match catalogue.find(key) {
        Found::One(known) => Asked { arguments, catalogue: &catalogue, known }.described(is_full),
        Found::Unclear => Err(asked(arguments, key, Reason::Reference)?),
        Found::None => Err(asked(arguments, key, Reason::NotHere)?),
    }
}

/// `references(symbolic name of a loop, ['Full'])`: a list.
fn references<'d>(arguments: &Arguments<'_, '_, 'd>) -> Outcome<'d> {
    let is_full = is_full(arguments, 1)?;
    let key = key(arguments)?;
    let catalogue = arguments.evaluator.scope.catalogue();
    let family = catalogue.as_ref().map(|all| all.family(key)).unwrap_or_default();
    let is_loop = family.iter().all(|known| known.round().is_some() && known.any.is_none());
    let Some(catalogue) = catalogue.as_ref().filter(|_| is_loop && !family.is_empty()) else {
        return Err(asked(arguments, key, Reason::Reference)?);
    };
    let mut list = List::default();
    for known in family {
        let asked = Asked { arguments, catalogue, known };
        let value = asked.described(is_full).unwrap_or_else(Value::Unknown);
        list.push(arguments, arguments.reading(value))?;
    }
    arguments.list(list)
}

/// `resourceInfo(symbolic name)`: what needs no resource to be there.
fn resource_info<'d>(arguments: &Arguments<'_, '_, 'd>) -> Outcome<'d> {
    let key = key(arguments)?;
    let Some(catalogue) = arguments.evaluator.scope.catalogue() else {
        return Err(asked(arguments, key, Reason::Reference)?);
    };
    let Found::One(known) = catalogue.find(key) else {
        return Err(asked(arguments, key, Reason::Reference)?);
    };
    let asked = Asked { arguments, catalogue: &catalogue, known };
    let rest = asked.unknown(Reason::Reference(named(known.name())))?;
    let mut members: Members<'d> = Vec::new();
    members.extend(asked.id(&rest).map(|id| ("id".into(), id)));
    let name = asked.text(known.name().to_owned(), &rest);
    members.push(("name".into(), name));
    let kind = Value::Text(Text::known(known.kind().to_owned()));
    members.push(("type".into(), arguments.reading(kind)));
    let version = known.reading.get("apiVersion");
    members.extend(version.map(|version| (Cow::Borrowed("apiVersion"), version)));
    arguments.object_of(members, Some(rest))
}

/// The resource that is asked for, as it is named.
fn key<'a>(arguments: &'a Arguments<'_, '_, '_>) -> Result<&'a str, Unknown> {
    match arguments.get(0) {
        Some(Value::Text(text)) => Ok(&text.text),
        Some(Value::Unknown(unknown)) => Ok(&unknown.placeholder),
        _ => Err(arguments.other(0)),
    }
}

fn is_full(arguments: &Arguments<'_, '_, '_>, index: usize) -> Result<bool, Unknown> {
    match arguments.get(index) {
        None => Ok(false),
        Some(_) => Ok(arguments.text(index)?.eq_ignore_ascii_case("full")),
    }
}

/// What is asked for has no value here.
fn asked(
    arguments: &Arguments<'_, '_, '_>,
    key: &str,
    reason: fn(String) -> Reason,
) -> Result<Unknown, Unknown> {
    unknown(arguments, reason(named(key)))
}

/// The call is unknown; a nested template has answers of its own.
fn unknown(arguments: &Arguments<'_, '_, '_>, reason: Reason) -> Result<Unknown, Unknown> {
    let Arguments { evaluator, call, function, ref values } = *arguments;
    let name = format!("{function}{}", evaluator.scope.mark());
    let placeholder = evaluator.placeholder(&name, values, call)?;
    Ok(evaluator.unknown(reason, &call.range, placeholder))
}

/// A resource of the template that a call asks for.
struct Asked<'a, 'c, 'e, 'd> {
    arguments: &'a Arguments<'c, 'e, 'd>,
    catalogue: &'a Catalogue<'d>,
    known: &'a Known<'d>,
}

impl<'d> Asked<'_, '_, '_, 'd> {
    fn unknown(&self, reason: Reason) -> Result<Unknown, Unknown> {
        unknown(self.arguments, reason)
    }

    /// What is known of the resource: its properties, or all of it.
    fn described(&self, is_full: bool) -> Outcome<'d> {
        let Self { arguments, known, .. } = self;
        if let Some(any) = &known.any {
            return Err(self.unknown(any.reason.clone())?);
        }
        let name = named(known.name());
        let rest = self.unknown(Reason::Reference(name.clone()))?;
        match decided(&known.reading) {
            Decided::Yes => {}
            Decided::No => return Err(self.unknown(Reason::NotDeployed(name))?),
            Decided::Open(why) => {
                let reason = why.map_or(Reason::Reference(name), |why| why.reason);
                return Err(self.unknown(reason)?);
            }
        }
        let existing = known.reading.get("existing").map(|it| it.value());
        if !matches!(existing, None | Some(Value::Null | Value::Bool(false))) {
            return Err(rest);
        }
        let properties = match known.is_deployment() {
            true => self.deployment(&rest),
            false => self.properties(&rest),
        }?;
        if !is_full {
            return arguments.object_of(properties, Some(rest));
        }
        let properties = arguments.object_of(properties, Some(rest.clone()))?;
        let mut members: Members<'d> = vec![("properties".into(), arguments.reading(properties))];
        members.extend(known.reading.get("tags").map(|tags| ("tags".into(), tags)));
        // Azure writes `West Europe` without the capitals and the space.
        let location = known.reading.get("location").filter(|location| {
            let text = location.text();
            text.is_some_and(|it| {
                it.text.bytes().all(|byte| matches!(byte, b'a'..=b'z' | b'0'..=b'9'))
            })
        });
        members.extend(location.map(|location| ("location".into(), location)));
        arguments.object_of(members, Some(rest))
    }

    /// Of a deployment, its outputs.
    fn deployment(&self, rest: &Unknown) -> Result<Members<'d>, Unknown> {
        let Some(template) = self.known.template() else { return Ok(Vec::new()) };
        let outputs = match template.get("outputs").map(|outputs| (outputs.value(), outputs)) {
            Some((Value::Object(object), outputs)) => {
                let mut members: Members<'d> = Vec::new();
                for member in object.members() {
                    let value = self.output(&member.key, member.value, &template)?;
                    members.extend(value.map(|value| (member.key, value)));
                }
                let object = self.arguments.object_of(members, object.rest().cloned())?;
                Reading::made(object, outputs.span())
            }
            Some((Value::Unknown(unknown), outputs)) => {
                Reading::made(Value::Unknown(unknown), outputs.span())
            }
            _ => Reading::made(self.arguments.object_of(Vec::new(), None)?, rest.span),
        };
        Ok(vec![("outputs".into(), outputs)])
    }

    /// An output with its `value`; `None` where it is left out.
    fn output(
        &self,
        name: &str,
        output: Reading<'d>,
        template: &Reading<'d>,
    ) -> Result<Option<Reading<'d>>, Unknown> {
        let kind = output.node().map(|node| {
            Type::of(node, template.get("definitions").and_then(|definitions| definitions.node()))
        });
        let value = match decided(&output) {
            Decided::No => return Ok(None),
            Decided::Open(why) => {
                let name = named(self.known.name());
                let reason = why.map_or(Reason::Reference(name), |why| why.reason);
                Value::Unknown(self.unknown(reason)?)
            }
            Decided::Yes if kind.is_some_and(|kind| kind.is_secret() || kind.holds_secret()) => {
                Value::Unknown(self.unknown(Reason::SecretOutput(named(name)))?)
            }
            Decided::Yes => match loops::of_output(&output) {
                Some(list) => list,
                None => return Ok(Some(output)),
            },
        };
        let value = Reading::made(value, output.span());
        let members = vec![(Cow::Borrowed("value"), value)];
        let object = self.arguments.object_of(members, None)?;
        Ok(Some(Reading::made(object, output.span())))
    }

    /// The properties that Azure gives back as they were written.
    fn properties(&self, rest: &Unknown) -> Result<Members<'d>, Unknown> {
        let is = |kind: &str| self.known.kind().eq_ignore_ascii_case(kind);
        let written = self.known.reading.get("properties");
        let Some(written) = written else { return Ok(Vec::new()) };
        let as_written = |keys: &[&'static str]| -> Members<'d> {
            let found = |key: &&'static str| Some((Cow::Borrowed(*key), written.get(key)?));
            keys.iter().filter_map(found).collect()
        };
        if is(NETWORK) {
            let mut members = as_written(&["addressSpace"]);
            members.extend(self.subnets(&written, rest)?);
            return Ok(members);
        }
        if is(SUBNET) {
            return Ok(as_written(&["addressPrefix"]));
        }
        if is(INTERFACE) {
            let configurations = self.parts(&written, "ipConfigurations", rest, address)?;
            return Ok(configurations.into_iter().collect());
        }
        Ok(Vec::new())
    }

    /// The subnets of a network, unless others may be there that are resources of their own.
    fn subnets(
        &self,
        written: &Reading<'d>,
        rest: &Unknown,
    ) -> Result<Option<(Cow<'d, str>, Reading<'d>)>, Unknown> {
        if self.catalogue.has_parts(self.known, "subnets") {
            return Ok(None);
        }
        let prefix = |properties: &Reading<'d>| {
            let prefix = properties.get("addressPrefix")?;
            Some((Cow::Borrowed("addressPrefix"), prefix))
        };
        self.parts(written, "subnets", rest, prefix)
    }

    /// The list `key` of parts, each with its name, its id, and one property.
    fn parts(
        &self,
        written: &Reading<'d>,
        key: &'static str,
        rest: &Unknown,
        property: impl Fn(&Reading<'d>) -> Option<(Cow<'d, str>, Reading<'d>)>,
    ) -> Result<Option<(Cow<'d, str>, Reading<'d>)>, Unknown> {
        let arguments = self.arguments;
        let Some(Value::Array(items)) = written.get(key).map(|list| list.value()) else {
            return Ok(None);
        };
        let whole = self.id(rest).and_then(|id| id.text());
        let mut list = List::default();
        list.open_as(items.is_open());
        for item in items.items() {
            let mut members: Members<'d> = Vec::new();
            if let Some(name) = item.get("name")
                && let Some(text) = name.text()
            {
                if let Some(whole) = &whole {
                    let id = format!("{}/{key}/{}", whole.text, text.text);
                    let unknown = whole.unknown.clone().or(text.unknown);
                    let id = Value::Text(Text { text: id.into(), unknown });
                    members.push(("id".into(), arguments.reading(id)));
                }
                members.push(("name".into(), name));
            }
            let inner: Members<'d> =
                item.get("properties").and_then(|inner| property(&inner)).into_iter().collect();
            let inner = arguments.object_of(inner, Some(rest.clone()))?;
            members.push(("properties".into(), arguments.reading(inner)));
            let object = arguments.object_of(members, Some(rest.clone()))?;
            list.push(arguments, arguments.reading(object))?;
        }
        Ok(Some((key.into(), arguments.reading(arguments.list(list)?))))
    }

    /// The id of the resource.
    fn id(&self, rest: &Unknown) -> Option<Reading<'d>> {
        Some(self.text(self.catalogue.id(self.known)?, rest))
    }

    /// A text that is known but for its placeholders.
    fn text(&self, text: String, rest: &Unknown) -> Reading<'d> {
        let is_open = text.contains('{');
        let reason = Reason::Deployment("resource group");
        let unknown = is_open.then(|| Unknown { reason, ..rest.clone() });
        self.arguments.reading(Value::Text(Text { text: text.into(), unknown }))
    }
}

/// The address of an interface, if the template fixes it.
fn address<'d>(properties: &Reading<'d>) -> Option<(Cow<'d, str>, Reading<'d>)> {
    let method = properties.get("privateIPAllocationMethod")?.text()?;
    let is_fixed = method.unknown.is_none() && method.text.eq_ignore_ascii_case("static");
    let address = properties.get("privateIPAddress").filter(|_| is_fixed)?;
    Some((Cow::Borrowed("privateIPAddress"), address))
}
