//! The functions that are evaluated: one table, one row a function.

use std::ops::RangeInclusive;
use std::rc::Rc;

use super::evaluate::{Evaluator, Outcome};
use super::reading::Reading;
use super::syntax::Call;
use super::unknown::{RESOURCE_GROUP_NAME, Reason, SUBSCRIPTION_ID, Unknown, named, placeholder};
use super::value::{Array, Elements, Object, Properties, Text, Value};

/// A function of the template language.
pub(super) struct Function {
    pub(super) name: &'static str,
    /// How many arguments it takes.
    pub(super) arguments: RangeInclusive<usize>,
    /// Its value; it gets the call itself, so that it can leave arguments unevaluated.
    pub(super) evaluate: for<'e, 'd> fn(&Evaluator<'e, 'd>, &Call) -> Outcome<'d>,
}

const MANY: usize = usize::MAX;

const FUNCTIONS: &[Function] = &[
    Function { name: "concat", arguments: 1..=MANY, evaluate: concat },
    Function { name: "format", arguments: 1..=MANY, evaluate: format_text },
    Function { name: "parameters", arguments: 1..=1, evaluate: parameters },
    Function { name: "resourceGroup", arguments: 0..=0, evaluate: resource_group },
    Function { name: "resourceId", arguments: 2..=MANY, evaluate: resource_id },
    Function { name: "subscription", arguments: 0..=0, evaluate: subscription },
    Function { name: "toLower", arguments: 1..=1, evaluate: to_lower },
    Function { name: "toUpper", arguments: 1..=1, evaluate: to_upper },
    Function { name: "variables", arguments: 1..=1, evaluate: variables },
    Function { name: "true", arguments: 0..=0, evaluate: |_, _| Ok(Value::Bool(true)) },
    Function { name: "false", arguments: 0..=0, evaluate: |_, _| Ok(Value::Bool(false)) },
    Function { name: "null", arguments: 0..=0, evaluate: |_, _| Ok(Value::Null) },
];

/// The function of that name, without case.
pub(super) fn function(name: &str) -> Option<&'static Function> {
    FUNCTIONS.iter().find(|function| function.name.eq_ignore_ascii_case(name))
}

fn parameters<'d>(evaluator: &Evaluator<'_, 'd>, call: &Call) -> Outcome<'d> {
    let name = name(evaluator, call, "parameters")?;
    evaluator.scope.parameter(&name).map_err(|problem| evaluator.problem(problem, &call.range))
}

fn variables<'d>(evaluator: &Evaluator<'_, 'd>, call: &Call) -> Outcome<'d> {
    let name = name(evaluator, call, "variables")?;
    evaluator.scope.variable(&name).map_err(|problem| evaluator.problem(problem, &call.range))
}

/// The name that `parameters` or `variables` asks for.
fn name(
    evaluator: &Evaluator<'_, '_>,
    call: &Call,
    function: &'static str,
) -> Result<String, Unknown> {
    let arguments = evaluator.arguments(call);
    match arguments.first() {
        Some(Value::Text(Text { text, unknown: None })) => Ok(text.clone().into_owned()),
        Some(Value::Text(Text { unknown: Some(unknown), .. }) | Value::Unknown(unknown)) => {
            Err(absorbed(evaluator, call, function, &arguments, unknown))
        }
        other => Err(wrong(evaluator, call, function, (0, other))),
    }
}

/// A call that is unknown because of its argument.
fn absorbed<'d>(
    evaluator: &Evaluator<'_, 'd>,
    call: &Call,
    function: &'static str,
    arguments: &[Value<'d>],
    because: &Unknown,
) -> Unknown {
    match evaluator.placeholder(function, arguments, call) {
        Ok(placeholder) => Unknown { placeholder, ..because.clone() },
        Err(limit) => limit,
    }
}

