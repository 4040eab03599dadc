//! Phrases that several formats share.

use super::clean;
use crate::finding::{DecidedBy, Finding, Flow, Report, RequirementRef, Severity, Verdict};
use std::net::{IpAddr, SocketAddr};

/// `Tcp 10.0.0.4:50000 -> 20.60.172.1:443 (name.example.net)`
pub(super) fn flow(flow: &Flow) -> String {
    let Flow { source, source_port, destination, fqdn, protocol, port } = flow;
    let name = fqdn.as_deref().map(|name| format!(" ({})", clean::line(name))).unwrap_or_default();
    let protocol = clean::line(protocol);
    format!("{protocol} {} -> {}{name}", end(*source, *source_port), end(*destination, *port))
}

fn end(address: IpAddr, port: Option<u16>) -> String {
    match port {
        Some(port) => SocketAddr::new(address, port).to_string(),
        None => address.to_string(),
    }
}

/// `azure-backup/storage-443: Azure Backup support matrix (2026-10-01)`
pub(super) fn requirement(requirement: &RequirementRef) -> String {
    let RequirementRef { profile, id, source, as_of } = requirement;
    clean::line(&format!("{profile}/{id}: {source} ({as_of})"))
}

/// `Deny-All (4096)`
pub(super) fn decider(decider: &DecidedBy) -> String {
    let rule = clean::line(&decider.rule);
    match decider.priority {
        Some(priority) => format!("{rule} ({priority})"),
        None => rule,
    }
}

/// The message with what stands behind it, a line each, for formats that show nothing else.
pub(super) fn paragraph(finding: &Finding) -> String {
    let mut lines = vec![clean::line(&finding.message)];
    if let Some(required) = &finding.requirement {
        lines.push(format!("required by: {}", requirement(required)));
    }
    if let Some(witness) = &finding.witness {
        lines.push(format!("witness: {}", flow(witness)));
    }
    if let Some(help) = &finding.help {
        lines.push(format!("help: {}", clean::lines(help).join("\n")));
    }
    lines.join("\n")
}

/// `1 file`, `2 files`
pub(super) fn count(number: usize, noun: &str) -> String {
    format!("{number} {noun}{}", if number == 1 { "" } else { "s" })
}

/// How many findings have the severity.
pub(super) fn findings_of(findings: &[Finding], severity: Severity) -> usize {
    findings.iter().filter(|finding| finding.severity == severity).count()
}

/// How many rows of the coverage have the verdict.
pub(super) fn rows_of(report: &Report, verdict: Verdict) -> usize {
    report.coverage.iter().filter(|row| row.verdict == verdict).count()
}

/// One line on what was looked at and what came of it.
pub(super) fn summary(report: &Report) -> String {
    let Report { counts, findings, coverage, errors, tags, .. } = report;
    let silent = findings.is_empty() && errors.is_empty();
    let mut line = String::new();
    if silent && counts.resources == 0 && coverage.is_empty() {
        line.push_str("nothing to judge: ");
    } else if silent && rows_of(report, Verdict::Allowed) == coverage.len() {
        line.push_str("all clear: ");
    }
    line.push_str(&count(counts.files, "file"));
    if counts.skipped > 0 {
        line.push_str(&format!(" (and {} without policy)", counts.skipped));
    }
    line.push_str(&format!(", {}", count(counts.resources, "resource")));
    if !errors.is_empty() {
        line.push_str(&format!(", {}", count(errors.len(), "failure")));
    }
    line.push_str(&format!(
        "; {}, {}, {}",
        count(findings_of(findings, Severity::Error), "error"),
        count(findings_of(findings, Severity::Warning), "warning"),
        count(findings_of(findings, Severity::Note), "note"),
    ));
    if !coverage.is_empty() {
        let verdicts = [Verdict::Allowed, Verdict::Blocked, Verdict::Partial, Verdict::Unknown]
            .map(|verdict| format!("{} {}", rows_of(report, verdict), verdict.word()));
        line.push_str(&format!("; coverage: {}", verdicts.join(", ")));
    }
    let date = tags.as_of.as_deref().unwrap_or("of unknown date");
    line.push_str(&clean::line(&format!("; service tags: {} {date}", tags.cloud)));
    line
}
