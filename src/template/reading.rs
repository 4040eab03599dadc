//! The handle that loaders read all JSON with, be there a template around it or not.

use std::borrow::Cow;
use std::rc::Rc;

use super::loops::{self, Copies, Iteration, copied};
use super::scope::{Scope, Shared};
use super::value::{
    Array, Elements, Items, ItemsOf, Members, MembersOf, Object, Properties, Text, Value,
};
use crate::document::{Kind, Node};
use crate::source::Span;

/// A value in its place. Cheap to clone.
#[derive(Clone, Debug)]
pub struct Reading<'d>(Origin<'d>);

#[derive(Clone, Debug)]
enum Origin<'d> {
    /// Strings mean themselves.
    Plain(Node<'d>),
    /// Strings may be expressions.
    Scoped(Node<'d>, Shared<'d>),
    /// Made by evaluation.
    Made(Rc<(Value<'d>, Span)>),
}

impl<'d> Reading<'d> {
    /// `node` outside of any template: strings mean themselves.
    pub const fn plain(node: Node<'d>) -> Self {
        Self(Origin::Plain(node))
    }

    /// `node` in the template of `scope`: strings in brackets are evaluated.
    pub fn in_scope(node: Node<'d>, scope: &Scope<'d>) -> Self {
        Self(Origin::Scoped(node, scope.shared()))
    }

    /// `node` in the scope of another reading.
    pub(super) fn shared(node: Node<'d>, scope: &Shared<'d>) -> Self {
        Self(Origin::Scoped(node, scope.clone()))
    }

    /// A value made of the text at `span`.
    pub(crate) fn made(value: Value<'d>, span: Span) -> Self {
        Self(Origin::Made(Rc::new((value, span))))
    }

    /// A value made of the text at `span`, but where it was written if that is known.
    pub(super) fn of(value: Value<'d>, span: Span) -> Self {
        match value {
            Value::Array(Array(Elements::Written(reading)))
            | Value::Object(Object(Properties::Written(reading))) => reading,
            value => Self::made(value, span),
        }
    }

    /// How deep lists and objects that evaluation made hold each other in it.
    pub(super) fn depth(&self) -> u32 {
        match &self.0 {
            Origin::Plain(_) | Origin::Scoped(..) => 0,
            Origin::Made(made) => made.0.depth(),
        }
    }

    /// Another node of the same document and scope.
    pub fn beside(&self, node: Node<'d>) -> Self {
        match &self.0 {
            Origin::Scoped(_, scope) => Self(Origin::Scoped(node, scope.clone())),
            Origin::Plain(_) | Origin::Made(_) => Self(Origin::Plain(node)),
        }
    }

    /// The scope that it belongs to.
    pub(super) const fn scope(&self) -> Option<&Shared<'d>> {
        match &self.0 {
            Origin::Scoped(_, scope) => Some(scope),
            Origin::Plain(_) | Origin::Made(_) => None,
        }
    }

    /// Where it was written: of an expression the whole string that holds it.
    pub fn span(&self) -> Span {
        match &self.0 {
            Origin::Plain(node) | Origin::Scoped(node, _) => node.span(),
            Origin::Made(made) => made.1,
        }
    }

    /// The node as it was written, before any evaluation; `None` for what evaluation made.
    pub fn node(&self) -> Option<Node<'d>> {
        match &self.0 {
            Origin::Plain(node) | Origin::Scoped(node, _) => Some(*node),
            Origin::Made(_) => None,
        }
    }

    /// The node, if it stands in no template, so that it means itself.
    pub const fn plain_node(&self) -> Option<Node<'d>> {
        match &self.0 {
            Origin::Plain(node) => Some(*node),
            Origin::Scoped(..) | Origin::Made(_) => None,
        }
    }

    /// Whether it is known to be an array.
    pub fn is_array(&self) -> bool {
        match self.node().map(|node| node.kind()) {
            Some(Kind::Array) => true,
            Some(Kind::Object | Kind::Number | Kind::Bool | Kind::Null) => false,
            Some(Kind::String) | None => matches!(self.value(), Value::Array(_)),
        }
    }

    /// The value, evaluated if it is an expression.
    pub fn value(&self) -> Value<'d> {
        self.located().0
    }

    /// The value, and where it was written: of an expression that only leads to a value that is
    /// written elsewhere (a parameter's default, a part of a variable), that place.
    pub(super) fn located(&self) -> (Value<'d>, Span) {
        let (node, scope) = match &self.0 {
            Origin::Plain(node) => (*node, None),
            Origin::Scoped(node, scope) => (*node, Some(scope)),
            Origin::Made(made) => return (made.0.clone(), made.1),
        };
        let value = match node.kind() {
            Kind::Null => Value::Null,
            Kind::Bool => Value::Bool(node.as_bool().unwrap_or_default()),
            Kind::Number => Value::Number(Cow::Borrowed(node.raw())),
            Kind::Array => Value::Array(Array(Elements::Written(self.clone()))),
            Kind::Object => Value::Object(Object(Properties::Written(self.clone()))),
            Kind::String => match scope {
                Some(scope) => return scope.string(node),
                None => Value::Text(Text::known(node.text().unwrap_or_default())),
            },
        };
        (value, node.span())
    }

    /// The value, and where to send a reader: where it stands, but if that is one place for all
    /// rounds of a copy loop, and the expression only leads elsewhere, then there.
    pub fn placed(&self) -> (Value<'d>, Span) {
        let (value, span) = self.located();
        let is_in_round = self.scope().is_some_and(|scope| scope.round().is_some());
        let asks = |node: Node<'_>| node.raw().to_ascii_lowercase().contains("copyindex");
        match self.node() {
            Some(node) if !(is_in_round && asks(node)) => (value, node.span()),
            _ => (value, span),
        }
    }

    /// The round of a copy loop that it was made in.
    pub fn iteration(&self) -> Option<Iteration> {
        self.scope()?.round()?.iteration()
    }

    /// What a resource stands for if it has a copy loop.
    pub fn copies(&self) -> Copies<'d> {
        loops::copies(self)
    }

    /// The value if it is a string; of an unknown value, its placeholder.
    pub fn text(&self) -> Option<Text<'d>> {
        self.placed_text().map(|(text, _)| text)
    }

    /// The value as [`Self::text`] gives it, and where to send a reader.
    pub fn placed_text(&self) -> Option<(Text<'d>, Span)> {
        let (value, span) = self.placed();
        match value {
            Value::Text(text) => Some((text, span)),
            Value::Unknown(unknown) => {
                let text = Cow::Owned(unknown.placeholder.clone());
                Some((Text { text, unknown: Some(unknown) }, span))
            }
            Value::Null
            | Value::Bool(_)
            | Value::Number(_)
            | Value::Array(_)
            | Value::Object(_) => None,
        }
    }

    /// The member of an object, without ASCII case; it may be one that a copy loop makes. A member
    /// of something unknown is unknown; `None` where there surely is none.
    pub fn get(&self, key: &str) -> Option<Self> {
        // Most readings are written objects: no detour through a value.
        if self.node().is_some_and(|node| node.kind() == Kind::Object) {
            return self.written_member(key);
        }
        match self.value() {
            Value::Object(object) => object.get(key),
            Value::Unknown(unknown) => {
                Some(Self::made(Value::Unknown(unknown.member(key)), self.span()))
            }
            Value::Null | Value::Bool(_) | Value::Number(_) | Value::Text(_) | Value::Array(_) => {
                None
            }
        }
    }

    /// The elements of an array. Of something unknown: one unknown element, which stands for any
    /// number of them. Of all else: nothing.
    pub fn items(&self) -> Items<'d> {
        if self.node().is_some_and(|node| node.kind() == Kind::Array) {
            return self.written_items();
        }
        match self.value() {
            Value::Array(array) => array.items(),
            unknown @ Value::Unknown(_) => {
                Items(ItemsOf::One(Some(Self::made(unknown, self.span()))))
            }
            Value::Null | Value::Bool(_) | Value::Number(_) | Value::Text(_) | Value::Object(_) => {
                Items(ItemsOf::One(None))
            }
        }
    }

    /// The members of an object that are known by name; look at [`Self::value`] to tell an
    /// unknown object from an empty one.
    pub fn members(&self) -> Members<'d> {
        match self.value() {
            Value::Object(object) => object.members(),
            Value::Null
            | Value::Bool(_)
            | Value::Number(_)
            | Value::Text(_)
            | Value::Array(_)
            | Value::Unknown(_) => Members(MembersOf::None),
        }
    }

    pub(super) fn written_items(&self) -> Items<'d> {
        Items(match self.node() {
            Some(node) => ItemsOf::Written(node.items(), self.clone()),
            None => ItemsOf::One(None),
        })
    }

    pub(super) fn written_members(&self) -> Members<'d> {
        Members(match self.node() {
            Some(node) => MembersOf::Written(node.members(), self.clone()),
            None => MembersOf::None,
        })
    }

    pub(super) fn written_member(&self, key: &str) -> Option<Self> {
        match &self.0 {
            Origin::Plain(node) => node.get(key).map(Self::plain),
            Origin::Scoped(node, _) => match node.get(key) {
                Some(member) => Some(self.beside(member)),
                None => copied(self, key),
            },
            Origin::Made(_) => None,
        }
    }
}
