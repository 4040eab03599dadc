//! The resources of a template as its own expressions see them: what `reference` is about. They are
//! looked for once somebody asks, and each of a copy loop is one.

use std::cell::OnceCell;

use super::budget::Budget;
use super::deployments::Inner;
use super::loops::Copies;
use super::reading::Reading;
use super::scope::Scope;
use super::unknown::{RESOURCE_GROUP_NAME, Reason, SUBSCRIPTION_ID, Unknown};
use super::value::{Text, Value};
use crate::document::Node;

/// The type of deployments.
const DEPLOYMENT: &str = "Microsoft.Resources/deployments";

/// The resources of one template.
#[derive(Debug)]
pub(super) struct Catalogue<'d> {
    known: Vec<Known<'d>>,
    /// There may be others, and why they are not known.
    open: Option<Unknown>,
    level: Level,
}

/// A resource, in one round of its loop.
#[derive(Debug)]
pub(super) struct Known<'d> {
    /// Its symbolic name, and the round of its loop.
    symbol: Option<(String, Option<usize>)>,
    /// Its whole type and name.
    kind: String,
    name: String,
    pub(super) reading: Reading<'d>,
    /// It stands for several, and why their number is not known.
    pub(super) any: Option<Unknown>,
    is_symbolic: bool,
    nested: OnceCell<Option<Scope<'d>>>,
}

/// What a template is deployed to, as its schema says.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Level {
    Group,
    Subscription,
    Above,
}

impl Level {
    fn of(template: Node<'_>) -> Self {
        let schema = template.get("$schema").and_then(|schema| schema.text());
        let schema = schema.unwrap_or_default().to_ascii_lowercase();
        if schema.contains("subscriptiondeploymenttemplate") {
            Self::Subscription
        } else if ["managementgroup", "tenant"].iter().any(|word| schema.contains(word)) {
            Self::Above
        } else {
            Self::Group
        }
    }
}

/// What the name of a resource leads to.
pub(super) enum Found<'c, 'd> {
    /// A resource.
    One(&'c Known<'d>),
    /// Several, or perhaps one that an expression makes.
    Unclear,
    /// The template has none of that name.
    None,
}

impl<'d> Catalogue<'d> {
    /// The resources of `template`.
    pub(super) fn of(template: &Reading<'d>, budget: &Budget) -> Self {
        let level = template.node().map_or(Level::Group, Level::of);
        let mut all = Self { known: Vec::new(), open: None, level };
        let Some(resources) = template.get("resources") else { return all };
        let mut build = Build { all: &mut all, budget, is_symbolic: false };
        match resources.value() {
            Value::Array(list) => list.items().for_each(|item| build.add(None, &item, None)),
            Value::Object(by_name) => {
                build.is_symbolic = true;
                for member in by_name.members() {
                    build.add(Some(&member.key), &member.value, None);
                }
            }
            Value::Unknown(unknown) => build.open(unknown),
            Value::Null | Value::Bool(_) | Value::Number(_) | Value::Text(_) => {}
        }
        all
    }

    /// The resource that `reference` names by its symbolic name, its id or its name.
    pub(super) fn find(&self, named: &str) -> Found<'_, 'd> {
        let by_symbol = self.only(|known| known.has_symbol(named));
        if !matches!(by_symbol, Found::None) {
            return by_symbol;
        }
        let found = if named.starts_with('/') {
            self.only(|known| known.has_id(named, self.level))
        } else {
            self.only(|known| !known.is_symbolic && known.name.eq_ignore_ascii_case(named))
        };
        match found {
            Found::None if self.open.is_some() => Found::Unclear,
            found => found,
        }
    }

