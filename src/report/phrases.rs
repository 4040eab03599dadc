//! Phrases that several formats share.

use super::{clean, words::Words};
use crate::finding::{
    Coverage, Finding, Flow, FlowEnd, Report, RequirementRef, ResourceRef, Severity, Verdict,
};
use std::{
    collections::BTreeMap,
    net::{IpAddr, SocketAddr},
};

/// `Tcp 10.0.0.4:50000 -> 20.60.172.1:443 (name.example.net)`
pub(super) fn flow(flow: &Flow) -> String {
    let Flow { source, source_port, destination, fqdn, protocol, port } = flow;
    let name = fqdn.as_deref().map(|name| format!(" ({})", clean::line(name))).unwrap_or_default();
    let protocol = clean::line(protocol);
    let destination = match destination {
        FlowEnd::Address(address) => end(*address, *port),
        FlowEnd::Tag(tag) => match port {
            Some(port) => format!("{}:{port}", clean::line(tag)),
            None => clean::line(tag),
        },
    };
    format!("{protocol} {} -> {destination}{name}", end(*source, *source_port))
}

fn end(address: IpAddr, port: Option<u16>) -> String {
    match port {
        Some(port) => SocketAddr::new(address, port).to_string(),
        None => address.to_string(),
    }
}

/// `azure-backup/storage-443: Azure Backup support matrix (2026-10-01)`
fn requirement(requirement: &RequirementRef) -> String {
    let RequirementRef { profile, id, source, as_of } = requirement;
    clean::line(&format!("{profile}/{id}: {source} ({as_of})"))
}

/// The findings as people read them: what hangs on other findings about the same resource comes
/// behind them.
pub(super) fn in_reading_order(findings: &[Finding]) -> Vec<&Finding> {
    let mut last: BTreeMap<&ResourceRef, usize> = BTreeMap::new();
    for (at, finding) in findings.iter().enumerate() {
        last.insert(&finding.resource, at);
    }
    let mut order: Vec<(usize, bool, &Finding)> = Vec::with_capacity(findings.len());
    for (at, finding) in findings.iter().enumerate() {
        let hangs = finding.lint.id == "required-endpoint-unknown";
        let behind = last.get(&finding.resource).copied().filter(|_| hangs);
        order.push((behind.unwrap_or(at), hangs, finding));
    }
    order.sort_by_key(|&(at, hangs, _)| (at, hangs));
    order.into_iter().map(|(.., finding)| finding).collect()
}

/// The requirement of the finding, and those of other profiles for the same.
pub(super) fn requirements(finding: &Finding) -> impl Iterator<Item = String> {
    finding.requirement.iter().chain(&finding.also_required).map(requirement)
}

/// The message with what stands behind it, a line each, for formats that show nothing else.
pub(super) fn paragraph(finding: &Finding, words: &Words<'_>) -> String {
    let mut lines = vec![clean::line(&words.message)];
    lines.extend(words.address.iter().map(|address| format!("in: {}", clean::line(address))));
    lines.extend(requirements(finding).map(|required| format!("required by: {required}")));
    if let Some(witness) = &finding.witness {
        lines.push(format!("witness: {}", flow(witness)));
    }
    if let Some(help) = &words.help {
        lines.push(format!("help: {}", clean::lines(help).join("\n")));
    }
    // A fix without edits is for a person: a rule to paste.
    let is_to_paste = finding.fix.as_ref().is_some_and(|fix| fix.edits.is_empty());
    if let Some(fix) = words.fix.as_ref().filter(|_| is_to_paste) {
        lines.push(format!("fix: {}", clean::lines(fix).join("\n")));
    }
    lines.join("\n")
}

/// `1 file`, `2 files`
pub(super) fn count(number: usize, noun: &str) -> String {
    format!("{number} {noun}{}", if number == 1 { "" } else { "s" })
}

/// How many findings have the severity, those that are not told included.
pub(super) fn findings_of(findings: &[Finding], severity: Severity) -> usize {
    let of = findings.iter().filter(|finding| finding.severity == severity);
    of.map(|finding| 1 + finding.more).sum()
}

/// The profile of all rows, where there is only one.
pub(super) fn only_profile(coverage: &[Coverage]) -> Option<&str> {
    let profile = coverage.first()?.profile.as_str();
    coverage.iter().all(|row| row.profile == profile).then_some(profile)
}

/// `recognised a route table and an IP group, not checked yet`, with the file it is about.
pub(super) fn unchecked(report: &Report) -> impl Iterator<Item = (&str, String)> {
    report.unchecked.chunk_by(|left, right| left.file == right.file).filter_map(|group| {
        let (last, others) = group.split_last()?;
        let mut what = others.iter().map(|it| it.what).collect::<Vec<_>>().join(", ");
        if !what.is_empty() {
            what.push_str(" and ");
        }
        what.push_str(last.what);
        Some((last.file.as_str(), format!("recognised {what}, not checked yet")))
    })
}