/// A call with an argument (index and value) that the function does not take.
fn wrong(
    evaluator: &Evaluator<'_, '_>,
    call: &Call,
    function: &'static str,
    (index, value): (usize, Option<&Value<'_>>),
) -> Unknown {
    let found = value.map_or("nothing", Value::describe);
    let reason = Reason::Argument { function, position: index + 1, found };
    let range = call.arguments.get(index).map_or(&call.range, |argument| &argument.range);
    evaluator.unknown(reason, range, evaluator.written(&call.range))
}

/// Strings side by side, or lists one after the other.
fn concat<'d>(evaluator: &Evaluator<'_, 'd>, call: &Call) -> Outcome<'d> {
    let arguments = evaluator.arguments(call);
    if arguments.iter().any(|argument| matches!(argument, Value::Array(_))) {
        return concat_arrays(evaluator, call, &arguments);
    }
    if let [Value::Unknown(only)] = arguments.as_slice() {
        return Err(only.clone());
    }
    // Of nothing but unknown values not even the type is known.
    let mut unknowns = arguments.iter().map(|argument| match argument {
        Value::Unknown(unknown) => Some(unknown),
        _ => None,
    });
    let first = unknowns.next().flatten();
    if let Some(first) = first.filter(|_| unknowns.all(|unknown| unknown.is_some())) {
        return Err(absorbed(evaluator, call, "concat", &arguments, first));
    }
    let mut joined = Joined::default();
    for (index, argument) in arguments.iter().enumerate() {
        if !joined.push(argument) {
            return Err(wrong(evaluator, call, "concat", (index, Some(argument))));
        }
        joined.grown(evaluator, call)?;
    }
    Ok(joined.value())
}

fn concat_arrays<'d>(
    evaluator: &Evaluator<'_, 'd>,
    call: &Call,
    arguments: &[Value<'d>],
) -> Outcome<'d> {
    let mut all = Vec::new();
    for (index, argument) in arguments.iter().enumerate() {
        match argument {
            Value::Array(array) => {
                for item in array.items() {
                    all.push(item);
                    evaluator.element_made(all.len(), &call.range)?;
                }
            }
            // However many elements it has.
            unknown @ Value::Unknown(_) => {
                all.push(Reading::made(unknown.clone(), evaluator.whole()));
            }
            other => return Err(wrong(evaluator, call, "concat", (index, Some(other)))),
        }
    }
    Ok(Value::Array(Array(Elements::Made(all.into()))))
}

/// A text in the making.
#[derive(Default)]
struct Joined {
    text: String,
    unknown: Option<Unknown>,
    /// How much of it is counted as work.
    counted: usize,
}

impl Joined {
    /// Adds the value if it has a form as text that is surely Azure's.
    fn push(&mut self, value: &Value<'_>) -> bool {
        match value {
            Value::Text(Text { text, unknown }) => {
                self.text.push_str(text);
                self.unknown = self.unknown.take().or_else(|| unknown.clone());
            }
            Value::Unknown(unknown) => {
                self.text.push_str(&unknown.placeholder);
                self.unknown = self.unknown.take().or_else(|| Some(unknown.clone()));
            }
            Value::Number(number) if number.parse::<i64>().is_ok() => self.text.push_str(number),
            Value::Number(_)
            | Value::Null
            | Value::Bool(_)
            | Value::Array(_)
            | Value::Object(_) => return false,
        }
        true
    }

    /// Counts what was added since the last time.
    fn grown(&mut self, evaluator: &Evaluator<'_, '_>, call: &Call) -> Result<(), Unknown> {
        let length = self.text.len();
        let added = length.saturating_sub(std::mem::replace(&mut self.counted, length));
        evaluator.grow(added, length, &call.range)
    }

    fn value<'d>(self) -> Value<'d> {
        Value::Text(Text { text: self.text.into(), unknown: self.unknown })
    }
}

