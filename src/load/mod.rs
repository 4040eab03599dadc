//! From files to the model: finding them, telling what they are by what is in them, and one
//! reader for each shape.

mod addresses;
mod again;
mod arm_template;
mod collect;
mod compiled;
mod decode;
mod effective;
mod envelope;
mod error;
mod estate;
mod expand;
mod firewall;
mod group;
mod kinds;
mod link;
mod links;
mod lists;
mod marks;
mod merge;
mod network;
mod parameters;
mod ports;
mod private;
mod properties;
mod readers;
mod resources;
mod route_table;
mod rule;
mod rule_list;
mod scalar;
mod shapes;
mod terraform;
#[cfg(test)]
mod tests;
mod unknowns;
mod walk;
mod what_if;

pub use collect::{Collected, Input, Options, collect, is_named_pipe};
pub use error::{FileError, FileFault, LoadError, LoadFault};
pub use expand::{ExpandFault, Wish, expand};
pub use link::link;
pub use links::{Linked, LinkedDocuments};
pub use parameters::{Deployed, Offered, Parsed, Stray, true_path};
pub use readers::{PARAMETERS, READERS, Read, Reader};
pub use unknowns::{Census, Tally, UnknownField, census};

use self::parameters::Files;
use crate::document::{Construct, Document, Fault, Node, SyntaxError};
use crate::model::Estate;
use crate::source::{FileId, Outline, SourceFile, Span};
use crate::template::Budget;
use std::collections::BTreeSet;

/// What was read from one file.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Loaded {
    /// Its resources.
    pub estate: Estate,
    /// What could not be checked.
    pub errors: Vec<LoadError>,
    /// The name of the reader that knows it; of several values the first one's.
    pub kind: Option<&'static str>,
    /// Policy in it that this version does not check.
    pub unchecked: Vec<Unchecked>,
    /// The parameters files that its templates have values from.
    pub deployed_with: Vec<FileId>,
    /// A name in the parameters file beside it that none of its templates declares.
    pub stray: Option<Stray>,
    /// The names of the parameters of its templates, in lower case, if files were asked for.
    pub declared: BTreeSet<String>,
    /// The places of strings and numbers that must not be shown to anybody.
    pub secrets: Vec<Span>,
    /// Nothing in it is ours, and nobody asked for this file.
    pub skipped: bool,
    /// The files whose templates it deploys.
    pub deploys: BTreeSet<FileId>,
    /// Where its larger values stand, if it is one value.
    pub outline: Outline,
}

/// A piece of policy that is not checked yet.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Unchecked {
    /// What it is, with its article: `a route table`.
    pub what: &'static str,
    /// Where.
    pub span: Span,
    /// It is not deployed, and so there is nothing to check.
    pub idle: bool,
}

/// What a reader reads into.
#[derive(Debug)]
pub struct Intake<'f> {
    /// The path of the file.
    file: &'f str,
    loaded: &'f mut Loaded,
    /// What all templates of the file may cost.
    budget: Budget,
    /// What they may be deployed with.
    parameters: &'f Files<'f>,
}

/// Reads one file. One that is not `named` on the command line may well be none of ours.
pub fn read_file(file: &SourceFile, id: FileId, named: bool, deployed: Deployed<'_>) -> Loaded {
    let mut loaded = Loaded::default();
    let beside = deployed.parse_beside();
    if let Some(Err(error)) = &beside {
        loaded.errors.push(error.clone());
    }
    let parameters = Files::of(deployed, beside.as_ref());
    read_text(file, id, Wanted { named, parameters: &parameters }, &mut loaded);
    if let Some(beside) = parameters.beside.filter(|it| loaded.deployed_with.contains(&it.id())) {
        loaded.stray = Stray::of(&beside, loaded.declared.iter().map(String::as_str));
    }
    if deployed.asked.is_empty() {
        loaded.declared.clear();
    }
    loaded
}

/// How a file is wanted.
#[derive(Clone, Copy)]
struct Wanted<'f> {
    /// It was named on the command line.
    named: bool,
    /// What its templates may be deployed with.
    parameters: &'f Files<'f>,
}