/// Each template that has values from parameters files, and a note about them.
pub(super) fn deployed_with(report: &Report) -> impl Iterator<Item = (&str, String)> {
    report.deployed_with.chunk_by(|left, right| left.file == right.file).filter_map(|group| {
        let files: Vec<String> =
            group.iter().map(|it| format!("`{}`", clean::line(&it.parameters))).collect();
        Some((group.first()?.file.as_str(), format!("judged with {}", files.join(" and "))))
    })
}

/// `` `mars`: `certificates` and `links` ask for host names only, … ``, a line a profile.
pub(super) fn unjudged(report: &Report) -> impl Iterator<Item = String> {
    report.unjudged.iter().filter_map(|it| {
        let quoted: Vec<String> = it.requirements.iter().map(|id| format!("`{id}`")).collect();
        let (last, others) = quoted.split_last()?;
        let (rows, verb) = match others {
            [] => (last.clone(), "asks"),
            _ => (format!("{} and {last}", others.join(", ")), "ask"),
        };
        Some(clean::line(&format!(
            "{rows} of `{}` {verb} for host names only, and network security groups see addresses",
            it.profile
        )))
    })
}

/// Was something judged, and is there nothing to act on?
pub(super) fn all_clear(report: &Report) -> bool {
    is_silent(report)
        && (report.counts.resources > 0 || !report.coverage.is_empty())
        && report.coverage.iter().all(|row| !row.required || row.verdict == Verdict::Allowed)
}

fn is_silent(report: &Report) -> bool {
    report.findings.is_empty() && report.errors.is_empty()
}

/// One line on what was looked at and what came of it.
pub(super) fn summary(report: &Report) -> String {
    summary_parts(report).join("; ")
}

/// The parts of [`summary`], for those who break lines.
pub(super) fn summary_parts(report: &Report) -> Vec<String> {
    let Report { counts, findings, coverage, errors, tags, unchecked, .. } = report;
    let clear = all_clear(report);
    let mut looked = match (clear, unchecked.is_empty() && report.unjudged.is_empty()) {
        (true, true) => "all clear: ",
        (true, false) => "all clear in what is checked: ",
        _ if counts.resources == 0 && errors.is_empty() => "0 groups judged, nothing was proved: ",
        _ if is_silent(report) && coverage.is_empty() => "nothing to judge: ",
        _ => "",
    }
    .to_owned();
    looked.push_str(&count(counts.files, "file"));
    if counts.skipped > 0 {
        looked.push_str(&format!(" (and {} without policy)", counts.skipped));
    }
    looked.push_str(&format!(", {}", count(counts.resources, "resource")));
    if !errors.is_empty() {
        looked.push_str(&format!(", {}", count(errors.len(), "failure")));
    }
    let mut parts = vec![looked];
    let files = self::unchecked(report).count();
    if files > 0 {
        parts.push(format!("not checked yet: policy in {}", count(files, "file")));
    }
    if !findings.is_empty() {
        parts.push(format!(
            "{}, {}, {}",
            count(findings_of(findings, Severity::Error), "error"),
            count(findings_of(findings, Severity::Warning), "warning"),
            count(findings_of(findings, Severity::Note), "note"),
        ));
    } else if !clear {
        parts.push("no findings".to_owned());
    }
    if !coverage.is_empty() {
        parts.push(covered(coverage));
    }
    let date = tags.as_of.as_deref().unwrap_or("of unknown date");
    parts.push(clean::line(&format!("service tags: {} {date}", tags.cloud)));
    parts
}

/// `azure-backup: 4 allowed, 2 blocked (and 4 not required)`
fn covered(coverage: &[Coverage]) -> String {
    let counts = [Verdict::Allowed, Verdict::Blocked, Verdict::Partial, Verdict::Unknown]
        .map(|verdict| {
            let of = |row: &&Coverage| row.required && row.verdict == verdict;
            (coverage.iter().filter(of).count(), verdict.word())
        })
        .into_iter()
        .filter(|(count, _)| *count > 0)
        .map(|(count, word)| format!("{count} {word}"))
        .collect::<Vec<_>>();
    let counts = if counts.is_empty() { "nothing required".to_owned() } else { counts.join(", ") };
    let name = only_profile(coverage).map_or_else(|| "coverage".to_owned(), clean::line);
    match coverage.iter().filter(|row| !row.required).count() {
        0 => format!("{name}: {counts}"),
        others => format!("{name}: {counts} (and {others} not required)"),
    }
}