/// `{0}` is the first argument after the format, `{{` and `}}` are braces.
fn format_text<'d>(evaluator: &Evaluator<'_, 'd>, call: &Call) -> Outcome<'d> {
    let arguments = evaluator.arguments(call);
    let (format, values) = match arguments.split_first() {
        Some((Value::Text(Text { text, unknown: None }), values)) => (text, values),
        Some((Value::Text(Text { unknown: Some(unknown), .. }) | Value::Unknown(unknown), _)) => {
            return Err(absorbed(evaluator, call, "format", &arguments, unknown));
        }
        other => return Err(wrong(evaluator, call, "format", (0, other.map(|(first, _)| first)))),
    };
    let fault = |reason| evaluator.unwritten(reason, &call.range);
    let mut joined = Joined::default();
    let mut rest: &str = format;
    while let Some(brace) = rest.find(['{', '}']) {
        let (before, after) = rest.split_at(brace);
        joined.text.push_str(before);
        if let Some(tail) = after.strip_prefix("{{").or_else(|| after.strip_prefix("}}")) {
            joined.text.push_str(after.get(..1).unwrap_or_default());
            rest = tail;
            continue;
        }
        let hole = after.strip_prefix('{').and_then(|after| after.split_once('}'));
        let (index, tail) = hole
            .filter(|(index, _)| index.bytes().all(|b| b.is_ascii_digit()) && !index.is_empty())
            .ok_or_else(|| fault(Reason::Format(named(format))))?;
        let place = index.parse::<usize>().ok();
        let value = place.and_then(|place| values.get(place)).ok_or_else(|| {
            fault(Reason::FormatArgument { index: named(index), count: values.len() })
        })?;
        if !joined.push(value) {
            let position = place.map_or(0, |place| place + 1);
            return Err(wrong(evaluator, call, "format", (position, Some(value))));
        }
        joined.grown(evaluator, call)?;
        rest = tail;
    }
    joined.text.push_str(rest);
    Ok(joined.value())
}

/// `resourceId([subscription,] [resource group,] type, name, …)`: a name for each segment of the
/// type after the provider.
fn resource_id<'d>(evaluator: &Evaluator<'_, 'd>, call: &Call) -> Outcome<'d> {
    let arguments = evaluator.arguments(call);
    let mut texts = Vec::new();
    for (index, argument) in arguments.iter().enumerate() {
        let mut part = Joined::default();
        if !part.push(argument) {
            return Err(wrong(evaluator, call, "resourceId", (index, Some(argument))));
        }
        texts.push(part);
    }
    // Neither the id of a subscription nor the name of a group has a slash in it.
    let kind = texts.iter().take(3).position(|t| t.unknown.is_none() && t.text.contains('/'));
    let Some(place) = kind else {
        let unknown = texts.iter().find_map(|text| text.unknown.as_ref());
        return Err(match unknown {
            Some(unknown) => absorbed(evaluator, call, "resourceId", &arguments, unknown),
            None => wrong(evaluator, call, "resourceId", (0, arguments.first())),
        });
    };
    let names = texts.split_off(place + 1);
    let mut resource_type = texts.pop().unwrap_or_default().text;
    // Templates that work in Azure have a slash at the end of the type now and then.
    resource_type.truncate(resource_type.trim_end_matches('/').len());
    let mut segments = resource_type.split('/');
    let mut id = scope_of(evaluator, call, texts);
    id.text.push_str("/providers/");
    id.text.push_str(segments.next().unwrap_or_default());
    let segments: Vec<&str> = segments.collect();
    if segments.len() != names.len() {
        let (needed, count) = (segments.len(), names.len());
        let reason = Reason::ResourceId { resource_type: named(&resource_type), needed, count };
        return Err(evaluator.unwritten(reason, &call.range));
    }
    for (segment, name) in segments.iter().zip(names) {
        id.text.push('/');
        id.text.push_str(segment);
        id.text.push('/');
        id.text.push_str(&name.text);
        id.unknown = id.unknown.or(name.unknown);
        id.grown(evaluator, call)?;
    }
    Ok(id.value())
}