    /// The resources of a loop with that symbolic name, in order.
    pub(super) fn family(&self, named: &str) -> Vec<&Known<'d>> {
        let is_of = |known: &&Known<'d>| {
            known.symbol.as_ref().is_some_and(|(symbol, _)| symbol.eq_ignore_ascii_case(named))
        };
        self.known.iter().filter(is_of).collect()
    }

    /// The id of a resource of it.
    pub(super) fn id(&self, known: &Known<'d>) -> Option<String> {
        Some(format!("{}{}", known.prefixes(self.level).into_iter().next()?, known.tail()?))
    }

    /// Whether parts of `of` may be resources of their own: below it by type and name.
    pub(super) fn has_parts(&self, of: &Known<'d>, part: &str) -> bool {
        let kind = format!("{}/{part}", of.kind);
        let whole = format!("{}/", of.name);
        let is_below = |name: &str| {
            let start = name.get(..whole.len());
            // What is not known in a name may well lead here.
            name.contains('{')
                || whole.contains('{')
                || start.is_some_and(|start| start.eq_ignore_ascii_case(&whole))
        };
        let is_part =
            |known: &Known<'_>| known.kind.eq_ignore_ascii_case(&kind) && is_below(&known.name);
        self.open.is_some() || self.known.iter().any(is_part)
    }

    fn only(&self, is: impl Fn(&Known<'d>) -> bool) -> Found<'_, 'd> {
        let mut found = self.known.iter().filter(|known| is(known));
        match (found.next(), found.next()) {
            (None, _) => Found::None,
            (Some(one), None) => Found::One(one),
            (Some(_), Some(_)) => Found::Unclear,
        }
    }
}

impl<'d> Known<'d> {
    pub(super) fn name(&self) -> &str {
        &self.name
    }

    pub(super) fn kind(&self) -> &str {
        &self.kind
    }

    pub(super) const fn round(&self) -> Option<usize> {
        match &self.symbol {
            Some((_, round)) => *round,
            None => None,
        }
    }

    pub(super) fn is_deployment(&self) -> bool {
        self.kind.eq_ignore_ascii_case(DEPLOYMENT)
    }

    /// The template that it deploys, in its scope; `None` where that can't be read.
    pub(super) fn template(&self) -> Option<Reading<'d>> {
        match Inner::of(&self.reading, self.is_symbolic) {
            Inner::Shared(template) => Some(template),
            Inner::Own(node, given) => {
                let make = || Some(Scope::nested(node, given, &self.reading));
                let scope = self.nested.get_or_init(make).as_ref()?;
                Some(Reading::in_scope(node, scope))
            }
            Inner::None | Inner::Expression | Inner::Linked(_) => None,
        }
    }

    fn has_symbol(&self, named: &str) -> bool {
        match &self.symbol {
            Some((symbol, None)) => symbol.eq_ignore_ascii_case(named),
            Some((symbol, Some(round))) => {
                let rest = named.get(symbol.len()..).filter(|_| {
                    named.get(..symbol.len()).is_some_and(|it| it.eq_ignore_ascii_case(symbol))
                });
                let index = rest.and_then(|rest| rest.strip_prefix('[')?.strip_suffix(']'));
                index.and_then(|index| index.parse().ok()) == Some(*round)
            }
            None => false,
        }
    }

    fn has_id(&self, id: &str, level: Level) -> bool {
        let Some(tail) = self.tail() else { return false };
        let Some(at) = id.len().checked_sub(tail.len()).filter(|at| id.is_char_boundary(*at))
        else {
            return false;
        };
        let (prefix, end) = id.split_at(at);
        let is_prefix = |own: &String| own.eq_ignore_ascii_case(prefix);
        end.eq_ignore_ascii_case(&tail) && self.prefixes(level).iter().any(is_prefix)
    }

    /// The end of its id: `/providers/`, its provider, and a name for each segment of its type.
    fn tail(&self) -> Option<String> {
        let mut segments = self.kind.split('/');
        let mut tail = format!("/providers/{}", segments.next()?);
        let segments: Vec<&str> = segments.collect();
        let names = names(&self.name, segments.len());
        if names.len() != segments.len() {
            return None;
        }
        for (segment, name) in segments.into_iter().zip(names) {
            tail.push_str(&format!("/{segment}/{name}"));
        }
        Some(tail)
    }

    /// What its id may begin with, the likeliest first.
    fn prefixes(&self, level: Level) -> Vec<String> {
        let text = |key: &str| {
            let given = self.reading.get(key)?.text()?.text.into_owned();
            Some(given).filter(|given| !given.is_empty())
        };
        if let Some(scope) = text("scope") {
            // One that is relative (`type/name`) extends a resource, which nobody here refers to.
            let scope = Some(scope).filter(|scope| scope.starts_with('/'));
            return scope.map(|scope| scope.trim_end_matches('/').to_owned()).into_iter().collect();
        }
        let subscription = text("subscriptionId");
        let has_subscription = subscription.is_some();
        let subscription = subscription.unwrap_or_else(|| SUBSCRIPTION_ID.to_owned());
        let of_subscription = format!("/subscriptions/{subscription}");
        let group = text("resourceGroup");
        let has_group = group.is_some();
        let group = group.unwrap_or_else(|| RESOURCE_GROUP_NAME.to_owned());
        let of_group = format!("{of_subscription}/resourceGroups/{group}");
        match (level, has_group, has_subscription) {
            (_, true, _) => vec![of_group],
            // A deployment with a location of its own goes to the subscription.
            (Level::Group, false, _) if self.is_deployment() && text("location").is_some() => {
                vec![of_subscription, of_group]
            }
            (Level::Group, false, _) => vec![of_group],
            (Level::Subscription, false, _) | (Level::Above, false, true) => vec![of_subscription],
            (Level::Above, false, false) => vec![String::new()],
        }
    }
}

