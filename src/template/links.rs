//! Templates and parameters files that deployments refer to by a path beside their own file. Who
//! found and read them hands them in; nothing is looked for here.

use std::collections::BTreeMap;

use super::given::{Given, given_value};
use super::reading::Reading;
use super::unknown::{Reason, Unknown, named, placeholder};
use super::value::{Text, Value};
use crate::document::Node;
use crate::source::FileId;

/// The file with the link, and the path as [`path`] gives it.
pub type Place = (FileId, String);

/// What links lead to.
#[derive(Debug, Default)]
pub struct Links<'d> {
    /// Templates.
    pub templates: BTreeMap<Place, Node<'d>>,
    /// Parameters files: the name of each, and its parameters.
    pub parameters: BTreeMap<Place, (String, Vec<(String, Node<'d>)>)>,
}

/// The path that a `templateLink` or `parametersLink` gives, seen from its own file, if it is one.
pub fn path(link: &Reading<'_>) -> Option<String> {
    let relative = link.get("relativePath").map(|path| path.value());
    if let Some(Value::Text(Text { text, unknown: None })) = relative {
        return Some(text.replace('\\', "/"));
    }
    let uri = link.get("uri")?.text()?;
    uri.unknown.as_ref()?;
    // A template asks for what is beside it on the net; linked ones do so of their own place.
    let own = link.scope()?.linked_deployment()?;
    let beside = format!("{{uri({own}.properties.templateLink.uri, '");
    let path = uri.text.strip_prefix(&beside)?.strip_suffix("')}")?;
    // With an address of its own it is beside nothing.
    let is_relative = !path.contains("://") && !path.starts_with('/') && !path.contains('\'');
    is_relative.then(|| path.to_owned())
}

/// The template that `deployment` links to, if it is known.
pub(super) fn template<'d>(deployment: &Reading<'d>, link: &Reading<'d>) -> Option<Node<'d>> {
    let scope = deployment.scope()?;
    let place = (deployment.span().file, path(link)?);
    let node = *scope.links()?.templates.get(&place)?;
    // A template that deploys itself never ends, and many that deploy many take a while.
    let is_new = !scope.is_around(node.span().file);
    (is_new && scope.budget().work(node.raw().len()).is_ok()).then_some(node)
}

/// What a linked parameters file gives.
pub(super) fn given<'d>(deployment: &Reading<'d>, link: &Reading<'d>) -> Given<'d> {
    let path = path(link);
    let found = deployment
        .scope()
        .zip(path.clone())
        .and_then(|(scope, path)| scope.links()?.parameters.get(&(deployment.span().file, path)));
    match found {
        Some((file, entries)) => Given {
            values: entries
                .iter()
                .map(|(name, node)| (name.clone(), given_value(name, *node, file)))
                .collect(),
            rest: None,
        },
        None => {
            let file = named(path.as_deref().unwrap_or("parametersLink"));
            let rest = Unknown {
                reason: Reason::ParametersFile(file),
                span: link.span(),
                placeholder: placeholder("parameters()"),
            };
            Given { values: Vec::new(), rest: Some(rest) }
        }
    }
}