/// The id of the resource group that `given` (subscription and group, group, or nothing) names.
fn scope_of(evaluator: &Evaluator<'_, '_>, call: &Call, mut given: Vec<Joined>) -> Joined {
    let deployed = |what, text: &str| Joined {
        text: text.to_owned(),
        unknown: Some(evaluator.unknown(Reason::Deployment(what), &call.range, text.to_owned())),
        counted: 0,
    };
    let group = given.pop().unwrap_or_else(|| deployed("resource group", RESOURCE_GROUP_NAME));
    let subscription = given.pop().unwrap_or_else(|| deployed("subscription", SUBSCRIPTION_ID));
    Joined {
        text: format!("/subscriptions/{}/resourceGroups/{}", subscription.text, group.text),
        // What the template itself leaves open tells more than what every template does.
        unknown: group.unknown.or(subscription.unknown),
        counted: 0,
    }
}

fn resource_group<'d>(evaluator: &Evaluator<'_, 'd>, call: &Call) -> Outcome<'d> {
    let id = scope_of(evaluator, call, Vec::new());
    Ok(deployed(evaluator, call, ("resource group", "resourceGroup()"), id))
}

fn subscription<'d>(evaluator: &Evaluator<'_, 'd>, call: &Call) -> Outcome<'d> {
    let reason = Reason::Deployment("subscription");
    let unknown = evaluator.unknown(reason, &call.range, SUBSCRIPTION_ID.to_owned());
    let text = format!("/subscriptions/{SUBSCRIPTION_ID}");
    let id = Joined { text, unknown: Some(unknown), counted: 0 };
    Ok(deployed(evaluator, call, ("subscription", "subscription()"), id))
}

/// Something that is deployed to: what it is, how it is written, and its id, so that an id put
/// together by hand equals that of `resourceId`. All else is unknown.
fn deployed<'d>(
    evaluator: &Evaluator<'_, 'd>,
    call: &Call,
    (what, written): (&'static str, &str),
    id: Joined,
) -> Value<'d> {
    let rest = evaluator.unknown(Reason::Deployment(what), &call.range, placeholder(written));
    let members = [("id", Reading::made(id.value(), evaluator.whole()))];
    let members: Rc<[_]> = Rc::new(members);
    Value::Object(Object(Properties::Made { members, rest: Some(Rc::new(rest)) }))
}

fn to_lower<'d>(evaluator: &Evaluator<'_, 'd>, call: &Call) -> Outcome<'d> {
    with_case(evaluator, call, "toLower", |c| one(c, c.to_lowercase()))
}

fn to_upper<'d>(evaluator: &Evaluator<'_, 'd>, call: &Call) -> Outcome<'d> {
    with_case(evaluator, call, "toUpper", |c| one(c, c.to_uppercase()))
}

/// Azure maps one character to one, whatever the language: what would become several, such as
/// `ß`, stays, and so does the Turkish `ı`.
fn one(character: char, mut mapped: impl Iterator<Item = char>) -> char {
    match (mapped.next(), mapped.next()) {
        (Some(only), None) if character != 'ı' => only,
        _ => character,
    }
}

fn with_case<'d>(
    evaluator: &Evaluator<'_, 'd>,
    call: &Call,
    function: &'static str,
    map: fn(char) -> char,
) -> Outcome<'d> {
    let arguments = evaluator.arguments(call);
    match arguments.first() {
        Some(Value::Text(Text { text, unknown: None })) => {
            evaluator.grow(text.len(), text.len(), &call.range)?;
            Ok(Value::Text(Text::known(text.chars().map(map).collect::<String>())))
        }
        Some(Value::Text(Text { unknown: Some(unknown), .. }) | Value::Unknown(unknown)) => {
            Err(absorbed(evaluator, call, function, &arguments, unknown))
        }
        other => Err(wrong(evaluator, call, function, (0, other))),
    }
}