fn read_text(file: &SourceFile, id: FileId, wanted: Wanted<'_>, loaded: &mut Loaded) {
    let named = wanted.named;
    match Document::parse(id, file.text()) {
        Ok(document) => {
            read_values(&document, file, wanted, loaded);
            // What holds no policy is hardly pointed at.
            if !loaded.estate.is_bare() {
                loaded.outline = document.outline();
            }
        }
        Err(error) if is_sequence(&error, file.text()) => {
            let sequence = Document::parse_sequence(id, file.text());
            // If nothing in it is ours, the first fault is all there is to say.
            if sequence.document.roots().any(|root| recognize(&root).is_some()) {
                read_values(&sequence.document, file, wanted, loaded);
                let syntax = wording(file);
                loaded.errors.extend(sequence.errors.into_iter().map(syntax));
            } else {
                broken(error, file, named, loaded);
            }
        }
        Err(error) => broken(error, file, named, loaded),
    }
}

fn read_values(
    document: &Document<'_>,
    file: &SourceFile,
    Wanted { named, parameters }: Wanted<'_>,
    loaded: &mut Loaded,
) {
    let mut first = None;
    let mut instead = None;
    let budget = Budget::of_length(file.text().len());
    for root in document.roots() {
        first.get_or_insert(root);
        let Some(reader) = recognize(&root) else { continue };
        loaded.kind.get_or_insert(reader.name);
        match reader.read {
            Read::Model(read) => {
                let budget = budget.clone();
                read(root, &mut Intake { file: &file.path, loaded, budget, parameters });
            }
            Read::NotYet(what) => {
                loaded.unchecked.push(Unchecked { what, span: root.span(), idle: false });
            }
            Read::Instead(words) => {
                instead.get_or_insert(words);
            }
        }
    }
    let is_empty = loaded.estate.is_bare() && loaded.errors.is_empty();
    let fault = match (loaded.kind, loaded.unchecked.iter().find(|it| !it.idle), instead) {
        (None, ..) => LoadFault::NotRecognized,
        (Some(_), Some(unchecked), _) if is_empty => LoadFault::NotYet(unchecked.what),
        (Some(_), None, Some(words)) if is_empty => LoadFault::Instead(words),
        (Some(_), ..) => return,
    };
    if named {
        let span = first.map(|root| root.span());
        loaded.errors.push(LoadError { fault, span, opener: None });
    } else {
        loaded.skipped = true;
    }
}

/// The first reader that knows the value.
pub fn recognize(root: &Node<'_>) -> Option<&'static Reader> {
    READERS.iter().copied().find(|reader| (reader.recognizes)(root))
}

fn broken(error: SyntaxError, file: &SourceFile, named: bool, loaded: &mut Loaded) {
    let bytes = file.text().as_bytes();
    if marks::is_script(bytes) {
        loaded.kind = Some("pac");
    }
    let fault = match loaded.kind {
        Some(_) => LoadFault::NotYet("a proxy script"),
        None if is_json_so_far(&error, bytes) => {
            // In a walk a broken file counts only if it bears a mark of policy.
            if named || marks::bears_mark(bytes) {
                loaded.errors.push(wording(file)(error));
            } else {
                loaded.skipped = true;
            }
            return;
        }
        None if terraform::instead::is_source(file.text()) => {
            LoadFault::Instead(terraform::instead::SOURCE)
        }
        None => LoadFault::NotRecognized,
    };
    if named {
        loaded.errors.push(LoadError { fault, span: None, opener: None });
    } else {
        loaded.skipped = true;
    }
}

/// Whether the text, which is broken, begins as JSON does, or ends before one can tell.
fn is_json_so_far(error: &SyntaxError, bytes: &[u8]) -> bool {
    bytes.trim_ascii().is_empty()
        || marks::opens_like_json(bytes)
        || matches!(error.what, Fault::Unclosed(Construct::Comment))
}

/// How syntax errors in `file` are told.
fn wording(file: &SourceFile) -> fn(SyntaxError) -> LoadError {
    if private::may_hold_values(&file.path, file.text()) { private::syntax } else { syntax }
}

fn syntax(error: SyntaxError) -> LoadError {
    let SyntaxError { what, span, opener } = error;
    LoadError { fault: LoadFault::Syntax(what), span: Some(span), opener }
}

/// How many lines tell whether a text is one value a line.
const LINES_TO_SEE: usize = 10;

/// Whether a text that is no single value may be several. Anything else, such as a single value
/// with a fault in it, must not be read in pieces: a piece of a resource looks like another one.
fn is_sequence(error: &SyntaxError, text: &str) -> bool {
    if matches!(error.what, Fault::TextAfter(_)) {
        return true;
    }
    let lines = || text.lines().filter(|line| !line.trim().is_empty()).take(LINES_TO_SEE);
    let whole = |line: &str| line.trim_end().ends_with('}');
    lines().count() > 1 && lines().all(|line| line.starts_with('{')) && lines().any(whole)
}
