//! `egresslint expand`: what evaluation makes of a template. Shows why a verdict is unknown, and
//! tries an expression without deploying anything.

use super::{
    Status,
    failure::{Failure, Placed},
    input::{self, Parameters},
    json,
};
use crate::{
    load::{
        Collected, Deployed, ExpandFault, FileError, Input, Linked, Offered, Parsed, Wish, expand,
    },
    source::{FileId, SourceFile},
};
use std::{ffi::OsString, io::Write};

/// Show what evaluation makes of a template, or what one expression in it is worth
///
/// Prints the resources as JSON, those that copy loops and nested templates make one by one. What
/// cannot be known is `{"unknown": reason}`; with `text` where a part of a string is known.
#[derive(Debug, clap::Args)]
pub(super) struct Arguments {
    /// A template, or a Bicep file; `-` is standard input
    #[arg(value_name = "TEMPLATE")]
    template: OsString,

    #[command(flatten)]
    parameters: Parameters,

    /// Only the resources of this name, as it is evaluated
    #[arg(long, value_name = "NAME", conflicts_with = "expression")]
    resource: Option<String>,

    /// Print the value of an expression in the template, such as `[parameters('rules')[0]]`
    #[arg(long, value_name = "EXPRESSION")]
    expression: Option<String>,
}

impl Arguments {
    /// Prints the resources or the value.
    pub(super) fn run(self, out: &mut dyn Write) -> Result<Status, Failure> {
        let path = self.template.to_string_lossy().into_owned();
        let collected = input::texts(&[self.template], &self.parameters)?;
        let Collected { mut inputs, mut met, parameters, errors, .. } = collected;
        if let Some(FileError { path, fault }) = errors.into_iter().next() {
            return Err(placed(path, &fault));
        }
        if inputs.len() != 1 {
            return Err(placed(path, &"give one template, not a folder or a pattern"));
        }
        let linked = Linked::follow(&mut inputs, &mut met);
        let mut inputs = inputs.into_iter();
        let Some(mut input) = inputs.next() else { return Ok(Status::Clean) };
        let own = input.parameters.take();
        let all: Vec<Input> = std::iter::once(input).chain(inputs).collect();
        let Some(input) = all.first() else { return Ok(Status::Clean) };
        let mut files: Vec<SourceFile> = Vec::new();
        for read in parameters.into_iter().chain(own) {
            files.push(read.map_err(|FileError { path, fault }| placed(path, &fault))?);
        }
        let documents = linked.documents(&all);
        let links = linked.links(&documents);
        let first = u32::try_from(met).unwrap_or(u32::MAX);
        let parsed: Vec<Parsed<'_>> = (first..)
            .map(FileId)
            .zip(&files)
            .map(|(id, file)| {
                Parsed::new(id, file).map_err(|error| at_fault(file, &ExpandFault::Load(error)))
            })
            .collect::<Result<_, _>>()?;
        let asked: Vec<Offered<'_>> = parsed.iter().map(Offered::of).collect();
        let deployed = Deployed { asked: &asked, links: Some(&links), ..Deployed::default() };
        let wish = match &self.expression {
            Some(text) => Wish::Expression(text),
            None => Wish::Resources(self.resource.as_deref()),
        };
        let tree = expand(&input.file, FileId(0), deployed, wish)
            .map_err(|fault| at_fault(&input.file, &fault))?;
        json::write_masked(&tree, out)?;
        Ok(Status::Clean)
    }
}

fn placed(path: String, message: &impl ToString) -> Failure {
    Failure::Template(Placed { path, at: None, message: message.to_string() })
}

fn at_fault(file: &SourceFile, fault: &ExpandFault) -> Failure {
    let at = match fault {
        ExpandFault::Load(error) => error.span.map(|span| {
            let position = file.position(span.start);
            (position.line, position.column)
        }),
        ExpandFault::NoTemplate | ExpandFault::NoResource(_) => None,
    };
    Failure::Template(Placed { path: file.path.clone(), at, message: fault.to_string() })
}
