//! What evaluation makes of a template: its resources, or the value of one expression in it.

use super::arm_template::in_template;
use super::parameters::{Deployed, Files};
use super::resources::{Kind, Terms};
use super::walk::{Parent, Resource, Visitor, walk};
use super::{LoadError, syntax, wording};
use crate::document::Document;
use crate::source::{FileId, SourceFile};
use crate::template::{Budget, Reading, Tree, is_expression};

/// What to expand of a template.
#[derive(Clone, Copy, Debug)]
pub enum Wish<'w> {
    /// All its resources, or those of that name.
    Resources(Option<&'w str>),
    /// The value of an expression.
    Expression(&'w str),
}

/// Why a file can not be expanded.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum ExpandFault {
    /// The file, or the parameters file of that number, is no JSON.
    #[error("{0}")]
    Load(LoadError),
    /// It is something else.
    #[error("it is not an ARM template: give one, or a Bicep file")]
    NoTemplate,
    /// It has no resource of that name.
    #[error("the template has no resource `{0}`: without `--resource` all are shown")]
    NoResource(String),
}

/// What `wish` asks of the template in `file`.
///
/// # Errors
///
/// If the file is no template, or has no resource of the wanted name.
pub fn expand(
    file: &SourceFile,
    id: FileId,
    deployed: Deployed<'_>,
    wish: Wish<'_>,
) -> Result<Tree, ExpandFault> {
    let broken = |error| ExpandFault::Load(syntax(error));
    let asked = match wish {
        Wish::Expression(text) if is_expression(text) => quoted(text),
        Wish::Expression(text) => quoted(&format!("[{text}]")),
        Wish::Resources(_) => "null".to_owned(),
    };
    let asked = Document::parse(id, &asked).map_err(broken)?;
    let hidden = |error| ExpandFault::Load(wording(file)(error));
    let document = Document::parse(id, file.text()).map_err(hidden)?;
    let beside = deployed.parse_beside();
    let parameters = Files::of(deployed, beside.as_ref());
    let budget = Budget::of_length(file.text().len());
    let done = in_template(document.root(), &budget, &parameters, |template, _| match wish {
        Wish::Expression(_) => Ok(Tree::of(&template.beside(asked.root()), &budget)),
        Wish::Resources(name) => {
            let mut list = List { found: Vec::new(), budget: &budget, name };
            walk(template, &mut list);
            match (name, list.found.is_empty()) {
                (Some(name), true) => Err(ExpandFault::NoResource(name.to_owned())),
                _ => Ok(Tree::Array(list.found)),
            }
        }
    });
    done.unwrap_or(Err(ExpandFault::NoTemplate))
}

/// The text as a JSON string.
fn quoted(text: &str) -> String {
    serde_json::Value::from(text).to_string()
}

/// The resources that were met.
struct List<'l> {
    found: Vec<Tree>,
    budget: &'l Budget,
    /// The name of those that are wanted.
    name: Option<&'l str>,
}

impl List<'_> {
    fn tree(&self, reading: &Reading<'_>) -> Tree {
        Tree::of(reading, self.budget)
    }

    fn is_wanted(&self, reading: &Reading<'_>) -> bool {
        self.name.is_none_or(|wanted| {
            let name = reading.get("name").and_then(|name| name.text());
            name.is_some_and(|name| name.text.eq_ignore_ascii_case(wanted))
        })
    }
}

impl Visitor for List<'_> {
    const TAKES_ALL: bool = true;

    fn resource(&mut self, resource: &Resource<'_, '_>) {
        let Resource { reading, kind, terms, .. } = *resource;
        if !self.is_wanted(reading) {
            return;
        }
        // What is in it comes on its own.
        let mut tree = Tree::without(reading, &["copy", "resources"], self.budget);
        if let Tree::Object(members) = &mut tree {
            if kind == Kind::Deployment {
                let properties = members.iter_mut().find(|(name, _)| name == "properties");
                if let Some((_, Tree::Object(members))) = properties {
                    members.retain(|(name, _)| name != "template");
                }
            }
            if let Some(reason) = &terms.looped {
                let reason = format!("how many there are: {reason}");
                members.push(("copy".to_owned(), Tree::Unknown { reason, text: None }));
            }
        }
        self.found.push(tree);
    }

    fn idle(&mut self, resource: &Resource<'_, '_>, condition: &str) {
        if !self.is_wanted(resource.reading) {
            return;
        }
        let kept = |key: &str| Some((key.to_owned(), self.tree(&resource.reading.get(key)?)));
        let mut members: Vec<(String, Tree)> =
            ["type", "name"].into_iter().filter_map(kept).collect();
        let reason = format!("the condition `{condition}` is false");
        members.push(("notDeployed".to_owned(), Tree::Text(reason)));
        self.found.push(Tree::Object(members));
    }

    fn expression(&mut self, _: &'static str, reading: &Reading<'_>, _: Parent<'_>, _: &Terms) {
        if self.name.is_none() {
            self.found.push(Tree::of(reading, self.budget));
        }
    }

    fn linked(&mut self, _: &Reading<'_>, _: &Terms) {}
}