/// `name` in so many parts: its slashes, except those in what is not known.
fn names(name: &str, count: usize) -> Vec<&str> {
    if count <= 1 {
        return vec![name];
    }
    let mut depth = 0_usize;
    let is_border = |character: char| {
        match character {
            '{' => depth += 1,
            '}' => depth = depth.saturating_sub(1),
            _ => {}
        }
        character == '/' && depth == 0
    };
    name.split(is_border).collect()
}

/// Where a resource stands inside of another one: the type and name of that.
type Around<'a> = Option<(&'a str, &'a str)>;

struct Build<'b, 'd> {
    all: &'b mut Catalogue<'d>,
    budget: &'b Budget,
    is_symbolic: bool,
}

impl<'d> Build<'_, 'd> {
    fn open(&mut self, unknown: Unknown) {
        self.all.open.get_or_insert(unknown);
    }

    fn add(&mut self, symbol: Option<&str>, resource: &Reading<'d>, around: Around<'_>) {
        match resource.copies() {
            Copies::One => self.one((symbol, None), resource, around, None),
            Copies::Each(rounds) => {
                for (at, round) in rounds.iter().enumerate() {
                    self.one((symbol, Some(at)), round, around, None);
                }
            }
            Copies::Any(round, unknown) => self.one((symbol, None), &round, around, Some(unknown)),
        }
    }

    fn one(
        &mut self,
        (symbol, at): (Option<&str>, Option<usize>),
        reading: &Reading<'d>,
        around: Around<'_>,
        any: Option<Unknown>,
    ) {
        if let Value::Unknown(unknown) = reading.value() {
            return self.open(unknown);
        }
        let text = |key: &str| reading.get(key).and_then(|reading| reading.text());
        let Some(Text { text: kind, unknown }) = text("type") else { return };
        if let Some(unknown) = unknown {
            return self.open(unknown);
        }
        let name = text("name").map(|name| name.text.into_owned()).unwrap_or_default();
        let (kind, name) = match around {
            Some((outer, outer_name)) if !kind.contains('.') => {
                (format!("{outer}/{kind}"), format!("{outer_name}/{name}"))
            }
            _ => (kind.into_owned(), name),
        };
        if let Err(limit) = self.budget.element(self.all.known.len()) {
            let (span, placeholder) = (reading.span(), name);
            return self.open(Unknown { reason: Reason::Limit(limit), span, placeholder });
        }
        for below in reading.get("resources").iter().flat_map(Reading::items) {
            self.add(None, &below, Some((&kind, &name)));
        }
        let symbol = symbol.map(|symbol| (symbol.to_owned(), at));
        let (reading, is_symbolic) = (reading.clone(), self.is_symbolic);
        let nested = OnceCell::new();
        self.all.known.push(Known { symbol, kind, name, reading, any, is_symbolic, nested });
    }
}
