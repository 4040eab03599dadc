//! stub
use super::{Look, Renderer};
use crate::finding::Report;
use std::io;
/// `--format sarif`
pub(super) const RENDERER: Renderer =
    Renderer { name: "sarif", summary: "SARIF 2.1.0 for code scanning", render };
fn render(_: &Report, _: &Look, _: &mut dyn io::Write) -> io::Result<()> {
    Ok(())
}
